"""Settings of the monolith itself."""

from __future__ import annotations

from oms_core.settings import Settings
from pydantic import Field, SecretStr


class DependencySettings(Settings):
    """Servers that the suite is given and no service asks for, each as a URL; an empty one is not
    configured."""

    redis_url: SecretStr = Field(default=SecretStr(""), validation_alias="REDIS_URL")
    """Redis or Valkey, as `redis://:password@host:port/0`."""
