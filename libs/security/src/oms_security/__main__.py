"""`python -m oms_security`: makes sure that OMS_DATA_DIR has an administrator; prints the key.

For containers, where no launcher does so. The same key each time.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from oms_security.administrator import ensure_administrator

if __name__ == "__main__":
    sys.stdout.write(ensure_administrator(Path(os.environ.get("OMS_DATA_DIR", "data"))).read_text())
