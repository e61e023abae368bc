"""Secrets at rest: AES-256-GCM with a key derived from the deployment's own.

Source: NIST SP 800-38D; HKDF of RFC 5869.
"""

from __future__ import annotations

import os
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from oms_core.errors import DataCorrupted, ServiceUnavailable

# The first byte of what is sealed, so that another cipher can follow.
_VERSION: Final = b"\x01"
_NONCE_BYTES: Final = 12
_KEY_BYTES: Final = 32


class Sealer:
    """Encrypts and decrypts, each text bound to what it belongs to.

    Args:
        key: At least 16 characters of the deployment's secret; None: nothing can be sealed.
        purpose: What the key is derived for, such as `oms events webhooks 1`. What was sealed for
            another purpose can't be opened, so it stays as it is for as long as that is kept.
        variable: Environment variable that holds the key, for errors.
    """

    def __init__(self, key: str | None, *, purpose: str, variable: str) -> None:
        self._cipher = None if not key else AESGCM(_derived(key, purpose))
        self._variable = variable

    def seal(self, plain: bytes, *, owner: str) -> bytes:
        """Encrypts under a fresh nonce.

        Args:
            owner: What it belongs to, such as `webhooks/orders`; needed to open it again.
        Raises:
            ServiceUnavailable: the deployment has no key.
        """
        nonce = os.urandom(_NONCE_BYTES)
        return _VERSION + nonce + self._ready().encrypt(nonce, plain, owner.encode() + _VERSION)

    def open(self, sealed: bytes, *, owner: str) -> bytes:
        """Decrypts.

        Raises:
            DataCorrupted: it was sealed under another key or for another owner, or was changed.
            ServiceUnavailable: the deployment has no key.
        """
        cipher = self._ready()
        nonce, rest = sealed[1 : 1 + _NONCE_BYTES], sealed[1 + _NONCE_BYTES :]
        try:
            return cipher.decrypt(nonce, rest, owner.encode() + sealed[:1])
        except (InvalidTag, ValueError) as exc:
            variable = self._variable
            raise DataCorrupted(
                f"a secret of {owner!r} can't be read; was {variable} (or JWT_SECRET) changed?",
                metadata={"resource_name": owner},
            ) from exc

    def _ready(self) -> AESGCM:
        if self._cipher is None:
            raise ServiceUnavailable(
                f"secrets can't be kept without a key; set {self._variable}",
                metadata={"service": "secrets"},
            )
        return self._cipher


def _derived(key: str, purpose: str) -> bytes:
    derivation = HKDF(algorithm=SHA256(), length=_KEY_BYTES, salt=None, info=purpose.encode())
    return derivation.derive(key.encode())
