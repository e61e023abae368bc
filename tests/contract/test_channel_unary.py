"""What callers of single requests see, the same over the network and within the process."""

import asyncio

import grpc
import pytest
from google.protobuf.wrappers_pb2 import BytesValue
from google.rpc import error_details_pb2, status_pb2
from oms_core.call import current_call, current_identity
from oms_core.errors import FieldViolation, InvalidField, LimitExceeded, ResourceNotFound, StaleHead
from oms_rpc import Service

ONE = BytesValue(value=b"one")


def details_of(error: grpc.aio.AioRpcError) -> dict[str, bytes]:
    status = status_pb2.Status.FromString(error.trailing_metadata()["grpc-status-details-bin"])
    return {d.TypeName(): d.value for d in status.details}


def info_of(error: grpc.aio.AioRpcError) -> error_details_pb2.ErrorInfo:
    return error_details_pb2.ErrorInfo.FromString(details_of(error)["google.rpc.ErrorInfo"])


async def test_response_arrives_with_status_ok(stub):
    call = stub.Unary(ONE)
    assert await call == ONE
    assert await call.code() == grpc.StatusCode.OK
    assert await call.details() == ""
    assert call.done()
    assert not call.cancelled()
    assert await call == ONE


async def test_status_can_be_asked_before_the_response(stub):
    call = stub.Unary(ONE)
    assert await call.code() == grpc.StatusCode.OK
    assert await call == ONE


async def test_request_that_changes_after_the_call_began_arrives_whole(stub):
    request = BytesValue(value=b"first")
    call = stub.Unary(request)
    assert await call == BytesValue(value=b"first")


async def test_handler_learns_method_caller_and_request_id(stub, shapes):
    seen = {}

    async def note(request, context):
        seen["call"] = current_call()
        seen["subject"] = current_identity().subject
        return request

    shapes.unary = note
    await stub.Unary(ONE, metadata=(("x-request-id", "req-7"),))
    assert seen["call"].method == "/contract.v1.Shapes/Unary"
    assert seen["call"].request_id == "req-7"
    assert seen["subject"] == "writer"


async def test_typed_error_arrives_with_reason_and_metadata(stub, shapes):
    async def fail(request, context):
        raise ResourceNotFound.of("Database", "databases/acme")

    shapes.unary = fail
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await stub.Unary(ONE)
    error = caught.value
    assert error.code() == grpc.StatusCode.NOT_FOUND
    assert error.details() == "Database 'databases/acme' does not exist"
    info = info_of(error)
    assert (info.reason, info.domain) == ("RESOURCE_NOT_FOUND", "oms")
    assert dict(info.metadata) == {
        "resource_type": "Database",
        "resource_name": "databases/acme",
    }
    resource = error_details_pb2.ResourceInfo.FromString(
        details_of(error)["google.rpc.ResourceInfo"]
    )
    assert resource.resource_name == "databases/acme"


async def test_field_violations_and_retry_delay_arrive(stub, shapes):
    raised = [
        InvalidField("two fields", fields=[FieldViolation("a", "x"), FieldViolation("b[1]", "y")]),
        LimitExceeded("later", retry_after_s=2.5),
    ]

    async def fail(request, context):
        raise raised.pop(0)

    shapes.unary = fail
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await stub.Unary(ONE)
    bad = error_details_pb2.BadRequest.FromString(details_of(caught.value)["google.rpc.BadRequest"])
    assert [(v.field, v.description) for v in bad.field_violations] == [("a", "x"), ("b[1]", "y")]
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await stub.Unary(ONE)
    retry = error_details_pb2.RetryInfo.FromString(details_of(caught.value)["google.rpc.RetryInfo"])
    assert retry.retry_delay.ToMilliseconds() == 2500


async def test_unforeseen_error_tells_a_reference_and_nothing_else(stub, shapes):
    async def crash(request, context):
        raise RuntimeError("password=hunter2 at db.internal")

    shapes.unary = crash
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await stub.Unary(ONE)
    error = caught.value
    assert error.code() == grpc.StatusCode.INTERNAL
    reference = info_of(error).metadata["reference"]
    assert error.details() == f"an internal error occurred; report the reference {reference}"
    assert "hunter2" not in repr(error)
    assert "hunter2" not in str(error.trailing_metadata())


