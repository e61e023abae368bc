"""Whether a data directory is whole: a restore that has not finished leaves a mark in it."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from oms_core.settings import SettingsError

RESTORING_FILE: Final = "restoring.json"
"""Is in a data directory from the first to the last step of a restore."""
RESTORING_SCHEMA: Final = "oms_restoring"
"""Is in a database of PostgreSQL meanwhile."""


def refuse_unfinished_restore(data_dir: Path) -> None:
    """Makes sure that nothing is served from half of a backup.

    Raises:
        SettingsError: a restore into the directory is under way, or was interrupted.
    """
    if (data_dir / RESTORING_FILE).exists():
        raise SettingsError(
            f"OMS_DATA_DIR {str(data_dir)!r} holds half of a backup; run `oms-backup restore` again"
        )
