"""docs/settings.md says what the settings classes say."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

_TOOL = Path(__file__).resolve().parent.parent / "settings_doc.py"


def test_the_page_of_settings_is_up_to_date() -> None:
    result = subprocess.run(
        [sys.executable, str(_TOOL), "--check"], capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stderr
