"""The betterproto2 package puts the same bytes on the wire as the grpcio stubs."""

import asyncio
import importlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from oms_betterproto.oms.health.v1 import GetHealthResponse, HealthServiceStub, HealthStatus
from oms_core.errors import TokenInvalid
from oms_core.identity import Identity
from oms_rpc import Process, ServerSettings, Service, ServiceContext, Topology, serving
from oms_testing.effort import examples

GEN = Path(__file__).resolve().parents[2] / "gen"
MAX_DEPTH = 2

_INT32 = st.integers(-(2**31), 2**31 - 1)
_INT64 = st.integers(-(2**63), 2**63 - 1)


def _no_negative_zero(floats: st.SearchStrategy[float]) -> st.SearchStrategy[float]:
    """betterproto2 takes a negative zero for the default and does not send it."""
    return floats.map(lambda number: number + 0.0)


_SCALARS: dict[int, st.SearchStrategy[Any]] = {
    FieldDescriptor.TYPE_BOOL: st.booleans(),
    FieldDescriptor.TYPE_STRING: st.text(max_size=8),
    FieldDescriptor.TYPE_BYTES: st.binary(max_size=8),
    FieldDescriptor.TYPE_INT32: _INT32,
    FieldDescriptor.TYPE_INT64: _INT64,
    FieldDescriptor.TYPE_UINT32: st.integers(0, 2**32 - 1),
    FieldDescriptor.TYPE_UINT64: st.integers(0, 2**64 - 1),
    FieldDescriptor.TYPE_DOUBLE: _no_negative_zero(st.floats(allow_nan=False)),
    FieldDescriptor.TYPE_FLOAT: _no_negative_zero(st.floats(allow_nan=False, width=32)),
}
# Times and durations are `datetime` and `timedelta` in betterproto2, which count microseconds.
# Durations of OMS are never negative, and betterproto2 0.10 gets the sign of those wrong.
_MICROSECOND = 1000


def message_types() -> Iterator[str]:
    files = descriptor_pb2.FileDescriptorSet.FromString(
        (GEN / "descriptors" / "oms.binpb").read_bytes()
    ).file
    for file in files:
        if file.package.startswith("oms."):
            importlib.import_module(file.name.removesuffix(".proto").replace("/", ".") + "_pb2")
            yield from (f"{file.package}.{message.name}" for message in file.message_type)


def own_class(full_name: str) -> type[Message]:
    descriptor = descriptor_pool.Default().FindMessageTypeByName(full_name)
    return message_factory.GetMessageClass(descriptor)


def betterproto_class(full_name: str) -> Any:
    package, _, name = full_name.rpartition(".")
    return getattr(importlib.import_module(f"oms_betterproto.{package}"), name)


def messages(descriptor: Descriptor, depth: int = 0) -> st.SearchStrategy[Message]:
    cls = message_factory.GetMessageClass(descriptor)
    if descriptor.full_name == "google.protobuf.Timestamp":
        return st.builds(
            cls,
            seconds=st.integers(-62_135_596_800, 253_402_300_799),
            nanos=st.integers(0, 999_999).map(lambda us: us * _MICROSECOND),
        )
    if descriptor.full_name == "google.protobuf.Duration":
        return st.integers(0, 10**12).map(lambda us: _duration(cls, us))
    return st.composite(_draw_message)(cls, descriptor, depth)


def _duration(cls: type[Message], microseconds: int) -> Message:
    duration: Any = cls()
    duration.FromMicroseconds(microseconds)
    return duration


def _draw_message(draw: Any, cls: Any, descriptor: Descriptor, depth: int) -> Message:
    message = cls()
    skipped = {
        field.name
        for oneof in descriptor.oneofs
        if len(oneof.fields) > 1
        for chosen in [draw(st.integers(0, len(oneof.fields) - 1))]
        for i, field in enumerate(oneof.fields)
        if i != chosen
    }
    for field in descriptor.fields:
        if field.name in skipped or not draw(st.booleans()):
            continue
        if field.message_type is not None and depth >= MAX_DEPTH:
            continue
        _draw_field(draw, message, field, depth)
    return message


def _draw_field(draw: Any, message: Any, field: FieldDescriptor, depth: int) -> None:
    if field.message_type is not None and field.message_type.GetOptions().map_entry:
        _draw_entries(draw, getattr(message, field.name), field.message_type, depth)
        return
    one = _value(field, depth)
    if field.is_repeated:
        getattr(message, field.name).extend(draw(st.lists(one, max_size=2)))
    elif field.message_type is not None:
        getattr(message, field.name).CopyFrom(draw(one))
    else:
        setattr(message, field.name, draw(one))


def _draw_entries(draw: Any, entries: Any, entry: Descriptor, depth: int) -> None:
    value = entry.fields_by_name["value"]
    if value.message_type is None:
        entries.update(draw(st.dictionaries(st.text(max_size=4), _value(value, depth), max_size=1)))
    elif depth < MAX_DEPTH and draw(st.booleans()):
        entries[draw(st.text(max_size=4))].CopyFrom(draw(_value(value, depth)))


def _value(field: FieldDescriptor, depth: int) -> st.SearchStrategy[Any]:
    if field.message_type is not None:
        return messages(field.message_type, depth + 1)
    if field.enum_type is not None:
        return st.sampled_from([value.number for value in field.enum_type.values])
    return _SCALARS[field.type]


@pytest.mark.parametrize("full_name", sorted(message_types()))
@settings(
    max_examples=examples(5),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize=True,
)
@given(data=st.data())
def test_wire_format_is_the_same_in_both_directions(full_name: str, data: st.DataObject) -> None:
    cls = own_class(full_name)
    sent = data.draw(messages(cls.DESCRIPTOR))
    received = betterproto_class(full_name).FromString(sent.SerializeToString())
    returned = received.SerializeToString()
    # Compared as messages: the order of map entries is free.
    assert cls.FromString(returned) == sent
    assert len(returned) == sent.ByteSize()


def test_every_message_type_is_compared() -> None:
    assert len(list(message_types())) > 100


class NobodyIsKnown:
    async def authenticate(self, token: str) -> Identity:
        raise TokenInvalid("no token is valid here")


async def test_client_stub_calls_a_real_server() -> None:
    async def setup(_ctx: ServiceContext) -> None:
        """Every server has health; that is enough to call."""

    process = Process(
        services=[Service("api", setup)],
        server=ServerSettings(port=0, grace_s=0.1),
        topology=Topology(),
        authenticator=NobodyIsKnown(),
    )

    def call(port: int) -> tuple[GetHealthResponse, grpc.StatusCode]:
        with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
            stub = HealthServiceStub(channel)
            with pytest.raises(grpc.RpcError) as caught:
                stub.get_detailed_health()
            return stub.get_health(), caught.value.code()

    async with serving(process) as server:
        health, refusal = await asyncio.to_thread(call, server.port)
    assert health.status == HealthStatus.SERVING
    assert health.version
    assert refusal == grpc.StatusCode.UNAUTHENTICATED
