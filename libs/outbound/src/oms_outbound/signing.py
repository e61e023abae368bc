"""Signatures of webhooks, for senders and receivers.

Source: Standard Webhooks, https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
The specification leaves open what `whsk_` encodes; senders in use encode the 32 bytes of the
seed followed by the 32 of the public key. That is written; the seed alone is read too.
"""

from __future__ import annotations

import binascii
import hashlib
import hmac
import re
import secrets
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Final, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from oms_core.errors import InvalidField

ID_HEADER: Final = "webhook-id"
TIMESTAMP_HEADER: Final = "webhook-timestamp"
SIGNATURE_HEADER: Final = "webhook-signature"
MAX_KEYS: Final = 8
TOLERANCE_S: Final = 300

_SECRET_BYTES: Final = range(24, 65)
_KEY_BYTES: Final = 32
# A dot would let the end of an id pass for a timestamp.
_MESSAGE_ID: Final = re.compile(r"[\x21-\x2d\x2f-\x7e]{1,255}")
_TIMESTAMP: Final = re.compile(r"[0-9]{1,12}")
_MAX_SIGNATURES: Final = 32
_MAX_SIGNATURE_HEADER: Final = 8192


class WebhookSecret:
    """A shared secret (`whsec_`): HMAC-SHA256, signatures `v1`. Prints redacted."""

    PREFIX: Final = "whsec_"
    VERSION: Final = "v1"
    __slots__ = ("_key", "_keyed")

    def __init__(self, key: bytes) -> None:
        if len(key) not in _SECRET_BYTES:
            raise InvalidField.of("secret", f"has {len(key)} bytes; it has to have 24 to 64")
        self._key = key
        # Copied for each signature: half the work is done before the content is known.
        self._keyed = hmac.new(key, digestmod=hashlib.sha256)

    @classmethod
    def generate(cls) -> Self:
        """A random secret of 32 bytes, as many as the hash has."""
        return cls(secrets.token_bytes(32))

    @classmethod
    def parse(cls, text: str) -> Self:
        """Reads `whsec_` and base64. Raises InvalidField, which never repeats the text."""
        return cls(_decode(text, cls.PREFIX, "secret"))

    def reveal(self) -> str:
        """The secret itself, to be shown once and to be stored."""
        return self.PREFIX + b64encode(self._key).decode()

    def sign(self, content: bytes) -> bytes:
        """The signature of id, timestamp and body, joined by dots."""
        keyed = self._keyed.copy()
        keyed.update(content)
        return keyed.digest()

    def verifies(self, signature: bytes, content: bytes) -> bool:
        """Whether a signature is this secret's, in time that doesn't depend on the answer."""
        return hmac.compare_digest(signature, self.sign(content))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, WebhookSecret) and hmac.compare_digest(self._key, other._key)

    def __hash__(self) -> int:
        return hash(self._key)

    def __repr__(self) -> str:
        return "WebhookSecret(whsec_**********)"


class WebhookVerifyingKey:
    """A public key (`whpk_`): Ed25519, signatures `v1a`. No secret."""

    PREFIX: Final = "whpk_"
    VERSION: Final = "v1a"
    __slots__ = ("_key",)

    def __init__(self, key: Ed25519PublicKey) -> None:
        self._key = key

    @classmethod
    def parse(cls, text: str) -> Self:
        """Reads `whpk_` and base64. Raises InvalidField."""
        raw = _decode(text, cls.PREFIX, "public_key")
        if len(raw) != _KEY_BYTES:
            raise InvalidField.of("public_key", f"has {len(raw)} bytes; it has to have 32")
        return cls(Ed25519PublicKey.from_public_bytes(raw))

    def reveal(self) -> str:
        """The key as text, for receivers."""
        return self.PREFIX + b64encode(self._key.public_bytes_raw()).decode()

    def verifies(self, signature: bytes, content: bytes) -> bool:
        """Whether a signature was made with the private key of this one."""
        try:
            self._key.verify(signature, content)
        except InvalidSignature:
            return False
        return True

    def __eq__(self, other: object) -> bool:
        return isinstance(other, WebhookVerifyingKey) and self.reveal() == other.reveal()

    def __hash__(self) -> int:
        return hash(self.reveal())

    def __repr__(self) -> str:
        return f"WebhookVerifyingKey({self.reveal()})"


