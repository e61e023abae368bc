"""Events between their translation and the stream: a bounded queue that is emptied in batches."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from typing import Final

from svc_events.adapters.relay.prepared import Prepared
from svc_events.adapters.relay.stream import MAX_BATCH

MAX_BYTES: Final = 8 * 1024 * 1024
"""Bytes that wait; one part of a commit more is let in."""
_MAX_BATCH_BYTES: Final = 4 * 1024 * 1024


class Outbox:
    """Filled by one task and emptied by another, in order."""

    def __init__(self) -> None:
        self._waiting: deque[Prepared] = deque()
        self._bytes = 0
        self._changed = asyncio.Condition()

    def __len__(self) -> int:
        return len(self._waiting)

    @property
    def oldest(self) -> Prepared | None:
        """The event that waits longest."""
        return self._waiting[0] if self._waiting else None

    async def put(self, events: Sequence[Prepared]) -> None:
        """Adds events as soon as there is room."""
        async with self._changed:
            await self._changed.wait_for(lambda: self._bytes < MAX_BYTES)
            self._waiting.extend(events)
            self._bytes += sum(event.size for event in events)
            self._changed.notify_all()

    async def batch(self) -> Sequence[Prepared]:
        """The first events, at least one, as many as are written at once. They stay in it."""
        async with self._changed:
            await self._changed.wait_for(lambda: bool(self._waiting))
            events: list[Prepared] = []
            size = 0
            for event in self._waiting:
                size += event.size
                if events and (size > _MAX_BATCH_BYTES or len(events) == MAX_BATCH):
                    break
                events.append(event)
            return events

    async def drop(self, count: int) -> None:
        """Removes the first events, which are written."""
        async with self._changed:
            for _ in range(count):
                self._bytes -= self._waiting.popleft().size
            self._changed.notify_all()
