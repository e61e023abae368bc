"""Which calls are let in when more come than can be served.

grpcio takes calls one by one, in the order they came; with more of them than the handlers can take
the rest waits inside of gRPC, until each that gets its turn has waited for longer than its caller
did. How long that is nobody can see from here, so the server calls itself while there is something
to do, and takes the time. When calls wait for too long, and have for a while, a part of them is
refused as soon as it is seen, which costs little: ever more while they do, ever fewer afterwards.

Source: Kathleen Nichols, Van Jacobson, "Controlling Queue Delay", ACM Queue 10 (2012),
https://queue.acm.org/detail.cfm?id=2209336; additive increase, multiplicative decrease as in TCP.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

from oms_core.clock import Clock
from oms_core.errors import DeadlineExceeded, LimitExceeded

from oms_rpc.counts import Counts

_PROBE_EVERY_S: Final = 0.1
_ADJUST_EVERY_S: Final = 0.05
# A burst that is over by then is no overload.
_PERSISTENT_S: Final = 1.0
_FEWER: Final = 0.8
_MORE: Final = 0.02
_FEWEST: Final = 0.05
# Calls that a few callers may well make at once, who wait for their answers before they go on.
_FEW_WAITING: Final = 64
_RATE_WEIGHT: Final = 0.2

SHED: Final = Counts(
    "oms_calls_shed", "Calls refused because calls waited too long for their turn.", ()
)


class Admission:
    """Lets calls in, or refuses them. On one event loop.

    Args:
        longest_wait_s: How long calls may wait for their turn, in seconds; 0: as long as it takes.
    """

    def __init__(self, longest_wait_s: float, clock: Clock) -> None:
        self._longest_wait_s = longest_wait_s
        self._now = clock.monotonic
        self._entered = asyncio.Event()
        self._waited_s = 0.0
        self._probe_began: float | None = None
        self._late_since: float | None = None
        self._adjusted_at = self._now()
        self._count = 0
        self._rate = 0.0
        self._share = 1.0
        self._credit = 0.0

    @property
    def share(self) -> float:
        """The share of calls that is let in."""
        return self._share

    def enter(self, remaining_s: float | None) -> None:
        """Lets a call in.

        Args:
            remaining_s: How much time its caller leaves it.
        Raises:
            LimitExceeded: it is one of those refused.
            DeadlineExceeded: its caller does not wait any more.
        """
        if not self._longest_wait_s:
            return
        self._entered.set()
        if remaining_s is not None and remaining_s <= 0:
            raise DeadlineExceeded("the call's deadline passed before it had its turn")
        self._count += 1
        now = self._now()
        if now - self._adjusted_at >= _ADJUST_EVERY_S:
            self._adjust(now)
        if self._share < 1:
            self._credit += self._share
            if self._credit < 1:
                SHED.add()
                raise LimitExceeded(
                    "the server has more calls than it can serve; try again later",
                    metadata={"limit": "load"},
                    retry_after_s=1.0,
                )
            self._credit -= 1

    async def keep_probing(self, probe: Callable[[], Awaitable[None]]) -> None:
        """Takes the time again and again, as long as calls come; a worker of the server.

        Args:
            probe: Makes a call that waits for its turn as every other. What it raises counts as
                an answer: then there is no server to overload.
        """
        while True:
            await self._entered.wait()
            self._entered.clear()
            self._probe_began = self._now()
            try:
                await probe()
            finally:
                self._waited_s = self._now() - self._probe_began
                self._probe_began = None
            await asyncio.sleep(_PROBE_EVERY_S)

    def _adjust(self, now: float) -> None:
        seconds, self._adjusted_at = now - self._adjusted_at, now
        self._rate += _RATE_WEIGHT * (self._count / seconds - self._rate)
        self._count = 0
        if not self._is_late(now):
            self._late_since = None
            self._share = min(1.0, self._share + _MORE * seconds / _ADJUST_EVERY_S)
            return
        if self._late_since is None:
            self._late_since = now
        if self._share < 1 or now - self._late_since >= _PERSISTENT_S:
            self._share = max(_FEWEST, self._share * _FEWER)

    def _is_late(self, now: float) -> bool:
        delay_s = self._delay(now)
        # As many wait as come while one does (Little's law).
        are_many = self._share < 1 or delay_s * self._rate >= _FEW_WAITING
        return are_many and delay_s > self._longest_wait_s

    def _delay(self, now: float) -> float:
        """How long calls wait: as the last probe did, or as one has that is still waiting."""
        waiting_s = 0.0 if self._probe_began is None else now - self._probe_began
        return max(self._waited_s, waiting_s)
