"""Settings of token verification and issue."""

from __future__ import annotations

from pathlib import Path
from typing import Final, Literal, Self

from oms_core.settings import Environment, Settings
from pydantic import Field, SecretStr, model_validator

Algorithm = Literal["HS256", "HS384", "HS512", "RS256", "ES256"]

# A secret shorter than the hash's output is the weakest part (RFC 7518, 3.2).
_SECRET_BYTES: Final = {"HS256": 32, "HS384": 48, "HS512": 64}
_FEWEST_DISTINCT_CHARACTERS: Final = 8
_WELL_KNOWN: Final = (
    "a-string-secret-at-least-256-bits-long",
    "your-256-bit-secret",
    "your-384-bit-secret",
    "your-512-bit-secret",
    "your-secret",
    "your_secret",
    "changeme",
    "change-me",
    "change_me",
    "change-this",
    "change_this",
    "change-in-production",
    "default-secret",
    "dev-secret",
    "development-secret",
    "insecure",
    "test-secret",
    "not-so-secret",
    "super-secret",
    "supersecret",
    "my-secret",
)


class SecuritySettings(Settings):
    """How tokens are signed and verified.

    There is no default secret: without one nothing starts, in development too.
    The algorithm comes from here alone, never from a token.
    """

    environment: Environment = Field(default="development", validation_alias="OMS_ENV")
    jwt_secret: SecretStr = Field(default=SecretStr(""), validation_alias="JWT_SECRET")
    """Shared secret of the HS algorithms."""
    jwt_algorithm: Algorithm = Field(default="HS256", validation_alias="JWT_ALGORITHM")
    jwt_public_key_file: Path | None = Field(
        default=None, validation_alias="OMS_JWT_PUBLIC_KEY_FILE"
    )
    """PEM file that verifies RS256 and ES256. Left out: the private key's own."""
    jwt_private_key_file: Path | None = Field(
        default=None, validation_alias="OMS_JWT_PRIVATE_KEY_FILE"
    )
    """PEM file that signs RS256 and ES256. A server that issues no token needs none."""
    jwt_issuer: str = Field(default="oms", min_length=1, validation_alias="OMS_JWT_ISSUER")
    jwt_audience: str = Field(default="oms", min_length=1, validation_alias="OMS_JWT_AUDIENCE")
    jwt_leeway_s: int = Field(default=10, ge=0, le=300, validation_alias="OMS_JWT_LEEWAY_S")
    """Difference of clocks between machines that is forgiven, in seconds."""

    @property
    def is_symmetric(self) -> bool:
        """Whether one shared secret both signs and verifies."""
        return self.jwt_algorithm in _SECRET_BYTES

    @model_validator(mode="after")
    def _check_keys(self) -> Self:
        if not self.is_symmetric:
            if self.jwt_public_key_file is None and self.jwt_private_key_file is None:
                raise ValueError(
                    f"JWT_ALGORITHM={self.jwt_algorithm} needs OMS_JWT_PUBLIC_KEY_FILE, and "
                    "OMS_JWT_PRIVATE_KEY_FILE where tokens are issued"
                )
            return self
        secret = self.jwt_secret.get_secret_value()
        if not secret:
            raise ValueError("JWT_SECRET is not set; make one with: openssl rand -base64 48")
        if self.environment == "production":
            _check_strength(secret, _SECRET_BYTES[self.jwt_algorithm])
        return self


def _check_strength(secret: str, fewest_bytes: int) -> None:
    length = len(secret.encode())
    if length < fewest_bytes:
        raise ValueError(
            f"JWT_SECRET has {length} bytes; production needs {fewest_bytes} or more "
            "(openssl rand -base64 48)"
        )
    if any(known in secret.lower() for known in _WELL_KNOWN):
        raise ValueError("JWT_SECRET contains a well-known default; make a random one")
    if len(set(secret)) < _FEWEST_DISTINCT_CHARACTERS:
        raise ValueError("JWT_SECRET repeats few characters; make a random one")
