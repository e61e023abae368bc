"""The time that every replica agrees on: that of PostgreSQL."""

from __future__ import annotations

from datetime import datetime, timedelta

from oms_core.clock import Clock


class SharedClock:
    """PostgreSQL's time, told on by this machine's steady clock.

    A machine whose clock is set, or wrong, fires nothing early or late. Until PostgreSQL was
    asked, it is the machine's own.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._anchor: tuple[datetime, float] | None = None

    def now(self) -> datetime:
        """The present moment, in UTC."""
        if self._anchor is None:
            return self._clock.now()
        moment, at = self._anchor
        return moment + timedelta(seconds=self._clock.monotonic() - at)

    def observe(self, moment: datetime) -> None:
        """Takes over what PostgreSQL has just answered."""
        self._anchor = (moment, self._clock.monotonic())
