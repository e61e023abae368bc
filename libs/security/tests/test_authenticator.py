"""Every way in which a token can be bad, each with its typed error."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from hypothesis import HealthCheck, example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from jose import jwt
from oms_core.errors import TokenExpired, TokenInvalid, TokenMissing
from oms_security import SecuritySettings, TokenAuthenticator, TokenIssuer
from pydantic import SecretStr

NOW = 1769860800  # 2026-01-31T12:00:00Z, where the fake clock stands
CLAIMS: dict[str, Any] = {
    "iss": "oms",
    "aud": "oms",
    "sub": "alice123",
    "username": "alice.smith",
    "roles": ["viewer"],
    "iat": NOW,
    "exp": NOW + 3600,
    "jti": "1",
}


def secret_of(settings: SecuritySettings) -> str:
    return settings.jwt_secret.get_secret_value()


def signed(settings: SecuritySettings, **changes: Any) -> str:
    claims = {k: v for k, v in {**CLAIMS, **changes}.items() if v is not ...}
    return jwt.encode(claims, secret_of(settings), algorithm="HS256")


def part(value: object) -> str:
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def hs256(secret: bytes, header: object, claims: object) -> str:
    """Signs anything, also what a well-kept library refuses to sign."""
    text = f"{part(header)}.{part(claims)}"
    mac = hmac.HMAC(secret, hashes.SHA256())
    mac.update(text.encode())
    return f"{text}.{part(mac.finalize())}"


async def test_a_good_token_names_the_caller_and_what_its_roles_grant(authenticator, settings):
    token = signed(settings, roles=["viewer", "reviewer"])
    identity = await authenticator.authenticate(token)
    assert (identity.subject, identity.username) == ("alice123", "alice.smith")
    assert identity.roles == ("viewer", "reviewer")
    assert identity.allows("ontology.branches.merge")
    assert not identity.allows("ontology.object_types.write")
    assert not identity.is_service
    assert identity.expires_at == NOW + 3600
    assert identity.token == token
    assert token not in repr(identity)


async def test_a_missing_token_is_told_apart(authenticator):
    with pytest.raises(TokenMissing):
        await authenticator.authenticate("")


async def test_an_expired_token_says_when_it_expired(authenticator, settings):
    with pytest.raises(TokenExpired) as caught:
        await authenticator.authenticate(signed(settings, iat=NOW - 60, exp=NOW))
    assert caught.value.metadata == {"expire_time": "2026-01-31T12:00:00+00:00"}


async def test_leeway_forgives_clocks_that_differ(settings, clock):
    lenient = settings.model_copy(update={"jwt_leeway_s": 30})
    authenticator = TokenAuthenticator(lenient, clock=clock)
    await authenticator.authenticate(signed(settings, iat=NOW - 60, exp=NOW - 29))
    await authenticator.authenticate(signed(settings, iat=NOW + 30, exp=NOW + 60))
    with pytest.raises(TokenExpired):
        await authenticator.authenticate(signed(settings, iat=NOW - 60, exp=NOW - 30))


async def test_a_token_signed_with_another_secret_is_refused(authenticator, settings):
    other = settings.model_copy(update={"jwt_secret": SecretStr("x" + secret_of(settings))})
    with pytest.raises(TokenInvalid, match="wrong signature"):
        await authenticator.authenticate(signed(other))


async def test_changed_claims_break_the_signature(authenticator, settings):
    header, _, signature = signed(settings).split(".")
    forged = part({**CLAIMS, "roles": ["administrator"]})
    with pytest.raises(TokenInvalid, match="wrong signature"):
        await authenticator.authenticate(f"{header}.{forged}.{signature}")


@pytest.mark.parametrize("algorithm", ["none", "None", "NONE", "nOnE", "", None, ["HS256"], 0])
@pytest.mark.parametrize("signature", ["", "AA"])
async def test_an_unsigned_token_is_refused(authenticator, algorithm, signature):
    token = f"{part({'alg': algorithm, 'typ': 'JWT'})}.{part(CLAIMS)}.{signature}"
    with pytest.raises(TokenInvalid):
        await authenticator.authenticate(token)


async def test_an_unsigned_token_with_the_right_algorithm_named_is_refused(authenticator):
    with pytest.raises(TokenInvalid):
        await authenticator.authenticate(f"{part({'alg': 'HS256'})}.{part(CLAIMS)}.")


async def test_another_algorithm_of_the_same_family_is_refused(authenticator, settings):
    token = jwt.encode(CLAIMS, secret_of(settings), algorithm="HS512")
    with pytest.raises(TokenInvalid, match="HS256"):
        await authenticator.authenticate(token)


@pytest.fixture(scope="module")
def rsa_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def asymmetric(folder: Path, key: Any, algorithm: str) -> SecuritySettings:
    private, public = folder / "private.pem", folder / "public.pem"
    private.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    public.write_bytes(
        key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    )
    return SecuritySettings(
        jwt_algorithm=algorithm, jwt_private_key_file=private, jwt_public_key_file=public
    )


@pytest.mark.parametrize("form", ["pem", "pem without last newline", "der", "openssh"])
async def test_a_public_key_used_as_hmac_secret_is_refused(tmp_path, rsa_key, clock, form):
    """Algorithm confusion, CVE-2024-33663."""
    settings = asymmetric(tmp_path, rsa_key, "RS256")
    public = rsa_key.public_key()
    secret = {
        "pem": (tmp_path / "public.pem").read_bytes(),
        "pem without last newline": (tmp_path / "public.pem").read_bytes().strip(),
        "der": public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
        "openssh": public.public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH),
    }[form]
    authenticator = TokenAuthenticator(settings, clock=clock)
    for header in ({"alg": "HS256"}, {"alg": "RS256"}):
        with pytest.raises(TokenInvalid):
            await authenticator.authenticate(hs256(secret, header, CLAIMS))


async def test_rs256_signs_and_verifies_with_the_public_key_alone(tmp_path, rsa_key, clock):
    settings = asymmetric(tmp_path, rsa_key, "RS256")
    token = TokenIssuer(settings, clock=clock).issue("bob", roles=["viewer"]).token
    verifier = settings.model_copy(update={"jwt_private_key_file": None})
    identity = await TokenAuthenticator(verifier, clock=clock).authenticate(token)
    assert identity.subject == "bob"
    with pytest.raises(ValueError, match="OMS_JWT_PRIVATE_KEY_FILE"):
        TokenIssuer(verifier)


async def test_es256_signs_and_verifies(tmp_path, clock):
    settings = asymmetric(tmp_path, ec.generate_private_key(ec.SECP256R1()), "ES256")
    token = TokenIssuer(settings, clock=clock).issue("bob", roles=["viewer"]).token
    assert (await TokenAuthenticator(settings, clock=clock).authenticate(token)).subject == "bob"


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"iss": "evil"}, "another issuer"),
        ({"iss": ["evil", "oms"]}, "malformed|issuer"),
        ({"iss": ...}, "lacks a claim"),
        ({"aud": "billing"}, "another audience"),
        ({"aud": ["billing", "crm"]}, "another audience"),
        ({"aud": ...}, "lacks a claim"),
        ({"nbf": NOW + 1}, "not valid yet"),
        ({"iat": NOW + 1}, "issued in the future"),
        ({"iat": ...}, "lacks a claim"),
        ({"exp": ...}, "lacks a claim"),
        ({"exp": None}, "'exp'|lacks"),
        ({"exp": "tomorrow"}, "'exp'"),
        ({"exp": str(NOW + 60)}, "'exp'"),
        ({"exp": True}, "'exp'"),
        ({"exp": [NOW]}, "'exp'"),
        ({"exp": 10**400}, "'exp'"),
        ({"exp": -1}, "'exp'"),
        ({"exp": NOW + 86402}, "more than 24 hours"),
        ({"nbf": {}}, "'nbf'"),
        ({"jti": ...}, "lacks a claim"),
        ({"sub": ...}, "lacks a claim"),
        ({"sub": ""}, "'sub'"),
        ({"sub": "a" * 257}, "'sub'"),
        ({"sub": "alice\nroot"}, "'sub'"),
        ({"sub": "\ud800"}, "'sub'"),
        ({"username": 7}, "'username'"),
        ({"username": "\u202ealice"}, "'username'"),
        ({"roles": ...}, "roles"),
        ({"roles": []}, "roles"),
        ({"roles": "administrator"}, "roles"),
        ({"roles": ["viewer", "emperor"]}, "role that does not exist"),
        ({"roles": ["viewer", {}]}, "role that does not exist"),
        ({"roles": ["viewer"] * 33}, "roles"),
        ({"svc": "yes"}, "'svc'"),
        ({"act": "api"}, "'act'"),
        ({"act": {}}, "'act'"),
    ],
)
async def test_a_wrong_claim_is_refused(authenticator, settings, changes, why):
    with pytest.raises(TokenInvalid, match=why) as caught:
        await authenticator.authenticate(signed(settings, **changes))
    assert "emperor" not in str(caught.value)


async def test_a_token_for_several_audiences_is_accepted(authenticator, settings):
    await authenticator.authenticate(signed(settings, aud=["billing", "oms"]))


async def test_critical_header_parameters_are_refused(authenticator, settings):
    header = {"alg": "HS256", "crit": ["b64"], "b64": False}
    token = hs256(secret_of(settings).encode(), header, CLAIMS)
    with pytest.raises(TokenInvalid, match="critical"):
        await authenticator.authenticate(token)


async def test_an_over_long_token_is_refused_unread(authenticator, settings):
    with pytest.raises(TokenInvalid, match="more than 8192"):
        await authenticator.authenticate(signed(settings, note="x" * 9000))


async def test_two_texts_are_never_one_token(authenticator, settings):
    token = signed(settings)
    for text in (f"{token}=", f"{token}\n", f" {token}", token.replace(".", ".!", 1)):
        with pytest.raises(TokenInvalid):
            await authenticator.authenticate(text)


async def test_claims_that_are_no_object_are_refused(authenticator, settings):
    for claims in ([], "text", 7, None):
        token = hs256(secret_of(settings).encode(), {"alg": "HS256"}, claims)
        with pytest.raises(TokenInvalid):
            await authenticator.authenticate(token)


_PARTS = st.one_of(
    st.text(max_size=40),
    st.binary(max_size=40).map(part),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
        max_leaves=5,
    ).map(part),
    st.sampled_from([part({"alg": "HS256"}), part({"alg": "none"}), part(CLAIMS), ""]),
)


@hypothesis_settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=200
)
@given(st.lists(_PARTS, max_size=5).map(".".join) | st.text())
@example(part(b"[" * 3000) + "." + part(b"[" * 3000) + ".AA")
@example("é.é.é")
async def test_garbage_is_always_a_typed_error(authenticator, token):
    with pytest.raises((TokenInvalid, TokenMissing)):
        await authenticator.authenticate(token)


@hypothesis_settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=200
)
@given(
    claim=st.sampled_from([*CLAIMS, "nbf", "svc", "act"]),
    value=st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
        max_leaves=5,
    ),
)
async def test_any_claim_of_any_type_is_accepted_or_a_typed_error(
    authenticator, settings, claim, value
):
    token = hs256(secret_of(settings).encode(), {"alg": "HS256"}, {**CLAIMS, claim: value})
    try:
        identity = await authenticator.authenticate(token)
    except (TokenInvalid, TokenExpired):
        return
    assert identity.subject
    assert set(identity.roles) == {"viewer"}
