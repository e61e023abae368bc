"""What calls to a provider came to since the process began."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field


@dataclass(slots=True, eq=False, weakref_slot=True)
class Account:
    """Counts of one provider of one model; plain numbers of the event loop's thread.

    Args:
        price_per_million: Price of a million tokens, in the price's currency unit.
        calls: Requests that were sent, also again.
        failures: Those that brought no vector, by kind.
        cost: In the price's currency unit.
        total_s: Time that requests took together.
        is_open: Whether the circuit breaker keeps calls away; kept by the link.
    """

    model: str
    provider: str
    price_per_million: float = 0.0
    calls: int = 0
    retries: int = 0
    fallbacks: int = 0
    tokens: int = 0
    cost: float = 0.0
    total_s: float = 0.0
    is_open: bool = False
    failures: Counter[str] = field(default_factory=Counter[str])

    def called(self, tokens: int, seconds: float) -> None:
        """A request was answered, and read so many tokens."""
        self.tokens += tokens
        self.cost += tokens * self.price_per_million / 1e6
        self.total_s += seconds

    @property
    def failure_count(self) -> int:
        """Requests that brought no vector."""
        return self.failures.total()

    @property
    def cost_micros(self) -> int:
        """What they cost, in millionths of the currency unit."""
        return round(self.cost * 1e6)
