"""Settings of the data kernel."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from oms_core.settings import Settings
from pydantic import Field, SecretStr, field_validator

_SQLITE: Final = "sqlite:///"
_POSTGRESQL: Final = ("postgresql://", "postgres://")


class KernelSettings(Settings):
    """Where the kernel keeps its databases, and how much it does at once."""

    data_dir: Path = Field(default=Path("data"), validation_alias="OMS_DATA_DIR")
    """Directory of everything OMS keeps; the kernel's own is `kernel` in it."""
    url: SecretStr = Field(default=SecretStr(""), validation_alias="OMS_KERNEL_URL")
    """Where the databases are, as `sqlite:///<folder>` or
    `postgresql://user:password@host:port/database`. Left out: in the data directory."""
    readers: int = Field(default=4, ge=1, le=64, validation_alias="OMS_KERNEL_READERS")
    """Most reads at once on SQLite; more wait for their turn."""
    open_databases: int = Field(
        default=32, ge=1, le=1000, validation_alias="OMS_KERNEL_OPEN_DATABASES"
    )
    """Most databases that are kept open while nobody uses them, on SQLite at up to 96 MiB each."""
    postgresql_pool_size: int = Field(
        default=20, ge=3, le=500, validation_alias="POSTGRESQL_POOL_SIZE"
    )
    """Most connections to PostgreSQL: a fifth for writers, the rest for reads and for streams
    evenly. One more listens."""
    postgresql_statement_timeout_s: float = Field(
        default=300, gt=0, le=86_400, validation_alias="POSTGRESQL_STATEMENT_TIMEOUT_S"
    )
    """How long PostgreSQL may take for one statement, in seconds."""

    terminusdb_endpoint: str = Field(default="", validation_alias="TERMINUSDB_ENDPOINT")
    """A TerminusDB server for graph databases, as `https://host:port`. Left out: they are kept
    where the others are."""
    terminusdb_user: str = Field(default="admin", validation_alias="OMS_TERMINUSDB_USER")
    """Who the kernel is to TerminusDB."""
    terminusdb_password: SecretStr = Field(
        default=SecretStr(""), validation_alias="OMS_TERMINUSDB_PASSWORD"
    )
    """The user's password."""
    terminusdb_token: SecretStr = Field(
        default=SecretStr(""), validation_alias="OMS_TERMINUSDB_TOKEN"
    )
    """A JWT for TerminusDB, in place of user and password."""
    terminusdb_organization: str = Field(
        default="admin", min_length=1, validation_alias="OMS_TERMINUSDB_ORGANIZATION"
    )
    """The organisation at TerminusDB that owns the databases."""
    terminusdb_ca_file: Path | None = Field(default=None, validation_alias="OMS_TERMINUSDB_CA_FILE")
    """Certificates that TerminusDB's has to be signed by. Left out: the system's."""
    terminusdb_pool_size: int = Field(
        default=10, ge=1, le=500, validation_alias="TERMINUSDB_POOL_SIZE"
    )
    """Most connections to TerminusDB, and so most requests to it at once."""
    terminusdb_timeout_s: float = Field(
        default=30, gt=0, le=3600, validation_alias="OMS_TERMINUSDB_TIMEOUT_S"
    )
    """How long TerminusDB may say nothing, in seconds; a whole answer may take ten
    times as long."""

    remotes: str = Field(default="", validation_alias="OMS_KERNEL_REMOTES")
    """Other kernels that this one may clone from, pull from and push to, separated by commas:
    `host:port`, or `https://host:port` for TLS. Left out: none."""

    @field_validator("url")
    @classmethod
    def _check_url(cls, url: SecretStr) -> SecretStr:
        address = url.get_secret_value()
        begins = next((p for p in (_SQLITE, *_POSTGRESQL) if address.startswith(p)), "")
        if address and (not begins or address == begins):
            scheme = address.partition(":")[0]
            known = f"{_SQLITE}<folder> or {_POSTGRESQL[0]}<host>"
            raise ValueError(f"has to begin with {known}, not with {scheme!r}")
        return url

    @property
    def allowed_remotes(self) -> tuple[str, ...]:
        """The addresses in `remotes`."""
        return tuple(each.strip().rstrip("/") for each in self.remotes.split(",") if each.strip())

    @property
    def postgresql_url(self) -> str:
        """Where PostgreSQL is, with the password; empty when the databases are elsewhere."""
        address = self.url.get_secret_value()
        return address if address.startswith(_POSTGRESQL) else ""

    @property
    def folder(self) -> Path:
        """The folder of databases; a path of four slashes in the URL is absolute."""
        address = self.url.get_secret_value()
        return Path(address.removeprefix(_SQLITE)) if address else self.data_dir / "kernel"
