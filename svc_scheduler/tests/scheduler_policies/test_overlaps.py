"""What becomes of runs while others of their job are not done."""

from __future__ import annotations

from datetime import UTC, datetime

import hypothesis
import pytest
from hypothesis import given
from hypothesis import strategies as st
from oms_testing.effort import examples
from svc_scheduler.domain.jobs.model import MAX_WAITING, JobSettings, Overlap
from svc_scheduler.domain.runs.arranging import Arrangement, Planned, arrange
from svc_scheduler.domain.runs.model import ACTIVE, State
from svc_scheduler.domain.runs.overlaps import Other, decide, promoted
from svc_scheduler.domain.targets.model import TaskCall

NOW = datetime(2027, 1, 1, tzinfo=UTC)
RUNNING, QUEUED = Other("r", State.RUNNING), Other("q", State.QUEUED)
WAITING = Other("w", State.WAITING)


def settings(overlap: Overlap, limit: int = 0) -> JobSettings:
    return JobSettings(TaskCall("x"), overlap=overlap, max_concurrency=limit)


def planned(*ids: str) -> list[Planned]:
    return [Planned(each, NOW, NOW, State.PENDING) for each in ids]


def outcome(found: Arrangement) -> dict[str, State]:
    return {run.id: run.state for run in found.planned}


@pytest.mark.parametrize("overlap", list(Overlap))
def test_the_only_run_begins(overlap: Overlap) -> None:
    assert decide(settings(overlap), []).state is State.PENDING


def test_a_run_is_skipped_while_another_is_not_done() -> None:
    found = decide(settings(Overlap.SKIP), [QUEUED])
    assert (found.state, found.reason) == (State.SKIPPED, "run q was not done")


def test_one_run_waits_and_no_second_one() -> None:
    policy = settings(Overlap.QUEUE_ONE)
    assert decide(policy, [RUNNING]).state is State.WAITING
    assert decide(policy, [RUNNING, WAITING]).state is State.SKIPPED


def test_all_runs_wait_up_to_the_limit() -> None:
    policy = settings(Overlap.QUEUE_ALL)
    waiting = [Other(str(number), State.WAITING) for number in range(MAX_WAITING)]
    assert decide(policy, [RUNNING, *waiting[1:]]).state is State.WAITING
    assert decide(policy, [RUNNING, *waiting]).state is State.SKIPPED


def test_a_run_that_cancels_waits_for_those_that_run_and_ends_the_others() -> None:
    found = decide(settings(Overlap.CANCEL_OTHER), [RUNNING, QUEUED, WAITING])
    assert found.state is State.WAITING
    assert (found.cancel, found.end, found.replace) == (["r"], ["q"], ["w"])


def test_a_run_that_cancels_what_has_not_begun_begins() -> None:
    found = decide(settings(Overlap.CANCEL_OTHER), [QUEUED])
    assert (found.state, list(found.cancel), found.end) == (State.PENDING, [], ["q"])


def test_a_run_that_terminates_begins_at_once() -> None:
    found = decide(settings(Overlap.TERMINATE_OTHER), [RUNNING, QUEUED])
    assert (found.state, found.end) == (State.PENDING, ["r", "q"])


def test_runs_begin_up_to_the_limit_and_in_their_order() -> None:
    policy = settings(Overlap.ALLOW, 2)
    assert decide(policy, [RUNNING]).state is State.PENDING
    assert decide(policy, [RUNNING, QUEUED]).state is State.WAITING
    assert decide(policy, [RUNNING, WAITING]).state is State.WAITING
    assert decide(settings(Overlap.ALLOW), [RUNNING] * 50).state is State.PENDING


def test_as_many_waiting_runs_begin_as_there_is_room_for() -> None:
    others = [RUNNING, Other("1", State.WAITING), Other("2", State.WAITING)]
    assert list(promoted(settings(Overlap.QUEUE_ALL), others)) == []
    assert list(promoted(settings(Overlap.QUEUE_ALL), others[1:])) == ["1"]
    assert list(promoted(settings(Overlap.ALLOW, 2), others)) == ["1"]
    assert list(promoted(settings(Overlap.ALLOW), others)) == ["1", "2"]


def test_runs_recorded_together_heed_each_other() -> None:
    assert outcome(arrange(settings(Overlap.SKIP), planned("a", "b"), [])) == {
        "a": State.PENDING,
        "b": State.SKIPPED,
    }
    assert outcome(arrange(settings(Overlap.CANCEL_OTHER), planned("a", "b", "c"), [])) == {
        "a": State.CANCELLED,
        "b": State.CANCELLED,
        "c": State.PENDING,
    }
    found = arrange(settings(Overlap.CANCEL_OTHER), planned("a", "b"), [RUNNING])
    assert outcome(found) == {"a": State.SKIPPED, "b": State.WAITING}
    assert found.cancelled == {"r"}


def test_what_is_recorded_as_missed_affects_nobody() -> None:
    run = Planned("a", NOW, NOW, State.MISSED)
    assert outcome(arrange(settings(Overlap.TERMINATE_OTHER), [run], [RUNNING])) == {
        "a": State.MISSED
    }


@hypothesis.settings(deadline=None, max_examples=examples(100))
@given(
    overlap=st.sampled_from(Overlap),
    limit=st.integers(0, 3),
    steps=st.lists(st.sampled_from(["fire", "start", "end"]), max_size=60),
)
def test_never_more_run_at_once_than_the_policy_lets(
    overlap: Overlap, limit: int, steps: list[str]
) -> None:
    policy = settings(overlap, limit)
    others: list[Other] = []
    most = (limit or 1000) if overlap is Overlap.ALLOW else 1
    for number, step in enumerate(steps):
        if step == "fire":
            found = arrange(policy, planned(str(number)), others)
            gone = found.ended | found.skipped
            others = [each for each in others if each.id not in gone]
            state = found.planned[0].state
            if state in (State.PENDING, State.WAITING):
                others.append(Other(str(number), state))
        elif step == "start":
            for each in others:
                if each.state is State.PENDING:
                    each.state = State.RUNNING
        else:
            running = [each for each in others if each.state is State.RUNNING]
            others = [each for each in others if each not in running[:1]]
            for each in others:
                if each.id in promoted(policy, others):
                    each.state = State.PENDING
        active = sum(each.state in ACTIVE for each in others)
        assert active <= most
        # Nobody waits for nothing.
        assert active or not others
