"""What becomes of a run while others of its job are not done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from svc_scheduler.domain.jobs.model import MAX_WAITING, JobSettings, Overlap
from svc_scheduler.domain.runs.model import ACTIVE, State


@dataclass(slots=True)
class Other:
    """A run of the job that is not done."""

    id: str
    state: State


@dataclass(frozen=True, slots=True)
class Decision:
    """What becomes of a run that is recorded.

    Args:
        state: PENDING when it may begin, WAITING, or SKIPPED.
        reason: Why, unless it may begin.
        cancel: Runs under way that are to be cancelled; it waits for them.
        end: Runs that end at once as cancelled, whatever they still do.
        replace: Waiting runs that it stands for.
    """

    state: State
    reason: str = ""
    cancel: Sequence[str] = field(default=())
    end: Sequence[str] = field(default=())
    replace: Sequence[str] = field(default=())


def decide(settings: JobSettings, others: Sequence[Other]) -> Decision:
    """Decides about a run by its job's policy.

    Args:
        others: The job's runs that are not done, in the order they were recorded.
    """
    active = [each for each in others if each.state in ACTIVE]
    waiting = [each.id for each in others if each.state is State.WAITING]
    if not active and not waiting:
        return Decision(State.PENDING)
    first = active[0].id if active else waiting[0]
    policy = settings.overlap
    if policy is Overlap.SKIP:
        return Decision(State.SKIPPED, f"run {first} was not done")
    if policy in (Overlap.CANCEL_OTHER, Overlap.TERMINATE_OTHER):
        return _replace(active, waiting, spare_running=policy is Overlap.CANCEL_OTHER)
    if policy is Overlap.ALLOW and not waiting and _has_room(settings, len(active)):
        return Decision(State.PENDING)
    return _wait(waiting, first, 1 if policy is Overlap.QUEUE_ONE else MAX_WAITING)


def promoted(settings: JobSettings, others: Sequence[Other]) -> Sequence[str]:
    """The waiting runs that may begin now, in the order they were recorded."""
    active = sum(each.state in ACTIVE for each in others)
    waiting = [each.id for each in others if each.state is State.WAITING]
    most = 1
    if settings.overlap is Overlap.ALLOW:
        most = settings.max_concurrency or len(others)
    return waiting[: max(0, most - active)]


def _has_room(settings: JobSettings, active: int) -> bool:
    return settings.max_concurrency == 0 or active < settings.max_concurrency


def _replace(active: Sequence[Other], waiting: Sequence[str], *, spare_running: bool) -> Decision:
    running = [each.id for each in active if spare_running and each.state is State.RUNNING]
    ended = [each.id for each in active if each.id not in running]
    if not running:
        return Decision(State.PENDING, end=ended, replace=waiting)
    reason = f"waits for run {running[0]} to be cancelled"
    return Decision(State.WAITING, reason, cancel=running, end=ended, replace=waiting)


def _wait(waiting: Sequence[str], first: str, most: int) -> Decision:
    if len(waiting) >= most:
        return Decision(State.SKIPPED, f"run {waiting[0]} waits already, {len(waiting)} in all")
    return Decision(State.WAITING, f"waits for run {first}")
