from __future__ import annotations

import pytest
from oms_security import SecuritySettings, TokenAuthenticator
from pydantic import ValidationError

STRONG = "kT4uR9wq-Zp2Lx7Vb1Nc8Md5Hf3Js6Gy0"


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch):
    for name in ("JWT_SECRET", "JWT_ALGORITHM", "OMS_ENV"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize("environment", ["development", "production"])
def test_nothing_starts_without_a_secret(environment):
    with pytest.raises(ValidationError, match="JWT_SECRET is not set"):
        SecuritySettings(environment=environment)


@pytest.mark.parametrize(
    ("secret", "why"),
    [
        ("short-1234567890abcdefghijklmno", "31 bytes"),
        ("a-string-secret-at-least-256-bits-long", "well-known"),
        ("ChangeMe-ChangeMe-ChangeMe-ChangeMe!", "well-known"),
        ("a" * 64, "few characters"),
        ("secret" * 10, "few characters"),
    ],
)
def test_production_refuses_a_weak_secret(secret, why):
    with pytest.raises(ValidationError, match=why) as caught:
        SecuritySettings(environment="production", jwt_secret=secret)
    assert secret not in str(caught.value)
    SecuritySettings(environment="development", jwt_secret=secret)


def test_production_accepts_a_random_secret():
    SecuritySettings(environment="production", jwt_secret=STRONG)


@pytest.mark.parametrize(("algorithm", "fewest"), [("HS384", 48), ("HS512", 64)])
def test_a_longer_hash_needs_a_longer_secret(algorithm, fewest):
    with pytest.raises(ValidationError, match=f"needs {fewest} or more"):
        SecuritySettings(environment="production", jwt_secret=STRONG, jwt_algorithm=algorithm)


@pytest.mark.parametrize("algorithm", ["none", "hs256", "HS1", "EdDSA", "dir", ""])
def test_an_algorithm_off_the_list_is_refused(algorithm):
    with pytest.raises(ValidationError):
        SecuritySettings(jwt_secret=STRONG, jwt_algorithm=algorithm)


def test_an_asymmetric_algorithm_needs_a_key_file():
    with pytest.raises(ValidationError, match="OMS_JWT_PUBLIC_KEY_FILE"):
        SecuritySettings(jwt_algorithm="RS256", jwt_secret=STRONG)


def test_a_key_file_that_is_none_is_named(tmp_path):
    path = tmp_path / "public.pem"
    settings = SecuritySettings(jwt_algorithm="ES256", jwt_public_key_file=path)
    with pytest.raises(ValueError, match=r"public\.pem can't be read"):
        TokenAuthenticator(settings)
    path.write_text("no key")
    with pytest.raises(ValueError, match=r"public\.pem holds no PEM public key"):
        TokenAuthenticator(settings)


def test_settings_come_from_the_documented_variables(monkeypatch):
    monkeypatch.setenv("JWT_SECRET", STRONG)
    monkeypatch.setenv("JWT_ALGORITHM", "HS256")
    monkeypatch.setenv("OMS_JWT_ISSUER", "acme")
    monkeypatch.setenv("OMS_JWT_AUDIENCE", "acme-oms")
    monkeypatch.setenv("OMS_ENV", "production")
    settings = SecuritySettings()
    assert (settings.jwt_issuer, settings.jwt_audience) == ("acme", "acme-oms")
    assert STRONG not in repr(settings)
    assert STRONG not in str(settings.redacted())
