"""How a provider is called, and what that needs."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from oms_core.clock import Clock, SystemClock


@dataclass(frozen=True, slots=True, kw_only=True)
class CallPolicy:
    """How a provider is called. Times are in seconds.

    Args:
        timeout_s: Longest time for one request.
        max_attempts: How often a request is sent at most.
        first_backoff_s: The longest wait before the second attempt; doubles with each.
        max_backoff_s: The longest wait before any attempt.
        max_wait_s: How long a request waits at most for those of other calls, for a rate limit, or
            because the provider asked for it; if that is not enough the next provider is asked.
        max_concurrency: Requests under way at once; more wait.
        failure_threshold: Failures in a row that open the circuit breaker.
        max_pause_s: The longest that the circuit breaker keeps calls away at once.
        requests_per_minute: 0: no limit.
        tokens_per_minute: 0: no limit.
        price_per_million: Of a million tokens, in any one currency.
    """

    timeout_s: float = 20.0
    max_attempts: int = 3
    first_backoff_s: float = 0.5
    max_backoff_s: float = 8.0
    max_wait_s: float = 10.0
    max_concurrency: int = 8
    failure_threshold: int = 5
    max_pause_s: float = 30.0
    requests_per_minute: int = 0
    tokens_per_minute: int = 0
    price_per_million: float = 0.0


@dataclass(frozen=True, slots=True)
class Runtime:
    """Time and chance, replaceable in tests.

    Args:
        sleep: Waits for seconds.
        draw: A random number from 0 to 1.
    """

    clock: Clock = field(default_factory=SystemClock)
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    draw: Callable[[], float] = random.random


def backoff_s(policy: CallPolicy, attempt: int, draw: Callable[[], float]) -> float:
    """Seconds to wait after a failed attempt.

    Full jitter: anything from nothing to a limit that doubles, so that what failed together does
    not come back together. Source: M. Brooker, "Exponential Backoff And Jitter", AWS, 2015.

    Args:
        attempt: The one that failed, 1 for the first.
    """
    longest = min(policy.max_backoff_s, policy.first_backoff_s * 2 ** (attempt - 1))
    return longest * draw()
