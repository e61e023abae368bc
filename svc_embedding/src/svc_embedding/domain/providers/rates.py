"""How fast a provider may be called."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from oms_core.clock import Clock

from svc_embedding.domain.providers.contract import Allowance

# What may come at once, as a share of a minute's limit. In any minute at most a tenth more than
# the limit is sent.
_BURST: Final = 0.1
_MAX_RESET_S: Final = 60.0


class _Bucket:
    """Fills evenly; what is taken in advance is waited for, in the order of taking."""

    def __init__(self, clock: Clock, per_minute: int) -> None:
        self._clock = clock
        self._per_s = per_minute / 60
        self._capacity = max(per_minute * _BURST, 1.0)
        self._level = self._capacity
        self._at = clock.monotonic()

    def refill_s(self, amount: float) -> float:
        """Seconds in which an amount fills."""
        return amount / self._per_s

    def wait_s(self, amount: float) -> float:
        """Seconds until an amount may be taken. More than the bucket holds needs it full."""
        self._fill()
        return max(0.0, (min(amount, self._capacity) - self._level) / self._per_s)

    def take(self, amount: float) -> None:
        """Takes an amount, also in advance; a negative one is given back."""
        self._fill()
        self._level = min(self._level - amount, self._capacity)

    def _fill(self) -> None:
        now = self._clock.monotonic()
        self._level = min(self._capacity, self._level + (now - self._at) * self._per_s)
        self._at = now


@dataclass(frozen=True, slots=True)
class Reservation:
    """A place in the row.

    Args:
        wait_s: How long to wait before the request is sent.
        tokens: What was taken for it.
    """

    wait_s: float
    tokens: int


class RateLimit:
    """Requests and tokens a minute, as configured and as the provider itself says.

    Token buckets (leaky bucket as a meter, ITU-T I.371) whose takers wait in order.

    Args:
        requests_per_minute: 0: no limit.
        tokens_per_minute: 0: no limit.
    """

    def __init__(
        self, clock: Clock, *, requests_per_minute: int = 0, tokens_per_minute: int = 0
    ) -> None:
        self._clock = clock
        self._requests = _Bucket(clock, requests_per_minute) if requests_per_minute else None
        self._tokens = _Bucket(clock, tokens_per_minute) if tokens_per_minute else None
        self._closed_until = 0.0

    def wait_s(self, tokens: int) -> float:
        """How long a request with so many tokens would wait, in seconds."""
        waits = [self._closed_until - self._clock.monotonic(), 0.0]
        if self._requests is not None:
            waits.append(self._requests.wait_s(1))
        if self._tokens is not None:
            waits.append(self._tokens.wait_s(tokens))
        return max(waits)

    def refill_s(self, tokens: int) -> float:
        """How long a request with so many tokens makes the next one wait at most, in seconds."""
        return max(
            self._requests.refill_s(1) if self._requests is not None else 0.0,
            self._tokens.refill_s(tokens) if self._tokens is not None else 0.0,
        )

    def reserve(self, tokens: int) -> Reservation:
        """Takes a place for a request with about so many tokens."""
        reservation = Reservation(self.wait_s(tokens), tokens)
        if self._requests is not None:
            self._requests.take(1)
        if self._tokens is not None:
            self._tokens.take(tokens)
        return reservation

    def give_back(self, reservation: Reservation) -> None:
        """The request was not sent."""
        if self._requests is not None:
            self._requests.take(-1)
        self.settle(reservation, 0)

    def settle(self, reservation: Reservation, used: int) -> None:
        """The request read so many tokens."""
        if self._tokens is not None:
            self._tokens.take(used - reservation.tokens)

    def close(self, seconds: float) -> None:
        """The provider asked to be left alone for so long."""
        self._closed_until = max(self._closed_until, self._clock.monotonic() + seconds)

    def observe(self, allowances: Iterable[Allowance]) -> None:
        """What the provider says is left: where that is nothing, it is not asked until then."""
        for allowance in allowances:
            if allowance.remaining <= 0:
                self.close(min(allowance.reset_s, _MAX_RESET_S))
