"""Every call has an id that its caller may choose within bounds, and gets back."""

import re

import grpc
import pytest
from google.protobuf.wrappers_pb2 import BytesValue
from oms_core.call import current_call
from oms_core.errors import StaleHead

ONE = BytesValue(value=b"one")


async def returned_id(stub, *sent: str) -> str:
    call = stub.Unary(ONE, metadata=tuple(("x-request-id", s) for s in sent))
    await call
    return (await call.trailing_metadata())["x-request-id"]


@pytest.mark.parametrize("sent", ["a", "req-7", "6f1e8a4c-95ab-4f8e-b6f5-52c4a2e37b55", "x" * 128])
async def test_well_formed_id_is_kept(stub, sent):
    assert await returned_id(stub, sent) == sent


@pytest.mark.parametrize("sent", ["", "x" * 129, 'id" injected="1', "a b", "-a", "{}", "a;b"])
async def test_forged_id_is_replaced(stub, sent):
    assert re.fullmatch("[0-9a-f]{32}", await returned_id(stub, sent))


async def test_call_without_an_id_gets_one_of_its_own(stub):
    first, second = await returned_id(stub), await returned_id(stub)
    assert re.fullmatch("[0-9a-f]{32}", first)
    assert first != second


async def test_first_of_several_ids_counts(stub):
    assert await returned_id(stub, "first", "second") == "first"


async def test_error_carries_the_id(stub, shapes):
    async def fail(request, context):
        raise StaleHead.of("main", "a", "b")

    shapes.unary = fail
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await stub.Unary(ONE, metadata=(("x-request-id", "req-9"),))
    assert caught.value.trailing_metadata()["x-request-id"] == "req-9"


async def test_id_does_not_leak_into_the_callers_context(stub):
    await stub.Unary(ONE, metadata=(("x-request-id", "req-9"),))
    assert current_call() is None
