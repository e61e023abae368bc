from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from oms_core.breaker import CircuitBreaker

_START = datetime(2026, 1, 1, tzinfo=UTC)


class HandClock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self._seconds = 1000.0

    def now(self) -> datetime:
        return _START + timedelta(seconds=self._seconds)

    def monotonic(self) -> float:
        return self._seconds

    def advance(self, seconds: float) -> None:
        self._seconds += seconds


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


def test_after_a_failure_one_call_tries_when_the_pause_is_over(clock):
    breaker = CircuitBreaker(clock)
    assert breaker.allows()
    breaker.failed()
    assert not breaker.allows()
    clock.advance(0.3)
    assert breaker.allows()
    assert not breaker.allows(), "only one may try"
    breaker.succeeded()
    assert breaker.allows()
    assert breaker.allows()


def test_pause_doubles_with_each_failure_up_to_half_a_minute(clock):
    breaker = CircuitBreaker(clock)
    pauses = []
    for _ in range(10):
        assert breaker.allows()
        breaker.failed()
        waited = 0.0
        while not breaker.allows():
            clock.advance(0.25)
            waited += 0.25
        breaker.abandoned()
        pauses.append(waited)
    assert pauses == [0.25, 0.5, 1, 2, 4, 8, 16, 30, 30, 30]


def test_calls_that_began_before_it_opened_do_not_lengthen_the_pause(clock):
    breaker = CircuitBreaker(clock)
    assert all(breaker.allows() for _ in range(8))
    for _ in range(8):
        breaker.failed()
    clock.advance(0.25)
    assert breaker.allows()


def test_abandoned_try_lets_the_next_one_try(clock):
    breaker = CircuitBreaker(clock)
    assert breaker.allows()
    breaker.failed()
    clock.advance(0.25)
    assert breaker.allows()
    breaker.abandoned()
    assert breaker.allows()


def test_with_a_threshold_only_failures_in_a_row_open_it(clock):
    breaker = CircuitBreaker(clock, threshold=3)
    for _ in range(5):
        breaker.failed()
        breaker.failed()
        breaker.succeeded()
    assert breaker.allows()
    for _ in range(3):
        assert not breaker.is_open
        assert breaker.allows()
        breaker.failed()
    assert breaker.is_open
    assert not breaker.allows()


def test_after_the_threshold_one_failed_try_opens_it_again(clock):
    breaker = CircuitBreaker(clock, threshold=3, first_pause_s=1.0, max_pause_s=8.0)
    for _ in range(3):
        breaker.failed()
    assert breaker.wait_s == 1.0
    clock.advance(1.0)
    assert breaker.allows()
    breaker.failed()
    assert breaker.wait_s == 2.0
