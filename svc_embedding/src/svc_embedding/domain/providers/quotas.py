"""Tokens a day, for a model and for each caller of it. Counted in this process only."""

from __future__ import annotations

from collections import OrderedDict
from datetime import date, timedelta
from typing import Final

from oms_core.clock import Clock
from oms_core.errors import LimitExceeded

_MAX_CALLERS: Final = 100_000


class DailyQuota:
    """Counts tokens from midnight to midnight, UTC.

    What a call will read is only known afterwards: the estimate is taken before, and corrected.
    At most 100,000 callers are told apart; beyond them the one that was quiet longest is forgotten.

    Args:
        tokens: Of all callers together; 0: no limit.
        tokens_per_caller: Of each; 0: no limit.
    """

    def __init__(
        self, clock: Clock, *, model: str, tokens: int = 0, tokens_per_caller: int = 0
    ) -> None:
        self._clock = clock
        self._model = model
        self._limit, self._caller_limit = tokens, tokens_per_caller
        self._day = clock.now().date()
        self._used = 0
        self._callers: OrderedDict[str, int] = OrderedDict()

    def take(self, caller: str, tokens: int) -> date:
        """Counts tokens that are about to be used.

        Args:
            caller: Empty for the service's own work, which has no caller's quota.
        Returns:
            The day they are counted for; `correct` wants it.
        Raises:
            LimitExceeded: until midnight there is no more.
        """
        self._turn_day()
        if self._limit and self._used + tokens > self._limit:
            raise self._exceeded("of the model", self._limit)
        used = self._callers.get(caller, 0)
        if caller and self._caller_limit and used + tokens > self._caller_limit:
            raise self._exceeded("of the caller", self._caller_limit)
        self._count(caller, tokens)
        return self._day

    def correct(self, caller: str, day: date, tokens: int) -> None:
        """Adds what was used beyond what was taken; negative when it was less."""
        self._turn_day()
        if day == self._day:
            self._count(caller, tokens)

    def _count(self, caller: str, tokens: int) -> None:
        self._used = max(0, self._used + tokens)
        if not caller or not self._caller_limit:
            return
        self._callers[caller] = max(0, self._callers.get(caller, 0) + tokens)
        self._callers.move_to_end(caller)
        if len(self._callers) > _MAX_CALLERS:
            self._callers.popitem(last=False)

    def _turn_day(self) -> None:
        today = self._clock.now().date()
        if today != self._day:
            self._day, self._used = today, 0
            self._callers.clear()

    def _exceeded(self, whose: str, limit: int) -> LimitExceeded:
        now = self._clock.now()
        midnight = (now + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
        return LimitExceeded(
            f"model {self._model!r}: the quota {whose} of {limit} tokens a day does not hold this "
            "call; it starts anew at midnight UTC",
            metadata={"limit": f"tokens a day {whose}", "model": self._model},
            retry_after_s=(midnight - now).total_seconds(),
        )
