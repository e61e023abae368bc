"""Typed settings, read from the environment in `__main__` only."""

from __future__ import annotations

import sys
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from typing import Any, Literal

from pydantic import SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

Environment = Literal["development", "production"]


class Settings(BaseSettings):
    """Base of every settings class: fields name their variable with `validation_alias`.

    An unknown variable is ignored, a malformed value refused. A secret is a
    `SecretStr`, which prints as asterisks everywhere.
    """

    model_config = SettingsConfigDict(
        env_prefix="",
        extra="ignore",
        frozen=True,
        populate_by_name=True,
        # A refused secret must not show in the error.
        hide_input_in_errors=True,
    )

    def redacted(self) -> Mapping[str, Any]:
        """Every setting with its value, fit for a log: secrets and URL passwords masked."""
        return {name: _redact(value) for name, value in self}


class SettingsError(ValueError):
    """What a setting names can't be used, such as a key file that is not there."""


@contextmanager
def exit_when_invalid() -> Generator[None]:
    """Ends the process with status 2, and one line for each setting that can't be used."""
    try:
        yield
    except ValidationError as exc:
        for error in exc.errors(include_input=False, include_url=False):
            where = "".join(f"{part}: " for part in error["loc"])
            message = error["msg"].removeprefix("Value error, ")
            sys.stderr.write(f"refused to start: {where}{message}\n")
        raise SystemExit(2) from None
    except SettingsError as exc:
        sys.stderr.write(f"refused to start: {exc}\n")
        raise SystemExit(2) from None


def _redact(value: object) -> object:
    if isinstance(value, SecretStr):
        return "**********" if value.get_secret_value() else ""
    if isinstance(value, str) and "://" in value and "@" in value:
        scheme, _, rest = value.partition("://")
        return f"{scheme}://***@{rest.rpartition('@')[2]}"
    return value
