"""When to try again.

Source: the example schedule of Standard Webhooks, "Deliverability and reliability";
Retry-After as in RFC 9110, 10.2.3.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

# Ten attempts: the first at once, the last 75 h 35 min 5 s after it.
STANDARD_DELAYS_S: Final = (
    0.0,
    5.0,
    5 * 60.0,
    30 * 60.0,
    2 * 3600.0,
    5 * 3600.0,
    10 * 3600.0,
    14 * 3600.0,
    20 * 3600.0,
    24 * 3600.0,
)
_SECONDS: Final = re.compile(r"[0-9]{1,9}")
_LONGEST_DATE: Final = 64


@dataclass(frozen=True, kw_only=True, slots=True)
class RetrySchedule:
    """How long to wait before each attempt.

    Attributes:
        delays_s: Seconds before each attempt, counted from the end of the one before.
        jitter: Largest share of a delay that is added at random, so that what failed together
            does not come back together.
        max_retry_after_s: The longest that a receiver may put an attempt off.
    """

    delays_s: tuple[float, ...] = STANDARD_DELAYS_S
    jitter: float = 0.1
    max_retry_after_s: float = 24 * 3600.0

    def __post_init__(self) -> None:
        if not 1 <= len(self.delays_s) <= 100 or min(self.delays_s) < 0:
            raise ValueError("delays_s: 1 to 100 delays, none negative")
        if not 0 <= self.jitter <= 1:
            raise ValueError(f"jitter: {self.jitter} is not from 0 to 1")
        if self.max_retry_after_s < 0:
            raise ValueError("max_retry_after_s: is negative")

    @property
    def max_attempts(self) -> int:
        """How many attempts there are."""
        return len(self.delays_s)

    def delay_before(
        self,
        attempt: int,
        *,
        retry_after_s: float | None = None,
        draw: Callable[[], float] = random.random,
    ) -> float | None:
        """Seconds to wait before an attempt; None when there is none.

        Args:
            attempt: 1 for the first.
            retry_after_s: What the receiver asked for; the later of the two counts.
            draw: A random number from 0 to 1.
        """
        if not 1 <= attempt <= len(self.delays_s):
            return None
        asked_s = min(max(retry_after_s or 0.0, 0.0), self.max_retry_after_s)
        return max(self.delays_s[attempt - 1], asked_s) * (1 + self.jitter * draw())


def parse_retry_after(value: str | None, now: datetime) -> float | None:
    """Seconds that a `Retry-After` header asks to wait; None when it can't be read.

    Args:
        value: Seconds, or a date in one of the three formats of HTTP; not negative.
        now: With its time zone.
    """
    text = (value or "").strip()
    if _SECONDS.fullmatch(text):
        return float(text)
    if not text or len(text) > _LONGEST_DATE:
        return None
    try:
        date = parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError):
        return None
    # asctime's format has no zone: HTTP says GMT.
    aware = date if date.tzinfo else date.replace(tzinfo=UTC)
    return max((aware - now).total_seconds(), 0.0)
