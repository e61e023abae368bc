"""Settings of the data kernel."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from oms_core.settings import Settings
from pydantic import Field, field_validator

_SQLITE: Final = "sqlite:///"


class KernelSettings(Settings):
    """Where the kernel keeps its databases, and how much it does at once."""

    data_dir: Path = Field(default=Path("data"), validation_alias="OMS_DATA_DIR")
    """Directory of everything OMS keeps; the kernel's own is `kernel` in it."""
    url: str = Field(default="", validation_alias="OMS_KERNEL_URL")
    """Where the databases are, as `sqlite:///<folder>`. Left out: in the data directory."""
    readers: int = Field(default=4, ge=1, le=64, validation_alias="OMS_KERNEL_READERS")
    """Most reads at once; more wait for their turn."""
    open_databases: int = Field(
        default=32, ge=1, le=1000, validation_alias="OMS_KERNEL_OPEN_DATABASES"
    )
    """Most databases that are kept open while nobody uses them, at up to 64 MiB each."""

    @field_validator("url")
    @classmethod
    def _check_url(cls, url: str) -> str:
        if url and not (url.startswith(_SQLITE) and len(url) > len(_SQLITE)):
            scheme = url.partition(":")[0]
            raise ValueError(f"has to begin with {_SQLITE}<folder>, not with {scheme!r}")
        return url

    @property
    def folder(self) -> Path:
        """The folder of databases; a path of four slashes in the URL is absolute."""
        return Path(self.url.removeprefix(_SQLITE)) if self.url else self.data_dir / "kernel"
