"""A trigger within bounds: from when to when, but not during these times, and a little spread."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final, TypeAlias

from svc_scheduler.domain.triggers.trigger import Cron, Trigger

MAX_EXCLUDED: Final = 1_000
"""How many exclusions in a row are passed over before a schedule counts as ended."""
_MOMENT: Final = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Span:
    """From an instant to before another."""

    start: datetime
    end: datetime

    def end_around(self, instant: datetime) -> datetime | None:
        """The end of it if an instant lies in it."""
        return self.end if self.start <= instant < self.end else None


@dataclass(frozen=True, slots=True)
class RecurringSpan:
    """As long a time from each instant of a cron trigger on."""

    start: Cron
    length: timedelta

    def end_around(self, instant: datetime) -> datetime | None:
        """The end of the first of them that an instant lies in."""
        begun = next(self.start.after(instant - self.length), None)
        return begun + self.length if begun is not None and begun <= instant else None


Exclusion: TypeAlias = Span | RecurringSpan


@dataclass(frozen=True, slots=True)
class Schedule:
    """When a job is to run.

    Args:
        start: First instant that counts; None: any.
        end: Last one; None: any.
        jitter: A run begins up to so much later than its time; see `begin_of`.
    """

    trigger: Trigger
    start: datetime | None = None
    end: datetime | None = None
    jitter: timedelta = timedelta()
    exclusions: Sequence[Exclusion] = field(default=())

    def after(self, instant: datetime) -> Iterator[datetime]:
        """Its times that are later than an aware instant: in UTC, strictly ascending."""
        if self.start is not None:
            instant = max(instant, self.start - _MOMENT)
        times, excluded = self.trigger.after(instant), 0
        while (found := next(times, None)) is not None and excluded < MAX_EXCLUDED:
            if self.end is not None and found > self.end:
                return
            ends = [each.end_around(found) for each in self.exclusions]
            end = max((each for each in ends if each is not None), default=None)
            if end is None:
                excluded = 0
                yield found
            else:
                excluded += 1
                times = self.trigger.after(end - _MOMENT)

    def begin_of(self, key: str, planned: datetime) -> datetime:
        """When the run of a planned time begins: the same in every replica and after a restart.

        Args:
            key: Spreads jobs of the same time; the job's id.
        """
        if not self.jitter:
            return planned
        seed = f"{key}\0{planned.astimezone(UTC).isoformat()}".encode()
        part = int.from_bytes(hashlib.sha256(seed).digest()[:8]) / 2**64
        return planned + self.jitter * part
