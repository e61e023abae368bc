"""Each provider's requests and answers, field by field."""

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
    TextTooLong,
)
from svc_embedding.domain.embedding import EmbedOptions, Purpose, Truncation

from embedding_providers.wire import (
    Apis,
    Received,
    Sent,
    WireServer,
    answered,
    refused,
    tokens_of,
    vector_of,
)

QUERY = EmbedOptions(purpose=Purpose.QUERY)
DOCUMENT = EmbedOptions(purpose=Purpose.DOCUMENT)


def tables(kind: str, /, model: str = "m", facts: dict[str, Any] | None = None, **keys: Any) -> Any:
    """A file with one model and one provider."""
    if kind not in {"tei", "openai_compatible", "vertex"}:
        keys.setdefault("key_env", "K")
    provider = {"kind": kind, "model": model, "max_attempts": 1, **keys}
    return {
        "models": [
            {"id": "m", "dimensions": 8, "max_tokens": 32, **(facts or {}), "providers": [provider]}
        ]
    }


async def embed(
    open_models: Any, found: Any, texts: list[str], options: EmbedOptions | None = None
) -> Any:
    embedder = await open_models(found).get().ready()
    return await embedder.embed(texts, options or EmbedOptions())


async def test_openai(server: WireServer, open_models: Any):
    server.apis["/embeddings"] = Apis().openai
    result = await embed(open_models, tables("openai", "text-embedding-3-small"), ["a b", "c"])
    (received,) = server.requests
    assert received.method == "POST"
    assert received.target == "/embeddings"
    assert received.headers["content-type"] == "application/json"
    assert received.body == {
        "input": ["a b", "c"],
        "model": "text-embedding-3-small",
        "encoding_format": "base64",
        "dimensions": 8,
    }
    assert [count.read for count in result.counts] == [4, 3]
    assert [count.total for count in result.counts] == [4, 3]
    np.testing.assert_allclose(result.vectors[1], vector_of("c", 8), atol=1e-6)
    assert result.served.space == "text-embedding-3-small#8"
    assert result.served.provider == "openai"


async def test_openai_is_not_told_the_length_of_older_models(server: WireServer, open_models: Any):
    server.apis["/embeddings"] = Apis().openai
    await embed(open_models, tables("openai", "text-embedding-ada-002"), ["a"])
    assert "dimensions" not in server.requests[0].body


async def test_extra_headers_are_sent(server: WireServer, open_models: Any):
    server.apis["/embeddings"] = Apis().openai
    found = tables("openai", headers={"OpenAI-Organization": "org-1"})
    await embed(open_models, found, ["a"])
    assert server.requests[0].headers["openai-organization"] == "org-1"


@pytest.mark.parametrize(
    ("version", "target"),
    [
        ("2024-10-21", "/openai/deployments/my%20one/embeddings?api-version=2024-10-21"),
        ("v1", "/openai/v1/embeddings"),
    ],
)
async def test_azure(version: str, target: str, server: WireServer, open_models: Any):
    server.apis["/openai"] = Apis().azure
    found = tables("azure_openai", "my one", source="text-embedding-3-large", api_version=version)
    result = await embed(open_models, found, ["a"])
    (received,) = server.requests
    assert received.target == target
    assert received.body["dimensions"] == 8
    assert result.served.space == "text-embedding-3-large#8"


async def test_compatible_servers_need_no_key(server: WireServer, open_models: Any):
    server.apis["/v1/embeddings"] = Apis().compatible
    await embed(open_models, tables("openai_compatible", "nomic", path="/v1"), ["a"])
    (received,) = server.requests
    assert "authorization" not in received.headers
    assert received.body == {"input": ["a"], "model": "nomic", "encoding_format": "float"}


@pytest.mark.parametrize(
    ("options", "input_type", "truncate"),
    [
        (EmbedOptions(), "search_document", "END"),
        (QUERY, "search_query", "END"),
        (EmbedOptions(truncation=Truncation.START), "search_document", "START"),
        (EmbedOptions(purpose=Purpose.QUERY, truncation=Truncation.NONE), "search_query", "NONE"),
    ],
)  # fmt: skip
async def test_cohere(
    options: EmbedOptions, input_type: str, truncate: str, server: WireServer, open_models: Any
):
    server.apis["/v2/embed"] = Apis().cohere
    result = await embed(open_models, tables("cohere", "embed-v4.0"), ["a b"], options)
    assert server.requests[0].body == {
        "model": "embed-v4.0",
        "texts": ["a b"],
        "input_type": input_type,
        "embedding_types": ["float"],
        "truncate": truncate,
        "output_dimension": 8,
    }
    assert result.counts[0].read == tokens_of("a b")


async def test_voyage(server: WireServer, open_models: Any):
    server.apis["/v1/embeddings"] = Apis().voyage
    found = tables("voyage", "voyage-3.5", {"matryoshka_dimensions": [4]})
    options = EmbedOptions(purpose=Purpose.DOCUMENT, dimensions=4)
    result = await embed(open_models, found, ["a", "b"], options)
    assert server.requests[0].body == {
        "input": ["a", "b"],
        "model": "voyage-3.5",
        "input_type": "document",
        "truncation": True,
        "encoding_format": "base64",
        "output_dimension": 4,
    }
    assert result.vectors.shape == (2, 4)
    assert result.served.space == "voyage-3.5#4"


