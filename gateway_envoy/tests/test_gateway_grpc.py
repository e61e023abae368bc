"""gRPC, gRPC-Web and the standard services through a real Envoy to a real server."""

import asyncio
import struct
from typing import Any

import grpc
import pytest
from google.rpc import error_details_pb2, status_pb2
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc
from oms.datakernel.v1 import commit_service_pb2 as commits
from oms.datakernel.v1 import commit_service_pb2_grpc as commits_grpc
from oms.ontology.v1 import object_type_service_pb2 as object_types
from oms.ontology.v1 import object_type_service_pb2_grpc as object_types_grpc

# Defined in conftest.py, which is not importable by name.
Gateway = Any
MIB = 2**20
pytestmark = pytest.mark.asyncio(loop_scope="module")

ZONE = "ontologies/brick/objectTypes/Zone"
GET = "/oms.ontology.v1.ObjectTypeService/GetObjectType"


def get(name: str = ZONE) -> object_types.GetObjectTypeRequest:
    return object_types.GetObjectTypeRequest(name=name)


async def test_unary_call_passes_with_its_metadata(gateway: Gateway) -> None:
    async with gateway.channel() as channel:
        stub = object_types_grpc.ObjectTypeServiceStub(channel)
        metadata = (*gateway.metadata, ("x-request-id", "mine-2"))
        answer = await stub.GetObjectType(get(), metadata=metadata)
    assert answer.object_type.name == ZONE
    assert gateway.seen.metadata[0]["x-request-id"] == "mine-2"


async def test_error_keeps_its_details(gateway: Gateway) -> None:
    async with gateway.channel() as channel:
        stub = object_types_grpc.ObjectTypeServiceStub(channel)
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await stub.GetObjectType(
                get("ontologies/brick/objectTypes/Missing"), metadata=gateway.metadata
            )
    trailers = dict(caught.value.trailing_metadata())
    status = status_pb2.Status.FromString(trailers["grpc-status-details-bin"])
    info = error_details_pb2.ErrorInfo()
    assert status.details[0].Unpack(info)
    assert info.reason == "RESOURCE_NOT_FOUND"


async def test_deadline_of_the_caller_reaches_the_service(gateway: Gateway) -> None:
    async with gateway.channel() as channel:
        stub = object_types_grpc.ObjectTypeServiceStub(channel)
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await stub.GetObjectType(
                get("ontologies/brick/objectTypes/Slow"), metadata=gateway.metadata, timeout=0.3
            )
    assert caught.value.code() == grpc.StatusCode.DEADLINE_EXCEEDED
    await asyncio.wait_for(gateway.seen.cancelled.wait(), 60)


async def test_call_without_a_deadline_gets_one(gateway: Gateway) -> None:
    async with gateway.channel() as channel:
        stub = object_types_grpc.ObjectTypeServiceStub(channel)
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await stub.GetObjectType(
                get("ontologies/brick/objectTypes/Slow"), metadata=gateway.metadata
            )
    assert caught.value.code() == grpc.StatusCode.DEADLINE_EXCEEDED


async def test_message_above_the_limit_of_rest_passes(gateway: Gateway) -> None:
    async with gateway.channel() as channel:
        write = commits.DocumentWrite(document_id="a", type="T", json=b" " * (3 * MIB))
        request = commits.CreateCommitRequest(
            parent="databases/d/branches/main",
            operations=[commits.DocumentOperation(insert=write)],
        )
        stub = commits_grpc.CommitServiceStub(channel)
        assert (await stub.CreateCommit(request, metadata=gateway.metadata)).unchanged


