"""Attempts, circuit breakers, limits, budgets and quotas over providers that do as told."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from oms_core.errors import (
    InvalidField,
    LimitExceeded,
    ModelUnusable,
    OmsError,
    ServiceUnavailable,
    TextTooLong,
)
from svc_embedding.domain.embedding import (
    Embeddings,
    EmbedOptions,
    ModelFacts,
    ServedBy,
    TokenCount,
)
from svc_embedding.domain.providers.chain import Chain
from svc_embedding.domain.providers.contract import Answer
from svc_embedding.domain.providers.errors import (
    TextsRefused,
)
from svc_embedding.domain.providers.local import LocalLink
from svc_embedding.domain.providers.policy import CallPolicy
from svc_embedding.domain.providers.quotas import DailyQuota
from svc_embedding.domain.providers.remote import RemoteLink

from embedding_providers.conftest import HandClock
from embedding_providers.scripted import (
    STEPS,
    Scripted,
    chain_of,
    embed,
    right,
    runtime_of,
)
from embedding_providers.wire import tokens_of


def _oracle(outcomes: Sequence[str]) -> int | type[OmsError]:
    if "right" in outcomes:
        return outcomes.index("right")
    if set(outcomes) == {"refused"}:
        return ModelUnusable
    if set(outcomes) <= {"busy", "busy for long", "spent", "refused"}:
        return LimitExceeded
    return ServiceUnavailable


async def test_every_combination_of_up_to_three():
    combinations = itertools.chain.from_iterable(
        itertools.product(STEPS, repeat=count) for count in (1, 2, 3)
    )
    for outcomes in combinations:
        clock = HandClock()
        endpoints = [Scripted(STEPS[each], stays=True) for each in outcomes]
        chain = chain_of(clock, *endpoints)
        expected = _oracle(outcomes)
        if isinstance(expected, int):
            result = await embed(chain)
            np.testing.assert_allclose(result.vectors, right(["a", "b c"]).vectors, atol=1e-6)
            assert result.served.is_fallback == (expected > 0)
            assert not any(endpoint.calls for endpoint in endpoints[expected + 1 :])
        else:
            with pytest.raises(expected) as caught:
                await embed(chain)
            assert type(caught.value) is expected, outcomes


_names = st.sampled_from(sorted(STEPS))


@given(
    st.lists(st.lists(_names, max_size=12), min_size=1, max_size=3),
    st.lists(st.integers(1, 9), min_size=1, max_size=6),
)
async def test_any_history_gives_right_vectors_or_a_typed_error(
    scripts: list[list[str]], calls: list[int]
):
    clock = HandClock()
    endpoints = [Scripted(*[STEPS[name] for name in script]) for script in scripts]
    quota = DailyQuota(clock, model="m", tokens=10**9)
    chain = chain_of(clock, *endpoints, quota=quota)
    used = 0
    for count in calls:
        texts = [f"text {at}" for at in range(count)]
        try:
            result = await embed(chain, *texts)
        except (ServiceUnavailable, LimitExceeded, ModelUnusable):
            clock.advance(700)
            continue
        np.testing.assert_allclose(result.vectors, right(texts).vectors, atol=1e-6)
        assert [each.read for each in result.counts] == [tokens_of(text) for text in texts]
        used += sum(each.read for each in result.counts)
    accounts = [link.account for link in chain.links]
    assert sum(account.calls for account in accounts) == sum(len(e.calls) for e in endpoints)
    assert sum(account.tokens for account in accounts) >= used


async def test_after_failures_in_a_row_a_provider_is_left_alone(clock: HandClock):
    first, second = Scripted(STEPS["broken"], stays=True), Scripted()
    chain = chain_of(clock, first, second)
    for _ in range(9):
        assert (await embed(chain)).served.is_fallback
    assert len(first.calls) == 5
    status = chain.links[0].status()
    assert not status.is_available
    assert "left alone" in status.reason
    clock.advance(1.0)
    first.steps.clear()
    assert not (await embed(chain)).served.is_fallback
    assert chain.links[0].status().is_available


async def test_a_busy_provider_is_paced_and_not_broken(clock: HandClock):
    first, second = Scripted(STEPS["spent"]), Scripted()
    chain = chain_of(clock, first, second)
    assert (await embed(chain)).served.is_fallback
    assert (await embed(chain)).served.is_fallback
    assert len(first.calls) == 1, "it asked for a minute"
    assert chain.links[0].status().is_available
    clock.advance(60)
    assert not (await embed(chain)).served.is_fallback


async def test_a_short_wait_for_the_rate_limit_is_waited(clock: HandClock):
    chain = chain_of(clock, Scripted(), policy=CallPolicy(requests_per_minute=60))
    for _ in range(12):
        await embed(chain)
    assert sum(clock.slept) == pytest.approx(6.0)


async def test_a_long_wait_for_the_rate_limit_is_somebody_elses_call(clock: HandClock):
    first, second = Scripted(), Scripted()
    chain = chain_of(clock, first, policy=CallPolicy(requests_per_minute=2))
    await embed(chain)
    with pytest.raises(LimitExceeded) as caught:
        await embed(chain)
    assert caught.value.retry_after_s == pytest.approx(30.0)
    assert caught.value.metadata["limit"] == "rate_limit"
    both = chain_of(clock, first, second, policy=CallPolicy(requests_per_minute=2))
    served = [(await embed(both)).served.is_fallback for _ in range(2)]
    assert served == [False, True]


async def test_others_get_half_of_the_time_that_is_left(clock: HandClock):
    first, second, third = Scripted(STEPS["refused"]), Scripted(STEPS["refused"]), Scripted()
    await embed(chain_of(clock, first, second, third, time_left=lambda: 8.0))
    assert [endpoint.calls[0][1] for endpoint in (first, second, third)] == [4.0, 4.0, 8.0]


async def test_no_attempt_begins_that_would_end_too_late(clock: HandClock):
    first = Scripted(STEPS["down"], stays=True)
    with pytest.raises(ServiceUnavailable):
        await embed(chain_of(clock, first, time_left=lambda: 0.6))
    assert len(first.calls) == 2, "the next one would begin after a second"


async def test_no_time_is_no_call(clock: HandClock):
    first = Scripted()
    with pytest.raises(ServiceUnavailable, match="no time was left"):
        await embed(chain_of(clock, first, time_left=lambda: 0.0))
    assert not first.calls


@pytest.mark.parametrize("error", [InvalidField.of("x", "y"), TextTooLong("z")])
async def test_what_the_caller_did_wrong_is_not_asked_elsewhere(error: OmsError, clock: HandClock):
    def step(_texts: Sequence[str]) -> Answer:
        raise error

    second = Scripted()
    with pytest.raises(type(error)):
        await embed(chain_of(clock, Scripted(step), second))
    assert not second.calls


async def test_one_failed_request_ends_the_others_of_its_call(clock: HandClock):
    first, second = Scripted(right, STEPS["refused"], right), Scripted()
    result = await embed(chain_of(clock, first, second), "a", "b", "c", "d", "e", "f")
    assert result.served.is_fallback
    np.testing.assert_allclose(result.vectors, right("abcdef").vectors, atol=1e-6)
    assert len(second.calls) == 3


async def test_no_more_requests_at_once_than_permitted(clock: HandClock):
    first = Scripted()
    first.gate = asyncio.Event()
    chain = chain_of(clock, first, policy=CallPolicy(max_concurrency=3))
    call = asyncio.create_task(embed(chain, *[f"text {at}" for at in range(20)]))
    await first.reached(3)
    for _ in range(50):
        await asyncio.sleep(0)
    assert len(first.calls) == 3
    first.gate.set()
    assert len((await call).vectors) == 20


async def test_a_provider_without_a_free_place_is_passed_over(clock: HandClock):
    first, second = Scripted(), Scripted()
    first.gate = asyncio.Event()
    chain = chain_of(clock, first, second, policy=CallPolicy(max_concurrency=1, max_wait_s=0.01))
    slow = asyncio.create_task(embed(chain))
    await first.reached(1)
    assert (await embed(chain)).served.is_fallback
    first.gate.set()
    assert not (await slow).served.is_fallback


async def test_a_caller_that_leaves_is_no_failure(clock: HandClock):
    first = Scripted(STEPS["broken"], stays=True)
    chain = chain_of(clock, first, policy=CallPolicy(failure_threshold=1))
    with pytest.raises(ServiceUnavailable):
        await embed(chain)
    clock.advance(1.0)
    first.gate = asyncio.Event()
    call = asyncio.create_task(embed(chain))
    await first.reached(2)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    first.gate.set()
    first.steps.clear()
    assert len((await embed(chain)).vectors) == 2, "the one that tried was given up"


async def test_a_failed_call_costs_nothing_of_the_quota(clock: HandClock):
    quota = DailyQuota(clock, model="m", tokens=40)
    first = Scripted(*[STEPS["refused"]] * 9)
    chain = chain_of(clock, first, quota=quota, policy=CallPolicy(failure_threshold=100))
    for _ in range(9):
        with pytest.raises(ModelUnusable):
            await embed(chain)
    for _ in range(5):
        await embed(chain)
    with pytest.raises(LimitExceeded, match="40 tokens a day"):
        await embed(chain)


async def test_a_provider_of_another_space_is_never_mixed_in(clock: HandClock):
    first, second = Scripted(STEPS["refused"], source="m"), Scripted(source="n")
    with pytest.raises(ModelUnusable, match="'n#8'"):
        await embed(chain_of(clock, first, second))


async def test_texts_too_long_for_any_cut(clock: HandClock):
    def never(_texts: Sequence[str]) -> Answer:
        raise TextsRefused

    first = Scripted(never, stays=True)
    with pytest.raises(TextTooLong) as caught:
        await embed(chain_of(clock, first), "a", "x " * 500)
    assert caught.value.metadata["max_tokens"] == "100"
    assert len(first.calls) < 20


class Local:
    """A model of this service as far as a link needs it."""

    id = "m"

    def __init__(self, error: OmsError | None = None, *, hangs: bool = False) -> None:
        self.facts = ModelFacts(model="m", source="m", dimensions=8, max_tokens=100)
        self.error, self.hangs = error, hangs

    async def ready(self) -> Any:
        if self.error is not None:
            raise self.error
        if self.hangs:
            await asyncio.Event().wait()
        return self

    async def embed(self, texts: Sequence[str], options: EmbedOptions) -> Embeddings:
        served = ServedBy(model="m", space="m#8", provider="onnx")
        counts = [TokenCount(tokens_of(text)) for text in texts]
        return Embeddings(right(texts).vectors, counts, served)


def _mixed(clock: HandClock, local: Any, remote: Scripted) -> Chain:
    links = [
        LocalLink(local, timeout_s=0.01),
        RemoteLink(remote, CallPolicy(), runtime_of(clock)),
    ]
    return Chain(links, facts=remote.facts, space=remote.facts.space)


@pytest.mark.parametrize(
    "local",
    [
        Local(ModelUnusable("no file")),
        Local(LimitExceeded("queue", retry_after_s=1)),
        Local(ServiceUnavailable("hub")),
        Local(hangs=True),
    ],
)
async def test_a_remote_provider_behind_a_local_model(local: Any, clock: HandClock):
    chain = _mixed(clock, local, Scripted())
    result = await embed(chain)
    assert result.served.is_fallback
    assert result.served.provider == "p"
    assert chain.links[0].account.failure_count == 1


async def test_a_local_model_in_a_chain(clock: HandClock):
    remote = Scripted()
    links = [LocalLink(Local(), timeout_s=60), RemoteLink(remote, CallPolicy(), runtime_of(clock))]
    chain = Chain(links, facts=remote.facts, space=remote.facts.space)
    assert (await embed(chain)).served.provider == "onnx"
    assert not remote.calls
    assert chain.links[0].account.tokens == 7
