"""Leaves a dependency alone for a while after it failed."""

from __future__ import annotations

from typing import Final

from oms_core.clock import Clock

_FIRST_PAUSE_S: Final = 0.25
_MAX_PAUSE_S: Final = 30.0


class CircuitBreaker:
    """Closed: calls go through. Open: none does until the pause is over; then one tries.

    Each failure in a row from then on doubles the pause, up to the longest.

    Args:
        threshold: Failures in a row that open it, at least 1.
        first_pause_s: How long it is open the first time, in seconds.
        max_pause_s: The longest pause, in seconds.
    """

    def __init__(
        self,
        clock: Clock,
        *,
        threshold: int = 1,
        first_pause_s: float = _FIRST_PAUSE_S,
        max_pause_s: float = _MAX_PAUSE_S,
    ) -> None:
        self._clock = clock
        self._threshold = threshold
        self._first_pause_s = first_pause_s
        self._max_pause_s = max_pause_s
        self._pause_s = first_pause_s
        self._failures = 0
        self._is_open = False
        self._open_until = 0.0
        self._is_trying = False

    @property
    def is_open(self) -> bool:
        """Whether calls are kept away, but for the one that tries."""
        return self._is_open

    @property
    def wait_s(self) -> float:
        """Seconds until a call may try; 0 when one may now."""
        if not self._is_open:
            return 0.0
        return max(0.0, self._open_until - self._clock.monotonic())

    def allows(self) -> bool:
        """Whether a call may be made now.

        Each one allowed has to end in one of `succeeded`, `failed` and `abandoned`.
        """
        if not self._is_open:
            return True
        if self._is_trying or self._clock.monotonic() < self._open_until:
            return False
        self._is_trying = True
        return True

    def succeeded(self) -> None:
        """The call went well."""
        self._pause_s, self._failures = self._first_pause_s, 0
        self._is_open = self._is_trying = False

    def failed(self) -> None:
        """The call failed, or took too long."""
        if self._is_open and not self._is_trying:
            return  # begun before the circuit opened: that failure was counted already
        self._failures += 1
        if not self._is_trying and self._failures < self._threshold:
            return
        self._is_open, self._is_trying = True, False
        self._open_until = self._clock.monotonic() + self._pause_s
        self._pause_s = min(self._pause_s * 2, self._max_pause_s)

    def abandoned(self) -> None:
        """The call was given up by its caller, which says nothing about the dependency."""
        self._is_trying = False
