"""Every documented reason has one error class, and every error survives the wire."""

import re
from pathlib import Path

import grpc
import pytest
from google.protobuf.wrappers_pb2 import BytesValue
from google.rpc import error_details_pb2, status_pb2
from hypothesis import given
from hypothesis import strategies as st
from oms.common.v1 import error_reason_pb2
from oms_core.errors import (
    FieldViolation,
    InternalError,
    MergeConflict,
    OmsError,
    PreconditionViolation,
    ServiceUnavailable,
)
from oms_rpc.errors import CLASS_BY_REASON, from_rpc_error, oms_status, status_code, to_status

PROTO = Path(__file__).parents[2] / "proto/oms/common/v1/error_reason.proto"
ONE = BytesValue(value=b"one")


def documented_codes() -> dict[str, str]:
    """Reason → code, read from the comments of the proto."""
    found = re.findall(r"// ([A-Z_]+)\. [^\n]*\n  ERROR_REASON_(\w+) = \d+;", PROTO.read_text())
    return {reason: code for code, reason in found}


def test_every_reason_has_exactly_one_class_with_the_documented_code():
    names = [
        v.name.removeprefix("ERROR_REASON_") for v in error_reason_pb2.ErrorReason.DESCRIPTOR.values
    ]
    reasons = [cls.reason for cls in OmsError.__subclasses__()]
    assert sorted(reasons) == sorted(set(reasons))
    assert set(names) - {"UNSPECIFIED"} == set(reasons)
    assert {cls.reason: cls.code.name for cls in OmsError.__subclasses__()} == documented_codes()


def as_rpc_error(error: OmsError) -> grpc.aio.AioRpcError:
    raw = to_status(error).SerializeToString()
    return grpc.aio.AioRpcError(
        status_code(error),
        grpc.aio.Metadata(),
        grpc.aio.Metadata(("grpc-status-details-bin", raw)),
        error.message,
    )


@pytest.mark.parametrize("reason", sorted(CLASS_BY_REASON))
async def test_every_error_survives_a_call(start, connect, shapes, shapes_stub, reason):
    raised = CLASS_BY_REASON[reason](
        "what failed",
        metadata={"branch": "main", "count": "3"},
        fields=[FieldViolation("a.b[2]", "is too long")],
        preconditions=[PreconditionViolation("CONFLICT", "ObjectType/Zone", "both changed it")],
        retry_after_s=1.5,
    )

    async def fail(request, context):
        raise raised

    shapes.unary = fail
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await shapes_stub(connect(await start())).Unary(ONE)
    assert caught.value.code() == status_code(raised)
    received = from_rpc_error(caught.value)
    assert type(received) is type(raised)
    assert received.message == raised.message
    assert received.metadata == raised.metadata
    assert received.fields == raised.fields
    assert received.preconditions == raised.preconditions
    assert received.retry_after_s == raised.retry_after_s


def test_error_with_many_violations_still_fits_a_trailer():
    conflicts = [
        PreconditionViolation("CONFLICT", f"ObjectType/{'x' * 80}{n}", "changed on both sides")
        for n in range(100)
    ]
    status = to_status(MergeConflict("100 conflicts", preconditions=conflicts))
    assert status.ByteSize() <= 5000
    received = from_rpc_error(as_rpc_error(MergeConflict("many", preconditions=conflicts)))
    shown = len(received.preconditions)
    assert 10 < shown < 100
    assert received.preconditions == tuple(conflicts[:shown])
    assert received.metadata["omitted_violations"] == str(100 - shown)


@given(
    message=st.text(max_size=4000),
    metadata=st.dictionaries(st.text(max_size=20), st.text(max_size=2000), max_size=3),
    fields=st.lists(
        st.builds(FieldViolation, st.text(max_size=60), st.text(max_size=60)), max_size=120
    ),
    retry=st.none() | st.floats(min_value=0, max_value=1e6),
)
def test_any_error_can_be_told(message, metadata, fields, retry):
    error = CLASS_BY_REASON["INVALID_FIELD"](
        message, metadata=metadata, fields=fields, retry_after_s=retry
    )
    received = from_rpc_error(as_rpc_error(error))
    assert type(received) is type(error)
    assert received.fields == error.fields[: len(received.fields)]


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (grpc.StatusCode.UNAVAILABLE, "SERVICE_UNAVAILABLE"),
        (grpc.StatusCode.DEADLINE_EXCEEDED, "DEADLINE_EXCEEDED"),
        (grpc.StatusCode.CANCELLED, "CANCELLED"),
        (grpc.StatusCode.RESOURCE_EXHAUSTED, "LIMIT_EXCEEDED"),
        (grpc.StatusCode.UNIMPLEMENTED, "UNIMPLEMENTED"),
        (grpc.StatusCode.UNKNOWN, "INTERNAL"),
        (grpc.StatusCode.NOT_FOUND, "INTERNAL"),
    ],
)
async def test_error_of_a_stranger_is_mapped(start, connect, shapes, shapes_stub, code, reason):
    async def fail(request, context):
        raise grpc.aio.AioRpcError(
            code, grpc.aio.Metadata(), grpc.aio.Metadata(), "10.0.0.7 said no"
        )

    shapes.unary = fail
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await shapes_stub(connect(await start())).Unary(ONE)
    assert from_rpc_error(caught.value).reason == reason
    assert "10.0.0.7" not in repr(caught.value)


def test_foreign_details_are_not_taken_for_ours():
    status = status_pb2.Status(code=5, message="no")
    status.details.add().Pack(error_details_pb2.ErrorInfo(reason="X", domain="example.com"))
    for raw in (status.SerializeToString(), b"\xff\xff", b""):
        error = grpc.aio.AioRpcError(
            grpc.StatusCode.NOT_FOUND,
            grpc.aio.Metadata(),
            grpc.aio.Metadata(("grpc-status-details-bin", raw)),
            "no",
        )
        assert oms_status(error) is None
        assert isinstance(from_rpc_error(error), InternalError)


def test_reason_of_a_newer_peer_falls_back_to_its_code():
    status = status_pb2.Status(code=14, message="soon")
    status.details.add().Pack(error_details_pb2.ErrorInfo(reason="NEWER", domain="oms"))
    error = grpc.aio.AioRpcError(
        grpc.StatusCode.UNAVAILABLE,
        grpc.aio.Metadata(),
        grpc.aio.Metadata(("grpc-status-details-bin", status.SerializeToString())),
        "soon",
    )
    assert oms_status(error) is not None
    assert isinstance(from_rpc_error(error), ServiceUnavailable)
