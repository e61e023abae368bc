"""What was written is noted, whatever happens to the note meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any, cast

import pytest
from oms_core.errors import ServiceUnavailable
from svc_events.adapters.relay.positions import RelayPositions
from svc_events.adapters.relay.recording import Recorder
from svc_events.adapters.relay.stream import Written
from svc_events.domain.events import Timestamp
from svc_events.domain.relay.feed import SourceDatabase
from svc_events.domain.relay.place import Place

BRICK = SourceDatabase("brick", "ontology", "Brick", Timestamp("2026-11-27T00:00:00Z"))


class Positions:
    """Takes notes; the first one hangs until it is told to fail, or for ever."""

    def __init__(self) -> None:
        self.noted: list[int] = []
        self.asked = asyncio.Event()
        self.fails = asyncio.Event()

    async def record(
        self, database: SourceDatabase, written: Sequence[Written], stream_created: str
    ) -> None:
        assert (database, stream_created) == (BRICK, "then")
        if not self.asked.is_set():
            self.asked.set()
            await self.fails.wait()
            raise ServiceUnavailable("postgresql is gone")
        self.noted += [each.sequence for each in written]


@pytest.mark.parametrize("is_cancelled", [True, False])
async def test_what_was_not_noted_is_noted_before_what_came_later(is_cancelled: bool) -> None:
    positions = Positions()
    recorder = Recorder(cast(RelayPositions, positions), BRICK, "then")
    recorder.note([Written(Place("x"), 1), Written(Place("x"), 2)])
    running: asyncio.Task[Any] = asyncio.create_task(recorder.run())
    await positions.asked.wait()
    recorder.note([Written(Place("x"), 3)])
    if is_cancelled:
        running.cancel()
    else:
        positions.fails.set()
    (result,) = await asyncio.gather(running, return_exceptions=True)
    assert isinstance(result, asyncio.CancelledError if is_cancelled else ServiceUnavailable)
    await recorder.flush()
    assert positions.noted == [1, 2, 3]
    await recorder.flush()
    assert positions.noted == [1, 2, 3]
