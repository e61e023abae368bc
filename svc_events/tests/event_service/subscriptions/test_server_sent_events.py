"""Events for browsers."""

from __future__ import annotations

import json
from typing import Any

import grpc
import pytest
from oms.event.v1 import event_service_pb2 as pb
from oms.event.v1 import event_service_pb2_grpc as pb_grpc

from event_service.subscriptions.worlds import World

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(60)]


def _open(world: World, last_event_id: str = "", **fields: Any) -> Any:
    stub: Any = pb_grpc.EventServiceStub(world.suite.channel("viewer"))
    metadata = (("last-event-id", last_event_id),) if last_event_id else ()
    request = pb.StreamEventsRequest(parent=f"streams/{world.stream}", **fields)
    return stub.StreamEvents(request, metadata=metadata)


async def _read(call: Any, count: int) -> list[dict[str, str]]:
    """Server-sent events as a browser reads them: fields by name, comments left out."""
    found: list[dict[str, str]] = []
    text = ""
    while len(found) < count:
        text += (await call.read()).body.data.decode()
        *whole, text = text.split("\n\n")
        for block in whole:
            fields: dict[str, list[str]] = {}
            for line in block.splitlines():
                name, _, value = line.partition(": ")
                if not line.startswith(":"):
                    fields.setdefault(name, []).append(value)
            if fields:
                found.append({name: "\n".join(lines) for name, lines in fields.items()})
    return found


async def test_an_answer_begins_before_there_is_an_event(world: World) -> None:
    call = _open(world)
    first = (await call.read()).body
    assert first.content_type == "text/event-stream"
    assert first.data.startswith(b":")
    call.cancel()


async def test_events_are_sent_with_place_and_type(world: World) -> None:
    await world.publish("e1", "com.acme.made", subject="thing")
    call = _open(world, start=pb.StartPosition(beginning=True))
    [sent] = await _read(call, 1)
    call.cancel()
    assert (sent["id"], sent["event"]) == ("1", "com.acme.made")
    event = json.loads(sent["data"])
    assert (event["id"], event["subject"], event["specversion"]) == ("e1", "thing", "1.0")


async def test_a_browser_that_comes_back_goes_on_behind_its_last_event(world: World) -> None:
    for number in range(3):
        await world.publish(f"e{number}")
    call = _open(world, "2", start=pb.StartPosition(beginning=True))
    [sent] = await _read(call, 1)
    call.cancel()
    assert sent["id"] == "3"


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"type": "com.acme.*"}, ["made", "broken"]),
        ({"type": "com.acme.broken"}, ["broken"]),
        ({"type": "com.acme.br*"}, ["broken"]),
        ({"type": "*"}, ["made", "broken", "other"]),
        ({"subject": "b"}, ["broken", "other"]),
        ({"source": "/tests", "filter": "subject = 'a'"}, ["made"]),
    ],
)
async def test_only_what_was_asked_for_is_sent(
    world: World, fields: dict[str, str], expected: list[str]
) -> None:
    await world.publish("made", "com.acme.made", subject="a")
    await world.publish("broken", "com.acme.broken", subject="b")
    await world.publish("other", "org.acme.made", subject="b")
    call = _open(world, start=pb.StartPosition(beginning=True), **fields)
    sent = await _read(call, len(expected))
    call.cancel()
    assert [json.loads(each["data"])["id"] for each in sent] == expected


@pytest.mark.parametrize(
    ("last_event_id", "fields", "message"),
    [
        ("x", {}, "Last-Event-ID: 'x' is no position"),
        ("", {"filter": "subject ="}, "filters[0].sql"),
    ],
)
async def test_bad_requests_are_refused_by_name(
    world: World, last_event_id: str, fields: dict[str, str], message: str
) -> None:
    call = _open(world, last_event_id, **fields)
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await call.read()
    assert caught.value.code() == grpc.StatusCode.INVALID_ARGUMENT
    assert message in (caught.value.details() or "")


async def test_an_unknown_stream_is_not_found(world: World) -> None:
    call = _open(World(world.jetstream, world.suite, "missing"))
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await _read(call, 1)
    assert caught.value.code() == grpc.StatusCode.NOT_FOUND
