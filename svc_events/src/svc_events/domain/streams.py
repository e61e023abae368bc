"""A stream and what can be set about it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Final

DEFAULT_DUPLICATE_WINDOW_S: Final = 120.0


@dataclass(frozen=True, slots=True)
class StreamOptions:
    """What can be set about a stream. Times are in seconds; 0 is no limit.

    Args:
        max_age_s: How long events are kept.
        max_bytes: Most bytes it keeps.
        max_events: Most events it keeps.
        max_event_bytes: Largest event it takes; 0: as large as the broker takes.
        is_refusing: When it is full: refuse new events instead of discarding the oldest.
        is_in_memory: Whether its events lie in memory, not on disk.
        replicas: How many servers keep it, 1 to 5.
        duplicate_window_s: For how long an event that comes again is recognised.
    """

    description: str = ""
    max_age_s: float = 0
    max_bytes: int = 0
    max_events: int = 0
    max_event_bytes: int = 0
    is_refusing: bool = False
    is_in_memory: bool = False
    replicas: int = 1
    duplicate_window_s: float = DEFAULT_DUPLICATE_WINDOW_S

    @property
    def etag(self) -> str:
        """Changes whenever an option does: 16 hexadecimal digits."""
        values = repr([getattr(self, each.name) for each in fields(self)])
        return hashlib.sha256(values.encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class EventStream:
    """A stream as it is.

    Args:
        stream_id: Last segment of its name.
        first_sequence: Position of the first event it has; one past the last when it is empty.
        last_publish_time: None while it has never had one.
    """

    stream_id: str
    options: StreamOptions
    event_count: int
    size_bytes: int
    first_sequence: int
    last_sequence: int
    last_publish_time: datetime | None
    consumer_count: int
    create_time: datetime
