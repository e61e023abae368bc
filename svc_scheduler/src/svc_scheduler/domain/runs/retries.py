"""When an attempt that failed is repeated."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Final

from svc_scheduler.domain.jobs.model import Retry

_SPREAD: Final = 0.1
_LONGEST_ASKED_S: Final = 86_400.0
"""No target puts a run off for longer."""


def delay(retry: Retry, attempt: int, asked_s: float | None = None) -> timedelta | None:
    """How long to wait after a failed attempt.

    Args:
        attempt: Its number, from 1.
        asked_s: How long the target asked for, in seconds; the longer of the two counts.
    Returns:
        None: it was the last one. Else up to a tenth longer, so that what failed together is not
        repeated together.
    """
    if attempt >= retry.max_attempts:
        return None
    longest = retry.max_delay.total_seconds()
    try:
        wait = retry.first_delay.total_seconds() * retry.multiplier ** (attempt - 1)
    except OverflowError:
        wait = longest
    seconds = max(min(wait, longest), min(asked_s or 0.0, _LONGEST_ASKED_S))
    # Spread is no secret.
    return timedelta(seconds=seconds * (1 + _SPREAD * random.random()))  # noqa: S311
