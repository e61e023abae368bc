"""Errors as providers write them, texts that are too long, batches that are too large."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from oms_core.errors import (
    InvalidField,
    LimitExceeded,
    ModelUnusable,
    ServiceUnavailable,
    TextTooLong,
)
from svc_embedding.domain.embedding import EmbedOptions, Truncation

from embedding_providers.asking import embed, tables
from embedding_providers.wire import (
    Apis,
    Received,
    Sent,
    WireServer,
    refused,
    vector_of,
)


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
    with pytest.raises(InvalidField, match=r"options\.dimensions: .* 5 numbers, only of 4, 8"):
        await embed(open_models, found, ["a"], EmbedOptions(dimensions=5))
