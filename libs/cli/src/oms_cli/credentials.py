"""Finds an API key, and keeps the token it was exchanged for.

An API key is looked for in this order:

1. the file of `--api-key-file` or OMS_API_KEY_FILE;
2. `oms/credentials.json` in XDG_CONFIG_HOME or `~/.config`;
3. `administrator.json` in OMS_DATA_DIR or `data`, which `make run` wrote.

A file holds the bare key, or an object with `api_key` and perhaps `target`, the
`host:port` it is for. The administrator's key of this machine goes to no other.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import click

_DEFAULT_DATA_DIR: Final = Path("data")
_RENEW_BEFORE_S: Final = 30.0
_LOOPBACK: Final = ("127.0.0.1", "localhost", "[::1]")


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
        click.UsageError: the file that was asked for can't be used.
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


class TokenCache:
    """The token of one server and API key, in a file that only its owner can read."""

    def __init__(self, target: str, api_key: str) -> None:
        base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
        name = hashlib.sha256(f"{target}\n{api_key}".encode()).hexdigest()[:32]
        self._path = Path(base) / "oms" / f"token-{name}.json"

    def load(self) -> str:
        """The token; empty when there is none or it is about to expire."""
        try:
            content: dict[str, Any] = json.loads(self._path.read_bytes())
            is_fresh = content["expires_at"] - time.time() > _RENEW_BEFORE_S
            return str(content["token"]) if is_fresh else ""
        except (OSError, ValueError, KeyError, TypeError):
            return ""

    def save(self, token: str, expires_at: float) -> None:
        """Keeps a token. Without a place to write, the next command gets its own."""
        temporary = self._path.with_name(f".{self._path.name}.{secrets.token_hex(8)}")
        with suppress(OSError):
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                json.dump({"token": token, "expires_at": expires_at}, file)
            temporary.replace(self._path)

    def drop(self) -> None:
        """Forgets the token."""
        with suppress(OSError):
            self._path.unlink(missing_ok=True)


def _config_file() -> Path:
    base = os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config"
    return Path(base) / "oms" / "credentials.json"


def _read_if_there(path: Path) -> ApiKeyFile | None:
    return _read(path) if path.exists() else None


def _read(path: Path) -> ApiKeyFile:
    try:
        text = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as exc:
        raise click.UsageError(f"the API key file {path} can't be read: {exc}") from exc
    if not text.startswith("{"):
        return ApiKeyFile(path, text)
    try:
        content: dict[str, Any] = json.loads(text)
        return ApiKeyFile(path, str(content["api_key"]), str(content.get("target", "")))
    except (ValueError, KeyError) as exc:
        raise click.UsageError(f"{path} holds no API key: no object with `api_key`") from exc