async def test_voyage_with_one_length_is_cut_here(server: WireServer, open_models: Any):
    server.apis["/v1/embeddings"] = Apis().voyage
    found = tables("voyage", "voyage-3", {"matryoshka_dimensions": [4]})
    result = await embed(open_models, found, ["a"], EmbedOptions(dimensions=4))
    assert "output_dimension" not in server.requests[0].body
    whole = vector_of("a", 8)[:4]
    np.testing.assert_allclose(result.vectors[0], whole / np.linalg.norm(whole), atol=1e-6)


@pytest.mark.parametrize(
    ("kind", "target"),
    [("huggingface", "/models/BAAI/bge-m3/pipeline/feature-extraction"), ("tei", "/embed")],
)
async def test_huggingface(kind: str, target: str, server: WireServer, open_models: Any):
    apis = Apis()
    server.apis[target] = apis.huggingface if kind == "huggingface" else apis.tei
    found = tables(kind, "BAAI/bge-m3")
    result = await embed(open_models, found, ["a b"], EmbedOptions(truncation=Truncation.START))
    assert server.requests[0].body == {
        "inputs": ["a b"],
        "normalize": True,
        "truncate": True,
        "truncation_direction": "Left",
    }
    assert result.counts[0].read == tokens_of("a b")


async def test_token_vectors_are_no_vectors(server: WireServer, open_models: Any):
    server.apis["/embed"] = lambda _received: answered([[[0.1] * 8, [0.2] * 8]])
    with pytest.raises(ServiceUnavailable, match="no matrix"):
        await embed(open_models, tables("tei"), ["a b"])


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


@pytest.mark.parametrize("purpose", Purpose)
@pytest.mark.parametrize(
    ("kind", "path", "api", "text_of", "told"),
    [
        ("cohere", "/v2/embed", "cohere", lambda body: body["texts"], "input_type"),
        ("voyage", "/v1/embeddings", "voyage", lambda body: body["input"], "input_type"),
        ("google", "/v1beta", "google",
         lambda body: [body["requests"][0]["content"]["parts"][0]["text"]], "taskType"),
        ("openai", "/embeddings", "openai", lambda body: body["input"], "input_type"),
    ],
)  # fmt: skip
async def test_prefixes_of_the_configuration_take_the_place_of_the_providers_own(
    purpose: Purpose,
    kind: str,
    path: str,
    api: str,
    text_of: Any,
    told: str,
    server: WireServer,
    open_models: Any,
):
    server.apis[path] = getattr(Apis(), api)
    facts = {"query_prefix": "query: ", "document_prefix": "passage: "}
    await embed(open_models, tables(kind, facts=facts), ["a"], EmbedOptions(purpose=purpose))
    (received,) = server.requests
    prefix = {Purpose.QUERY: "query: ", Purpose.DOCUMENT: "passage: ", Purpose.ANY: ""}[purpose]
    assert text_of(received.body) == [prefix + "a"]
    # Cohere's models can't do without; it is always the same then.
    assert received.body.get(told) in {None, "search_document"}


@pytest.mark.parametrize(
    ("kind", "status", "body", "error"),
    [
        ("cohere", 401, {"message": "invalid api token"}, ModelUnusable),
        ("cohere", 429, {"message": "Please wait and try again later"}, LimitExceeded),
        ("cohere", 404, {"message": "model 'x' not found"}, ModelUnusable),
        ("cohere", 400, {"message": "invalid request: unknown field"}, ModelUnusable),
        ("voyage", 401, {"detail": "Provided API key is invalid."}, ModelUnusable),
        ("voyage", 429, {"detail": "You have not yet added your payment method"}, LimitExceeded),
        ("huggingface", 503, {"error": "Model is currently loading", "estimated_time": 20.0},
         ServiceUnavailable),
        ("huggingface", 402, {"error": "You have exceeded your monthly included credits"},
         LimitExceeded),
        ("tei", 429, {"error": "Model is overloaded", "error_type": "Overloaded"}, LimitExceeded),
        ("tei", 424, {"error": "inference failed", "error_type": "Backend"}, ServiceUnavailable),
        ("tei", 422, {"error": "tokenization error", "error_type": "Tokenizer"}, ModelUnusable),
        ("openai", 429, {"error": {"message": "You exceeded your current quota", "param": None,
                                   "type": "insufficient_quota", "code": "insufficient_quota"}},
         LimitExceeded),
        ("openai", 403, {"error": {"message": "Country not supported", "type": "request_forbidden",
                                   "code": "unsupported_country_region_territory"}}, ModelUnusable),
        ("azure_openai", 401, {"statusCode": 401, "message": "Access denied due to invalid key"},
         ModelUnusable),
        ("azure_openai", 404, {"error": {"code": "DeploymentNotFound", "message": "The API"}},
         ModelUnusable),
        ("google", 503, {"error": {"code": 503, "message": "overloaded", "status": "UNAVAILABLE"}},
         ServiceUnavailable),
        ("google", 403, {"error": {"code": 403, "message": "denied", "status": "DENIED"}},
         ModelUnusable),
        ("openai_compatible", 501, {"error": {"message": "not supported"}}, ServiceUnavailable),
        ("openai_compatible", 302, {}, ModelUnusable),
    ],
)  # fmt: skip
async def test_errors_as_providers_write_them(
    kind: str, status: int, body: Any, error: Any, server: WireServer, open_models: Any
):
    server.apis["/"] = lambda _received: refused(status, body)
    extra = {"source": "s"} if kind == "azure_openai" else {}
    with pytest.raises(error) as caught:
        await embed(open_models, tables(kind, **extra), ["a"])
    assert type(caught.value) is error
    told = json.dumps(body)
    assert caught.value.message.partition("answered: ")[2] not in told


