"""Metrics, audit records and reflection."""

import grpc
import httpx
import pytest
from google.protobuf.wrappers_pb2 import BytesValue
from grpc_channelz.v1 import channelz_pb2, channelz_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc
from oms_core.errors import StaleHead
from oms_rpc import AuditRecord
from oms_rpc.errors import from_rpc_error
from oms_rpc.policy import AuditClass
from prometheus_client import REGISTRY

ONE = BytesValue(value=b"one")
UNARY = {
    "grpc_type": "unary_unary",
    "grpc_service": "contract.v1.Shapes",
    "grpc_method": "Unary",
}


def sample(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, {**UNARY, **labels}) or 0.0


async def test_calls_are_counted_by_outcome(start, connect, shapes, shapes_stub):
    outcomes = [None, StaleHead.of("main", "a", "b")]

    async def handler(request, context):
        error = outcomes.pop(0)
        assert sample("grpc_server_in_flight") == before["in_flight"] + 1
        if error is not None:
            raise error
        return request

    shapes.unary = handler
    server = await start()
    stub = shapes_stub(connect(server))
    before = {
        "started": sample("grpc_server_started_total"),
        "ok": sample("grpc_server_handled_total", grpc_code="OK"),
        "aborted": sample("grpc_server_handled_total", grpc_code="ABORTED"),
        "timed": sample("grpc_server_handling_seconds_count"),
        "in_flight": sample("grpc_server_in_flight"),
    }
    await stub.Unary(ONE)
    with pytest.raises(grpc.aio.AioRpcError):
        await stub.Unary(ONE)
    await server.stop()
    assert sample("grpc_server_started_total") == before["started"] + 2
    assert sample("grpc_server_handled_total", grpc_code="OK") == before["ok"] + 1
    assert sample("grpc_server_handled_total", grpc_code="ABORTED") == before["aborted"] + 1
    assert sample("grpc_server_handling_seconds_count") == before["timed"] + 2
    assert sample("grpc_server_in_flight") == before["in_flight"]


async def test_names_of_unknown_methods_do_not_become_labels(start, connect):
    channel = connect(await start())
    with pytest.raises(grpc.aio.AioRpcError):
        await channel.unary_unary("/made.up.Service/Method123")(b"")
    assert "Method123" not in str(list(REGISTRY.collect()))


async def test_metrics_page_is_served_when_asked_for(start, unused_tcp_port):
    await start(settings={"metrics": True, "metrics_port": unused_tcp_port})
    url = f"http://127.0.0.1:{unused_tcp_port}/metrics"
    async with httpx.AsyncClient() as client:
        page = await client.get(url)
    assert "grpc_server_started_total" in page.text


class Sink:
    """Keeps audit records."""

    def __init__(self) -> None:
        self.records: list[AuditRecord] = []

    async def record(self, record: AuditRecord) -> None:
        self.records.append(record)


async def test_write_is_recorded_with_its_outcome(start, connect, shapes, shapes_stub):
    sink = Sink()
    stub = shapes_stub(connect(await start(audit=sink)))
    await stub.In([ONE], metadata=(("x-request-id", "req-7"),))
    assert sink.records == [
        AuditRecord(
            audit_class=AuditClass.WRITE,
            method="/contract.v1.Shapes/In",
            request_id="req-7",
            subject="writer",
            username="writer",
            resource="",
            code="OK",
            reason="",
        )
    ]


async def test_failed_write_is_recorded_too(start, connect, shapes, shapes_stub):
    failures = [StaleHead.of("main", "a", "b"), RuntimeError("hunter2")]

    async def fail(requests, context):
        raise failures.pop(0)

    sink = Sink()
    shapes.collect = fail
    stub = shapes_stub(connect(await start(audit=sink)))
    for _ in range(2):
        with pytest.raises(grpc.aio.AioRpcError):
            await stub.In([ONE])
    assert [(r.code, r.reason) for r in sink.records] == [
        ("ABORTED", "STALE_HEAD"),
        ("INTERNAL", "INTERNAL"),
    ]


async def test_reads_are_not_recorded(start, connect, shapes_stub):
    sink = Sink()
    await shapes_stub(connect(await start(audit=sink))).Unary(ONE)
    assert sink.records == []


def reflection_of(channel, *, version="v1alpha"):
    return channel.stream_stream(
        f"/grpc.reflection.{version}.ServerReflection/ServerReflectionInfo",
        reflection_pb2.ServerReflectionRequest.SerializeToString,
        reflection_pb2.ServerReflectionResponse.FromString,
    )


def list_services(channel, *, version="v1alpha"):
    request = reflection_pb2.ServerReflectionRequest(list_services="")
    return reflection_of(channel, version=version)([request])


async def refusal_of_reflection(channel):
    """The error of a call that is refused before its first request is read.

    Nothing is written: where a write meets the end of a call, grpc.aio's client answers
    INTERNAL of its own instead of the status that the server sent (`_StreamRequestMixin._write`).
    """
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await reflection_of(channel)().read()
    return from_rpc_error(caught.value)


@pytest.mark.parametrize("version", ["v1", "v1alpha"])
async def test_reflection_lists_every_service_without_a_token_in_development(
    start, connect, version
):
    channel = connect(await start(), token=None)
    [answer] = [a async for a in list_services(channel, version=version)]
    names = {service.name for service in answer.list_services_response.service}
    assert {
        "contract.v1.Shapes",
        "grpc.health.v1.Health",
        "oms.health.v1.HealthService",
        "grpc.reflection.v1.ServerReflection",
    } <= names


async def test_reflection_needs_a_token_in_production(start, connect):
    server = await start(settings={"environment": "production", "drain_wait_s": 0})
    assert (await refusal_of_reflection(connect(server, token=None))).reason == "TOKEN_MISSING"
    refused = await refusal_of_reflection(connect(server))
    assert refused.metadata == {"permission": "server.reflection.read"}


async def test_reflection_can_be_left_out(start, connect):
    channel = connect(await start(settings={"reflection": False}))
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await reflection_of(channel)().read()
    assert caught.value.code() == grpc.StatusCode.UNIMPLEMENTED


async def test_reflection_describes_our_own_services(start):
    server = await start()
    stub = reflection_pb2_grpc.ServerReflectionStub(server.channel())
    request = reflection_pb2.ServerReflectionRequest(
        file_containing_symbol="oms.health.v1.HealthService"
    )
    [answer] = [a async for a in stub.ServerReflectionInfo([request])]
    assert answer.file_descriptor_response.file_descriptor_proto


async def test_channelz_needs_its_permission(start, connect):
    server = await start(settings={"channelz": True})
    stub = channelz_pb2_grpc.ChannelzStub(connect(server))
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await stub.GetServers(channelz_pb2.GetServersRequest())
    assert from_rpc_error(caught.value).metadata == {"permission": "server.channelz.read"}
    stub = channelz_pb2_grpc.ChannelzStub(connect(server, token="operator"))
    answer = await stub.GetServers(channelz_pb2.GetServersRequest())
    assert len(answer.server) >= 1
