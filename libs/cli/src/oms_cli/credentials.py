"""Keeps the token that an API key was exchanged for, from one command to the next."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import time
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

_RENEW_BEFORE_S: Final = 30.0


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
