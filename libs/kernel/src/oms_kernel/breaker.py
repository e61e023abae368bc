"""Leaves a dependency alone for a while after it failed."""

from __future__ import annotations

from typing import Final

from oms_core.clock import Clock

_FIRST_PAUSE_S: Final = 0.25
_MAX_PAUSE_S: Final = 30.0


class CircuitBreaker:
    """Closed: calls go through. Open: none does until the pause is over; then one tries.

    Each failure in a row doubles the pause, up to 30 s.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._pause_s = _FIRST_PAUSE_S
        self._open_until = 0.0
        self._is_trying = False

    def allows(self) -> bool:
        """Whether a call may be made now.

        Each one allowed has to end in one of `succeeded`, `failed` and `abandoned`.
        """
        if self._open_until == 0.0:
            return True
        if self._is_trying or self._clock.monotonic() < self._open_until:
            return False
        self._is_trying = True
        return True

    def succeeded(self) -> None:
        """The call went well."""
        self._pause_s, self._open_until, self._is_trying = _FIRST_PAUSE_S, 0.0, False

    def failed(self) -> None:
        """The call failed, or took too long."""
        if self._open_until and not self._is_trying:
            return  # begun before the circuit opened: that failure was counted already
        self._open_until = self._clock.monotonic() + self._pause_s
        self._pause_s = min(self._pause_s * 2, _MAX_PAUSE_S)
        self._is_trying = False

    def abandoned(self) -> None:
        """The call was given up by its caller, which says nothing about the dependency."""
        self._is_trying = False
