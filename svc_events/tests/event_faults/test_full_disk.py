"""The broker has no room: callers are told, nothing that was refused is there, and what was taken
stays, also over a kill."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import grpc
import grpc.aio
import pytest
from oms.event.v1 import event_service_pb2 as pb
from oms.event.v1 import event_service_pb2_grpc, stream_service_pb2_grpc
from oms.event.v1 import stream_service_pb2 as stream_pb
from oms_testing.e2e_errors import from_rpc
from oms_testing.nats import KillableNats
from oms_testing.postgresql import new_database

from .chain import JumpingClock, event_of, patiently, place_of, serving

_ROOM = 2 * 1024 * 1024


@pytest.mark.timeout(120)
async def test_a_full_disk_refuses_events_and_loses_none(tmp_path: Path, postgresql: str) -> None:
    broker = KillableNats(tmp_path, max_store_bytes=_ROOM)
    await broker.start()
    try:
        async with (
            new_database(postgresql) as database,
            serving(broker.url, database, JumpingClock()) as suite,
        ):
            await _fill_and_make_room(broker, suite.channel())
    finally:
        await broker.kill()


async def _fill_and_make_room(broker: KillableNats, channel: grpc.aio.Channel) -> None:
    events = event_service_pb2_grpc.EventServiceStub(channel)
    streams = stream_service_pb2_grpc.StreamServiceStub(channel)
    taken = 0
    while (error := await _publish(events, taken)) is None:
        taken += 1
    assert taken > 0
    assert (error.code, error.reason) == ("RESOURCE_EXHAUSTED", "LIMIT_EXCEEDED")
    assert error.has_retry_info
    assert await _stored(events) == list(range(taken))
    await broker.kill()
    await broker.start()
    assert await _stored(events) == list(range(taken))
    purge = stream_pb.PurgeStreamRequest(name="streams/events", keep=1)
    await patiently(lambda: streams.PurgeStream(purge))
    await patiently(lambda: events.Publish(pb.PublishRequest(event=_large(taken))))
    assert await _stored(events) == [taken - 1, taken]


def _large(n: int) -> Any:
    event = event_of("key", n)
    event.attributes["filling"].ce_string = "x" * 4000
    event.text_data = event.text_data[:-1] + ', "filling": "' + "x" * 60_000 + '"}'
    return event


async def _publish(events: Any, n: int) -> Any:
    """None, or the error."""
    try:
        await events.Publish(pb.PublishRequest(event=_large(n)))
    except grpc.aio.AioRpcError as error:
        return from_rpc(error)
    return None


async def _stored(events: Any) -> list[int]:
    found: list[int] = []
    token = ""
    while True:
        request = pb.ListEventsRequest(page_size=1000, page_token=token)
        page = await patiently(lambda r=request: events.ListEvents(r))
        found += [place_of(each.event)[1] for each in page.events]
        token = page.next_page_token
        if not token:
            return found
