"""API keys in a file: long-lived credentials that are exchanged for tokens."""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from oms_core.errors import ApiKeyInvalid

from oms_security.private_files import exclusive, write_private
from oms_security.roles import ROLES

_PREFIX: Final = "oms"
_SECRET_BYTES: Final = 32
_NO_DIGEST: Final = "0" * 64


@dataclass(frozen=True, slots=True)
class ApiKey:
    """What is known of a key: everything but the key.

    `sha256` is of the key's secret part. That part is 256 random bits, so nobody
    can search for it however fast the hash is; the slow hashes made for passwords
    would add only a way to keep the server busy.
    """

    key_id: str
    sha256: str
    subject: str
    username: str
    roles: tuple[str, ...]
    create_time: str


class ApiKeys:
    """A store of API keys: one JSON file, readable by its owner only.

    Changes of the file by another process are seen at the next call. Methods
    block on the file: call them from a thread.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._version: tuple[int, int, int] | None = None
        self._keys: dict[str, ApiKey] = {}

    def create(
        self, *, subject: str, username: str = "", roles: Sequence[str]
    ) -> tuple[str, ApiKey]:
        """Makes a key. Its text is returned here and never again.

        Raises:
            ValueError: a role is unknown, or there is none.
        """
        if not roles or not set(roles) <= ROLES.keys():
            raise ValueError(f"roles are {list(roles)}, not one or more of {list(ROLES)}")
        secret = secrets.token_hex(_SECRET_BYTES)
        key = ApiKey(
            key_id=secrets.token_hex(8),
            sha256=_digest(secret),
            subject=subject,
            username=username or subject,
            roles=tuple(roles),
            create_time=datetime.now(UTC).isoformat(timespec="seconds"),
        )
        with exclusive(self._path):
            self._save({**self._load(), key.key_id: key})
        return f"{_PREFIX}_{key.key_id}_{secret}", key

    def revoke(self, key_id: str) -> None:
        """Removes a key; nothing happens when there is none of that id.

        Tokens made from it stay valid until they expire.
        """
        with exclusive(self._path):
            self._save({k: v for k, v in self._load().items() if k != key_id})

    def list(self) -> list[ApiKey]:
        """Every key, in the order they were made, without their digests."""
        return [replace(key, sha256="") for key in self._load().values()]

    def verify(self, api_key: str) -> ApiKey:
        """Finds the key whose text this is, in constant time for a given id.

        Raises:
            ApiKeyInvalid: there is none.
        """
        prefix, _, rest = api_key.partition("_")
        key_id, _, secret = rest.partition("_")
        key = self._load().get(key_id) if prefix == _PREFIX else None
        # Hash and compare for an unknown id too, so that time tells nothing.
        matches = hmac.compare_digest(_digest(secret), key.sha256 if key else _NO_DIGEST)
        if key is None or not matches:
            raise ApiKeyInvalid("the API key is unknown or was revoked")
        return key

    def _load(self) -> dict[str, ApiKey]:
        try:
            status = self._path.stat()
        except FileNotFoundError:
            return {}
        version = (status.st_ino, status.st_mtime_ns, status.st_size)
        if version != self._version:
            self._keys = _parse(self._path)
            self._version = version
        return self._keys

    def _save(self, keys: dict[str, ApiKey]) -> None:
        content = {"version": 1, "keys": [asdict(key) for key in keys.values()]}
        write_private(self._path, json.dumps(content, indent=2) + "\n")


def _digest(secret: str) -> str:
    # A lone surrogate is no UTF-8; it is hashed as what it is and matches nothing.
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def _parse(path: Path) -> dict[str, ApiKey]:
    try:
        content: dict[str, Any] = json.loads(path.read_bytes())
        entries: list[dict[str, Any]] = content["keys"]
        keys = [_read_key(**entry) for entry in entries]
    except (ValueError, KeyError, TypeError, AttributeError) as exc:
        raise ValueError(f"{path} is no key file of OMS; restore it or delete it") from exc
    return {key.key_id: key for key in keys}


def _read_key(*, roles: Sequence[str], **fields: str) -> ApiKey:
    return ApiKey(roles=tuple(roles), **fields)
