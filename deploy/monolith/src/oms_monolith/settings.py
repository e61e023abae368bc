"""Settings of the monolith itself."""

from __future__ import annotations

from oms_core.settings import Settings
from pydantic import Field, SecretStr


class DependencySettings(Settings):
    """Servers that the suite is given, each as a URL; an empty one is not configured."""

    database_url: SecretStr = Field(default=SecretStr(""), validation_alias="DATABASE_URL")
    """PostgreSQL, as `postgresql://user:password@host:port/database`."""
    redis_url: SecretStr = Field(default=SecretStr(""), validation_alias="REDIS_URL")
    """Redis or Valkey, as `redis://:password@host:port/0`."""
    nats_url: SecretStr = Field(default=SecretStr(""), validation_alias="NATS_URL")
    """NATS with JetStream, as `nats://user:password@host:port`."""
