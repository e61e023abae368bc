"""Attempts that a later one has replaced are kept away."""

import grpc
import pytest
from google.protobuf.wrappers_pb2 import BytesValue
from oms_core.errors import StaleFencingToken
from oms_rpc.errors import from_rpc_error
from oms_rpc.fences import Fences

ONE = BytesValue(value=b"one")


def attempt(token, key="runs/1"):
    return (("x-idempotency-key", key), ("x-fencing-token", token))


async def refusal(call):
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await call
    return from_rpc_error(caught.value)


async def test_a_replaced_attempt_is_refused_before_it_does_anything(
    start, connect, shapes, shapes_stub
):
    seen = []

    async def note(request, context):
        seen.append(request)
        return request

    shapes.unary = note
    stub = shapes_stub(connect(await start()))
    await stub.Unary(ONE, metadata=attempt("7"))
    await stub.Unary(ONE, metadata=attempt("7"))
    await stub.Unary(ONE, metadata=attempt("9"))
    error = await refusal(stub.Unary(ONE, metadata=attempt("7")))
    assert (error.reason, error.metadata) == (
        "STALE_FENCING_TOKEN",
        {"idempotency_key": "runs/1", "given": "7", "largest": "9"},
    )
    assert len(seen) == 3
    await stub.Unary(ONE, metadata=attempt("8", "runs/2"))


async def test_nobody_fences_the_work_of_others(start, connect, shapes_stub):
    server = await start()
    await shapes_stub(connect(server, token="operator")).Unary(ONE, metadata=attempt("9"))
    await shapes_stub(connect(server, token="writer")).Unary(ONE, metadata=attempt("1"))


async def test_who_may_not_call_moves_no_mark(start, connect, shapes_stub):
    server = await start()
    error = await refusal(
        shapes_stub(connect(server, token="nobody")).Unary(ONE, metadata=attempt("x"))
    )
    assert error.reason == "PERMISSION_DENIED"


@pytest.mark.parametrize(
    ("metadata", "field"),
    [
        (attempt("-1"), "x-fencing-token"),
        (attempt("9" * 19), "x-fencing-token"),
        (attempt(""), "x-fencing-token"),
        (attempt("1", "k" * 257), "x-idempotency-key"),
    ],
)
async def test_what_is_no_token_is_named(metadata, field, start, connect, shapes_stub):
    error = await refusal(shapes_stub(connect(await start())).Unary(ONE, metadata=metadata))
    assert (error.reason, [each.field for each in error.fields]) == ("INVALID_FIELD", [field])


def test_only_the_latest_work_is_remembered():
    fences = Fences(most=2)
    for work in ("a", "b", "a", "c"):
        fences.pass_through("jobs/1", work, "5")
    fences.pass_through("jobs/1", "b", "1")
    with pytest.raises(StaleFencingToken):
        fences.pass_through("jobs/1", "c", "4")