async def test_metadata_travels_both_ways(stub, shapes):
    seen = {}

    async def handler(request, context):
        seen.update(context.invocation_metadata())
        await context.send_initial_metadata((("x-first", "1"), ("x-first-bin", b"\x00\xff")))
        context.set_trailing_metadata((("x-last", "2"), ("x-last-bin", b"\xfe")))
        return request

    shapes.unary = handler
    call = stub.Unary(ONE, metadata=(("x-in", "0"), ("x-in-bin", b"\x01\x80")))
    await call
    assert seen["x-in"] == "0"
    assert seen["x-in-bin"] == b"\x01\x80"
    initial, trailing = await call.initial_metadata(), await call.trailing_metadata()
    assert (initial["x-first"], initial["x-first-bin"]) == ("1", b"\x00\xff")
    assert (trailing["x-last"], trailing["x-last-bin"]) == ("2", b"\xfe")


@pytest.mark.parametrize("key", ["X-Upper", "with space", "ümlaut"])
async def test_illegal_metadata_key_is_refused(stub, key):
    with pytest.raises((grpc.aio.BaseError, ValueError, UnicodeError)):
        await stub.Unary(ONE, metadata=((key, "1"),))


async def test_deadline_ends_the_call_and_cancels_the_handler(stub, shapes, until):
    cancelled = asyncio.Event()

    async def hang(request, context):
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            cancelled.set()
            raise

    shapes.unary = hang
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await stub.Unary(ONE, timeout=0.6)
    assert caught.value.code() == grpc.StatusCode.DEADLINE_EXCEEDED
    await until(cancelled.is_set)


async def test_deadline_ends_the_call_of_a_handler_that_ignores_cancellation(stub, shapes):
    release = asyncio.Event()

    async def stubborn(request, context):
        while not release.is_set():
            try:
                await release.wait()
            except asyncio.CancelledError:
                continue
        return request

    shapes.unary = stubborn
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await stub.Unary(ONE, timeout=0.6)
    assert caught.value.code() == grpc.StatusCode.DEADLINE_EXCEEDED
    release.set()


async def test_handler_sees_the_time_that_is_left(stub, shapes):
    seen = []

    async def note(request, context):
        seen.append((context.time_remaining(), current_call().deadline))
        return request

    shapes.unary = note
    call = stub.Unary(ONE, timeout=30)
    assert 10 < call.time_remaining() <= 30
    await call
    remaining, deadline = seen[0]
    assert 10 < remaining <= 30
    assert 10 < deadline - asyncio.get_running_loop().time() <= 30


async def test_cancelling_the_call_cancels_the_handler(stub, shapes, until):
    started, cancelled = asyncio.Event(), asyncio.Event()

    async def hang(request, context):
        started.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            cancelled.set()
            raise

    shapes.unary = hang
    call = stub.Unary(ONE)
    await started.wait()
    assert call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    assert await call.code() == grpc.StatusCode.CANCELLED
    assert await call.details() == "Locally cancelled by application!"
    assert call.cancelled()
    assert not call.cancel()
    await until(cancelled.is_set)


async def test_cancelling_the_task_that_awaits_cancels_the_handler(stub, shapes, until):
    started, cancelled = asyncio.Event(), asyncio.Event()

    async def hang(request, context):
        started.set()
        try:
            await asyncio.Event().wait()
        finally:
            cancelled.set()

    shapes.unary = hang

    async def caller():
        await stub.Unary(ONE)

    task = asyncio.create_task(caller())
    await started.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await until(cancelled.is_set)


async def test_cancellation_from_within_the_handler_is_answered(stub, shapes):
    async def give_up(request, context):
        raise asyncio.CancelledError

    shapes.unary = give_up
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await stub.Unary(ONE)
    assert caught.value.code() == grpc.StatusCode.CANCELLED
    assert info_of(caught.value).reason == "CANCELLED"


