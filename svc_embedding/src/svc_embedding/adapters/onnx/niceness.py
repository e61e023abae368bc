"""Who gets the cores."""

from __future__ import annotations

import os
import sys
import threading
from typing import Final

_BULK_NICENESS: Final = 10


def yield_to_others() -> None:
    """Lets threads that somebody waits for go before the calling one, on Linux."""
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _BULK_NICENESS)
