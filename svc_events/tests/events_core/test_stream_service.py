"""`StreamService` on the real server."""

from __future__ import annotations

import secrets

import grpc
import pytest
import pytest_asyncio
from google.protobuf.duration_pb2 import Duration
from google.protobuf.field_mask_pb2 import FieldMask
from oms.event.v1 import event_service_pb2 as events
from oms.event.v1 import stream_service_pb2 as pb
from oms.event.v1 import stream_service_pb2_grpc
from oms_rpc import Service, ServiceContext
from oms_testing.e2e_errors import ApiError, from_rpc
from svc_events.adapters.jetstream.streams import EventStreams
from svc_events.servicers.stream_servicer import StreamServicer

from .server import Served, served

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stub(service: Served):
    return service.streams()


async def failing(call) -> ApiError:
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await call
    return from_rpc(caught.value)


async def create(stub, **options) -> pb.Stream:
    stream_id = f"t-{secrets.token_hex(4)}"
    request = pb.CreateStreamRequest(stream_id=stream_id, stream=pb.Stream(**options))
    return (await stub.CreateStream(request)).stream


async def test_the_built_in_stream_is_there_from_the_start(stub):
    found = (await stub.GetStream(pb.GetStreamRequest(name="streams/events"))).stream
    assert found.is_built_in
    assert found.storage == pb.STREAM_STORAGE_FILE
    assert not found.HasField("max_age")
    error = await failing(stub.DeleteStream(pb.DeleteStreamRequest(name="streams/events")))
    assert (error.code, error.reason) == ("FAILED_PRECONDITION", "RESOURCE_IN_USE")


async def test_a_stream_is_made_found_changed_and_deleted(stub):
    made = await create(stub, max_age=Duration(seconds=3600), overflow=pb.STREAM_OVERFLOW_REFUSE)
    assert (await stub.GetStream(pb.GetStreamRequest(name=made.name))).stream == made
    assert made.duplicate_window == Duration(seconds=120)
    change = pb.Stream(name=made.name, description="new", max_events=5, etag=made.etag)
    changed = (await stub.UpdateStream(pb.UpdateStreamRequest(stream=change))).stream
    assert (changed.description, changed.max_events) == ("new", 5)
    assert changed.max_age == Duration(seconds=3600)
    assert changed.etag != made.etag
    error = await failing(stub.UpdateStream(pb.UpdateStreamRequest(stream=change)))
    assert (error.code, error.reason) == ("ABORTED", "STALE_ETAG")
    stale = pb.DeleteStreamRequest(name=made.name, etag=made.etag)
    assert (await failing(stub.DeleteStream(stale))).reason == "STALE_ETAG"
    await stub.DeleteStream(pb.DeleteStreamRequest(name=made.name, etag=changed.etag))
    error = await failing(stub.GetStream(pb.GetStreamRequest(name=made.name)))
    assert (error.code, error.reason) == ("NOT_FOUND", "RESOURCE_NOT_FOUND")


async def test_a_mask_sets_a_field_back(stub):
    made = await create(stub, max_age=Duration(seconds=3600), max_events=5)
    request = pb.UpdateStreamRequest(
        stream=pb.Stream(name=made.name), update_mask=FieldMask(paths=["max_age", "max_events"])
    )
    changed = (await stub.UpdateStream(request)).stream
    assert (changed.HasField("max_age"), changed.max_events) == (False, 0)


@pytest.mark.parametrize(
    ("options", "field"),
    [
        ({"max_age": Duration(nanos=5)}, "stream.max_age"),
        ({"max_age": Duration(seconds=-1)}, "stream.max_age"),
        ({"duplicate_window": Duration(nanos=5)}, "stream.duplicate_window"),
        (
            {"max_age": Duration(seconds=2), "duplicate_window": Duration(seconds=3)},
            "stream.duplicate_window",
        ),
        ({"replicas": 3}, "stream.replicas"),
        ({"replicas": 6}, "stream.replicas"),
        ({"max_events": -1}, "stream.max_events"),
        ({"overflow": 9}, "stream.overflow"),
    ],
)
async def test_an_option_out_of_its_range_is_named(stub, options, field):
    error = await failing(create(stub, **options))
    assert (error.code, error.reason, error.fields) == (
        "INVALID_ARGUMENT",
        "INVALID_FIELD",
        [field],
    )


