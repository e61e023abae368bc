"""When attempts are repeated."""

from __future__ import annotations

from datetime import timedelta

from svc_scheduler.domain.jobs.model import Retry
from svc_scheduler.domain.runs.retries import delay


def test_waits_grow_up_to_the_longest() -> None:
    retry = Retry(6, timedelta(seconds=1), 3.0, timedelta(seconds=20))
    waits = [delay(retry, attempt) for attempt in range(1, 6)]
    for wait, least in zip(waits, (1, 3, 9, 20, 20), strict=True):
        assert wait is not None
        assert least <= wait.total_seconds() <= least * 1.1


def test_the_last_attempt_is_not_repeated() -> None:
    assert delay(Retry(), 1) is None
    assert delay(Retry(3), 3) is None
    assert delay(Retry(3), 4) is None


def test_a_target_that_asks_for_it_is_left_alone_for_longer() -> None:
    retry = Retry(3, timedelta(seconds=10), 1.0, timedelta(seconds=20))
    for asked, least in ((None, 10), (5.0, 10), (120.0, 120), (1e9, 86_400)):
        wait = delay(retry, 1, asked)
        assert wait is not None
        assert least <= wait.total_seconds() <= least * 1.1


def test_a_hundred_attempts_at_ten_times_the_wait_do_not_overflow() -> None:
    retry = Retry(10_000, timedelta(days=1), 10.0, timedelta(days=1))
    wait = delay(retry, 9_000)
    assert wait is not None
    assert wait <= timedelta(days=1.1)
