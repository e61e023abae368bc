"""Settings of `make run`."""

from __future__ import annotations

from pathlib import Path

from oms_core.settings import Settings
from pydantic import Field


class LaunchSettings(Settings):
    """Where the launcher keeps its data."""

    # Relative to where it is started.
    data_dir: Path = Field(default=Path("data"), validation_alias="OMS_DATA_DIR")
