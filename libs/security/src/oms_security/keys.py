"""The keys that sign and verify, bound to the one algorithm of the settings."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
)
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.serialization import (
    load_pem_private_key,
    load_pem_public_key,
)
from jose.backends.cryptography_backend import (
    CryptographyECKey,
    CryptographyHMACKey,
    CryptographyRSAKey,
)
from oms_core.settings import SettingsError

from oms_security.settings import SecuritySettings

_PrivateKey = RSAPrivateKey | EllipticCurvePrivateKey
_PublicKey = RSAPublicKey | EllipticCurvePublicKey


@dataclass(frozen=True, slots=True)
class TokenKeys:
    """Keys of python-jose, built once.

    A key object rather than a string goes to python-jose: it holds its
    algorithm, so no token can have a public key used as an HMAC secret.
    """

    algorithm: str
    verifying: Any
    signing: Any | None

    @classmethod
    def from_settings(cls, settings: SecuritySettings) -> TokenKeys:
        """Builds the keys, reading key files.

        Raises:
            SettingsError: a key file can't be read, or holds no key for the algorithm.
        """
        algorithm = settings.jwt_algorithm
        if settings.is_symmetric:
            # Bytes, since python-jose would try to read a string as JSON first.
            secret = settings.jwt_secret.get_secret_value().encode()
            key = CryptographyHMACKey(secret, algorithm)
            return cls(algorithm, verifying=key, signing=key)
        wrap = CryptographyRSAKey if algorithm == "RS256" else CryptographyECKey
        private = _private_key(settings)
        public = _public_key(settings, private)
        return cls(
            algorithm,
            verifying=wrap(public, algorithm),
            signing=None if private is None else wrap(private, algorithm),
        )


def _private_key(settings: SecuritySettings) -> _PrivateKey | None:
    path = settings.jwt_private_key_file
    if path is None:
        return None
    pem = _read(path)
    try:
        key = load_pem_private_key(pem, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as exc:
        raise SettingsError(f"{path} holds no unencrypted PEM private key") from exc
    if not isinstance(key, RSAPrivateKey | EllipticCurvePrivateKey):
        raise _wrong_kind(path, settings.jwt_algorithm)
    _check_kind(key.public_key(), settings.jwt_algorithm, path)
    return key


def _public_key(settings: SecuritySettings, private: _PrivateKey | None) -> _PublicKey:
    path = settings.jwt_public_key_file
    if path is None:
        if private is None:  # the settings refuse this
            raise SettingsError("neither a public nor a private key file is set")
        return private.public_key()
    pem = _read(path)
    try:
        key = load_pem_public_key(pem)
    except (ValueError, UnsupportedAlgorithm) as exc:
        raise SettingsError(f"{path} holds no PEM public key") from exc
    if not isinstance(key, RSAPublicKey | EllipticCurvePublicKey):
        raise _wrong_kind(path, settings.jwt_algorithm)
    _check_kind(key, settings.jwt_algorithm, path)
    if private is not None and private.public_key() != key:
        raise SettingsError(f"{path} is not the public half of {settings.jwt_private_key_file}")
    return key


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as exc:
        raise SettingsError(f"key file {path} can't be read: {exc.strerror}") from exc


def _check_kind(key: _PublicKey, algorithm: str, path: Path) -> None:
    if algorithm == "RS256":
        fits = isinstance(key, RSAPublicKey) and key.key_size >= 2048
    else:
        fits = isinstance(key, EllipticCurvePublicKey) and isinstance(key.curve, SECP256R1)
    if not fits:
        raise _wrong_kind(path, algorithm)


def _wrong_kind(path: Path, algorithm: str) -> SettingsError:
    needed = "an RSA key of 2,048 bits or more" if algorithm == "RS256" else "a P-256 key"
    return SettingsError(f"{path} does not fit JWT_ALGORITHM={algorithm}, which needs {needed}")