@pytest.mark.parametrize("count", [1, 3])
async def test_openai_cuts_nothing_so_that_is_done_here(
    count: int, server: WireServer, open_models: Any
):
    server.apis["/embeddings"] = Apis(max_tokens=32).openai
    texts = ["short", *[f"word{at} " * 400 for at in range(count)], "also short"]
    result = await embed(open_models, tables("openai"), texts)
    short = [result.counts[0], result.counts[-1]]
    assert [(each.total, each.is_truncated) for each in short] == [(3, False), (4, False)]
    for at, each in enumerate(result.counts[1:-1]):
        assert each.is_truncated
        assert 20 <= each.read <= 32
        assert each.total == 402
        kept = f"word{at} " * 400
        assert any(
            np.allclose(result.vectors[1 + at], vector_of(kept[:length], 8), atol=1e-6)
            for length in range(len(kept))
        )


@pytest.mark.parametrize(
    "message",
    [
        "Invalid 'input[0]': maximum context length is 32 tokens.",
        "the input length exceeds the context length",
        "Illegal param: prefill 744 tokens exceed n_ctx_per_seq, try increasing total context size",
        "Input validation error: `inputs` must have less than 32 tokens. Given: 744",
    ],
)
async def test_too_long_in_the_words_of_others(message: str, server: WireServer, open_models: Any):
    api = Apis(max_tokens=32)

    def stern(received: Received) -> Sent:
        sent = api.compatible(received)
        return sent if sent.status == 200 else refused(400, {"error": {"message": message}})

    server.apis["/embeddings"] = stern
    found = tables("openai_compatible")
    (count,) = (await embed(open_models, found, ["word " * 500])).counts
    assert count.is_truncated
    with pytest.raises(TextTooLong) as caught:
        await embed(
            open_models, found, ["a", "word " * 500], EmbedOptions(truncation=Truncation.NONE)
        )
    assert caught.value.metadata["index"] == "1"
    assert caught.value.metadata["max_tokens"] == "32"


async def test_a_batch_that_is_too_large_after_all_is_halved(server: WireServer, open_models: Any):
    api = Apis()

    def small(received: Received) -> Sent:
        if len(received.body["inputs"]) > 2:
            error = "batch size 8 > maximum allowed batch size 2"
            return refused(413, {"error": error, "error_type": "Validation"})
        return api.tei(received)

    server.apis["/embed"] = small
    texts = [f"text {at}" for at in range(8)]
    result = await embed(open_models, tables("tei"), texts)
    np.testing.assert_allclose(result.vectors, [vector_of(text, 8) for text in texts], atol=1e-6)


async def test_more_texts_than_a_request_holds(server: WireServer, open_models: Any):
    server.apis["/v2/embed"] = Apis().cohere
    texts = [f"text {at}" for at in range(500)]
    result = await embed(open_models, tables("cohere"), texts)
    assert sorted(len(each.body["texts"]) for each in server.requests) == [20, *[96] * 5]
    np.testing.assert_allclose(result.vectors, [vector_of(text, 8) for text in texts], atol=1e-6)
    assert sum(count.read for count in result.counts) == 4 * 500


async def test_answers_larger_than_the_loop_reads_itself(server: WireServer, open_models: Any):
    server.apis["/v2/embed"] = Apis(dimensions=1024).cohere
    found = tables("cohere", facts={"dimensions": 1024})
    result = await embed(open_models, found, [f"text {at}" for at in range(90)])
    assert result.vectors.shape == (90, 1024)


async def test_half_a_surrogate_pair_names_its_text(server: WireServer, open_models: Any):
    with pytest.raises(InvalidField, match=r"texts\[1\]"):
        await embed(open_models, tables("openai"), ["fine", "half \ud83d"])


async def test_dimensions_that_the_model_has_not(server: WireServer, open_models: Any):
    found = tables("openai", facts={"matryoshka_dimensions": [4]})
    with pytest.raises(InvalidField, match=r"options\.dimensions: 5 is not one of \[4, 8\]"):
        await embed(open_models, found, ["a"], EmbedOptions(dimensions=5))