async def test_abort_by_the_handler_passes_unchanged(stub, shapes):
    async def abort(request, context):
        await context.abort(
            grpc.StatusCode.DATA_LOSS, "broken disc", (("x-disc", "3"), ("x-bin", b"\x00"))
        )

    shapes.unary = abort
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await stub.Unary(ONE)
    assert caught.value.code() == grpc.StatusCode.DATA_LOSS
    assert caught.value.details() == "broken disc"
    assert caught.value.trailing_metadata()["x-disc"] == "3"


async def test_code_set_by_the_handler_is_the_status(stub, shapes):
    async def refuse(request, context):
        context.set_code(grpc.StatusCode.OUT_OF_RANGE)
        context.set_details("too far")
        return BytesValue()

    shapes.unary = refuse
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await stub.Unary(ONE)
    assert caught.value.code() == grpc.StatusCode.OUT_OF_RANGE
    assert caught.value.details() == "too far"


async def test_unknown_method_is_unimplemented(start, connect):
    channel = connect(await start())
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await channel.unary_unary("/contract.v1.Shapes/Nothing")(b"")
    assert caught.value.code() == grpc.StatusCode.UNIMPLEMENTED
    assert info_of(caught.value).reason == "UNIMPLEMENTED"


async def test_request_over_the_limit_is_refused(start, connect, shapes_stub):
    server = await start(settings={"max_message_bytes": 2048})
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await shapes_stub(connect(server)).Unary(BytesValue(value=b"x" * 4000))
    assert caught.value.code() == grpc.StatusCode.RESOURCE_EXHAUSTED
    assert caught.value.details() == "SERVER: Received message larger than max (4003 vs. 2048)"


async def test_response_over_the_limit_is_refused(start, connect, shapes, shapes_stub):
    async def much(request, context):
        return BytesValue(value=b"x" * 4000)

    shapes.unary = much
    server = await start(settings={"max_message_bytes": 2048})
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await shapes_stub(connect(server)).Unary(ONE)
    assert caught.value.code() == grpc.StatusCode.RESOURCE_EXHAUSTED
    assert info_of(caught.value).metadata["limit"] == "message_bytes"


async def test_damaged_request_is_an_invalid_field(start, connect):
    channel = connect(await start())
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await channel.unary_unary("/contract.v1.Shapes/Unary")(b"\xff\xff\xff")
    assert caught.value.code() == grpc.StatusCode.INVALID_ARGUMENT
    assert info_of(caught.value).reason == "INVALID_FIELD"


async def test_done_callback_gets_the_call(stub):
    done: asyncio.Future[object] = asyncio.get_running_loop().create_future()
    call = stub.Unary(ONE)
    call.add_done_callback(done.set_result)
    await call
    assert await done is not None


async def test_done_callback_of_the_context_runs(stub, shapes, until):
    done = []

    async def handler(request, context):
        context.add_done_callback(done.append)
        return request

    shapes.unary = handler
    await stub.Unary(ONE)
    await until(lambda: len(done) == 1)


async def test_peer_error_of_ours_passes_through_unchanged(start, connect, shapes, shapes_stub):
    async def inner(request, context):
        raise StaleHead.of("main", "aaa", "bbb")

    shapes.unary = inner
    peer = await start()

    relay = type(shapes)()

    async def forward(request, context):
        return await shapes_stub(peer.channel(token="writer")).Unary(request)

    async def compose(ctx):
        ctx.add_servicer(relay.add_to, relay, policies=relay.POLICIES)

    relay.unary = forward
    front = await start(services=[Service("api", compose)])
    with pytest.raises(grpc.aio.AioRpcError) as direct:
        await shapes_stub(peer.channel(token="writer")).Unary(ONE)
    with pytest.raises(grpc.aio.AioRpcError) as relayed:
        await shapes_stub(connect(front)).Unary(ONE)
    assert relayed.value.code() == direct.value.code() == grpc.StatusCode.ABORTED
    assert relayed.value.details() == direct.value.details()
    assert details_of(relayed.value) == details_of(direct.value)
