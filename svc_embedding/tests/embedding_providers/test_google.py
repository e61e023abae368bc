"""Requests and answers of Gemini and of Vertex AI, whose keys are service accounts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from jose import jwt
from oms_core.errors import (
    InvalidField,
    LimitExceeded,
    ModelUnusable,
    ServiceUnavailable,
)
from svc_embedding.domain.embedding import EmbedOptions, Truncation

from embedding_providers.asking import DOCUMENT, QUERY, embed, tables
from embedding_providers.wire import (
    Apis,
    Received,
    Sent,
    WireServer,
    answered,
    refused,
)


async def test_gemini(server: WireServer, open_models: Any):
    server.apis["/v1beta"] = Apis().google
    result = await embed(open_models, tables("google", "gemini-embedding-001"), ["a", "b"], QUERY)
    (received,) = server.requests
    assert received.target == "/v1beta/models/gemini-embedding-001:batchEmbedContents"
    assert received.body["requests"][1] == {
        "model": "models/gemini-embedding-001",
        "content": {"parts": [{"text": "b"}]},
        "taskType": "RETRIEVAL_QUERY",
        "outputDimensionality": 8,
    }
    np.testing.assert_allclose(np.linalg.norm(result.vectors, axis=1), 1, atol=1e-6)
    assert [count.total for count in result.counts] == [0, 0], "it does not tell"


@pytest.mark.parametrize("truncation", [Truncation.NONE, Truncation.START])
async def test_gemini_cuts_without_a_word_so_that_may_not_be_needed(
    truncation: Truncation, server: WireServer, open_models: Any
):
    server.apis["/v1beta"] = Apis().google
    options = EmbedOptions(truncation=truncation)
    assert len((await embed(open_models, tables("google"), ["short"], options)).vectors) == 1
    with pytest.raises(InvalidField, match=r"texts\[1\] may be too long"):
        await embed(open_models, tables("google"), ["short", "long " * 50], options)


async def test_a_key_that_google_refuses_with_400(server: WireServer, open_models: Any):
    body = {
        "error": {
            "code": 400,
            "message": "API key not valid. Please pass a valid API key.",
            "status": "INVALID_ARGUMENT",
            "details": [
                {
                    "@type": "type.googleapis.com/google.rpc.ErrorInfo",
                    "reason": "API_KEY_INVALID",
                    "domain": "googleapis.com",
                }
            ],
        }
    }
    server.apis["/v1beta"] = lambda _received: refused(400, body)
    with pytest.raises(ModelUnusable, match="refuses the key"):
        await embed(open_models, tables("google"), ["a"])


async def test_google_says_in_the_body_when_to_come_back(server: WireServer, open_models: Any):
    body = {
        "error": {
            "code": 429,
            "message": "quota",
            "status": "RESOURCE_EXHAUSTED",
            "details": [
                {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "34.5s"}
            ],
        }
    }
    server.apis["/v1beta"] = lambda _received: refused(429, body)
    with pytest.raises(LimitExceeded) as caught:
        await embed(open_models, tables("google"), ["a"])
    assert caught.value.retry_after_s == 34.5


@pytest.fixture(scope="module")
def private_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


def _key_file(folder: Path, key: rsa.RSAPrivateKey, token_url: str) -> Path:
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    path = folder / "account.json"
    path.write_text(
        json.dumps(
            {
                "type": "service_account",
                "client_email": "a@p.iam.gserviceaccount.com",
                "private_key": pem.decode(),
                "private_key_id": "kid-1",
                "token_uri": token_url,
            }
        )
    )
    return path


def _vertex(server: WireServer, folder: Path, key: rsa.RSAPrivateKey, **facts: Any) -> Any:
    path = _key_file(folder, key, f"{server.address}/token")
    model = "text-embedding-005"
    return tables("vertex", model, facts, key_file=path, project="p-1", location="europe-west4")


async def test_vertex(
    server: WireServer, open_models: Any, private_key: Any, tmp_path: Path, clock: Any
):
    claims: list[Any] = []

    def token(received: Received) -> Sent:
        grant, assertion = received.raw.decode().split("&assertion=")
        assert grant == "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer"
        public = private_key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        options = {"verify_aud": False, "verify_exp": False, "verify_iat": False}
        claims.append(jwt.decode(assertion, public, algorithms=["RS256"], options=options))
        assert jwt.get_unverified_header(assertion)["kid"] == "kid-1"
        return answered({"access_token": "ya29.token", "expires_in": 3599, "token_type": "Bearer"})

    server.apis["/token"] = token
    server.apis["/v1/projects"] = Apis(max_tokens=32).vertex
    found = _vertex(server, tmp_path, private_key)
    embedder = await open_models(found).get().ready()
    result = await embedder.embed(["a b", "w " * 60], DOCUMENT)
    first, *_ = [each for each in server.requests if each.target != "/token"]
    assert first.target == (
        "/v1/projects/p-1/locations/europe-west4/publishers/google/models/"
        "text-embedding-005:predict"
    )
    assert first.body == {
        "instances": [{"content": "a b", "task_type": "RETRIEVAL_DOCUMENT"}],
        "parameters": {"autoTruncate": True, "outputDimensionality": 8},
    }
    assert [(each.read, each.total, each.is_truncated) for each in result.counts] == [
        (4, 4, False),
        (32, 0, True),
    ]
    (claim,) = claims
    assert claim["iss"] == "a@p.iam.gserviceaccount.com"
    assert claim["aud"] == f"{server.address}/token"
    assert claim["exp"] - claim["iat"] == 3600
    clock.advance(3300)
    await embedder.embed(["c"], DOCUMENT)
    assert len(claims) == 2, "the token is renewed before it ends"


async def test_a_service_account_that_is_refused(
    server: WireServer, open_models: Any, private_key: Any, tmp_path: Path
):
    server.apis["/token"] = lambda _received: refused(400, {"error": "invalid_grant"})
    with pytest.raises(ModelUnusable, match="service account is refused"):
        await embed(open_models, _vertex(server, tmp_path, private_key), ["a"])


async def test_a_service_account_whose_tokens_are_none(
    server: WireServer, open_models: Any, private_key: Any, tmp_path: Path
):
    server.apis["/token"] = lambda _received: answered({"id_token": "x"})
    with pytest.raises(ServiceUnavailable, match="no access token"):
        await embed(open_models, _vertex(server, tmp_path, private_key), ["a"])
