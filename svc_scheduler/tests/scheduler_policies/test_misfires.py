"""What becomes of times that are due, against a plain reading of the policy."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import hypothesis
from hypothesis import given
from hypothesis import strategies as st
from oms_testing.effort import examples
from svc_scheduler.domain.jobs.model import JobSettings, Misfire
from svc_scheduler.domain.runs.misfires import MAX_AT_ONCE, due
from svc_scheduler.domain.runs.model import State, scheduled_id
from svc_scheduler.domain.targets.model import TaskCall
from svc_scheduler.domain.triggers.schedule import Schedule
from svc_scheduler.domain.triggers.trigger import Interval, Once

START = datetime(2027, 1, 1, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def job(
    *, every: int = 60, end: datetime | None = None, jitter: int = 0, **policy: object
) -> JobSettings:
    trigger = Interval(timedelta(seconds=every), START)
    schedule = Schedule(trigger, end=end, jitter=timedelta(seconds=jitter))
    expire = policy.pop("expire_time", None)
    misfire = Misfire(**policy)  # type: ignore[arg-type]
    return JobSettings(TaskCall("x"), schedule, misfire=misfire, expire_time=expire)  # type: ignore[arg-type]


def states(found: object) -> list[State]:
    return [fire.state for fire in found.fires]  # type: ignore[attr-defined]


def test_what_is_not_due_is_left_for_later() -> None:
    found = due(job(), "j", START, START - SECOND)
    assert (found.fires, found.next, found.is_more) == ([], START, False)


def test_a_time_is_due_when_it_has_come() -> None:
    found = due(job(), "j", START, START)
    assert [fire.time for fire in found.fires] == [START]
    assert found.next == START + 60 * SECOND


def test_times_beyond_the_window_are_one_missed_run_that_counts_them() -> None:
    settings = job(catch_up=timedelta(minutes=5), grace=timedelta(minutes=5))
    found = due(settings, "j", START, START + timedelta(minutes=60))
    missed, *rest = found.fires
    # Minutes 0 to 54; those from 55 on are five minutes old or less.
    assert (missed.state, missed.missed_count) == (State.MISSED, 55)
    assert missed.time == START + timedelta(minutes=54)
    assert states(found)[1:] == [State.PENDING] * 6
    assert rest[0].time == START + timedelta(minutes=55)


def test_times_beyond_the_grace_are_missed_one_by_one() -> None:
    settings = job(catch_up=timedelta(hours=1), grace=timedelta(seconds=90))
    found = due(settings, "j", START, START + timedelta(minutes=3))
    assert states(found) == [State.MISSED, State.MISSED, State.PENDING, State.PENDING]


def test_only_the_last_of_coalesced_times_runs() -> None:
    settings = job(is_coalesced=True)
    found = due(settings, "j", START, START + timedelta(minutes=3))
    assert states(found) == [State.SKIPPED] * 3 + [State.PENDING]


def test_none_of_coalesced_times_runs_while_more_follow() -> None:
    settings = job(every=1, is_coalesced=True)
    found = due(settings, "j", START, START + timedelta(seconds=MAX_AT_ONCE + 10))
    assert found.is_more
    assert set(states(found)) == {State.SKIPPED}
    assert found.next == START + timedelta(seconds=MAX_AT_ONCE)


def test_a_schedule_that_ended_has_no_next_time() -> None:
    found = due(job(end=START + timedelta(minutes=1)), "j", START, START + timedelta(minutes=9))
    assert (len(found.fires), found.next) == (2, None)


def test_what_was_missed_of_a_schedule_that_ended_is_told() -> None:
    settings = job(end=START + timedelta(minutes=1), catch_up=SECOND, grace=SECOND)
    found = due(settings, "j", START, START + timedelta(hours=1))
    assert [(fire.state, fire.missed_count) for fire in found.fires] == [(State.MISSED, 2)]
    assert found.next is None


def test_a_run_that_would_begin_after_the_job_expires_does_not_and_is_the_last() -> None:
    settings = job(expire_time=START + timedelta(seconds=70))
    found = due(settings, "j", START, START + timedelta(minutes=5))
    assert states(found) == [State.PENDING, State.PENDING, State.EXPIRED]
    assert found.next is None


def test_a_single_time_is_due_once() -> None:
    settings = JobSettings(TaskCall("x"), Schedule(Once(START)))
    found = due(settings, "j", START, START + SECOND)
    assert (len(found.fires), found.next) == (1, None)


def test_millions_of_missed_seconds_are_passed_over_quickly() -> None:
    settings = job(every=1, catch_up=SECOND, grace=SECOND)
    found = due(settings, "j", START, START + timedelta(days=300))
    assert found.fires[0].missed_count >= 100_000
    assert found.next is not None
    assert found.next > START + timedelta(days=300)


@hypothesis.settings(deadline=None, max_examples=examples(50))
@given(
    every=st.integers(30, 5_000),
    late=st.integers(0, 200_000),
    catch_up=st.integers(0, 100_000),
    grace=st.integers(0, 100_000),
    jitter=st.integers(0, 3_600),
)
def test_every_time_is_accounted_for_once(
    every: int, late: int, catch_up: int, grace: int, jitter: int
) -> None:
    policy = Misfire(timedelta(seconds=catch_up), timedelta(seconds=grace))
    settings = job(every=every, jitter=jitter, catch_up=policy.catch_up, grace=policy.grace)
    now = START + timedelta(seconds=late)
    first, counted, runs = START, 0, 0
    while True:
        found = due(settings, "j", first, now)
        for fire in found.fires:
            counted += fire.missed_count or 1
            age = now - fire.time
            if fire.state is State.PENDING:
                runs += 1
                assert age <= min(policy.catch_up, policy.grace)
                assert fire.time <= fire.begin <= fire.time + timedelta(seconds=jitter)
            else:
                assert age > min(policy.catch_up, policy.grace)
        assert found.next is not None
        first = found.next
        if not found.is_more:
            break
    assert first > now
    assert counted == late // every + 1
    limit = min(catch_up, grace, late)
    assert runs == late // every - (late - limit - 1) // every


def test_ids_of_times_are_unlike_and_in_order() -> None:
    times = [START, START + timedelta(microseconds=5), START + SECOND]
    assert [scheduled_id(each) for each in times] == [
        "20270101t000000z",
        "20270101t000000-000005z",
        "20270101t000001z",
    ]
