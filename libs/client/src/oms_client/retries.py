"""Which failed calls are made again, when, and when no longer.

gRPC's own retries (https://github.com/grpc/proposal/blob/master/A6-client-retries.md) know nothing
of `google.rpc.RetryInfo` nor of tokens that have to be renewed. So calls are repeated here, by the
same rules: backoff with jitter, and a budget that many failures in a row use up.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from oms_client.errors import ApiError, Unavailable

_JITTER: Final = (0.5, 1.5)


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How often and how fast calls are repeated.

    Attributes:
        attempts: How often a call is made at most; 1 switches retries off.
        first_backoff_s: The pause before the second attempt, in seconds; it doubles each time.
        max_backoff_s: The longest pause, unless the server asks for a longer one.
        budget: Tokens of the client. A failure takes one, a success gives back `refund`; below half
            of them nothing is repeated, so that a server in trouble is not asked even more.
        refund: What a success gives back.
    """

    attempts: int = 4
    first_backoff_s: float = 0.1
    max_backoff_s: float = 2.0
    budget: float = 20.0
    refund: float = 0.1

    def backoff(self, failures: int) -> float:
        """The pause after so many failures, from 1, in seconds."""
        pause = min(self.first_backoff_s * 2 ** min(failures - 1, 30), self.max_backoff_s)
        return pause * random.uniform(*_JITTER)  # noqa: S311 - spreads load


class Budget:
    """Tokens that all calls of a client share; safe to use from several threads."""

    def __init__(self, policy: RetryPolicy) -> None:
        self._policy = policy
        self._tokens = policy.budget
        self._lock = threading.Lock()

    def succeeded(self) -> None:
        """Gives a little back."""
        with self._lock:
            self._tokens = min(self._tokens + self._policy.refund, self._policy.budget)

    def failed(self) -> bool:
        """Takes a token; whether what failed may be repeated."""
        with self._lock:
            self._tokens = max(self._tokens - 1, 0.0)
            return self._tokens > self._policy.budget / 2


class Attempts:
    """The attempts at one call, all within its deadline."""

    def __init__(
        self,
        policy: RetryPolicy,
        budget: Budget,
        *,
        timeout_s: float | None,
        is_repeatable: bool,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._policy = policy
        self._budget = budget
        self._is_repeatable = is_repeatable
        self._now = now
        self._deadline = None if timeout_s is None else now() + timeout_s
        self._failures = 0

    def left_s(self) -> float | None:
        """What is left of the deadline, in seconds; None without one."""
        return None if self._deadline is None else max(self._deadline - self._now(), 0.0)

    def succeeded(self) -> None:
        """The call was answered."""
        self._budget.succeeded()

    def pause_after(self, error: ApiError) -> float | None:
        """How long to wait before the next attempt, in seconds; None when there is none."""
        is_transient = isinstance(error, Unavailable) or error.retry_delay_s is not None
        if not is_transient:
            return None
        self._failures += 1
        may_repeat = self._budget.failed()
        if not (self._is_repeatable and may_repeat) or self._failures >= self._policy.attempts:
            return None
        pause = max(self._policy.backoff(self._failures), error.retry_delay_s or 0.0)
        left = self.left_s()
        return pause if left is None or pause < left else None
