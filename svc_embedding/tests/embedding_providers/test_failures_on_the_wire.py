"""Chains of one to three providers over HTTP, with every failure at every place."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
from oms_core.errors import LimitExceeded, ModelUnusable, OmsError, ServiceUnavailable
from svc_embedding.domain.embedding import EmbedOptions
from svc_embedding.domain.models import Models

from embedding_providers.wire import FAULTS, Apis, WireServer, tokens_of, vector_of

TEXTS = ["the first text", "second", "a third text of some length", "네 번째"]
_NAMES = ["ok", *FAULTS]
_BUSY = {"429", "429 with retry-after"}
_MISCONFIGURED = {"401", "404"}
_TRANSIENT = {"429", "429 with retry-after", "500", "503", "timeout", "cut", "no json"}


def _tables(count: int) -> dict[str, Any]:
    providers = [
        {"kind": "openai", "model": "m", "key_env": "K", "path": f"/{place}", "max_attempts": 2}
        for place in range(count)
    ]
    return {"models": [{"id": "m", "dimensions": 8, "max_tokens": 8000, "providers": providers}]}


def _expected(outcomes: tuple[str, ...]) -> int | type[OmsError]:
    """The place of the provider that answers, or the error: the oracle."""
    if "ok" in outcomes:
        return outcomes.index("ok")
    if all(outcome in _MISCONFIGURED for outcome in outcomes):
        return ModelUnusable
    if all(outcome in _BUSY | _MISCONFIGURED for outcome in outcomes):
        return LimitExceeded
    return ServiceUnavailable


def _open(server: WireServer, open_models: Any, count: int) -> Models:
    for place in range(count):
        server.apis[f"/{place}/"] = Apis().openai
    return open_models(_tables(count))


async def _check(server: WireServer, models: Models, outcomes: tuple[str, ...]) -> None:
    for place, outcome in enumerate(outcomes):
        faults = [FAULTS[outcome]] if outcome in FAULTS else []
        server.fails(f"/{place}/", *faults, stays=True)
    embedder = await models.get("m").ready()
    expected = _expected(outcomes)
    if isinstance(expected, int):
        result = await embedder.embed(TEXTS, EmbedOptions())
        wanted = np.stack([vector_of(text, 8) for text in TEXTS])
        np.testing.assert_allclose(result.vectors, wanted, atol=1e-6, err_msg=str(outcomes))
        assert result.served.is_fallback == (expected > 0), outcomes
        assert result.served.space == "m#8"
        assert sum(count.read for count in result.counts) == sum(map(tokens_of, TEXTS))
        return
    with pytest.raises(expected) as caught:
        await embedder.embed(TEXTS, EmbedOptions())
    assert type(caught.value) is expected, outcomes
    assert "SECRET" not in str(caught.value) + str(caught.value.metadata)
    assert caught.value.message.count("openai: ") == len(outcomes)


@pytest.mark.parametrize("first", _NAMES)
async def test_one_and_two_providers(first: str, server: WireServer, open_models: Any):
    await _check(server, _open(server, open_models, 1), (first,))
    for second in _NAMES:
        # Anew each time: a circuit breaker remembers.
        models = _open(server, open_models, 2)
        await _check(server, models, (first, second))


@pytest.mark.parametrize("last", ["ok", "429", "503", "401"])
async def test_three_providers(last: str, server: WireServer, open_models: Any):
    some = ["429 with retry-after", "500", "timeout", "cut", "nan", "401"]
    for first, second in itertools.product(some, some):
        models = _open(server, open_models, 3)
        await _check(server, models, (first, second, last))


@pytest.mark.parametrize("fault", FAULTS)
async def test_what_passes_is_tried_again_and_what_does_not_is_not(
    fault: str, server: WireServer, open_models: Any, clock: Any
):
    models = _open(server, open_models, 1)
    server.fails("/0/", FAULTS[fault])
    embedder = await models.get("m").ready()
    (status,) = models.get("m").status().providers
    if fault not in _TRANSIENT:
        with pytest.raises(OmsError):
            await embedder.embed(TEXTS, EmbedOptions())
        assert len(server.requests) == 1
        return
    result = await embedder.embed(TEXTS, EmbedOptions())
    assert not result.served.is_fallback
    assert len(server.requests) == 2
    (status,) = models.get("m").status().providers
    assert (status.call_count, status.failure_count) == (2, 1)
    waited = sum(clock.slept)
    assert waited == (2.5 if fault == "429 with retry-after" else 0.5)


async def test_a_connection_cut_before_the_answer_costs_no_attempt(
    server: WireServer, open_models: Any
):
    models = _open(server, open_models, 1)
    embedder = await models.get("m").ready()
    for _ in range(3):
        result = await embedder.embed(TEXTS, EmbedOptions())
        assert len(result.vectors) == 4
    (status,) = models.get("m").status().providers
    assert (status.call_count, status.failure_count) == (3, 0)


async def test_a_server_that_does_not_answer_in_time(server: WireServer, open_models: Any):
    server.apis["/0/"] = Apis().openai
    tables = _tables(1)
    tables["models"][0]["providers"][0].update(timeout_s=0.05, max_attempts=1)
    server.fails("/0/", FAULTS["timeout"], stays=True)
    embedder = await open_models(tables, impatient=False).get("m").ready()
    with pytest.raises(ServiceUnavailable, match="no answer within"):
        await embedder.embed(TEXTS, EmbedOptions())


async def test_nobody_listens(server: WireServer, open_models: Any):
    models = _open(server, open_models, 1)
    await server.stop()
    embedder = await models.get("m").ready()
    with pytest.raises(ServiceUnavailable, match="openai"):
        await embedder.embed(TEXTS, EmbedOptions())
    await server.start()


async def test_what_a_provider_says_of_its_rate_limit_is_kept(
    server: WireServer, open_models: Any, clock: Any
):
    models = _open(server, open_models, 1)
    headers = {"x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "3s"}

    def last_one(received: Any, api: Any) -> Any:
        sent = api(received)
        sent.headers.update(headers)
        return sent

    server.fails("/0/", last_one)
    embedder = await models.get("m").ready()
    await embedder.embed(TEXTS, EmbedOptions())
    assert clock.slept == []
    await embedder.embed(TEXTS, EmbedOptions())
    assert clock.slept == [pytest.approx(3.0)]


@pytest.mark.parametrize("fault", FAULTS)
async def test_neither_keys_nor_what_providers_write_are_logged(
    fault: str, server: WireServer, open_models: Any, capfd: pytest.CaptureFixture[str]
):
    models = _open(server, open_models, 1)
    server.fails("/0/", FAULTS[fault], stays=True)
    embedder = await models.get("m").ready()
    with pytest.raises(OmsError) as caught:
        await embedder.embed(TEXTS, EmbedOptions())
    told = "".join(capfd.readouterr()) + repr(caught.value) + repr(models.get("m").status())
    assert "embedding_provider_failed" in told
    assert not any(secret in told for secret in ("key-1", "SECRET", "gateway", *TEXTS))