async def test_stream_outlives_the_limit_of_other_calls(gateway: Gateway) -> None:
    request = commits.WatchCommitsRequest(parent="databases/d", branch="endless")
    async with gateway.channel() as channel:
        call = commits_grpc.CommitServiceStub(channel).WatchCommits(
            request, metadata=gateway.metadata
        )
        received = [(await call.read()).commit.sequence for _ in range(3)]
        assert received == [0, 1, 2]
        waiting = asyncio.ensure_future(call.read())
        limit_s = gateway.settings.unary_timeout_s
        done, _ = await asyncio.wait([waiting], timeout=limit_s * 1.5)
        assert not done
        call.cancel()
        await asyncio.wait([waiting])
        waiting.cancelled() or waiting.exception()
    await asyncio.wait_for(gateway.seen.cancelled.wait(), 60)


async def test_service_of_another_listener_is_unimplemented(gateway: Gateway) -> None:
    async with gateway.channel("datakernel") as channel:
        stub = object_types_grpc.ObjectTypeServiceStub(channel)
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await stub.GetObjectType(get(), metadata=gateway.metadata)
    assert caught.value.code() == grpc.StatusCode.UNIMPLEMENTED


@pytest.mark.parametrize("service", ["oms.nothing.v1.Nothing", "grpc.channelz.v1.Channelz"])
async def test_service_that_is_not_offered_is_unimplemented(gateway: Gateway, service: str) -> None:
    async with gateway.channel() as channel:
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await channel.unary_unary(f"/{service}/Get")(b"", metadata=gateway.metadata)
    assert caught.value.code() == grpc.StatusCode.UNIMPLEMENTED


async def test_service_that_is_down_is_unavailable(gateway: Gateway) -> None:
    async with gateway.channel("events") as channel:
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await health_pb2_grpc.HealthStub(channel).Check(health_pb2.HealthCheckRequest())
    assert caught.value.code() == grpc.StatusCode.UNAVAILABLE


@pytest.mark.parametrize("service", ["api", "datakernel"])
async def test_standard_health_service_answers_on_every_listener(
    gateway: Gateway, service: str
) -> None:
    async with gateway.channel(service) as channel:
        answer = await health_pb2_grpc.HealthStub(channel).Check(health_pb2.HealthCheckRequest())
    assert answer.status == health_pb2.HealthCheckResponse.SERVING


async def test_reflection_passes(gateway: Gateway) -> None:
    request = reflection_pb2.ServerReflectionRequest(list_services="")
    async with gateway.channel() as channel:
        stub = reflection_pb2_grpc.ServerReflectionStub(channel)
        call = stub.ServerReflectionInfo(iter([request]))
        answer = await call.read()
    names = {service.name for service in answer.list_services_response.service}
    assert "oms.ontology.v1.ObjectTypeService" in names


def framed(message: bytes) -> bytes:
    return struct.pack(">BI", 0, len(message)) + message


def frames(body: bytes) -> list[tuple[int, bytes]]:
    found: list[tuple[int, bytes]] = []
    while body:
        flags, size = struct.unpack(">BI", body[:5])
        found.append((flags, body[5 : 5 + size]))
        body = body[5 + size :]
    return found


async def test_grpc_web_answers_message_and_trailers_in_frames(gateway: Gateway) -> None:
    headers = {"content-type": "application/grpc-web+proto", "x-grpc-web": "1"}
    async with gateway.client() as http:
        answer = await http.post(GET, content=framed(get().SerializeToString()), headers=headers)
    assert answer.headers["content-type"] == "application/grpc-web+proto"
    [(data, message), (trailer, trailers)] = frames(answer.content)
    assert (data, trailer) == (0, 0x80)
    assert object_types.GetObjectTypeResponse.FromString(message).object_type.name == ZONE
    assert b"grpc-status:0" in trailers


async def test_grpc_web_error_has_a_status(gateway: Gateway) -> None:
    headers = {"content-type": "application/grpc-web+proto", "x-grpc-web": "1"}
    async with gateway.client(token="") as http:
        answer = await http.post(GET, content=framed(get().SerializeToString()), headers=headers)
    status = answer.headers.get("grpc-status") or str(answer.content)
    assert "16" in status
