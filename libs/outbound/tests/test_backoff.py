"""When to try again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st
from oms_outbound.backoff import STANDARD_DELAYS_S, RetrySchedule, parse_retry_after

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
STANDARD = RetrySchedule()


def test_standard_schedule_is_the_published_one():
    since_start = [timedelta(seconds=seconds) for seconds in accumulate(STANDARD_DELAYS_S)]
    assert [int(each.total_seconds()) for each in since_start] == [
        3600 * hours + 60 * minutes + seconds
        for hours, minutes, seconds in (
            (0, 0, 0),
            (0, 0, 5),
            (0, 5, 5),
            (0, 35, 5),
            (2, 35, 5),
            (7, 35, 5),
            (17, 35, 5),
            (31, 35, 5),
            (51, 35, 5),
            (75, 35, 5),
        )
    ]
    assert STANDARD.max_attempts == 10


def test_attempts_outside_the_schedule_have_no_delay():
    assert STANDARD.delay_before(1) == 0
    assert STANDARD.delay_before(10, draw=lambda: 0.0) == 86400
    for attempt in (0, -1, 11):
        assert STANDARD.delay_before(attempt) is None


@given(
    attempt=st.integers(1, 10),
    drawn=st.floats(0, 1),
    retry_after=st.none() | st.floats(-1e12, 1e12),
    jitter=st.floats(0, 1),
)
def test_delay_is_at_least_what_was_asked_and_at_most_a_day_and_jitter(
    attempt, drawn, retry_after, jitter
):
    schedule = RetrySchedule(jitter=jitter)
    delay = schedule.delay_before(attempt, retry_after_s=retry_after, draw=lambda: drawn)
    assert delay is not None
    planned = STANDARD_DELAYS_S[attempt - 1]
    asked = min(max(retry_after or 0.0, 0.0), 86400.0)
    assert max(planned, asked) <= delay <= max(planned, asked) * (1 + jitter)


def test_jitter_spreads_retries():
    delays = {STANDARD.delay_before(3) for _ in range(100)}
    assert len(delays) > 50
    assert all(delay is not None and 300 <= delay <= 330 for delay in delays)


def test_schedule_may_be_another_one():
    schedule = RetrySchedule(delays_s=(0.0, 1.0), jitter=0.0, max_retry_after_s=10.0)
    assert [schedule.delay_before(n) for n in (1, 2, 3)] == [0, 1, None]
    assert schedule.delay_before(2, retry_after_s=5) == 5
    assert schedule.delay_before(2, retry_after_s=50) == 10


@pytest.mark.parametrize(
    "options",
    [
        {"delays_s": ()},
        {"delays_s": (1.0,) * 101},
        {"delays_s": (0.0, -1.0)},
        {"jitter": 1.1},
        {"jitter": -0.1},
        {"max_retry_after_s": -1.0},
    ],
)
def test_impossible_schedule_is_refused(options):
    with pytest.raises(ValueError, match=next(iter(options))):
        RetrySchedule(**options)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120),
        (" 0 ", 0),
        ("Thu, 01 Jan 2026 12:00:30 GMT", 30),
        ("Thursday, 01-Jan-26 12:00:30 GMT", 30),
        ("Thu Jan  1 12:00:30 2026", 30),
        ("Thu, 01 Jan 2026 13:00:30 +0100", 30),
        ("Thu, 01 Jan 2026 11:00:00 GMT", 0),
        ("Mon, 01 Jan 0001 00:00:00 GMT", 0),
        (None, None),
        ("", None),
        ("soon", None),
        ("-1", None),
        ("1.5", None),
        ("１２", None),
        ("1e3", None),
        ("9" * 10, None),
        ("Thu, 99 Jan 2026 12:00:30 GMT", None),
        ("Thu, 01 Jan 99999 12:00:30 GMT", None),
        ("Thu, 01 Jan 2026 12:00:30 GMT" + " " * 100 + "x", None),
    ],
)
def test_retry_after_is_read_or_ignored(value, seconds):
    assert parse_retry_after(value, NOW) == seconds


@given(st.text(max_size=80))
def test_any_retry_after_is_read_or_ignored(value):
    seconds = parse_retry_after(value, NOW)
    assert seconds is None or seconds >= 0


@given(st.integers(0, 10**8))
def test_date_to_come_is_as_far_off_as_it_is(seconds):
    date = format_datetime(NOW + timedelta(seconds=seconds), usegmt=True)
    assert parse_retry_after(date, NOW) == seconds
