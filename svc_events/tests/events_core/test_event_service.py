"""`EventService` on the real server: publishing and reading."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import grpc
import orjson
import pytest
import pytest_asyncio
from google.api.httpbody_pb2 import HttpBody
from google.protobuf.timestamp_pb2 import Timestamp
from io_cloudevents.v1 import cloudevents_pb2
from oms.event.v1 import event_service_pb2 as pb
from oms.event.v1 import stream_service_pb2 as streams_pb
from oms_testing.e2e_errors import ApiError, from_rpc

from .server import Served

pytestmark = pytest.mark.asyncio(loop_scope="module")
Value = cloudevents_pb2.CloudEvent.CloudEventAttributeValue
MIB = 1024 * 1024


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stub(service: Served):
    return service.events()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def new_stream(service: Served):
    async def make(**options) -> str:
        request = streams_pb.CreateStreamRequest(
            stream_id=f"t-{secrets.token_hex(4)}", stream=streams_pb.Stream(**options)
        )
        return (await service.streams().CreateStream(request)).stream.name

    return make


def event(event_id: str = "", **changes) -> cloudevents_pb2.CloudEvent:
    plain = {"source": "/s", "spec_version": "1.0", "type": "com.acme.made"}
    return cloudevents_pb2.CloudEvent(id=event_id or secrets.token_hex(8), **{**plain, **changes})


def some(count: int, **changes) -> list[cloudevents_pb2.CloudEvent]:
    return [event(**changes) for _ in range(count)]


async def failing(call) -> ApiError:
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await call
    return from_rpc(caught.value)


async def ended(call) -> tuple[list[int], ApiError]:
    """How far a stream of events came, and what ended it."""
    progress: list[int] = []
    try:
        async for each in call:
            progress.append(each.acknowledged_count)  # noqa: PERF401 - it ends with an error
    except grpc.aio.AioRpcError as exc:
        return progress, from_rpc(exc)
    raise AssertionError("the stream ended well")


async def listed(stub, **query) -> list[pb.StoredEvent]:
    found: list[pb.StoredEvent] = []
    token = ""
    while True:
        page = await stub.ListEvents(pb.ListEventsRequest(**query, page_token=token))
        found += page.events
        token = page.next_page_token
        if not token:
            return found


async def test_a_published_event_is_read_as_it_was(stub):
    sent = event(
        text_data='{"a": 1.0}',
        attributes={
            "datacontenttype": Value(ce_string="application/json"),
            "time": Value(ce_timestamp=Timestamp(seconds=5, nanos=7)),
            "count": Value(ce_integer=3),
            "blob": Value(ce_bytes=b"\x00"),
        },
    )
    place = (await stub.Publish(pb.PublishRequest(event=sent))).publication
    assert place.name == f"streams/events/events/{place.sequence}"
    stored = (await stub.GetEvent(pb.GetEventRequest(name=place.name))).event
    assert (stored.event, stored.sequence, stored.name) == (sent, place.sequence, place.name)
    assert abs(stored.publish_time.ToDatetime(UTC) - datetime.now(UTC)) < timedelta(minutes=1)
    read = (await stub.ReadEvent(pb.ReadEventRequest(name=place.name))).body
    assert read.content_type == "application/cloudevents+json"
    assert b'"data":{"a": 1.0}' in read.data
    assert orjson.loads(read.data)["time"] == "1970-01-01T00:00:05.000000007Z"
    again = (await stub.Publish(pb.PublishRequest(event=sent))).publication
    assert (again.sequence, again.duplicate) == (place.sequence, True)


async def test_a_batch_is_checked_as_a_whole(stub, new_stream):
    parent = await new_stream()
    events = [*some(3), event(source=""), *some(1)]
    error = await failing(stub.PublishBatch(pb.PublishBatchRequest(parent=parent, events=events)))
    assert (error.code, error.reason) == ("INVALID_ARGUMENT", "INVALID_EVENT")
    assert error.fields == ["events[3].source"]
    assert error.metadata == {"attribute": "source", "index": "3"}
    assert await listed(stub, parent=parent) == []
    await stub.PublishBatch(pb.PublishBatchRequest(parent=parent, events=some(1000)))
    assert len(await listed(stub, parent=parent)) == 1000
    too_many = pb.PublishBatchRequest(parent=parent, events=some(1001))
    assert (await failing(stub.PublishBatch(too_many))).reason == "INVALID_FIELD"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"id": ""}, "id"),
        ({"source": "a b"}, "source"),
        ({"spec_version": "1.1"}, "specversion"),
        ({"type": "oms.ontology.made"}, "type"),
        ({"type": "t" * 257}, "type"),
        ({"attributes": {"time": Value(ce_string="today")}}, "time"),
        ({"attributes": {"e": Value(ce_string="x" * 4097)}}, "e"),
        ({"proto_data": {"value": b"1"}}, "data"),
    ],
)
async def test_a_fault_of_an_event_is_named(stub, changes, field):
    bad = event()
    bad.MergeFrom(cloudevents_pb2.CloudEvent(**{k: v for k, v in changes.items() if v}))
    for name, value in changes.items():
        if not value:
            bad.ClearField(name)
    error = await failing(stub.Publish(pb.PublishRequest(event=bad)))
    assert (error.code, error.reason, error.fields) == (
        "INVALID_ARGUMENT",
        "INVALID_EVENT",
        [field],
    )


async def test_damaged_bytes_are_refused(service: Served):
    channel = service.channel()
    call = channel.unary_unary("/oms.event.v1.EventService/Publish")
    error = await failing(call(b"\x12\x05\x0a\xff"))
    assert (error.code, error.reason) == ("INVALID_ARGUMENT", "INVALID_FIELD")


async def test_an_unknown_stream_is_named(stub):
    stream = [pb.PublishStreamRequest(parent="streams/nowhere", events=some(2))]
    for call in (
        stub.Publish(pb.PublishRequest(parent="streams/nowhere", event=event())),
        stub.ListEvents(pb.ListEventsRequest(parent="streams/nowhere")),
        stub.GetEvent(pb.GetEventRequest(name="streams/nowhere/events/1")),
        stub.PublishStream(iter(stream)).read(),
    ):
        error = await failing(call)
        assert (error.code, error.reason) == ("NOT_FOUND", "RESOURCE_NOT_FOUND")
        assert error.metadata["resource_name"] == "streams/nowhere"


async def test_an_event_that_is_too_large_is_named_by_its_place(stub, new_stream):
    parent = await new_stream(max_event_bytes=1000)
    events = [*some(1), event(binary_data=bytes(2000))]
    error = await failing(stub.PublishBatch(pb.PublishBatchRequest(parent=parent, events=events)))
    assert (error.reason, error.fields) == ("INVALID_EVENT", ["events[1].data"])
    giant = event(binary_data=bytes(20 * MIB))
    error = await failing(stub.Publish(pb.PublishRequest(event=giant)))
    assert (error.reason, error.fields) == ("INVALID_EVENT", ["data"])


async def test_a_stream_is_acknowledged_in_order(stub, new_stream):
    parent = await new_stream()
    repeated = some(1)
    batches = [some(300), [*some(99), *repeated], [], [*repeated, *some(1)]]

    async def requests() -> AsyncIterator[pb.PublishStreamRequest]:
        for index, events in enumerate(batches):
            yield pb.PublishStreamRequest(parent=parent if index == 0 else "", events=events)

    progress = [each async for each in stub.PublishStream(requests())]
    counts = [each.acknowledged_count for each in progress]
    assert counts == sorted(counts)
    assert (counts[-1], progress[-1].last_sequence, progress[-1].duplicate_count) == (402, 401, 1)
    stored = [each.event for each in await listed(stub, parent=parent)]
    assert stored == [*batches[0], *batches[1], batches[3][1]]


async def test_a_stream_ends_with_the_first_bad_event(stub, new_stream):
    parent = await new_stream()
    good = some(25)

    async def requests() -> AsyncIterator[pb.PublishStreamRequest]:
        yield pb.PublishStreamRequest(parent=parent, events=good[:20])
        yield pb.PublishStreamRequest(events=[*good[20:], event(source=""), *some(4)])
        await asyncio.Event().wait()

    progress, error = await ended(stub.PublishStream(requests()))
    assert (error.reason, error.fields) == ("INVALID_EVENT", ["events[25].source"])
    assert progress[-1] == 25
    assert [each.event for each in await listed(stub, parent=parent)] == good


async def test_a_full_stream_acknowledges_what_it_took(stub, new_stream):
    parent = await new_stream(max_events=30, overflow=streams_pb.STREAM_OVERFLOW_REFUSE)
    requests = [pb.PublishStreamRequest(parent=parent, events=some(20)) for _ in range(3)]
    progress, error = await ended(stub.PublishStream(iter(requests)))
    assert (error.code, error.reason) == ("RESOURCE_EXHAUSTED", "LIMIT_EXCEEDED")
    assert progress[-1] == 30


async def test_a_caller_may_leave_a_stream_at_any_time(stub, new_stream):
    parent = await new_stream()

    async def endless() -> AsyncIterator[pb.PublishStreamRequest]:
        while True:
            yield pb.PublishStreamRequest(parent=parent, events=some(50))

    call = stub.PublishStream(endless())
    acknowledged = (await call.read()).acknowledged_count
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call.read()
    first = (await stub.Publish(pb.PublishRequest(parent=parent, event=event()))).publication
    assert first.sequence > acknowledged


async def test_a_stream_of_large_events_passes(stub, new_stream):
    parent = await new_stream()
    events = some(12, binary_data=bytes(MIB // 2))
    requests = (pb.PublishStreamRequest(parent=parent, events=events) for _ in range(1))
    progress = [each async for each in stub.PublishStream(requests)]
    assert progress[-1].acknowledged_count == 12
    # Each page holds about 1 MiB.
    page = await stub.ListEvents(pb.ListEventsRequest(parent=parent))
    assert 1 <= len(page.events) <= 2
    assert page.next_page_token
    assert len(await listed(stub, parent=parent)) == 12


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def zoo(stub, new_stream) -> str:
    parent = await new_stream()
    events = [
        event("1", type="zoo.cat.born", source="/a", attributes={"subject": Value(ce_string="x")}),
        event("2", type="zoo.cat.fed", source="/b"),
        event("3", type="zoo.dog.born", source="/a", attributes={"age": Value(ce_integer=3)}),
        event("4", type="zoology", source="/a", attributes={"subject": Value(ce_string="x")}),
        event("4", type="zoo.cat.born", source="/b"),
    ]
    await stub.PublishBatch(pb.PublishBatchRequest(parent=parent, events=events))
    return parent


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, [1, 2, 3, 4, 5]),
        ({"type": "zoo.cat.born"}, [1, 5]),
        ({"type": "zoo.cat.*"}, [1, 2, 5]),
        ({"type": "zoo.*"}, [1, 2, 3, 5]),
        ({"type": "zoo*"}, [1, 2, 3, 4, 5]),
        ({"type": "zoo.c*"}, [1, 2, 5]),
        ({"type": "zoo"}, []),
        ({"source": "/a"}, [1, 3, 4]),
        ({"subject": "x"}, [1, 4]),
        ({"event_id": "4"}, [4, 5]),
        ({"source": "/b", "type": "zoo.cat.*", "event_id": "4"}, [5]),
        ({"filter": "age = 3"}, [3]),
        ({"filter": "type LIKE 'zoo.%.born' AND source = '/a'"}, [1, 3]),
    ],
)
async def test_events_are_listed_by_what_is_asked(stub, zoo, query, found):
    for page_size in (1, 2, 0):
        events = await listed(stub, parent=zoo, page_size=page_size, **query)
        assert [each.sequence for each in events] == found


async def test_events_are_listed_by_time(stub, zoo):
    [third] = await listed(stub, parent=zoo, event_id="3")
    moment = third.publish_time
    before = await listed(stub, parent=zoo, end_time=moment)
    after = await listed(stub, parent=zoo, start_time=moment)
    # The list is cut to microseconds, and several events may be of one.
    assert {each.sequence for each in [*before, *after]} == {1, 2, 3, 4, 5}
    long_ago, some_day = Timestamp(seconds=1), Timestamp(seconds=4_000_000_000)
    assert len(await listed(stub, parent=zoo, start_time=long_ago, end_time=some_day)) == 5
    assert await listed(stub, parent=zoo, end_time=long_ago) == []
    assert await listed(stub, parent=zoo, start_time=some_day) == []


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ({"filter": "age ="}, "INVALID_EXPRESSION"),
        ({"filter": "WHAT(1)"}, "INVALID_EXPRESSION"),
        ({"page_token": "x"}, "INVALID_PAGE_TOKEN"),
        ({"page_size": -1}, "INVALID_FIELD"),
        ({"parent": "events"}, "INVALID_FIELD"),
        ({"start_time": Timestamp(seconds=10**15)}, "INVALID_FIELD"),
    ],
)
async def test_a_query_that_makes_no_sense_is_refused(stub, query, reason):
    error = await failing(stub.ListEvents(pb.ListEventsRequest(**query)))
    assert (error.code, error.reason) == ("INVALID_ARGUMENT", reason)


async def test_a_token_belongs_to_its_query(stub, zoo):
    page = await stub.ListEvents(pb.ListEventsRequest(parent=zoo, page_size=1))
    request = pb.ListEventsRequest(parent=zoo, source="/a", page_token=page.next_page_token)
    assert (await failing(stub.ListEvents(request))).reason == "INVALID_PAGE_TOKEN"


def receive(stub, data: bytes, content_type: str = "", headers=(), parent: str = ""):
    body = HttpBody(content_type=content_type, data=data)
    request = pb.ReceiveEventsRequest(parent=parent, body=body)
    return stub.ReceiveEvents(request, metadata=tuple(headers))


async def test_events_are_received_in_every_mode_of_http(stub, new_stream):
    parent = await new_stream()
    head = [("ce-id", "1"), ("ce-source", "/s"), ("ce-specversion", "1.0"), ("ce-type", "a%20b")]
    await receive(stub, b'{"a":1}', "application/json; charset=utf-8", head, parent)
    structured = b'{"id":"2","source":"/s","specversion":"1.0","type":"t","data":[1.0]}'
    await receive(stub, structured, "application/cloudevents+json; charset=UTF-8", (), parent)
    batch = b"[%s,%s]" % (structured.replace(b'"2"', b'"3"'), structured)
    answer = await receive(stub, batch, "application/cloudevents-batch+json", (), parent)
    assert [(each.sequence, each.duplicate) for each in answer.publications] == [
        (3, False),
        (2, True),
    ]
    empty = await receive(stub, b"[]", "application/cloudevents-batch+json", (), parent)
    assert not empty.publications
    binary, *_ = await listed(stub, parent=parent)
    assert (binary.event.type, binary.event.text_data) == ("a b", '{"a":1}')
    content_type = binary.event.attributes["datacontenttype"].ce_string
    assert content_type == "application/json; charset=utf-8"


@pytest.mark.parametrize(
    ("data", "content_type", "headers", "reason", "fields"),
    [
        (b"x", "text/plain", [], "INVALID_EVENT", ["id", "source", "specversion", "type"]),
        (b"{", "application/cloudevents+json", [], "PARSE_ERROR", []),
        (b"{}", "application/cloudevents+avro", [], "INVALID_EVENT", ["content-type"]),
        (b"[{}]", "application/cloudevents-batch+json", [], "INVALID_EVENT", None),
        (
            b"",
            "",
            [("ce-id", "1"), ("ce-source", "%"), ("ce-specversion", "1.0"), ("ce-type", "oms.a")],
            "INVALID_EVENT",
            ["source"],
        ),
        (
            b'{"id":"1","source":"/s","specversion":"1.0","type":"oms.a"}',
            "application/cloudevents+json",
            [],
            "INVALID_EVENT",
            ["type"],
        ),
    ],
)
async def test_a_fault_of_a_received_event_is_named(
    stub, data, content_type, headers, reason, fields
):
    error = await failing(receive(stub, data, content_type, headers))
    assert (error.code, error.reason) == ("INVALID_ARGUMENT", reason)
    if fields is None:
        assert error.fields[0] == "events[0].id"
    else:
        assert error.fields == fields


async def test_a_body_that_is_too_large_is_refused(stub):
    error = await failing(receive(stub, bytes(12 * MIB + 1), "application/json"))
    assert (error.reason, error.fields) == ("INVALID_EVENT", ["body"])


async def test_who_may_read_may_not_publish(service: Served):
    stub = service.events("viewer")
    await stub.ListEvents(pb.ListEventsRequest())
    error = await failing(stub.Publish(pb.PublishRequest(event=event())))
    assert error.code == "PERMISSION_DENIED"
