"""The secret and the administrator that a fresh data directory starts with."""

from __future__ import annotations

import json
import secrets
from pathlib import Path
from typing import Any, Final

from oms_core.errors import ApiKeyInvalid

from oms_security.api_keys import ApiKeys
from oms_security.private_files import create_private, exclusive, restrict, write_private
from oms_security.roles import ADMINISTRATOR_ROLE

JWT_SECRET_FILE: Final = "jwt_secret"  # noqa: S105 - a file's name
API_KEYS_FILE: Final = "keys.json"
ADMINISTRATOR_FILE: Final = "administrator.json"
ADMINISTRATOR: Final = "administrator"
"""Subject and username of the administrator of a fresh data directory."""


def ensure_jwt_secret(data_dir: Path) -> Path:
    """Makes sure the directory holds a random JWT secret, for its owner's eyes only.

    Idempotent, also when several processes call it at once.

    Returns:
        The file; its text is the secret.
    """
    path = data_dir / JWT_SECRET_FILE
    create_private(path, secrets.token_urlsafe(64))
    restrict(path)
    return path


def ensure_administrator(data_dir: Path) -> Path:
    """Makes sure the directory holds a JWT secret and an administrator's API key.

    Idempotent, also when several processes call it at once. A credentials file
    whose key is unknown to the key store is replaced.

    Returns:
        The credentials file, `administrator.json`: an object with `api_key`,
        `key_id` and `subject`. The key store is `keys.json` beside it.
    """
    ensure_jwt_secret(data_dir)
    store_path, path = data_dir / API_KEYS_FILE, data_dir / ADMINISTRATOR_FILE
    store = ApiKeys(store_path)
    with exclusive(path):
        if not _is_valid(store, path):
            for old in store.list():
                if old.subject == ADMINISTRATOR:
                    store.revoke(old.key_id)
            text, key = store.create(subject=ADMINISTRATOR, roles=[ADMINISTRATOR_ROLE])
            content = {"subject": key.subject, "key_id": key.key_id, "api_key": text}
            write_private(path, json.dumps(content, indent=2) + "\n")
        restrict(store_path)
        restrict(path)
    return path


def _is_valid(store: ApiKeys, path: Path) -> bool:
    try:
        content: dict[str, Any] = json.loads(path.read_bytes())
        store.verify(content["api_key"])
    except (OSError, ValueError, KeyError, TypeError, ApiKeyInvalid):
        return False
    return True
