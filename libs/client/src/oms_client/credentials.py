"""Whom calls are made as: finds an API key, and keeps the token it was exchanged for.

An API key is looked for in this order:

1. a file that is named, or that OMS_API_KEY_FILE names;
2. `oms/credentials.json` in XDG_CONFIG_HOME or `~/.config`;
3. `administrator.json` in OMS_DATA_DIR or `data`, which `make run` wrote.

A file holds the bare key, or an object with `api_key` and perhaps `target`, the
`host:port` it is for. The administrator's key of this machine goes to no other.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from oms_client.errors import ApiError, CredentialsError

_DEFAULT_DATA_DIR: Final = Path("data")
_RENEW_BEFORE_S: Final = 30.0
_LOOPBACK: Final = ("127.0.0.1", "localhost", "[::1]")
REFUSED: Final = frozenset({"TOKEN_INVALID", "TOKEN_EXPIRED"})
"""Reasons of a token that the server does not, or no longer, take."""


@dataclass(frozen=True, slots=True)
class ApiKeyFile:
    """A file with an API key. `target` is empty when the key may go to any server."""

    path: Path
    api_key: str = field(repr=False)
    target: str = ""


def is_loopback(target: str) -> bool:
    """Whether a target is on this machine."""
    return target.rpartition(":")[0] in _LOOPBACK or target.startswith("unix:")


def find_api_key(target: str, explicit: Path | None) -> ApiKeyFile | None:
    """The API key for a server, or None when there is none.

    Raises:
        CredentialsError: a file that is there can't be used.
    """
    if explicit is not None:
        return _read(explicit)
    found = _read_if_there(_config_file())
    if found is not None and found.target in ("", target):
        return found
    if is_loopback(target):
        data_dir = Path(os.environ.get("OMS_DATA_DIR") or _DEFAULT_DATA_DIR)
        return _read_if_there(data_dir / "administrator.json")
    return None


class Credentials:
    """Whom calls are made as: a token, or an API key that is exchanged for one; or nobody.

    Holds no connection: who makes calls exchanges the key when `token` has none.

    Args:
        token: An access token, or what gives the current one before every call.
        api_key: An API key; looked at when there is no token.
    """

    def __init__(self, token: str | Callable[[], str] = "", api_key: str = "") -> None:
        self._given = token
        self.api_key = "" if token else api_key
        self._exchanged = ""
        self._expires_at = 0.0

    def token(self) -> str:
        """The token to send; empty when there is none, or the API key has to be exchanged first."""
        if callable(self._given):
            return self._given()
        is_fresh = self._expires_at - time.time() > _RENEW_BEFORE_S
        return self._given or (self._exchanged if is_fresh else "")

    def keep(self, token: str, expires_at: float) -> None:
        """Keeps what the API key was exchanged for."""
        self._exchanged, self._expires_at = token, expires_at

    def is_refused(self, error: ApiError, sent: str) -> bool:
        """Whether an error means that a kept token has to be renewed; it is forgotten then."""
        if not self.api_key or error.reason not in REFUSED:
            return False
        if sent == self._exchanged:
            self._exchanged = ""
        return True

    @property
    def is_anonymous(self) -> bool:
        """Whether there is nothing to send."""
        return not self._given and not self.api_key


def _config_file() -> Path:
    base = os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config"
    return Path(base) / "oms" / "credentials.json"


def _read_if_there(path: Path) -> ApiKeyFile | None:
    return _read(path) if path.exists() else None


def _read(path: Path) -> ApiKeyFile:
    try:
        text = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as exc:
        raise CredentialsError(f"the API key file {path} can't be read: {exc}") from exc
    if not text.startswith("{"):
        return ApiKeyFile(path, text)
    try:
        content: dict[str, Any] = json.loads(text)
        return ApiKeyFile(path, str(content["api_key"]), str(content.get("target", "")))
    except (ValueError, KeyError) as exc:
        raise CredentialsError(f"{path} holds no API key: no object with `api_key`") from exc
