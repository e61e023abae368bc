"""What a server refuses when it is asked for too much."""

import asyncio

import grpc
import pytest
from google.protobuf.wrappers_pb2 import BytesValue
from grpc_health.v1 import health_pb2, health_pb2_grpc
from oms_rpc.errors import from_rpc_error

ONE = BytesValue(value=b"one")


class Gate:
    """A handler that waits until it is opened."""

    def __init__(self) -> None:
        self.waiting = 0
        self.opened = asyncio.Event()

    async def __call__(self, request, context):
        self.waiting += 1
        await self.opened.wait()
        return request


async def test_call_beyond_the_limit_is_told_when_to_retry(start, shapes, shapes_stub, until):
    shapes.unary = gate = Gate()
    server = await start(settings={"max_concurrent_calls": 2})
    stub = shapes_stub(server.channel(token="writer"))
    first, second = stub.Unary(ONE), stub.Unary(ONE)
    await until(lambda: gate.waiting == 2)
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await stub.Unary(ONE)
    error = from_rpc_error(caught.value)
    assert caught.value.code() == grpc.StatusCode.RESOURCE_EXHAUSTED
    assert (error.reason, error.metadata) == ("LIMIT_EXCEEDED", {"limit": "concurrent_calls"})
    assert error.retry_after_s is not None
    gate.opened.set()
    assert [await first, await second] == [ONE, ONE]
    assert await stub.Unary(ONE) == ONE


async def test_probes_are_answered_at_the_limit(start, shapes, shapes_stub, until):
    shapes.unary = gate = Gate()
    server = await start(settings={"max_concurrent_calls": 1})
    channel = server.channel(token="writer")
    call = shapes_stub(channel).Unary(ONE)
    await until(lambda: gate.waiting == 1)
    health = await health_pb2_grpc.HealthStub(channel).Check(health_pb2.HealthCheckRequest())
    assert health.status == health_pb2.HealthCheckResponse.SERVING
    gate.opened.set()
    await call


async def test_local_calls_of_a_served_call_are_not_refused(start, shapes, shapes_stub):
    server = await start(settings={"max_concurrent_calls": 1})

    async def nested(request, context):
        if request == ONE:
            local = shapes_stub(server.local_channel(token="writer"))
            return await local.Unary(BytesValue(value=b"inner"))
        return request

    shapes.unary = nested
    answer = await shapes_stub(server.channel(token="writer")).Unary(ONE)
    assert answer == BytesValue(value=b"inner")


async def test_call_without_a_deadline_gets_the_default_one(start, connect, shapes, shapes_stub):
    shapes.unary = Gate()
    server = await start(settings={"default_deadline_s": 0.05})
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await shapes_stub(connect(server)).Unary(ONE)
    assert caught.value.code() == grpc.StatusCode.DEADLINE_EXCEEDED
    assert from_rpc_error(caught.value).reason == "DEADLINE_EXCEEDED"


async def test_deadline_is_cut_to_the_servers_maximum(start, connect, shapes, shapes_stub):
    shapes.unary = Gate()
    server = await start(settings={"max_deadline_s": 0.05})
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await shapes_stub(connect(server)).Unary(ONE, timeout=60)
    assert caught.value.code() == grpc.StatusCode.DEADLINE_EXCEEDED


async def test_stream_without_a_deadline_may_last(start, connect, shapes, shapes_stub):
    async def slow(request, context):
        yield ONE
        done = asyncio.get_running_loop().create_future()
        asyncio.get_running_loop().call_later(0.15, done.set_result, None)
        await done
        yield ONE

    shapes.out = slow
    server = await start(settings={"default_deadline_s": 0.05, "max_deadline_s": 0.05})
    assert [r async for r in shapes_stub(connect(server)).Out(ONE)] == [ONE, ONE]


async def test_oversized_metadata_is_refused(start, shapes_stub):
    server = await start(settings={"max_metadata_bytes": 2048})
    stub = shapes_stub(server.channel(token="writer"))
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await stub.Unary(ONE, metadata=(("x-large", "x" * 4000),))
    assert caught.value.code() == grpc.StatusCode.RESOURCE_EXHAUSTED
