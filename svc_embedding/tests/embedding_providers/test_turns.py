"""Requests of one call, beside those of others."""

from __future__ import annotations

import asyncio

import pytest
from oms_core.errors import LimitExceeded, ServiceUnavailable
from svc_embedding.domain.providers.policy import CallPolicy

from embedding_providers.conftest import HandClock
from embedding_providers.scripted import STEPS, Scripted, chain_of, embed, failing

_TEXTS = [f"text {at}" for at in range(20)]
"""Ten requests."""


@pytest.mark.parametrize(
    "limit",
    [
        {"requests_per_minute": 6},
        # One of 14 tokens a request: the bucket holds 2.
        {"tokens_per_minute": 20},
        {"max_concurrency": 1},
        {"max_concurrency": 3, "requests_per_minute": 6},
    ],
)
async def test_a_call_does_not_wait_because_of_its_own_requests(
    clock: HandClock, limit: dict[str, int]
) -> None:
    only = Scripted()
    chain = chain_of(clock, only, policy=CallPolicy(max_wait_s=0.0, **limit))
    assert len((await embed(chain, *_TEXTS)).vectors) == 20
    assert len(only.calls) == 10


async def test_a_pace_is_kept_all_the_same(clock: HandClock) -> None:
    only, began = Scripted(), clock.monotonic()
    chain = chain_of(clock, only, policy=CallPolicy(max_wait_s=0.0, requests_per_minute=6))
    await embed(chain, *_TEXTS)
    assert clock.monotonic() - began == pytest.approx(90.0)


async def test_what_others_sent_is_waited_for_within_the_limit(clock: HandClock) -> None:
    chain = chain_of(clock, Scripted(), policy=CallPolicy(max_wait_s=10.0, requests_per_minute=6))
    await embed(chain, "a")
    assert len((await embed(chain, *_TEXTS)).vectors) == 20
    strict = chain_of(clock, Scripted(), policy=CallPolicy(max_wait_s=9.0, requests_per_minute=6))
    await embed(strict, "a")
    with pytest.raises(LimitExceeded):
        await embed(strict, *_TEXTS)


async def test_what_would_end_after_the_deadline_is_not_waited_for(clock: HandClock) -> None:
    policy = CallPolicy(max_wait_s=0.0, requests_per_minute=6)
    chain = chain_of(clock, Scripted(), policy=policy, time_left=lambda: 35.0)
    with pytest.raises(LimitExceeded):
        await embed(chain, *_TEXTS)


async def test_a_call_that_has_begun_goes_on_beside_one_that_takes_the_places(
    clock: HandClock,
) -> None:
    only = Scripted()
    only.gate = asyncio.Event()
    chain = chain_of(clock, only, policy=CallPolicy(max_concurrency=2, max_wait_s=0.0))
    slow = asyncio.create_task(embed(chain, "slow"))
    await only.reached(1)
    call = asyncio.create_task(embed(chain, *_TEXTS))
    await only.reached(2)
    for _ in range(50):
        await asyncio.sleep(0)
    assert not call.done(), "its second request waits for the first two"
    with pytest.raises(LimitExceeded):
        await embed(chain, "another")
    only.gate.set()
    assert len((await call).vectors) == 20
    assert len((await slow).vectors) == 1


async def test_no_time_says_nothing_about_a_provider(clock: HandClock) -> None:
    left_s = 0.0
    only = Scripted()
    policy = CallPolicy(failure_threshold=1)
    chain = chain_of(clock, only, policy=policy, time_left=lambda: left_s)
    for _ in range(2):
        with pytest.raises(ServiceUnavailable, match="no time was left"):
            await embed(chain)
    left_s = 60.0
    assert len((await embed(chain)).vectors) == 2


@pytest.mark.parametrize(("left_s", "is_left_alone"), [(4.9, False), (5.0, True), (60.0, True)])
async def test_silence_counts_when_there_was_time_to_answer(
    clock: HandClock, left_s: float, is_left_alone: bool
) -> None:
    only = Scripted(failing("timeout"))
    policy = CallPolicy(failure_threshold=1)
    chain = chain_of(clock, only, policy=policy, time_left=lambda: left_s)
    with pytest.raises(ServiceUnavailable):
        await embed(chain)
    assert chain.links[0].status().is_available is not is_left_alone
    assert chain.links[0].status().failure_count == 1


async def test_an_error_counts_whatever_the_time(clock: HandClock) -> None:
    only = Scripted(STEPS["broken"])
    policy = CallPolicy(failure_threshold=1)
    chain = chain_of(clock, only, policy=policy, time_left=lambda: 0.1)
    with pytest.raises(ServiceUnavailable):
        await embed(chain)
    assert not chain.links[0].status().is_available
