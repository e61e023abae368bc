"""Embeddings through the gateway, on both of its listeners."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator
from typing import Any

import httpx
import numpy as np
import pytest
from oms_testing.e2e_errors import from_http

_PATIENCE_S = 120.0


@pytest.fixture(params=["embedding", "api"])
async def http(request: pytest.FixtureRequest, suite: Any) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(
        base_url=suite.listeners[request.param],
        headers={"authorization": f"Bearer {suite.endpoint.token}"},
        timeout=_PATIENCE_S,
        trust_env=False,
    ) as client:
        yield client


async def test_texts_are_embedded_and_compared(http: httpx.AsyncClient) -> None:
    one = await http.post("/embed", json={"text": "a customer buys a product"})
    assert one.status_code == 200, one.text
    vector = np.array(one.json()["embedding"]["vector"]["values"])
    assert vector.shape == (384,)
    assert one.json()["served"]["provider"] == "onnx"
    texts = ["the client purchases goods", "gravity bends light"]
    options = {"encoding": "VECTOR_ENCODING_PACKED_FLOAT32"}
    many = await http.post("/embed_batch", json={"texts": texts, "options": options})
    assert many.status_code == 200, many.text
    rows = np.array(
        [
            np.frombuffer(base64.b64decode(each["vector"]["packed"]), "<f4")
            for each in many.json()["embeddings"]
        ]
    )
    compared = await http.post(
        "/similarity",
        json={
            "sources": [{"text": "a customer buys a product"}],
            "targets": [{"text": text} for text in texts],
        },
    )
    assert compared.status_code == 200, compared.text
    assert (compared.json()["rows"], compared.json()["columns"]) == (1, 2)
    np.testing.assert_allclose(compared.json()["scores"], rows @ vector, atol=1e-5)


async def test_openai_clients_are_answered(http: httpx.AsyncClient) -> None:
    body = {"input": ["one", "two"], "model": "all-minilm-l6-v2", "encoding_format": "base64"}
    answer = await http.post("/v1/embeddings", json=body)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/json"
    content = answer.json()
    assert content["object"] == "list"
    assert [each["index"] for each in content["data"]] == [0, 1]
    assert len(base64.b64decode(content["data"][0]["embedding"])) == 4 * 384
    assert content["usage"] == {"prompt_tokens": 6, "total_tokens": 6}


@pytest.mark.parametrize(
    ("path", "body", "status", "reason"),
    [
        ("/embed", b'{"text": ""}', 400, "INVALID_FIELD"),
        ("/embed", b'{"text": "x", "options": {"model": "other"}}', 404, "RESOURCE_NOT_FOUND"),
        ("/embed_batch", b'{"texts": ["a", " "]}', 400, "INVALID_FIELD"),
        ("/similarity", b'{"sources": [{"vector": {"values": ["NaN"]}}]}', 400, "INVALID_VECTOR"),
        ("/v1/embeddings", b'{"input": "\\ud800"}', 400, "PARSE_ERROR"),
        ("/v1/embeddings", b'{"input": "x", "model": "gpt"}', 404, "RESOURCE_NOT_FOUND"),
        ("/rerank", b'{"query": "q", "documents": ["d"]}', 501, "UNSUPPORTED_OPERATION"),
    ],
)
async def test_what_is_wrong_is_told(
    http: httpx.AsyncClient, check: Any, path: str, body: bytes, status: int, reason: str
) -> None:
    headers = {"content-type": "application/json"}
    answer = await http.post(path, content=body, headers=headers)
    error = check(from_http(answer))
    assert (error.http_status, error.reason) == (status, reason), answer.text


async def test_a_lone_surrogate_is_refused(http: httpx.AsyncClient) -> None:
    answer = await http.post(
        "/embed", content=b'{"text": "\\ud800"}', headers={"content-type": "application/json"}
    )
    assert answer.status_code == 400


async def test_models_are_listed(http: httpx.AsyncClient) -> None:
    answer = await http.get("/v1/models")
    assert answer.status_code == 200
    names = [each["name"] for each in answer.json()["models"]]
    assert "models/all-minilm-l6-v2" in names
    got = await http.get("/v1/models/all-minilm-l6-v2")
    assert got.json()["model"]["isDefault"] is True
