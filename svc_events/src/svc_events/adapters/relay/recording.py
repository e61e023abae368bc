"""Notes in PostgreSQL what was written, without holding up the next write."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Final

from oms_core.tasks import raise_if_cancelled

from svc_events.adapters.relay.positions import RelayPositions
from svc_events.adapters.relay.stream import Written
from svc_events.domain.relay.feed import SourceDatabase

_PAUSE_S: Final = 0.05
"""Time between two notes, so that many commits share one."""


class Recorder:
    """Whatever was written while the last note was made goes into the next one.

    What is not noted when the process dies is found in the stream by the next one.
    """

    def __init__(
        self, positions: RelayPositions, database: SourceDatabase, stream_created: str
    ) -> None:
        self._positions = positions
        self._database = database
        self._stream_created = stream_created
        self._written: list[Written] = []
        self._news = asyncio.Event()

    def note(self, written: Sequence[Written]) -> None:
        """Takes events that are in the stream, in their order."""
        self._written += written
        self._news.set()

    async def run(self) -> None:
        """Notes what comes. Ends only by an error or by being cancelled."""
        while True:
            raise_if_cancelled()
            await self._news.wait()
            await self.flush()
            await asyncio.sleep(_PAUSE_S)

    async def flush(self) -> None:
        """Notes what there is. What an error or a cancellation kept from being noted stays."""
        self._news.clear()
        written = list(self._written)
        if written:
            await self._positions.record(self._database, written, self._stream_created)
            del self._written[: len(written)]
