"""Health as probes, watchers and people see it."""

import asyncio

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc
from oms.health.v1 import health_service_pb2 as pb
from oms.health.v1 import health_service_pb2_grpc as pb_grpc
from oms_core.errors import ServiceUnavailable
from oms_rpc import Service
from oms_rpc.errors import from_rpc_error
from structlog.testing import capture_logs

SERVING = health_pb2.HealthCheckResponse.SERVING
NOT_SERVING = health_pb2.HealthCheckResponse.NOT_SERVING


class Switch:
    """A readiness check that a test turns on and off."""

    def __init__(self) -> None:
        self.error: Exception | None = None

    async def __call__(self) -> None:
        if self.error is not None:
            raise self.error


def with_check(switch, *, is_required=True):
    async def setup(ctx):
        ctx.add_ready_check("store", switch, is_required=is_required)

    return setup


async def test_every_hosted_service_is_serving(start, connect):
    stub = health_pb2_grpc.HealthStub(connect(await start(), token=None))
    for name in ("", "datakernel", "contract.v1.Shapes"):
        answer = await stub.Check(health_pb2.HealthCheckRequest(service=name))
        assert answer.status == SERVING


async def test_unknown_service_is_not_found(start, connect):
    stub = health_pb2_grpc.HealthStub(connect(await start(), token=None))
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await stub.Check(health_pb2.HealthCheckRequest(service="nothing"))
    assert caught.value.code() == grpc.StatusCode.NOT_FOUND


async def test_watch_follows_a_dependency_down_and_up_again(start, connect):
    switch = Switch()
    server = await start(setup=with_check(switch), settings={"health_interval_s": 0.05})
    watch = health_pb2_grpc.HealthStub(connect(server, token=None)).Watch(
        health_pb2.HealthCheckRequest(service="contract.v1.Shapes")
    )
    assert (await watch.read()).status == SERVING
    switch.error = ServiceUnavailable("store is down")
    assert (await watch.read()).status == NOT_SERVING
    switch.error = None
    assert (await watch.read()).status == SERVING
    watch.cancel()


async def test_watch_hears_of_the_drain_and_ends(start, connect, kind):
    server = await start(settings={"drain_wait_s": 0.1})
    watch = health_pb2_grpc.HealthStub(connect(server, token=None)).Watch(
        health_pb2.HealthCheckRequest()
    )
    assert (await watch.read()).status == SERVING
    stopping = asyncio.create_task(server.stop())
    assert (await watch.read()).status == NOT_SERVING
    if kind == "network":
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await watch.read()
        assert caught.value.code() == grpc.StatusCode.UNAVAILABLE
    else:
        watch.cancel()
    await stopping


async def test_failed_required_check_makes_the_server_unready(start, connect):
    switch = Switch()
    switch.error = ServiceUnavailable("PostgreSQL can't be reached")
    stub = pb_grpc.HealthServiceStub(connect(await start(setup=with_check(switch)), token=None))
    for method in (stub.GetHealth, stub.CheckReadiness):
        request = pb.GetHealthRequest() if method is stub.GetHealth else pb.CheckReadinessRequest()
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await method(request)
        error = from_rpc_error(caught.value)
        assert (error.reason, error.metadata["service"]) == (
            "SERVICE_UNAVAILABLE",
            "datakernel/store",
        )
    alive = await stub.CheckLiveness(pb.CheckLivenessRequest())
    assert alive.status == pb.HEALTH_STATUS_SERVING


async def test_failed_optional_check_degrades_the_server(start, connect):
    switch = Switch()
    switch.error = ServiceUnavailable("the cache is down")
    server = await start(setup=with_check(switch, is_required=False))
    stub = pb_grpc.HealthServiceStub(connect(server, token=None))
    assert (await stub.GetHealth(pb.GetHealthRequest())).status == pb.HEALTH_STATUS_DEGRADED


async def test_detailed_health_names_every_part(start, connect):
    switch = Switch()
    switch.error = RuntimeError("postgresql://user:hunter2@db/x refused")
    server = await start(setup=with_check(switch, is_required=False))
    stub = pb_grpc.HealthServiceStub(connect(server, token="writer"))
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await stub.GetDetailedHealth(pb.GetDetailedHealthRequest())
    assert caught.value.code() == grpc.StatusCode.PERMISSION_DENIED

    stub = pb_grpc.HealthServiceStub(connect(server, token="operator"))
    health = await stub.GetDetailedHealth(pb.GetDetailedHealthRequest())
    parts = {c.name: c for c in health.components}
    assert parts["datakernel"].status == pb.HEALTH_STATUS_DEGRADED
    store = parts["datakernel/store"]
    assert (store.status, store.required) == (pb.HEALTH_STATUS_NOT_SERVING, False)
    assert store.message == "failed with RuntimeError; see the log"
    assert health.HasField("ready_time")
    assert health.uptime.ToNanoseconds() > 0


async def test_check_that_hangs_counts_as_failed(start, connect):
    async def hang():
        await asyncio.Event().wait()

    server = await start(setup=with_check(hang), settings={"health_timeout_s": 0.05})
    stub = health_pb2_grpc.HealthStub(connect(server, token=None))
    assert (await stub.Check(health_pb2.HealthCheckRequest())).status == NOT_SERVING


async def test_a_service_that_is_down_leaves_the_others_serving(start, connect):
    async def broken():
        raise ServiceUnavailable("down")

    async def events(ctx):
        ctx.add_ready_check("nats", broken)

    async def embedding(ctx):
        pass

    server = await start(services=[Service("events", events), Service("embedding", embedding)])
    stub = health_pb2_grpc.HealthStub(connect(server, token=None))
    states = {
        name: (await stub.Check(health_pb2.HealthCheckRequest(service=name))).status
        for name in ("", "events", "embedding")
    }
    assert states == {"": NOT_SERVING, "events": NOT_SERVING, "embedding": SERVING}


async def test_probes_are_logged_at_debug(start, connect):
    server = await start()
    with capture_logs() as lines:
        stub = health_pb2_grpc.HealthStub(connect(server, token=None))
        await stub.Check(health_pb2.HealthCheckRequest())
        await server.stop()
    assert [line["log_level"] for line in lines if line["event"] == "rpc"] == ["debug"]
