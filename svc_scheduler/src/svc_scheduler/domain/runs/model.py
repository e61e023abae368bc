"""Runs and where they stand."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import IntEnum
from typing import Final


class Cause(IntEnum):
    """Why there is a run; numbers as in the proto."""

    SCHEDULE = 1
    MANUAL = 2
    BACKFILL = 3


class State(IntEnum):
    """Where a run stands; numbers as in the proto."""

    PENDING = 1
    WAITING = 2
    QUEUED = 3
    RUNNING = 4
    SUCCEEDED = 5
    FAILED = 6
    CANCELLED = 7
    SKIPPED = 8
    MISSED = 9
    EXPIRED = 10


ACTIVE: Final = frozenset({State.PENDING, State.QUEUED, State.RUNNING})
"""Takes part in the job's concurrency."""
OPEN: Final = ACTIVE | {State.WAITING}
"""Not done."""


def scheduled_id(fire_time: datetime) -> str:
    """The id of the run of a time: `20270131t090000z`, with microseconds where there are any."""
    moment = fire_time.astimezone(UTC)
    text = f"{moment:%Y%m%dt%H%M%S}"
    return f"{text}-{moment.microsecond:06}z" if moment.microsecond else f"{text}z"
