"""What the metrics page tells about calls, callers and the process."""

from __future__ import annotations

import grpc
import httpx
import pytest
from google.protobuf.wrappers_pb2 import BytesValue
from oms_core.errors import StaleHead
from oms_core.pools import watch_pool, watched_pools
from oms_rpc.counts import Timings
from oms_rpc.metrics import MethodStats, expose
from opentelemetry.sdk.trace import TracerProvider
from prometheus_client import REGISTRY

ONE = BytesValue(value=b"one")
TRACE_ID = "0af7651916cd43dd8448eb211c80319c"
HANDLER = "contract.v1.Shapes/Unary"


def sample(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0


class Difference:
    """How much samples grew since it was made."""

    def __init__(self, *samples: tuple[str, dict[str, str]]) -> None:
        self._samples = samples
        self._before = self._now()

    def _now(self) -> list[float]:
        return [sample(name, **labels) for name, labels in self._samples]

    def __call__(self) -> list[float]:
        return [now - before for now, before in zip(self._now(), self._before, strict=True)]


async def test_calls_that_the_gateway_made_out_of_http_are_counted_as_such(
    start, shapes, shapes_stub
):
    failures = [None, StaleHead.of("main", "a", "b")]

    async def handler(request, context):
        error = failures.pop(0)
        if error is not None:
            raise error
        return request

    labels = {"method": "GET", "handler": HANDLER}
    grown = Difference(
        ("http_requests_total", {**labels, "status": "200"}),
        ("http_requests_total", {**labels, "status": "409"}),
        ("http_request_duration_seconds_count", labels),
    )
    server = await start()
    stub = shapes_stub(server.channel(token="writer"))
    await stub.Unary(ONE)  # straight over gRPC: no HTTP request
    shapes.unary = handler
    metadata = (("x-envoy-original-method", "GET"),)
    await stub.Unary(ONE, metadata=metadata)
    with pytest.raises(grpc.aio.AioRpcError):
        await stub.Unary(ONE, metadata=metadata)
    await server.stop()
    assert grown() == [1, 1, 2]


def test_made_up_http_methods_share_a_label():
    stats = MethodStats(("unary_unary", "s", "m"))
    for verb in ("BREW", "WHEN", "GET"):
        stats.enter()
        stats.leave("UNKNOWN", 0.1)
        stats.leave_http(verb, "UNKNOWN", 0.1)
    assert {verb: http.statuses for verb, http in stats.http.items()} == {
        "other": {"500": 2},
        "GET": {"500": 1},
    }


async def test_callers_without_a_token_or_a_permission_are_counted(start, shapes_stub):
    grown = Difference(
        ("authentication_attempts_total", {"outcome": "OK"}),
        ("authentication_attempts_total", {"outcome": "TOKEN_MISSING"}),
        ("authentication_attempts_total", {"outcome": "TOKEN_INVALID"}),
        ("authorization_failures_total", {"permission": "shapes.read"}),
    )
    server = await start()
    await shapes_stub(server.channel(token="writer")).Unary(ONE)
    for token in (None, "made up", "nobody"):
        with pytest.raises(grpc.aio.AioRpcError):
            await shapes_stub(server.channel(token=token)).Unary(ONE)
    await server.stop()
    assert grown() == [2, 1, 1, 1]


async def test_records_of_the_audit_log_are_counted(start, shapes_stub):
    grown = Difference(
        ("audit_events_total", {"class": "WRITE", "code": "OK"}),
        ("audit_events_total", {"class": "READ", "code": "OK"}),
    )
    server = await start()
    stub = shapes_stub(server.channel(token="writer"))
    await stub.In([ONE])
    await stub.Unary(ONE)
    await server.stop()
    assert grown() == [1, 0]


async def test_the_page_names_the_trace_of_a_call(start, shapes_stub, unused_tcp_port, until):
    provider = TracerProvider()
    server = await start(
        tracer_provider=provider,
        settings={"metrics": True, "metrics_port": unused_tcp_port},
    )
    calls = {"grpc_type": "unary_unary", "grpc_service": "contract.v1.Shapes"}
    counted = ("grpc_server_handled_total", {**calls, "grpc_method": "Unary", "grpc_code": "OK"})
    grown = Difference(counted)
    metadata = (
        ("authorization", "Bearer writer"),
        ("traceparent", f"00-{TRACE_ID}-b7ad6b7169203331-01"),
    )
    async with grpc.aio.insecure_channel(f"127.0.0.1:{server.port}") as channel:
        await shapes_stub(channel).Unary(ONE, metadata=metadata)
    await until(lambda: grown() == [1])  # after the answer is sent
    headers = {"accept": "application/openmetrics-text; version=1.0.0"}
    async with httpx.AsyncClient() as client:
        page = await client.get(f"http://127.0.0.1:{unused_tcp_port}/metrics", headers=headers)
    assert f'# {{trace_id="{TRACE_ID}"}}' in page.text
    provider.shutdown()


def test_a_bucket_without_a_trace_has_no_exemplar():
    timings = Timings()
    timings.add(0.003)
    timings.add(0.2, "abc")
    shown = {bucket[0]: bucket[1:] for bucket in timings.buckets()}
    assert shown["0.0025"] == (0.0,)
    assert shown["0.005"] == (1.0,)
    assert shown["0.25"][0] == 2.0
    assert shown["0.25"][1].labels == {"trace_id": "abc"}
    assert shown["+Inf"] == (2.0,)


async def test_open_connections_of_clients_are_counted_until_they_close(start, shapes_stub, until):
    server = await start()
    before = sample("active_connections")
    channel = server.channel(token="writer")
    await shapes_stub(channel).Unary(ONE)
    assert sample("active_connections") == before + 1
    await channel.close()
    await until(lambda: sample("active_connections") == before)
    assert sample("memory_usage_bytes") > 10_000_000


class Pool:
    def __init__(self, name: str, in_use: int, limit: int) -> None:
        self.name = name
        self.in_use = in_use
        self.limit = limit


def test_pools_of_one_name_are_added_up_while_somebody_holds_them():
    first, second = Pool("ours", 1, 4), Pool("ours", 2, 4)
    for pool in (first, second):
        watch_pool(pool)
    assert sample("database_connections_active", pool="ours") == 3
    assert sample("database_connections_limit", pool="ours") == 8
    del first, second, pool
    assert "ours" not in watched_pools()


def test_a_taken_port_is_named(unused_tcp_port):
    stop = expose("127.0.0.1", unused_tcp_port, 0)
    try:
        with pytest.raises(OSError, match=f"127.0.0.1:{unused_tcp_port}; set OMS_METRICS_PORT"):
            expose("127.0.0.1", unused_tcp_port, 0)
    finally:
        stop()
