"""What callers of streams see, the same over the network and within the process."""

import asyncio
import gc

import grpc
import pytest
from google.protobuf.wrappers_pb2 import BytesValue
from oms_core.errors import ResourceNotFound, UploadTooLarge

ONE, TWO, THREE = (BytesValue(value=v) for v in (b"one", b"two", b"three"))


async def requests_of(*messages):
    for message in messages:
        yield message


async def pause():
    """Lets everything else run for a tenth of a second."""
    done = asyncio.get_running_loop().create_future()
    asyncio.get_running_loop().call_later(0.1, done.set_result, None)
    await done


class Waiting:
    """A stream handler that sends a first message, then waits; notes how it ended."""

    def __init__(self) -> None:
        self.started = asyncio.Event()
        self.ended = asyncio.Event()

    async def __call__(self, request, context):
        try:
            yield ONE
            self.started.set()
            await asyncio.Event().wait()
        finally:
            self.ended.set()


async def test_responses_arrive_in_order(stub):
    assert [r async for r in stub.Out(ONE)] == [ONE, ONE]


async def test_stream_ends_with_status_ok(stub):
    call = stub.Out(ONE)
    assert [await call.read(), await call.read(), await call.read()] == [ONE, ONE, grpc.aio.EOF]
    assert await call.read() is grpc.aio.EOF
    assert await call.code() == grpc.StatusCode.OK


async def test_empty_stream_ends_at_once(stub, shapes):
    async def nothing(request, context):
        return
        yield

    shapes.out = nothing
    assert [r async for r in stub.Out(ONE)] == []


async def test_iteration_and_reads_do_not_mix(stub):
    call = stub.Out(ONE)
    await call.read()
    with pytest.raises(grpc.aio.UsageError):
        aiter(call)
    call.cancel()


async def test_first_response_arrives_before_the_handler_ends(stub, shapes):
    shapes.out = waiting = Waiting()
    call = stub.Out(ONE)
    assert await call.read() == ONE
    assert not waiting.ended.is_set()
    call.cancel()


async def test_initial_metadata_of_a_stream_arrives_before_its_first_response(stub, shapes):
    go_on = asyncio.Event()

    async def handler(request, context):
        await context.send_initial_metadata((("x-early", "yes"),))
        await go_on.wait()
        yield ONE

    shapes.out = handler
    call = stub.Out(ONE)
    assert (await call.initial_metadata())["x-early"] == "yes"
    assert not call.done()
    go_on.set()
    assert await call.read() == ONE


async def test_error_after_responses_comes_after_them(stub, shapes):
    async def fail_late(request, context):
        yield ONE
        yield TWO
        raise ResourceNotFound.of("Commit", "c1")

    shapes.out = fail_late
    call = stub.Out(ONE)
    responses = aiter(call)
    assert [await anext(responses), await anext(responses)] == [ONE, TWO]
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await anext(responses)
    assert caught.value.code() == grpc.StatusCode.NOT_FOUND
    assert "grpc-status-details-bin" in caught.value.trailing_metadata()


async def test_unforeseen_error_in_a_stream_is_hidden(stub, shapes):
    async def crash(request, context):
        yield ONE
        raise RuntimeError("hunter2")

    shapes.out = crash
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        [r async for r in stub.Out(ONE)]
    assert caught.value.code() == grpc.StatusCode.INTERNAL
    assert "hunter2" not in repr(caught.value)


async def test_trailing_metadata_of_a_stream_arrives(stub, shapes):
    async def handler(request, context):
        yield ONE
        context.set_trailing_metadata((("x-count", "1"),))

    shapes.out = handler
    call = stub.Out(ONE)
    assert [r async for r in call] == [ONE]
    trailing = await call.trailing_metadata()
    assert trailing["x-count"] == "1"
    assert trailing["x-request-id"]


async def test_cancelling_a_stream_cancels_its_handler(stub, shapes, until):
    shapes.out = waiting = Waiting()
    call = stub.Out(ONE)
    await call.read()
    await waiting.started.wait()
    assert call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call.read()
    assert await call.code() == grpc.StatusCode.CANCELLED
    await until(waiting.ended.is_set)


async def test_leaving_the_loop_cancels_the_handler(stub, shapes, until):
    shapes.out = waiting = Waiting()

    async def first():
        async for response in stub.Out(ONE):
            return response
        return None

    assert await first() == ONE
    await waiting.started.wait()
    gc.collect()
    await until(waiting.ended.is_set)


async def test_deadline_ends_a_stream_and_its_handler(stub, shapes, until):
    shapes.out = waiting = Waiting()
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        async for _ in stub.Out(ONE, timeout=0.6):
            pass
    assert caught.value.code() == grpc.StatusCode.DEADLINE_EXCEEDED
    await until(waiting.ended.is_set)


async def test_slow_reader_holds_the_writer_back(stub, shapes):
    written = 0
    chunk = BytesValue(value=b"x" * 64 * 1024)
    total = 2000

    async def flood(request, context):
        nonlocal written
        for _ in range(total):
            yield chunk
            written += 1

    shapes.out = flood
    call = stub.Out(ONE)
    await call.read()
    previous = -1
    while previous != written:
        previous = written
        await pause()
    assert written < total / 2
    call.cancel()