class WebhookSigningKey:
    """A private key (`whsk_`): Ed25519, signatures `v1a`. Prints redacted."""

    PREFIX: Final = "whsk_"
    VERSION: Final = "v1a"
    __slots__ = ("_key", "public_key")

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key
        self.public_key = WebhookVerifyingKey(key.public_key())

    @classmethod
    def generate(cls) -> Self:
        """A random key."""
        return cls(Ed25519PrivateKey.generate())

    @classmethod
    def parse(cls, text: str) -> Self:
        """Reads `whsk_` and base64 of the seed, or of seed and public key.

        Raises:
            InvalidField: never repeats the text; also when the two do not belong together.
        """
        raw = _decode(text, cls.PREFIX, "signing_key")
        if len(raw) not in {_KEY_BYTES, 2 * _KEY_BYTES}:
            raise InvalidField.of("signing_key", f"has {len(raw)} bytes; it has to have 64 or 32")
        key = Ed25519PrivateKey.from_private_bytes(raw[:_KEY_BYTES])
        if raw[_KEY_BYTES:] not in {b"", key.public_key().public_bytes_raw()}:
            raise InvalidField.of("signing_key", "its public half belongs to another key")
        return cls(key)

    def reveal(self) -> str:
        """The key itself, to be stored."""
        raw = self._key.private_bytes_raw() + self._key.public_key().public_bytes_raw()
        return self.PREFIX + b64encode(raw).decode()

    def sign(self, content: bytes) -> bytes:
        """The signature of id, timestamp and body, joined by dots."""
        return self._key.sign(content)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, WebhookSigningKey) and self.public_key == other.public_key

    def __hash__(self) -> int:
        return hash(self.public_key)

    def __repr__(self) -> str:
        return f"WebhookSigningKey(whsk_**********, public_key={self.public_key.reveal()})"


Signer = WebhookSecret | WebhookSigningKey
Verifier = WebhookSecret | WebhookVerifyingKey


class SignatureReason(StrEnum):
    """Why a received webhook is not believed."""

    HEADER = "header"
    TIMESTAMP = "timestamp"
    TOO_OLD = "too_old"
    TOO_NEW = "too_new"
    NO_MATCH = "no_match"


class SignatureInvalid(ValueError):
    """A received webhook that is not believed."""

    def __init__(self, reason: SignatureReason, description: str) -> None:
        super().__init__(description)
        self.reason = reason


def parse_signer(text: str) -> Signer:
    """Reads a secret or a private key by its prefix. Raises InvalidField."""
    if text.startswith(WebhookSigningKey.PREFIX):
        return WebhookSigningKey.parse(text)
    return WebhookSecret.parse(text)


def parse_verifier(text: str) -> Verifier:
    """Reads a secret or a public key by its prefix. Raises InvalidField."""
    if text.startswith(WebhookVerifyingKey.PREFIX):
        return WebhookVerifyingKey.parse(text)
    return WebhookSecret.parse(text)


def sign_webhook(
    message_id: str, at: datetime, body: bytes, keys: Sequence[Signer]
) -> dict[str, str]:
    """The three headers of a signed webhook.

    Args:
        message_id: 1 to 255 visible ASCII characters without a dot; the same at every attempt.
        at: Time of this attempt, with its time zone.
        body: Exactly what is sent.
        keys: 1 to 8. More than one while keys are rotated: a signature is made with each.
    Raises:
        InvalidField: a message id or a number of keys out of bounds.
    """
    if not _MESSAGE_ID.fullmatch(message_id):
        raise InvalidField.of("message_id", "has to be 1 to 255 visible characters, none a dot")
    if not 1 <= len(keys) <= MAX_KEYS:
        raise InvalidField.of("keys", f"are {len(keys)}; they have to be 1 to {MAX_KEYS}")
    timestamp = str(int(at.timestamp()))
    content = _content(message_id, timestamp, body)
    signatures = (f"{key.VERSION},{b64encode(key.sign(content)).decode()}" for key in keys)
    return {
        ID_HEADER: message_id,
        TIMESTAMP_HEADER: timestamp,
        SIGNATURE_HEADER: " ".join(signatures),
    }


