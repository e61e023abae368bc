"""The order of the chain, and that each stage stands where its reason says."""

import grpc
import pytest
from google.protobuf.wrappers_pb2 import BytesValue
from oms.datakernel.v1 import database_service_pb2, database_service_pb2_grpc
from oms_rpc.chain import CHAIN
from structlog.testing import capture_logs

ONE = BytesValue(value=b"one")


def test_chain_has_the_documented_order():
    assert [name for name, _ in CHAIN] == [
        "request id",
        "tracing",
        "log",
        "metrics",
        "errors",
        "authentication",
        "deadline",
        "authorisation",
        "fencing",
        "validation",
        "audit",
    ]


async def test_stranger_learns_nothing_about_the_request(start, connect):
    channel = connect(await start(), token=None)
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await channel.unary_unary("/contract.v1.Shapes/Unary")(b"\xff\xff")
    assert caught.value.code() == grpc.StatusCode.UNAUTHENTICATED


async def test_caller_without_permission_learns_nothing_about_the_request(start, connect):
    channel = connect(await start(), token="nobody")
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await channel.unary_unary("/contract.v1.Shapes/Unary")(b"\xff\xff")
    assert caught.value.code() == grpc.StatusCode.PERMISSION_DENIED


async def test_invalid_request_reaches_neither_handler_nor_audit(start, connect):
    records = []

    class Sink:
        async def record(self, record):
            records.append(record)

    async def setup(ctx):
        ctx.add_servicer(
            database_service_pb2_grpc.add_DatabaseServiceServicer_to_server,
            database_service_pb2_grpc.DatabaseServiceServicer(),
        )

    server = await start(audit=Sink(), setup=setup)
    stub = database_service_pb2_grpc.DatabaseServiceStub(connect(server))
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await stub.DeleteDatabase(database_service_pb2.DeleteDatabaseRequest(name="nonsense"))
    assert caught.value.code() == grpc.StatusCode.INVALID_ARGUMENT
    assert records == []
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await stub.DeleteDatabase(database_service_pb2.DeleteDatabaseRequest(name="databases/a"))
    assert caught.value.code() == grpc.StatusCode.UNIMPLEMENTED
    assert [(r.resource, r.username, r.code) for r in records] == [
        ("databases/a", "writer", "UNIMPLEMENTED")
    ]


async def test_log_line_carries_the_final_status(start, connect, shapes, shapes_stub):
    async def crash(request, context):
        raise RuntimeError("hunter2")

    shapes.unary = crash
    server = await start()
    with capture_logs() as lines:
        with pytest.raises(grpc.aio.AioRpcError):
            await shapes_stub(connect(server)).Unary(ONE)
        await server.stop()
    finish = [line for line in lines if line["event"] == "rpc"]
    assert [(line["method"], line["code"], line["reason"]) for line in finish] == [
        ("/contract.v1.Shapes/Unary", "INTERNAL", "INTERNAL")
    ]


async def test_original_of_an_unforeseen_error_is_logged_under_its_reference(
    start, connect, shapes, shapes_stub
):
    crash = RuntimeError("hunter2")

    async def fail(request, context):
        raise crash

    shapes.unary = fail
    server = await start()
    with capture_logs() as lines, pytest.raises(grpc.aio.AioRpcError) as caught:
        await shapes_stub(connect(server)).Unary(ONE)
    logged = [line for line in lines if line["event"] == "unforeseen error"]
    assert len(logged) == 1
    assert logged[0]["exc_info"] is crash
    assert logged[0]["reference"] in caught.value.details()


async def test_payloads_and_tokens_are_not_logged(start, connect, shapes_stub):
    server = await start()
    with capture_logs() as lines:
        await shapes_stub(connect(server)).Unary(BytesValue(value=b"hunter2"))
        await server.stop()
    assert any(line["event"] == "rpc" for line in lines)
    assert "hunter2" not in str(lines)
    assert "Bearer" not in str(lines)
