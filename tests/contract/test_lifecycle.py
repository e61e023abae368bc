"""Starting, stopping, and what happens when either goes wrong."""

import asyncio

import grpc
import pytest
from google.protobuf.wrappers_pb2 import BytesValue
from oms_core.settings import Settings
from oms_rpc import Process, ServerSettings, Service, Topology, serving
from oms_rpc.errors import from_rpc_error
from oms_rpc.server import PortInUse
from pydantic import SecretStr
from structlog.testing import capture_logs

ONE = BytesValue(value=b"one")


def recording(name, journal, *, fails=False):
    """A service that notes when its resources open and close."""

    async def setup(ctx):
        journal.append(f"open {name}")
        ctx.stack.callback(journal.append, f"close {name}")
        if fails:
            raise RuntimeError(f"{name} can't start")

    return Service(name, setup)


async def test_resources_close_in_reverse_order(tokens):
    journal = []
    process = Process(
        services=[recording("datakernel", journal), recording("api", journal)],
        server=ServerSettings(port=0),
        topology=Topology(),
        authenticator=tokens,
    )
    async with serving(process):
        journal.append("serving")
    assert journal == [
        "open datakernel",
        "open api",
        "serving",
        "close api",
        "close datakernel",
    ]


async def test_start_that_fails_half_way_closes_what_was_opened(start):
    journal = []
    services = [
        recording("datakernel", journal),
        recording("api", journal, fails=True),
        recording("events", journal),
    ]
    with pytest.raises(RuntimeError, match="api can't start"):
        await start(services=services)
    assert journal == ["open datakernel", "open api", "close api", "close datakernel"]


async def test_port_that_is_taken_is_named_and_nothing_stays_open(start, shapes_stub):
    journal = []
    taken = (await start()).port
    with pytest.raises(PortInUse, match=str(taken)):
        await start(
            services=[recording("datakernel", journal)],
            server=ServerSettings(port=taken, drain_wait_s=30),
        )
    assert journal == ["open datakernel", "close datakernel"]


async def test_each_hosted_service_has_a_port_and_all_serve_everything(start, shapes, shapes_stub):
    async def kernel(ctx):
        ctx.add_servicer(shapes.add_to, shapes, policies=shapes.POLICIES)

    async def nothing(ctx):
        pass

    server = await start(services=[Service("api", nothing), Service("datakernel", kernel)])
    assert server.ports.keys() == {"api", "datakernel"}
    assert server.port == server.ports["api"]
    for name in server.ports:
        stub = shapes_stub(server.channel(token="writer", service=name))
        assert await stub.Unary(ONE) == ONE


async def test_call_in_flight_finishes_while_the_server_drains(start, shapes, shapes_stub, until):
    started, release = asyncio.Event(), asyncio.Event()

    async def slow(request, context):
        started.set()
        await release.wait()
        return request

    shapes.unary = slow
    server = await start()
    call = shapes_stub(server.channel(token="writer")).Unary(ONE)
    await started.wait()
    stopping = asyncio.create_task(server.stop())
    await until(lambda: server.health.state().name == "NOT_SERVING")
    release.set()
    assert await call == ONE
    await stopping


async def test_call_that_outlasts_the_grace_is_ended(start, shapes, shapes_stub):
    started, ended = asyncio.Event(), asyncio.Event()

    async def hang(request, context):
        started.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    shapes.unary = hang
    server = await start(settings={"grace_s": 0.1})
    call = shapes_stub(server.channel(token="writer")).Unary(ONE)
    await started.wait()
    await server.stop()
    with pytest.raises(grpc.aio.AioRpcError):
        await call
    assert ended.is_set()


async def test_stream_that_only_waits_is_ended_early_with_a_typed_error(start, shapes, shapes_stub):
    async def watch(request, context):
        yield ONE
        await asyncio.Event().wait()

    shapes.out = watch
    server = await start(settings={"grace_s": 20.0})
    call = shapes_stub(server.channel(token="writer")).Out(ONE)
    assert await call.read() == ONE
    stopping = asyncio.create_task(server.stop())
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await call.read()
    assert from_rpc_error(caught.value).reason == "SERVICE_UNAVAILABLE"
    await asyncio.wait_for(stopping, 60)


async def test_workers_run_while_the_server_does_and_clean_up(start):
    journal = []
    running = asyncio.Event()

    async def work():
        running.set()
        try:
            await asyncio.Event().wait()
        finally:
            journal.append("cleaned up")

    async def setup(ctx):
        ctx.stack.callback(journal.append, "store closed")
        ctx.add_worker("relay", work)

    server = await start(setup=setup)
    await running.wait()
    await server.stop()
    assert journal == ["cleaned up"]


async def test_failed_worker_is_logged_and_started_again(start):
    attempts = 0
    recovered = asyncio.Event()

    async def work():
        nonlocal attempts
        attempts += 1
        if attempts == 1:
            raise RuntimeError("lost the connection")
        recovered.set()

    async def setup(ctx):
        ctx.add_worker("relay", work)

    with capture_logs() as lines:
        await start(setup=setup)
        await asyncio.wait_for(recovered.wait(), 60)
    failures = [line for line in lines if line["event"] == "worker failed"]
    assert [line["worker"] for line in failures] == ["datakernel/relay"]


async def test_worker_may_call_a_peer_while_the_server_drains(start, shapes, shapes_stub):
    answered = asyncio.Event()
    served = []

    async def setup(ctx):
        stub = shapes_stub(ctx.channel("datakernel"))

        async def work():
            try:
                await asyncio.Event().wait()
            finally:
                served.append(await stub.Unary(ONE, metadata=(("authorization", "Bearer writer"),)))
                answered.set()

        ctx.add_worker("last words", work)

    server = await start(setup=setup)
    await asyncio.sleep(0)
    await server.stop()
    await answered.wait()
    assert served == [ONE]


class Extra(Settings):
    """Settings with secrets in them."""

    secret: SecretStr = SecretStr("hunter2")
    url: str = "postgresql://user:hunter2@db/oms"


async def test_settings_are_logged_redacted_and_readiness_is_timed(start):
    with capture_logs() as lines:
        await start(logged=[Extra()])
    kinds = [line["kind"] for line in lines if line["event"] == "settings"]
    assert kinds == ["ServerSettings", "Extra"]
    assert "hunter2" not in str(lines)
    ready = [line for line in lines if line["event"] == "ready"]
    assert ready[0]["seconds_since_process_start"] > 0
    assert ready[0]["processor_seconds"] > 0
