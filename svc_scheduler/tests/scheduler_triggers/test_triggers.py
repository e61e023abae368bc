"""Intervals, calendar intervals, combinations, bounds and exclusions."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice, takewhile
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta
from hypothesis import given, settings
from hypothesis import strategies as st
from oms_testing.effort import examples
from svc_scheduler.domain.triggers.cron import CronExpression
from svc_scheduler.domain.triggers.policies import FIXED_TIME
from svc_scheduler.domain.triggers.schedule import MAX_EXCLUDED, RecurringSpan, Schedule, Span
from svc_scheduler.domain.triggers.trigger import (
    AllOf,
    AnyOf,
    CalendarInterval,
    Cron,
    Interval,
    Once,
    Trigger,
)

NOON = datetime(2027, 1, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def first(trigger: Trigger | Schedule, count: int, after: datetime = NOON) -> list[datetime]:
    return list(islice(trigger.after(after), count))


def cron(text: str, zone: str = "UTC") -> Cron:
    expression = CronExpression.parse(text)
    return Cron(expression, ZoneInfo(zone), expression.clock_changes)


def days(found: Iterable[datetime], zone: str = "UTC") -> list[str]:
    return [each.astimezone(ZoneInfo(zone)).strftime("%y-%m-%d %H:%M") for each in found]


def test_one_instant_is_told_before_it_and_never_again() -> None:
    assert first(Once(NOON), 2, NOON - HOUR) == [NOON]
    assert first(Once(NOON), 2, NOON) == []


def test_an_interval_begins_with_its_anchor_and_keeps_its_phase() -> None:
    trigger = Interval(timedelta(minutes=50), NOON)
    assert first(trigger, 2, NOON - HOUR) == [NOON, NOON + timedelta(minutes=50)]
    late = NOON + timedelta(days=1000, seconds=1)
    found = first(trigger, 2, late)
    assert late < found[0] <= late + timedelta(minutes=50)
    assert (found[0] - NOON) % timedelta(minutes=50) == timedelta()
    assert found[1] - found[0] == timedelta(minutes=50)


def test_an_interval_ends_with_time_itself() -> None:
    end = datetime(9999, 12, 31, 23, tzinfo=UTC)
    assert first(Interval(HOUR, end), 3, end - HOUR) == [end]


def test_a_day_that_its_month_does_not_have_is_left_out() -> None:
    monthly = CalendarInterval(date(2027, 1, 31), 1, 0, time(9), ZoneInfo("UTC"), FIXED_TIME)
    assert days(first(monthly, 4)) == [
        "27-01-31 09:00",
        "27-03-31 09:00",
        "27-05-31 09:00",
        "27-07-31 09:00",
    ]


def test_a_calendar_interval_keeps_its_time_of_day_over_a_change_of_the_clock() -> None:
    zone = ZoneInfo("Europe/Berlin")
    weekly = CalendarInterval(date(2027, 3, 21), 0, 7, time(2, 30), zone, FIXED_TIME)
    found = first(weekly, 3, datetime(2027, 3, 20, tzinfo=UTC))
    assert days(found, "Europe/Berlin") == ["27-03-21 02:30", "27-03-28 03:00", "27-04-04 02:30"]


@settings(max_examples=examples(150), deadline=None)
@given(
    st.dates(date(1990, 1, 1), date(2030, 12, 31)),
    st.integers(0, 30),
    st.integers(0, 60),
    st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1)),  # noqa: DTZ001
)
def test_calendar_intervals_are_those_of_relativedelta(
    start: date, months: int, number_of_days: int, after: datetime
) -> None:
    number_of_days = number_of_days if months else max(1, number_of_days)
    trigger = CalendarInterval(start, months, number_of_days, time(), ZoneInfo("UTC"), FIXED_TIME)
    expected: list[datetime] = []
    number = 0
    while len(expected) < 2:
        landed = start + relativedelta(months=number * months)
        if landed.day == start.day:
            landed += timedelta(days=number * number_of_days)
            moment = datetime.combine(landed, time(), UTC)
            if moment > after.replace(tzinfo=UTC):
                expected.append(moment)
        number += 1
    assert first(trigger, 2, after.replace(tzinfo=UTC)) == expected


def test_any_of_several_tells_a_common_instant_once() -> None:
    trigger = AnyOf([Interval(2 * HOUR, NOON), Interval(3 * HOUR, NOON)])
    assert [(each - NOON) // HOUR for each in first(trigger, 6)] == [2, 3, 4, 6, 8, 9]


def test_all_of_several_tells_what_they_have_in_common() -> None:
    friday_13th = AllOf([cron("0 0 13 * *"), cron("0 0 * * FRI")])
    assert days(first(friday_13th, 3)) == ["27-08-13 00:00", "28-10-13 00:00", "29-04-13 00:00"]


def test_parts_that_never_meet_end() -> None:
    assert first(AllOf([cron("0 1 * * *"), cron("0 2 * * *")]), 1) == []
    assert first(AllOf([Once(NOON + HOUR), cron("0 2 * * *")]), 1) == []


@settings(max_examples=examples(60), deadline=None)
@given(st.lists(st.tuples(st.integers(1, 9), st.integers(0, 20)), min_size=1, max_size=4))
def test_combinations_are_union_and_intersection(parts: list[tuple[int, int]]) -> None:
    triggers = [Interval(every * HOUR, NOON + begin * HOUR) for every, begin in parts]
    end = NOON + 60 * HOUR
    sets = [set(takewhile(lambda each: each <= end, each.after(NOON))) for each in triggers]
    union = takewhile(lambda each: each <= end, AnyOf(triggers).after(NOON))
    common = takewhile(lambda each: each <= end, AllOf(triggers).after(NOON))
    assert list(union) == sorted(set.union(*sets))
    assert list(common) == sorted(set.intersection(*sets))


def test_start_and_end_both_count() -> None:
    schedule = Schedule(Interval(HOUR, NOON), NOON + 2 * HOUR, NOON + 4 * HOUR)
    assert first(schedule, 9) == [NOON + number * HOUR for number in (2, 3, 4)]
    assert first(schedule, 9, NOON + 3 * HOUR) == [NOON + 4 * HOUR]


def test_what_lies_in_an_exclusion_does_not_count() -> None:
    closed = Span(NOON + 2 * HOUR, NOON + 4 * HOUR)
    schedule = Schedule(Interval(HOUR, NOON), exclusions=[closed])
    assert first(schedule, 3) == [NOON + number * HOUR for number in (1, 4, 5)]


def test_a_nightly_exclusion_is_jumped_over_however_many_times_lie_in_it() -> None:
    night = RecurringSpan(cron("0 22 * * *", "Europe/Berlin"), 8 * HOUR)
    every_second = Schedule(cron("* * * * * *"), exclusions=[night])
    after = datetime(2027, 1, 1, 20, 59, 58, tzinfo=UTC)
    found = first(every_second, 2, after)
    assert days(found, "Europe/Berlin") == ["27-01-01 21:59", "27-01-02 06:00"]


def test_a_schedule_that_is_excluded_for_ever_ends() -> None:
    always = RecurringSpan(cron("0 * * * *"), 2 * HOUR)
    assert first(Schedule(cron("30 * * * *"), exclusions=[always]), 1) == []
    assert MAX_EXCLUDED == 1000


def test_jitter_spreads_jobs_and_is_the_same_every_time() -> None:
    schedule = Schedule(Interval(HOUR, NOON), jitter=timedelta(minutes=10))
    begins = [schedule.begin_of(f"job-{number}", NOON) for number in range(200)]
    assert begins == [schedule.begin_of(f"job-{number}", NOON) for number in range(200)]
    assert all(NOON <= each < NOON + timedelta(minutes=10) for each in begins)
    assert len(set(begins)) == 200
    middle = sum(each < NOON + timedelta(minutes=5) for each in begins)
    assert 70 < middle < 130
    assert schedule.begin_of("job-1", NOON) != schedule.begin_of("job-1", NOON + HOUR)
