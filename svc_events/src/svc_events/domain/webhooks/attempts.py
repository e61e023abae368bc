"""Attempts to deliver, and what is kept of deliveries that were given up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Final

MAX_LOGGED_BODY: Final = 2048
"""Bytes of an answer's body that are kept."""
MAX_LOGGED_HEADERS: Final = 8192
"""Bytes of an answer's headers that are kept."""


class Outcome(Enum):
    """How an attempt ended; the numbers are those of the database."""

    DELIVERED = 1
    REFUSED = 2
    TIMED_OUT = 3
    UNREACHABLE = 4
    FORBIDDEN = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One request, or one that was not made because it must not be.

    Args:
        serial: Of the webhook.
        sequence: Place of the event in the stream; of the first one, of a batch.
        id: In the log; 0 before it is there.
    """

    serial: int
    delivery_id: str
    stream: str
    sequence: int
    event_type: str
    event_id: str
    number: int
    at: datetime
    latency_s: float
    outcome: Outcome
    http_status: int = 0
    error: str = ""
    request_headers: Mapping[str, str] = field(default_factory=dict[str, str], hash=False)
    request_bytes: int = 0
    response_headers: Mapping[str, str] = field(default_factory=dict[str, str], hash=False)
    response_body: bytes = b""
    next_at: datetime | None = None
    event_count: int = 1
    id: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetter:
    """An event that could not be delivered.

    Args:
        serial: Of the webhook.
        event: As it lay in the queue; empty in lists.
        id: 0 before it is stored.
    """

    serial: int
    delivery_id: str
    stream: str
    sequence: int
    event: bytes
    event_type: str
    partition: int
    attempt_count: int
    last_error: str
    last_http_status: int
    dead_at: datetime
    id: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Statistics:
    """Counts over a time; None where there was nothing to count."""

    attempts: int
    delivered: int
    dead_letters: int
    latency_p50_s: float | None
    latency_p99_s: float | None
    last_delivered_at: datetime | None
    last_failed_at: datetime | None
