"""What becomes of the times that are due."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from svc_scheduler.domain.jobs.model import JobSettings
from svc_scheduler.domain.runs.model import State

MAX_AT_ONCE: Final = 200
"""Most times of a job that are worked out at once; the others follow."""
_MAX_COUNTED: Final = 100_000


@dataclass(frozen=True, slots=True)
class Fire:
    """A time that is due.

    Args:
        state: PENDING: it is to run, if the policy on overlaps lets it; else SKIPPED, MISSED or
            EXPIRED.
        begin: When it may begin, later by the jitter.
        missed_count: With MISSED: how many times it stands for.
    """

    time: datetime
    begin: datetime
    state: State = State.PENDING
    reason: str = ""
    missed_count: int = 0


@dataclass(frozen=True, slots=True)
class Due:
    """What is due of a job.

    Args:
        next: Its next time that is not due or not among these; None: there is none.
        is_more: Whether further times are due.
    """

    fires: Sequence[Fire] = field(default=())
    next: datetime | None = None
    is_more: bool = False


def due(settings: JobSettings, key: str, first: datetime, now: datetime) -> Due:
    """Works out the times of a job from one on, up to now.

    Args:
        key: What the jitter depends on.
        first: The earliest time that is not recorded yet.
    """
    schedule, misfire = settings.schedule, settings.misfire
    if schedule is None:
        return Due()
    edge = now - misfire.catch_up
    passed, last_passed, at = 0, first, first
    times = schedule.after(first)
    while at < edge:
        passed, last_passed = passed + 1, at
        following = next(times, None)
        if following is None:
            return Due([_missed(last_passed, passed, misfire.catch_up)])
        at = following
        if passed == _MAX_COUNTED:
            # Nobody needs the exact number of millions of seconds.
            times = schedule.after(max(at, edge))
    fires = [_missed(last_passed, passed, misfire.catch_up)] if passed else []
    upcoming: datetime | None = at
    while upcoming is not None and upcoming <= now and len(fires) < MAX_AT_ONCE:
        fires.append(_fire(settings, key, upcoming, now))
        # What has expired has no further times.
        is_over = fires[-1].state is State.EXPIRED
        upcoming = None if is_over else next(times, None)
    is_more = upcoming is not None and upcoming <= now
    if misfire.is_coalesced:
        fires = _coalesced(fires, is_more=is_more)
    return Due(fires, upcoming, is_more)


def _fire(settings: JobSettings, key: str, time: datetime, now: datetime) -> Fire:
    begin = settings.schedule.begin_of(key, time) if settings.schedule else time
    if settings.expire_time is not None and begin > settings.expire_time:
        return Fire(time, begin, State.EXPIRED, "the job has expired")
    if now - time > settings.misfire.grace:
        late = (now - time).total_seconds()
        return Fire(time, begin, State.MISSED, f"{late:.0f} s late, more than the grace", 1)
    return Fire(time, begin)


def _missed(time: datetime, count: int, window: object) -> Fire:
    return Fire(time, time, State.MISSED, f"further back than {window}", count)


def _coalesced(fires: Sequence[Fire], *, is_more: bool) -> list[Fire]:
    """Lets only the last of those run that may; none when further ones follow."""
    runnable = [number for number, fire in enumerate(fires) if fire.state is State.PENDING]
    kept = runnable[-1] if runnable and not is_more else None
    return [
        Fire(fire.time, fire.begin, State.SKIPPED, "a later time was due too")
        if number in runnable and number != kept
        else fire
        for number, fire in enumerate(fires)
    ]
