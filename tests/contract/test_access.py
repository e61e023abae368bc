"""Who gets in, with what, and what an invalid request is told."""

import grpc
import pytest
from google.protobuf.wrappers_pb2 import BytesValue
from oms.ontology.v1 import object_type_service_pb2 as pb
from oms.ontology.v1 import object_type_service_pb2_grpc as pb_grpc
from oms_core.errors import InvalidField
from oms_rpc.errors import from_rpc_error

ONE = BytesValue(value=b"one")


async def reason_of(call) -> str:
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await call
    return from_rpc_error(caught.value).reason


async def test_call_without_a_token_is_refused(start, connect, shapes_stub):
    stub = shapes_stub(connect(await start(), token=None))
    assert await reason_of(stub.Unary(ONE)) == "TOKEN_MISSING"


@pytest.mark.parametrize(
    "header", ["writer", "Basic d3JpdGVy", "Bearer", "Bearer ", "Bearer stranger"]
)
async def test_unusable_token_is_refused(start, connect, shapes_stub, header):
    stub = shapes_stub(connect(await start(), token=None))
    call = stub.Unary(ONE, metadata=(("authorization", header),))
    assert await reason_of(call) == "TOKEN_INVALID"


async def test_scheme_is_read_in_any_case(start, connect, shapes_stub):
    stub = shapes_stub(connect(await start(), token=None))
    assert await stub.Unary(ONE, metadata=(("authorization", "bearer writer"),)) == ONE


async def test_two_tokens_are_refused(start, connect, shapes_stub):
    stub = shapes_stub(connect(await start(), token=None))
    twice = (("authorization", "Bearer writer"), ("authorization", "Bearer reader"))
    assert await reason_of(stub.Unary(ONE, metadata=twice)) == "TOKEN_INVALID"


async def test_caller_without_the_permission_is_refused(start, connect, shapes_stub):
    stub = shapes_stub(connect(await start(), token="reader"))
    assert await stub.Unary(ONE) == ONE
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await stub.In([ONE])
    error = from_rpc_error(caught.value)
    assert (error.reason, error.metadata) == ("PERMISSION_DENIED", {"permission": "shapes.write"})


async def test_token_is_verified_once(start, connect, shapes_stub, tokens):
    stub = shapes_stub(connect(await start()))
    for _ in range(3):
        await stub.Unary(ONE)
    assert tokens.asked == 1


async def test_method_that_nobody_wrote_is_unimplemented(start, connect):
    async def setup(ctx):
        ctx.add_servicer(
            pb_grpc.add_ObjectTypeServiceServicer_to_server, pb_grpc.ObjectTypeServiceServicer()
        )

    stub = pb_grpc.ObjectTypeServiceStub(connect(await start(setup=setup)))
    request = pb.GetObjectTypeRequest(name="ontologies/acme/objectTypes/Zone")
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await stub.GetObjectType(request)
    error = from_rpc_error(caught.value)
    assert error.reason == "UNIMPLEMENTED"
    assert error.metadata == {"method": "/oms.ontology.v1.ObjectTypeService/GetObjectType"}


async def test_every_broken_rule_is_named_by_its_path(start, connect):
    async def setup(ctx):
        ctx.add_servicer(
            pb_grpc.add_ObjectTypeServiceServicer_to_server, pb_grpc.ObjectTypeServiceServicer()
        )

    stub = pb_grpc.ObjectTypeServiceStub(connect(await start(setup=setup)))
    object_type = pb.ObjectType()
    for index in range(3):
        object_type.properties.add(property_id=f"p{index}").type.data_type = 1
    object_type.properties.add(property_id="without_type")
    request = pb.CreateObjectTypeRequest(
        parent="nonsense", object_type_id="Zone", object_type=object_type
    )
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await stub.CreateObjectType(request)
    error = from_rpc_error(caught.value)
    assert isinstance(error, InvalidField)
    paths = {violation.field for violation in error.fields}
    assert "parent" in paths
    assert "object_type.properties[3].type" in paths
