"""A server that refuses calls because others wait for too long."""

from __future__ import annotations

import grpc
import grpc.aio
import pytest
from google.protobuf.wrappers_pb2 import BytesValue
from grpc_health.v1 import health_pb2, health_pb2_grpc
from oms_core.errors import LimitExceeded
from oms_rpc.admission import Admission
from oms_rpc.errors import from_rpc_error

ONE = BytesValue(value=b"one")


@pytest.fixture
def overloaded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Makes every server refuse what it may."""

    def refuse(admission: Admission, remaining_s: float | None) -> None:
        raise LimitExceeded("busy", metadata={"limit": "load"}, retry_after_s=1.0)

    monkeypatch.setattr(Admission, "enter", refuse)


async def test_refusal_is_typed_and_says_when_to_try_again(start, shapes_stub, overloaded):
    server = await start()
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await shapes_stub(server.channel(token="writer")).Unary(ONE)
    assert caught.value.code() == grpc.StatusCode.RESOURCE_EXHAUSTED
    error = from_rpc_error(caught.value)
    assert (error.reason, error.retry_after_s) == ("LIMIT_EXCEEDED", 1.0)
    assert error.metadata == {"limit": "load"}


async def test_health_and_what_is_part_of_a_call_are_never_refused(start, shapes_stub, overloaded):
    server = await start()
    health = health_pb2_grpc.HealthStub(server.channel())
    answer = await health.Check(health_pb2.HealthCheckRequest())
    assert answer.status == health_pb2.HealthCheckResponse.SERVING
    assert await shapes_stub(server.local_channel(token="writer")).Unary(ONE) == ONE


async def test_server_takes_the_time_of_its_own_calls(start, shapes_stub, monkeypatch):
    measured = []
    keep_probing = Admission.keep_probing

    async def keep(admission, probe):
        async def counted():
            await probe()
            measured.append(admission.share)

        await keep_probing(admission, counted)

    monkeypatch.setattr(Admission, "keep_probing", keep)
    server = await start()
    shapes = shapes_stub(server.channel(token="writer"))
    while len(measured) < 2:
        await shapes.Unary(ONE)
    assert measured[:2] == [1.0, 1.0]
