"""The rest of a channel's surface: states, closing, and handlers that read and write."""

import asyncio

import grpc
import pytest
from google.protobuf.wrappers_pb2 import BytesValue

ONE, TWO = BytesValue(value=b"one"), BytesValue(value=b"two")


async def test_channel_becomes_ready(start, connect):
    channel = connect(await start())
    await channel.channel_ready()
    assert channel.get_state() is grpc.ChannelConnectivity.READY


async def test_closing_cancels_calls(start, connect, shapes, shapes_stub, until):
    started, ended = asyncio.Event(), asyncio.Event()

    async def hang(request, context):
        started.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    shapes.unary = hang
    channel = connect(await start())
    call = shapes_stub(channel).Unary(ONE)
    await started.wait()
    await channel.close()
    await channel.close()
    assert channel.get_state() is grpc.ChannelConnectivity.SHUTDOWN
    assert await call.code() == grpc.StatusCode.CANCELLED
    await until(ended.is_set)


async def test_closing_a_local_channel_is_a_change_of_state(start):
    channel = (await start()).local_channel()
    changed = asyncio.create_task(channel.wait_for_state_change(grpc.ChannelConnectivity.READY))
    await asyncio.sleep(0)
    assert not changed.done()
    await channel.close()
    await asyncio.wait_for(changed, 60)


async def test_closing_with_grace_lets_calls_finish(start, connect, shapes, shapes_stub):
    started, release = asyncio.Event(), asyncio.Event()

    async def slow(request, context):
        started.set()
        await release.wait()
        return request

    shapes.unary = slow
    channel = connect(await start())
    call = shapes_stub(channel).Unary(ONE)
    await started.wait()
    closing = asyncio.create_task(channel.close(grace=10))
    await asyncio.sleep(0)
    release.set()
    assert await call == ONE
    await closing


async def test_closed_channel_takes_no_calls(start, connect, shapes_stub):
    async with connect(await start()) as channel:
        stub = shapes_stub(channel)
        assert await stub.Unary(ONE) == ONE
    with pytest.raises(grpc.aio.UsageError):
        await stub.Unary(ONE)


async def test_handler_may_read_from_its_context(stub, shapes):
    async def read(requests, context):
        received = []
        while (request := await context.read()) is not grpc.aio.EOF:
            received.append(request.value)
        return BytesValue(value=b",".join(received))

    shapes.collect = read
    assert await stub.In([ONE, TWO]) == BytesValue(value=b"one,two")


async def test_handler_may_write_to_its_context(stub, shapes):
    async def write(request, context):
        await context.write(TWO)
        yield request

    shapes.out = write
    assert [r async for r in stub.Out(ONE)] == [TWO, ONE]


async def test_context_tells_about_its_call(stub, shapes):
    seen = {}

    async def note(request, context):
        seen["peer"] = context.peer()
        seen["done"] = context.done()
        seen["cancelled"] = context.cancelled()
        seen["code"] = context.code()
        seen["identities"] = context.peer_identities()
        return request

    shapes.unary = note
    await stub.Unary(ONE)
    assert seen.pop("peer").split(":")[0] in {"ipv4", "local"}
    assert seen == {"done": False, "cancelled": False, "code": None, "identities": None}
