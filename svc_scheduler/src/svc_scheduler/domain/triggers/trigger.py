"""The kinds of triggers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from heapq import merge
from itertools import count
from typing import Final, Protocol

from svc_scheduler.domain.triggers.cron import CronExpression
from svc_scheduler.domain.triggers.policies import ClockChanges
from svc_scheduler.domain.triggers.wall_clock import instants

MAX_SEARCH: Final = 5_000
"""How many times of its parts `AllOf` compares before it gives up to find a common one."""
_MOMENT: Final = timedelta(microseconds=1)


class Trigger(Protocol):
    """A set of instants."""

    def after(self, instant: datetime) -> Iterator[datetime]:
        """Its instants that are later than an aware one: in UTC, strictly ascending."""
        ...


@dataclass(frozen=True, slots=True)
class Once:
    """One instant."""

    at: datetime

    def after(self, instant: datetime) -> Iterator[datetime]:
        if self.at > instant:
            yield self.at.astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Interval:
    """An instant, and every one that lies a multiple of the interval behind it.

    Args:
        every: Above zero. Counts the time that passes: no change of the clock touches it.
    """

    every: timedelta
    anchor: datetime

    def after(self, instant: datetime) -> Iterator[datetime]:
        anchor = self.anchor.astimezone(UTC)
        first = max(0, (instant - anchor) // self.every + 1)
        for number in count(first):
            try:
                yield anchor + number * self.every
            except OverflowError:
                return


@dataclass(frozen=True, slots=True)
class Cron:
    """The times that a cron expression matches in a zone."""

    expression: CronExpression
    zone: tzinfo
    changes: ClockChanges

    def after(self, instant: datetime) -> Iterator[datetime]:
        return instants(self.expression.after, instant, self.zone, self.changes)


@dataclass(frozen=True, slots=True)
class CalendarInterval:
    """A time of day, every so many months and days from a date on.

    The n-th date is the first one plus n times the months, and then n times the days. A day that
    its month does not have, such as the 31st of June, is left out.

    Args:
        months: With years as twelve of them; not below zero, and not both zero.
        days: With weeks as seven of them.
        at: Time of day, naive.
    """

    first: date
    months: int
    days: int
    at: time
    zone: tzinfo
    changes: ClockChanges

    def after(self, instant: datetime) -> Iterator[datetime]:
        return instants(self._local_times, instant, self.zone, self.changes)

    def _local_times(self, local: datetime) -> Iterator[datetime]:
        for number in count(self._steps_before(local.date())):
            try:
                found = self._date(number)
            except OverflowError:
                return
            if found is not None and (moment := datetime.combine(found, self.at)) > local:
                yield moment

    def _steps_before(self, day: date) -> int:
        """A number of steps that surely does not go past a day, and nearly reaches it."""
        passed = (day - self.first).days
        longest = self.months * 31 + self.days
        return max(0, passed // longest - 1)

    def _date(self, number: int) -> date | None:
        """The n-th date; None where its month does not have the day."""
        months = self.first.year * 12 + self.first.month - 1 + number * self.months
        year, month = divmod(months, 12)
        if year > date.max.year:
            raise OverflowError
        try:
            found = self.first.replace(year=year, month=month + 1)
        except ValueError:
            return None
        return found + timedelta(days=number * self.days)


@dataclass(frozen=True, slots=True)
class AnyOf:
    """The instants of any of its parts."""

    parts: Sequence[Trigger]

    def after(self, instant: datetime) -> Iterator[datetime]:
        last = instant
        for found in merge(*(part.after(instant) for part in self.parts)):
            if found > last:
                last = found
                yield found


@dataclass(frozen=True, slots=True)
class AllOf:
    """The instants that all of its parts have.

    Ends when the parts have nothing in common for long: after `MAX_SEARCH` comparisons.
    """

    parts: Sequence[Trigger]

    def after(self, instant: datetime) -> Iterator[datetime]:
        times = [part.after(instant) for part in self.parts]
        heads = [next(each, None) for each in times]
        budget = MAX_SEARCH
        while budget > 0 and None not in heads:
            latest = max(head for head in heads if head is not None)
            behind = [n for n, head in enumerate(heads) if head != latest]
            if not behind:
                yield latest
                heads = [next(each, None) for each in times]
                budget = MAX_SEARCH
                continue
            for number in behind:
                heads[number] = self._from(number, times, latest)
                budget -= 1

    def _from(
        self, number: int, times: list[Iterator[datetime]], earliest: datetime
    ) -> datetime | None:
        """A part's first instant that is not before one; by a new search, as it may be far."""
        times[number] = self.parts[number].after(earliest - _MOMENT)
        return next(times[number], None)