async def test_what_can_not_be_changed_is_named(stub):
    made = await create(stub)
    for paths in (["storage"], ["etag"], []):
        stream = pb.Stream(name=made.name, storage=pb.STREAM_STORAGE_MEMORY)
        mask = FieldMask(paths=paths)
        request = pb.UpdateStreamRequest(stream=stream, update_mask=mask)
        assert (await failing(stub.UpdateStream(request))).reason == "INVALID_UPDATE_MASK"


async def test_a_stream_is_made_once(stub):
    made = await create(stub)
    request = pb.CreateStreamRequest(stream_id=made.name.removeprefix("streams/"))
    error = await failing(stub.CreateStream(request))
    assert (error.code, error.reason) == ("ALREADY_EXISTS", "RESOURCE_ALREADY_EXISTS")


async def test_pages_of_streams_hold_each_once(stub):
    made = {(await create(stub)).name for _ in range(3)}
    found: list[str] = []
    token = ""
    while True:
        page = await stub.ListStreams(pb.ListStreamsRequest(page_size=2, page_token=token))
        found += [each.name for each in page.streams]
        token = page.next_page_token
        if not token:
            break
    assert made < {*found}
    assert sorted({*found}) == found


async def test_a_stream_that_is_named_somewhere_stays(nats_url: str, streams: EventStreams):
    named = f"t-{secrets.token_hex(4)}"

    async def users(stream_id: str) -> list[str]:
        return ["webhooks/w"] if stream_id == named else []

    async def setup(ctx: ServiceContext) -> None:
        servicer = StreamServicer(streams, replicas=1, users=[users])
        ctx.add_servicer(stream_service_pb2_grpc.add_StreamServiceServicer_to_server, servicer)

    async with served(nats_url, instead=Service("events", setup)) as running:
        stub = running.streams()
        await stub.CreateStream(pb.CreateStreamRequest(stream_id=named))
        error = await failing(stub.DeleteStream(pb.DeleteStreamRequest(name=f"streams/{named}")))
    assert (error.code, error.reason) == ("FAILED_PRECONDITION", "RESOURCE_IN_USE")
    assert "webhooks/w names it" in error.message


async def test_purging_tells_how_many(service: Served, stub):
    made = await create(stub)
    batch = events.PublishBatchRequest(parent=made.name)
    for index, kind in enumerate(["a.x", "a.y", "b", "b"]):
        batch.events.add(id=str(index), source="/s", spec_version="1.0", type=kind)
    await service.events().PublishBatch(batch)

    async def purge(**conditions) -> int:
        request = pb.PurgeStreamRequest(name=made.name, **conditions)
        return (await stub.PurgeStream(request)).purged_count

    assert await purge(type="a.*") == 2
    assert await purge(before_sequence=4) == 1
    assert await purge(type="*", keep=1) == 0
    for bad in ({"type": "a*"}, {"keep": 1, "before_sequence": 1}):
        assert (await failing(purge(**bad))).reason == "INVALID_FIELD"
    assert await purge() == 1


@pytest.mark.parametrize("name", ["streams/UPPER", "streams/", "streams/a.b", "streams/a/events/1"])
async def test_a_name_that_no_stream_can_have_is_refused(stub, name: str):
    assert (await failing(stub.GetStream(pb.GetStreamRequest(name=name)))).reason == "INVALID_FIELD"
    request = pb.UpdateStreamRequest(stream=pb.Stream(name=name))
    assert (await failing(stub.UpdateStream(request))).reason == "INVALID_FIELD"


async def test_a_reader_may_read_and_change_nothing(service: Served):
    stub = service.streams("viewer")
    await stub.ListStreams(pb.ListStreamsRequest())
    for call in (
        stub.CreateStream(pb.CreateStreamRequest(stream_id="x")),
        stub.PurgeStream(pb.PurgeStreamRequest(name="streams/events")),
    ):
        assert (await failing(call)).code == "PERMISSION_DENIED"