async def test_large_stream_arrives_whole(stub, shapes):
    chunk = BytesValue(value=b"x" * 100_000)

    async def flood(request, context):
        for _ in range(50):
            yield chunk

    shapes.out = flood
    assert [len(r.value) async for r in stub.Out(ONE)] == [100_000] * 50


async def test_requests_from_an_async_iterator_are_collected(stub):
    assert await stub.In(requests_of(ONE, TWO, THREE)) == BytesValue(value=b"onetwothree")


async def test_requests_from_a_plain_iterable_are_collected(stub):
    assert await stub.In([ONE, TWO]) == BytesValue(value=b"onetwo")


async def test_written_requests_are_collected(stub):
    call = stub.In()
    await call.write(ONE)
    await call.write(TWO)
    await call.done_writing()
    await call.done_writing()
    assert await call == BytesValue(value=b"onetwo")


async def test_no_request_at_all_is_an_empty_stream(stub):
    call = stub.In()
    await call.done_writing()
    assert await call == BytesValue()


async def test_writing_after_half_close_fails(stub, shapes):
    async def hang(requests, context):
        async for _ in requests:
            pass
        await asyncio.Event().wait()

    shapes.collect = hang
    call = stub.In()
    await call.write(ONE)
    await call.done_writing()
    with pytest.raises(asyncio.InvalidStateError):
        await call.write(TWO)
    call.cancel()


async def test_iterator_and_write_do_not_mix(stub):
    call = stub.In(requests_of(ONE))
    with pytest.raises(grpc.aio.UsageError):
        await call.write(TWO)
    assert await call == ONE


async def test_handler_may_answer_before_the_requests_end(stub, shapes):
    async def refuse(requests, context):
        async for _ in requests:
            raise UploadTooLarge("too large", metadata={"limit_bytes": "1"})

    shapes.collect = refuse

    async def endless():
        while True:
            yield ONE

    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await stub.In(endless())
    assert caught.value.code() == grpc.StatusCode.INVALID_ARGUMENT


async def test_writing_after_the_server_ended_fails(stub, shapes):
    async def refuse(requests, context):
        raise UploadTooLarge("too large")

    shapes.collect = refuse
    call = stub.In()
    assert await call.code() == grpc.StatusCode.INVALID_ARGUMENT
    with pytest.raises((asyncio.InvalidStateError, grpc.aio.AioRpcError)):
        await call.write(ONE)


async def test_failing_request_iterator_cancels_the_call(stub, shapes, until):
    started, ended = asyncio.Event(), asyncio.Event()

    async def wait(requests, context):
        try:
            async for _ in requests:
                started.set()
            return ONE
        finally:
            ended.set()

    async def broken():
        yield ONE
        await started.wait()
        raise ValueError("the caller's own")

    shapes.collect = wait
    with pytest.raises(asyncio.CancelledError):
        await stub.In(broken())
    await until(ended.is_set)


async def test_slow_handler_holds_the_sender_back(stub, shapes):
    sent = 0
    release = asyncio.Event()
    total = 2000

    async def endless():
        nonlocal sent
        for _ in range(total):
            yield BytesValue(value=b"x" * 64 * 1024)
            sent += 1

    async def slow(requests, context):
        await release.wait()
        return ONE

    shapes.collect = slow
    call = stub.In(endless())
    previous = -1
    while previous != sent:
        previous = sent
        await pause()
    assert sent < total / 2
    call.cancel()
    release.set()


async def test_oversized_request_in_a_stream_is_refused(start, connect, shapes_stub):
    server = await start(settings={"max_message_bytes": 2048})
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await shapes_stub(connect(server)).In(requests_of(ONE, BytesValue(value=b"x" * 4000)))
    assert caught.value.code() == grpc.StatusCode.RESOURCE_EXHAUSTED


async def test_messages_go_back_and_forth(stub):
    call = stub.Both()
    for message in (ONE, TWO, THREE):
        await call.write(message)
        assert await call.read() == message
    await call.done_writing()
    assert await call.read() is grpc.aio.EOF
    assert await call.code() == grpc.StatusCode.OK


async def test_streams_both_ways_from_iterators(stub):
    assert [r async for r in stub.Both(requests_of(ONE, TWO))] == [ONE, TWO]


async def test_server_may_speak_after_half_close(stub, shapes):
    async def answer_at_the_end(requests, context):
        count = len([r async for r in requests])
        yield BytesValue(value=str(count).encode())

    shapes.both = answer_at_the_end
    assert [r async for r in stub.Both([ONE, TWO])] == [BytesValue(value=b"2")]


async def test_cancelling_a_two_way_stream_cancels_its_handler(stub, shapes, until):
    ended = asyncio.Event()

    async def wait(requests, context):
        try:
            async for request in requests:
                yield request
        finally:
            ended.set()

    shapes.both = wait
    call = stub.Both()
    await call.write(ONE)
    assert await call.read() == ONE
    call.cancel()
    await until(ended.is_set)
    assert await call.code() == grpc.StatusCode.CANCELLED


async def test_invalid_message_in_a_stream_ends_it(start, connect):
    channel = connect(await start())
    call = channel.stream_unary("/contract.v1.Shapes/In")([ONE.SerializeToString(), b"\xff\xff"])
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await call
    assert caught.value.code() == grpc.StatusCode.INVALID_ARGUMENT
