"""Batches, cuts, rates and quotas, for any input."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from oms_core.errors import LimitExceeded
from svc_embedding.adapters.providers.problems import allowances_of, duration_s
from svc_embedding.domain.embedding import Truncation
from svc_embedding.domain.providers.batches import batches, piece, shares
from svc_embedding.domain.providers.contract import Allowance, RequestLimits
from svc_embedding.domain.providers.cutting import MAX_CUTS, shortened
from svc_embedding.domain.providers.policy import CallPolicy, backoff_s
from svc_embedding.domain.providers.quotas import DailyQuota
from svc_embedding.domain.providers.rates import RateLimit

texts = st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=80), max_size=40)


@given(
    texts,
    st.integers(1, 6),
    st.one_of(st.just(0), st.integers(4, 200)),
    st.integers(1, 300),
    st.integers(8, 64),
)
def test_batches_keep_order_and_limits(
    texts: list[str], most: int, tokens: int, size: int, max_tokens: int
):
    pieces = [piece(at, text) for at, text in enumerate(texts)]
    limits = RequestLimits(texts=most, tokens=tokens, text_bytes=size)
    found = list(batches(pieces, limits, max_tokens=max_tokens))
    assert [each for batch in found for each in batch] == pieces
    for batch in found:
        assert 1 <= len(batch) <= most
        if len(batch) > 1:
            assert sum(each.size_bytes for each in batch) <= size
            assert not tokens or sum(each.tokens for each in batch) <= tokens
            assert not any(each.may_exceed(max_tokens) for each in batch)


@given(st.integers(0, 10**6), texts)
def test_shares_add_up(total: int, texts: list[str]):
    pieces = [piece(at, text) for at, text in enumerate([*texts, "one"])]
    parts = shares(total, pieces)
    assert sum(parts) == total
    assert min(parts) >= 0


@given(
    st.text(st.characters(exclude_categories=["Cs"]), min_size=30),
    st.sampled_from([Truncation.END, Truncation.START]),
    st.integers(8, 20),
    st.integers(0, 4000),
)
def test_cutting_ends_with_a_part_that_fits(
    text: str, keep: Truncation, max_tokens: int, counted: int
):
    shorter = text
    for cut in range(1, MAX_CUTS + 1):
        before = shorter
        shorter = shortened(
            before, prefix="", keep=keep, max_tokens=max_tokens, token_count=counted, cut=cut
        )
        assert shorter
        assert len(shorter) < len(before) or len(before) == 1
        is_part = text.endswith if keep is Truncation.START else text.startswith
        assert is_part(shorter) or len(shorter) == 1
    assert len(shorter.encode()) <= max(max_tokens, 4)


@given(
    st.text(st.characters(exclude_categories=["Cs"]), min_size=30),
    st.sampled_from([Truncation.END, Truncation.START]),
    st.integers(0, 400),
)
def test_a_prefix_stays_whatever_is_cut(text: str, keep: Truncation, counted: int):
    prefix, shorter = "질문: ", "질문: " + text
    for cut in range(1, MAX_CUTS + 1):
        shorter = shortened(
            shorter, prefix=prefix, keep=keep, max_tokens=16, token_count=counted, cut=cut
        )
        assert shorter.startswith(prefix)
        kept = shorter.removeprefix(prefix)
        assert kept
        assert text.endswith(kept) if keep is Truncation.START else text.startswith(kept)


class Clock:
    def __init__(self) -> None:
        self.seconds = 0.0

    def now(self) -> datetime:
        return datetime(2026, 1, 1, 23, 0, tzinfo=UTC) + timedelta(seconds=self.seconds)

    def monotonic(self) -> float:
        return self.seconds


@given(
    st.lists(st.tuples(st.floats(0, 5), st.integers(1, 500)), min_size=1, max_size=60),
    st.integers(1, 200),
    st.integers(600, 20_000),
)
def test_no_minute_holds_more_than_a_tenth_above_the_limit(
    arrivals: list[tuple[float, int]], requests: int, tokens: int
):
    clock = Clock()
    limit = RateLimit(clock, requests_per_minute=requests, tokens_per_minute=tokens)
    sent: list[tuple[float, int]] = []
    for pause, used in arrivals:
        clock.seconds += pause
        sent.append((clock.seconds + limit.reserve(used).wait_s, used))
    assert [at for at, _ in sent] == sorted(at for at, _ in sent), "first come, first served"
    for start, _ in sent:
        minute = [used for at, used in sent if start <= at < start + 60]
        assert len(minute) <= max(1.1 * requests, requests + 1) + 1
        # One request that is larger than the burst may go in advance.
        assert sum(minute) <= 1.1 * tokens + max(minute)


def test_what_was_not_used_is_given_back():
    clock = Clock()
    limit = RateLimit(clock, requests_per_minute=60, tokens_per_minute=600)
    reservation = limit.reserve(60)
    assert limit.wait_s(60) == 6.0
    limit.settle(reservation, 30)
    assert limit.wait_s(60) == 3.0
    limit.give_back(limit.reserve(60))
    assert limit.wait_s(60) == 3.0


def test_a_provider_that_says_nothing_is_left_is_left_alone():
    clock = Clock()
    limit = RateLimit(clock)
    limit.observe([Allowance(remaining=3, reset_s=60)])
    assert limit.wait_s(1) == 0.0
    limit.observe([Allowance(remaining=0, reset_s=1.5)])
    assert limit.wait_s(1) == 1.5
    limit.observe([Allowance(remaining=0, reset_s=86400.0)])
    assert limit.wait_s(1) == 60.0
    clock.seconds += 61
    assert limit.wait_s(1) == 0.0


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("1s", 1.0),
        ("6m0s", 360.0),
        ("20ms", 0.02),
        ("1h2m3.5s", 3723.5),
        ("12", 12.0),
        ("", None),
        ("soon", None),
        ("-1s", None),
        ("9" * 40, None),
    ],
)
def test_durations(text: str, seconds: float | None):
    assert duration_s(text) == seconds


def test_headers_of_rate_limits():
    headers = {
        "x-ratelimit-remaining-requests": "59",
        "x-ratelimit-reset-requests": "1s",
        "x-ratelimit-remaining-tokens": "0",
        "x-ratelimit-reset-tokens": "6m0s",
    }
    assert allowances_of(headers) == [
        Allowance(remaining=59, reset_s=1.0),
        Allowance(remaining=0, reset_s=360.0),
    ]
    assert allowances_of({"x-ratelimit-remaining-tokens": "-1"}) == []


def test_quotas_of_the_model_and_of_each_caller():
    clock = Clock()
    quota = DailyQuota(clock, model="m", tokens=100, tokens_per_caller=60)
    day = quota.take("alice", 50)
    quota.correct("alice", day, 5)
    with pytest.raises(LimitExceeded, match="of the caller of 60 tokens") as caught:
        quota.take("alice", 6)
    assert caught.value.retry_after_s == 3600
    quota.take("bob", 40)
    with pytest.raises(LimitExceeded, match="of the model of 100 tokens"):
        quota.take("carol", 6)
    quota.take("", 5)
    clock.seconds += 3600
    quota.take("alice", 60)
    quota.correct("alice", day, 1000)
    quota.take("carol", 40)


@given(st.integers(1, 30), st.floats(0, 1))
def test_backoff_is_anything_up_to_a_limit_that_doubles(attempt: int, drawn: float):
    policy = CallPolicy(first_backoff_s=0.5, max_backoff_s=8.0)
    longest = min(8.0, 0.5 * 2 ** (attempt - 1))
    assert backoff_s(policy, attempt, lambda: drawn) == longest * drawn
