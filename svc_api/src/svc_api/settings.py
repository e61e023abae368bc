"""Settings of the ontology service."""

from __future__ import annotations

from pathlib import Path

from oms_core.settings import Settings
from pydantic import Field


class ApiSettings(Settings):
    """What the ontology service keeps in memory, accepts, and reads from the disk."""

    data_dir: Path = Field(default=Path("data"), validation_alias="OMS_DATA_DIR")
    """Directory with the API keys, `keys.json`."""
    snapshot_cache_elements: int = Field(
        default=200_000, ge=1, validation_alias="OMS_SNAPSHOT_CACHE_ELEMENTS"
    )
    """Elements that cached snapshots hold together, at about 1 to 5 KiB each."""
    write_attempts: int = Field(default=8, ge=1, le=100, validation_alias="OMS_WRITE_ATTEMPTS")
    """How often a write is planned anew when other processes move the branch under it."""
    import_max_bytes: int = Field(
        default=64 * 1024 * 1024, ge=1024, validation_alias="OMS_IMPORT_MAX_BYTES"
    )
    """Largest file that an import accepts, in bytes."""
    object_cache_objects: int = Field(
        default=500_000, ge=1, validation_alias="OMS_OBJECT_CACHE_OBJECTS"
    )
    """Objects and links kept in memory together, at about 1 KiB each."""
    object_scan_limit: int = Field(default=500_000, ge=1, validation_alias="OMS_OBJECT_SCAN_LIMIT")
    """Most objects and links that one question about objects may look at."""
