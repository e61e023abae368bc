"""A method as the chain sees it: everything about it that is known before the first call."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from buf.validate import validate_pb2
from google.protobuf import descriptor_pool
from google.protobuf.descriptor import Descriptor, MethodDescriptor

from oms_rpc.policy import STANDARD_POLICIES, MethodPolicy, UndeclaredMethod, declared_policy

_HEALTH_SERVICES = frozenset({"grpc.health.v1.Health", "oms.health.v1.HealthService"})


@dataclass(frozen=True, slots=True)
class Method:
    """One RPC method.

    `path` is its full path, `/package.Service/Method`. `has_rules` says whether the
    request declares protovalidate rules anywhere below it. `deserialise` and
    `serialise` are the generated functions, run inside the chain so that damaged
    bytes are answered like any other bad request. `is_health` marks probes: cheap,
    frequent, and logged at debug.
    """

    path: str
    service: str
    name: str
    policy: MethodPolicy
    streams_requests: bool
    streams_responses: bool
    deserialise: Callable[[bytes], Any]
    serialise: Callable[[Any], bytes]
    behaviour: Callable[[Any, Any], Any]
    has_rules: bool
    is_health: bool = False

    @property
    def shape(self) -> str:
        """`unary_unary`, `unary_stream`, `stream_unary` or `stream_stream`."""
        request = "stream" if self.streams_requests else "unary"
        response = "stream" if self.streams_responses else "unary"
        return f"{request}_{response}"


Run = Callable[[Any, Any], Awaitable[Any]]


def describe(service: str, name: str, handler: Any, policies: Mapping[str, MethodPolicy]) -> Method:
    """Describes a method out of the handler that generated code registers for it.

    Args:
        service: Full name of the proto service.
        name: Name of the method.
        handler: A `grpc.RpcMethodHandler`.
        policies: Rows, by path, for methods whose proto is not ours.
    Raises:
        UndeclaredMethod: neither the proto nor a table says what the method needs.
    """
    path = f"/{service}/{name}"
    descriptor = _find(service, name)
    return Method(
        path=path,
        service=service,
        name=name,
        policy=_policy(path, descriptor, policies),
        streams_requests=handler.request_streaming,
        streams_responses=handler.response_streaming,
        deserialise=handler.request_deserializer or bytes,
        serialise=handler.response_serializer or bytes,
        behaviour=_behaviour(handler),
        has_rules=descriptor is not None and has_rules(descriptor.input_type),
        is_health=service in _HEALTH_SERVICES,
    )


def _find(service: str, name: str) -> MethodDescriptor | None:
    try:
        found = descriptor_pool.Default().FindServiceByName(service)
    except KeyError:
        return None
    return found.methods_by_name.get(name)


def _policy(
    path: str, descriptor: MethodDescriptor | None, policies: Mapping[str, MethodPolicy]
) -> MethodPolicy:
    given = policies.get(path) or STANDARD_POLICIES.get(path)
    if given is not None:
        return given
    if descriptor is None:
        raise UndeclaredMethod(f"{path} has neither a descriptor nor a row in a policy table")
    return declared_policy(descriptor)


def _behaviour(handler: Any) -> Callable[[Any, Any], Any]:
    return (
        handler.unary_unary or handler.unary_stream or handler.stream_unary or handler.stream_stream
    )


def has_rules(message: Descriptor) -> bool:
    """Whether a message or anything within it declares a protovalidate rule."""
    return _has_rules(message, set())


def _has_rules(message: Descriptor, seen: set[str]) -> bool:
    if message.full_name in seen:
        return False
    seen.add(message.full_name)
    if any(_has(oneof.GetOptions(), validate_pb2.oneof) for oneof in message.oneofs):
        return True
    for field in message.fields:
        if _has(field.GetOptions(), validate_pb2.field):
            return True
        if field.message_type is not None and _has_rules(field.message_type, seen):
            return True
    return False


def _has(options: Any, extension: Any) -> bool:
    """Any, because generated stubs and protobuf's own disagree on what an extension is."""
    return options.HasExtension(extension)
