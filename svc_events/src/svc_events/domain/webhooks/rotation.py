"""Which secrets sign after one was added."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from oms_core.errors import LimitExceeded

from svc_events.domain.webhooks.model import MAX_SECRETS, Secret


def rotated(
    secrets: Iterable[Secret], added: Secret, *, now: datetime, overlap_s: float
) -> list[Secret]:
    """The secrets that sign from now on, oldest first, the added one last.

    Args:
        overlap_s: How long the older ones go on; none goes on longer than it would have.
    Raises:
        LimitExceeded: too many would sign at once.
    """
    end = now + timedelta(seconds=overlap_s)
    older = [
        replace(each, expires_at=min(each.expires_at or end, end))
        for each in secrets
        if each.signs_at(now)
    ]
    kept = [each for each in older if each.signs_at(now)]
    if len(kept) >= MAX_SECRETS:
        first = min(each.expires_at or end for each in kept)
        raise LimitExceeded(
            f"{len(kept)} secrets sign already, the most that can; wait until {first.isoformat()}, "
            "or end the older ones with an overlap of 0 s",
            metadata={"limit": str(MAX_SECRETS)},
            retry_after_s=max((first - now).total_seconds(), 1.0),
        )
    return [*kept, added]
