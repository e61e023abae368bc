"""Callers who are not let in, or not let so far."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from oms.datakernel.v1 import commit_service_pb2 as commits
from oms.identity.v1 import identity_service_pb2 as identity
from oms.ontology.v1 import object_type_service_pb2 as object_types
from oms.ontology.v1 import ontology_service_pb2 as ontologies
from oms.ontology.v1 import transfer_service_pb2 as transfer
from oms_testing.e2e import Api


def _part(value: Any) -> str:
    data = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _claims(**changed: Any) -> dict[str, Any]:
    now = int(time.time())
    return {
        "iss": "oms",
        "aud": "oms",
        "sub": "mallory",
        "username": "mallory",
        "roles": ["administrator"],
        "iat": now,
        "exp": now + 600,
        "jti": "0" * 32,
        **changed,
    }


def _hmac_token(secret: bytes, claims: dict[str, Any], algorithm: str = "HS256") -> str:
    signed = f"{_part({'alg': algorithm, 'typ': 'JWT'})}.{_part(claims)}"
    return f"{signed}.{_part(hmac.new(secret, signed.encode(), hashlib.sha256).digest())}"


def _unsigned(_: Any) -> str:
    return f"{_part({'alg': 'none', 'typ': 'JWT'})}.{_part(_claims())}."


def _unsigned_with_some_signature(_: Any) -> str:
    return f"{_part({'alg': 'none', 'typ': 'JWT'})}.{_part(_claims())}.{_part(b'x' * 32)}"


def _hmac_with_the_public_key(suite: Any) -> str:
    return _hmac_token(suite.public_key_pem, _claims())


def _tampered(suite: Any) -> str:
    header, _, signature = suite.endpoint.token.split(".")
    return f"{header}.{_part(_claims())}.{signature}"


TOKENS: dict[str, tuple[Callable[[Any], str], str]] = {
    "none": (lambda _: "", "TOKEN_MISSING"),
    "nonsense": (lambda _: "nonsense", "TOKEN_INVALID"),
    "expired": (
        lambda suite: suite.sign(_claims(exp=int(time.time()) - 3600, iat=int(time.time()) - 7200)),
        "TOKEN_EXPIRED",
    ),
    "not valid yet": (
        lambda suite: suite.sign(_claims(nbf=int(time.time()) + 3600)),
        "TOKEN_INVALID",
    ),
    "wrongly signed": (
        lambda _: _hmac_token(b"another secret of thirty-two byte", _claims()),
        "TOKEN_INVALID",
    ),
    "other claims under a right signature": (_tampered, "TOKEN_INVALID"),
    "alg none": (_unsigned, "TOKEN_INVALID"),
    "alg none with a signature": (_unsigned_with_some_signature, "TOKEN_INVALID"),
    "HMAC made with the public key": (_hmac_with_the_public_key, "TOKEN_INVALID"),
    "another issuer": (lambda suite: suite.sign(_claims(iss="evil")), "TOKEN_INVALID"),
    "another audience": (lambda suite: suite.sign(_claims(aud="other")), "TOKEN_INVALID"),
    "a role that does not exist": (
        lambda suite: suite.sign(_claims(roles=["root"])),
        "TOKEN_INVALID",
    ),
    "a life of a year": (
        lambda suite: suite.sign(_claims(exp=int(time.time()) + 31_536_000)),
        "TOKEN_INVALID",
    ),
}


@pytest.mark.parametrize(("make", "reason"), TOKENS.values(), ids=TOKENS.keys())
async def test_a_bad_token_lets_nobody_in(
    api: Api,
    suite: Any,
    sealed_ontology: str,
    failing: Any,
    make: Callable[[Any], str],
    reason: str,
) -> None:
    stranger = api.as_caller(make(suite))
    error = await failing(
        stranger(
            object_types.CreateObjectTypeRequest(
                parent=sealed_ontology,
                object_type_id="New",
                object_type=object_types.ObjectType(is_abstract=True),
            )
        )
    )
    assert (error.code, error.reason) == ("UNAUTHENTICATED", reason)
    if reason == "TOKEN_EXPIRED":
        assert error.metadata["expire_time"]


async def test_authentication_comes_before_everything_a_request_could_reveal(
    api: Api, failing: Any
) -> None:
    stranger = api.as_caller("")
    error = await failing(stranger(ontologies.DeleteOntologyRequest(name="ontologies/Not-A-Name")))
    assert error.reason == "TOKEN_MISSING"


async def test_a_viewer_changes_nothing_by_any_way(
    api: Api, sealed_ontology: str, failing: Any
) -> None:
    token = await api(identity.CreateTokenRequest(subject="eve", roles=["viewer"]))
    viewer = api.as_caller(token.token.token)
    database = sealed_ontology.replace("ontologies/", "databases/")
    for call, permission in (
        (
            viewer(
                object_types.DeleteObjectTypeRequest(name=f"{sealed_ontology}/objectTypes/Lion")
            ),
            "ontology.object_types.write",
        ),
        (
            viewer.upload(transfer.ImportOntologyRequest(name=sealed_ontology), b""),
            "ontology.transfers.import",
        ),
        (
            viewer(
                commits.CreateCommitRequest(
                    parent=f"{database}/branches/main",
                    operations=[
                        commits.DocumentOperation(
                            delete=commits.DocumentDelete(document_id="ObjectType/Lion")
                        )
                    ],
                )
            ),
            "kernel.documents.write",
        ),
        (
            viewer(ontologies.DeleteOntologyRequest(name=sealed_ontology)),
            "ontology.ontologies.delete",
        ),
        (
            viewer(identity.CreateTokenRequest(subject="eve", roles=["administrator"])),
            "identity.tokens.create",
        ),
    ):
        error = await failing(call)
        assert (error.code, error.reason) == ("PERMISSION_DENIED", "PERMISSION_DENIED")
        assert error.metadata["permission"] == permission
