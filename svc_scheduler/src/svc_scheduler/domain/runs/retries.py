"""When an attempt that failed is repeated."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Final

from svc_scheduler.domain.jobs.model import Retry

_SPREAD: Final = 0.1


def delay(retry: Retry, attempt: int) -> timedelta | None:
    """How long to wait after a failed attempt.

    Args:
        attempt: Its number, from 1.
    Returns:
        None: it was the last one. Else up to a tenth longer than the policy says, so that what
        failed together is not repeated together.
    """
    if attempt >= retry.max_attempts:
        return None
    longest = retry.max_delay.total_seconds()
    try:
        wait = retry.first_delay.total_seconds() * retry.multiplier ** (attempt - 1)
    except OverflowError:
        wait = longest
    # Spread is no secret.
    return timedelta(seconds=min(wait, longest) * (1 + _SPREAD * random.random()))  # noqa: S311
