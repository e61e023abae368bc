"""Each provider's requests and answers, field by field."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from oms_core.errors import (
    ServiceUnavailable,
)
from svc_embedding.domain.embedding import EmbedOptions, Purpose, Truncation

from embedding_providers.asking import QUERY, embed, tables
from embedding_providers.wire import (
    Apis,
    WireServer,
    answered,
    tokens_of,
    vector_of,
)


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
