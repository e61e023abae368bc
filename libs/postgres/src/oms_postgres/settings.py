"""Where PostgreSQL is."""

from __future__ import annotations

from oms_core.settings import Settings
from pydantic import AliasChoices, Field, SecretStr


class PostgresSettings(Settings):
    """The database that services keep their records in, each in a schema of its own."""

    url: SecretStr = Field(default=SecretStr(""), validation_alias="DATABASE_URL")
    """PostgreSQL, as `postgresql://user:password@host:port/database`. Left out: what needs it
    answers UNAVAILABLE."""
    pool_size: int = Field(
        default=10,
        ge=1,
        le=500,
        validation_alias=AliasChoices("OMS_POSTGRESQL_SERVICE_POOL", "POSTGRESQL_POOL_SIZE"),
    )
    """Most connections of one service, beside those of the kernel."""
    timeout_s: float = Field(default=10, gt=0, le=300, validation_alias="OMS_POSTGRESQL_TIMEOUT_S")
    """Longest wait for a free connection, in seconds; statements may take three times as long."""