def verify_webhook(
    headers: Mapping[str, str],
    body: bytes,
    keys: Sequence[Verifier],
    *,
    now: datetime,
    tolerance_s: float = TOLERANCE_S,
) -> str:
    """Verifies a received webhook.

    Args:
        headers: Names in any case.
        body: Exactly what was received.
        keys: Any of them may match.
        now: With its time zone.
        tolerance_s: Largest difference of the clocks, in seconds, either way.
    Returns:
        The message id, by which a receiver tells repetitions.
    Raises:
        SignatureInvalid: with its `reason`.
    """
    lowered = {name.lower(): value for name, value in headers.items()}
    message_id = _header(lowered, ID_HEADER)
    timestamp = _header(lowered, TIMESTAMP_HEADER)
    signatures = _signatures(_header(lowered, SIGNATURE_HEADER))
    _check_time(timestamp, now, tolerance_s)
    content = _content(message_id, timestamp, body)
    matches = [
        key.verifies(signature, content)
        for key in keys
        for version, signature in signatures
        if version == key.VERSION
    ]
    if not any(matches):
        raise SignatureInvalid(SignatureReason.NO_MATCH, "no signature matches")
    return message_id


def _content(message_id: str, timestamp: str, body: bytes) -> bytes:
    return b"%s.%s.%s" % (message_id.encode(), timestamp.encode(), body)


def _header(headers: Mapping[str, str], name: str) -> str:
    value = headers.get(name)
    if not value:
        raise SignatureInvalid(SignatureReason.HEADER, f"there is no {name}")
    if len(value) > _MAX_SIGNATURE_HEADER or (
        name == ID_HEADER and not _MESSAGE_ID.fullmatch(value)
    ):
        raise SignatureInvalid(SignatureReason.HEADER, f"{name} is malformed")
    return value


def _signatures(header: str) -> list[tuple[str, bytes]]:
    """The signatures that can be read; versions to come are passed over."""
    found: list[tuple[str, bytes]] = []
    for part in header.split(" ")[:_MAX_SIGNATURES]:
        version, _, text = part.partition(",")
        try:
            found.append((version, b64decode(text, validate=True)))
        except (binascii.Error, ValueError):
            continue
    return found


def _check_time(timestamp: str, now: datetime, tolerance_s: float) -> None:
    if not _TIMESTAMP.fullmatch(timestamp):
        raise SignatureInvalid(SignatureReason.TIMESTAMP, f"{TIMESTAMP_HEADER} is no Unix time")
    age_s = now.timestamp() - int(timestamp)
    if age_s > tolerance_s:
        raise SignatureInvalid(SignatureReason.TOO_OLD, f"signed {age_s:.0f} s ago")
    if age_s < -tolerance_s:
        raise SignatureInvalid(SignatureReason.TOO_NEW, f"signed {-age_s:.0f} s in the future")


def _decode(text: str, prefix: str, field: str) -> bytes:
    encoded = text.removeprefix(prefix)
    if encoded == text:
        raise InvalidField.of(field, f"has to start with {prefix}")
    if len(encoded) > 256:
        raise InvalidField.of(field, "is too long")
    try:
        # Some senders leave the padding out.
        return b64decode(encoded + "=" * (-len(encoded) % 4), validate=True)
    except (binascii.Error, ValueError):
        raise InvalidField.of(field, f"is not base64 behind {prefix}") from None
