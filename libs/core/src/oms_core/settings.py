"""Typed settings, read from the environment in `__main__` only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

Environment = Literal["development", "production"]


class Settings(BaseSettings):
    """Base of every settings class: fields name their variable with `validation_alias`.

    An unknown variable is ignored, a malformed value refused. A secret is a
    `SecretStr`, which prints as asterisks everywhere.
    """

    model_config = SettingsConfigDict(
        env_prefix="", extra="ignore", frozen=True, populate_by_name=True
    )

    def redacted(self) -> Mapping[str, Any]:
        """Every setting with its value, fit for a log: secrets and URL passwords masked."""
        return {name: _redact(value) for name, value in self}


def _redact(value: object) -> object:
    if isinstance(value, SecretStr):
        return "**********" if value.get_secret_value() else ""
    if isinstance(value, str) and "://" in value and "@" in value:
        scheme, _, rest = value.partition("://")
        return f"{scheme}://***@{rest.rpartition('@')[2]}"
    return value
