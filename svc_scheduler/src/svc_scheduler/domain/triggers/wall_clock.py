"""From local times to instants: which moments a sequence of times on a wall clock means."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta, tzinfo
from heapq import heappop, heappush
from typing import TypeAlias

from svc_scheduler.domain.triggers.policies import ClockChanges, Repeated, Skipped

LocalTimes: TypeAlias = Callable[[datetime], Iterator[datetime]]
"""The local times after a local time, ascending; naive both."""

_LONGEST_CHANGE = timedelta(hours=25)
"""No zone ever moved its clock by more: Samoa and Kwajalein left out a whole day."""
_MOMENT = timedelta(microseconds=1)


def instants(
    local_times: LocalTimes, after: datetime, zone: tzinfo, changes: ClockChanges
) -> Iterator[datetime]:
    """The instants that local times mean, each once.

    Args:
        after: Aware, of the years 1970 to 9000; only later instants are yielded.
    Returns:
        Instants in UTC, strictly ascending; ends where the local times end.
    """
    waiting: list[datetime] = []
    last = after.astimezone(UTC)
    for local in local_times(_start(last, zone)):
        found, bound = _meant(local, zone, changes)
        for instant in found:
            heappush(waiting, instant)
        while waiting and waiting[0] <= bound:
            instant = heappop(waiting)
            if instant > last:
                last = instant
                yield instant
    for instant in sorted(set(waiting)):
        if instant > last:
            yield instant


def _start(after: datetime, zone: tzinfo) -> datetime:
    """A local time that none of the wanted ones comes before; the earlier, the more is skipped."""
    local = after.astimezone(zone).replace(tzinfo=None, fold=0)
    change = _change_near(after, zone, _LONGEST_CHANGE)
    # Only so far from a change of the clock may an earlier local time mean a later instant.
    if change and _change_near(after, zone, change):
        return local - change - _MOMENT
    return local - _MOMENT


def _change_near(instant: datetime, zone: tzinfo, distance: timedelta) -> timedelta:
    """By how much the zone's offset changes so near to an instant."""
    offsets = [_offset(instant, each, zone) for each in (-distance, timedelta(), distance)]
    return max(offsets) - min(offsets)


def _offset(instant: datetime, distance: timedelta, zone: tzinfo) -> timedelta:
    return (instant + distance).astimezone(zone).utcoffset() or timedelta()


def _meant(local: datetime, zone: tzinfo, changes: ClockChanges) -> tuple[list[datetime], datetime]:
    """The instants of a local time, and one that no later local time's instants come before."""
    early = local.replace(tzinfo=zone, fold=0).astimezone(UTC)
    late = local.replace(tzinfo=zone, fold=1).astimezone(UTC)
    if early == late:
        return [early], early
    if early < late:
        by_policy = {Repeated.FIRST: [early], Repeated.LAST: [late], Repeated.BOTH: [early, late]}
        return by_policy[changes.repeated], early
    # In a gap the first reading counts with the offset before it, and so lands behind the gap.
    end = _end_of_gap(late, early, zone)
    if changes.skipped is Skipped.DROP:
        return [], end
    return [end if changes.skipped is Skipped.AFTER else early], end


def _end_of_gap(before: datetime, after: datetime, zone: tzinfo) -> datetime:
    """The instant between two at which the zone's offset changes."""
    offset = after.astimezone(zone).utcoffset()
    while after - before > timedelta(seconds=1):
        middle = before + (after - before) / 2
        if middle.astimezone(zone).utcoffset() == offset:
            after = middle
        else:
            before = middle
    return after.replace(microsecond=0)
