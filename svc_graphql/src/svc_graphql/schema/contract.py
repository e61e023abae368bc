"""The suite's methods, and how each is shown."""

from __future__ import annotations

import contextvars
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cache, cached_property
from typing import Any, Final

import grpc.aio
from google.api import annotations_pb2
from google.protobuf.descriptor import Descriptor, MethodDescriptor
from google.protobuf.message_factory import GetMessageClass
from oms_core.call import current_call
from oms_rpc.network import methods_of
from oms_rpc.policy import declared_policy, is_read_only
from oms_rpc.topology import SERVICES

from svc_graphql.schema.omissions import OMISSIONS

_HEALTH: Final = ("oms.health.v1", "api")
_KERNEL: Final = "oms.datakernel.v1"
# Packages whose names are shown as they are. Of others, those that one of these has get the area
# in front, so that a new package changes no name there was before.
_PLAIN: Final = (
    "oms.ontology.v1",
    "oms.identity.v1",
    "oms.scheduler.v1",
    "oms.event.v1",
    "oms.embedding.v1",
    "oms.health.v1",
)
# Short names that are taken: by another package, or by GraphQL itself. Those of the kernel always
# have a prefix.
_RENAMED: Final = {
    "oms.embedding.v1.Priority": "EmbeddingPriority",
    "oms.event.v1.Subscription": "EventSubscription",
}


class Shape(Enum):
    """How a method is shown."""

    QUERY = "query"
    LIST = "list"
    MUTATION = "mutation"
    SUBSCRIPTION = "subscription"


@dataclass(frozen=True)
class Rpc:
    """One method of the contract.

    Args:
        method: Its descriptor.
        service: Name of the service that serves it, as in the topology.
    """

    method: MethodDescriptor
    service: str

    @property
    def path(self) -> str:
        """`/package.Service/Method`."""
        return f"/{self.method.containing_service.full_name}/{self.method.name}"

    @property
    def field(self) -> str:
        """Name of its field: the method's own, with `kernel` before those of the kernel."""
        name, package = self.method.name, self.method.containing_service.file.package
        if package == _KERNEL:
            return f"kernel{name}"
        if _is_taken(name, package, _taken_fields()):
            name = f"{_area(package)}{name}"
        return name[0].lower() + name[1:]

    @property
    def permission(self) -> str:
        """What a caller needs; empty when nothing."""
        return declared_policy(self.method).permission

    @property
    def about(self) -> str:
        """Its description in the schema."""
        needs = self.permission
        return f"`{self.path[1:]}`." + (f" Needs `{needs}`." if needs else " Public.")

    @property
    def page_field(self) -> Any:
        """The repeated field of the response when the method lists pages; None otherwise."""
        if "page_token" not in self.method.input_type.fields_by_name:
            return None
        if "next_page_token" not in self.method.output_type.fields_by_name:
            return None
        [found] = [f for f in self.method.output_type.fields if f.is_repeated and f.message_type][
            :1
        ] or [None]
        return found

    @property
    def shape(self) -> Shape:
        """How it is shown."""
        if self.method.server_streaming:
            return Shape.SUBSCRIPTION
        if not is_read_only(self.method):
            return Shape.MUTATION
        return Shape.LIST if self.page_field is not None else Shape.QUERY

    @cached_property
    def request_type(self) -> Any:
        """The class of its requests."""
        return GetMessageClass(self.method.input_type)

    @cached_property
    def response_type(self) -> Any:
        """The class of its responses."""
        return GetMessageClass(self.method.output_type)

    @property
    def http_template(self) -> str:
        """The path it has over REST, or empty."""
        options: Any = self.method.GetOptions()
        rule = options.Extensions[annotations_pb2.http]
        pattern = rule.WhichOneof("pattern")
        return str(getattr(rule, pattern)) if pattern and pattern != "custom" else ""

    async def call(self, channel: Callable[[str], grpc.aio.Channel], request: Any) -> Any:
        """Calls it, as the caller of the call being served."""
        stub = channel(self.service).unary_unary(
            self.path, self.request_type.SerializeToString, self.response_type.FromString
        )
        return await stub(request, metadata=_own_token())

    def stream(
        self, channel: Callable[[str], grpc.aio.Channel], request: Any
    ) -> AsyncIterator[Any]:
        """Opens its stream of responses. Dropping it ends the call."""
        stub = channel(self.service).unary_stream(
            self.path, self.request_type.SerializeToString, self.response_type.FromString
        )
        responses: Any = stub(request, metadata=_own_token())
        return responses

    def stream_as_service(
        self, channel: Callable[[str], grpc.aio.Channel], request: Any
    ) -> AsyncIterator[Any]:
        """The same, as this service itself: outside of the call that is being served."""
        return contextvars.Context().run(self.stream, channel, request)


def _own_token() -> list[tuple[str, str]] | None:
    """The caller's own token: what a caller may do is judged by the service that is called.

    A service's token on behalf of the caller, as is sent without it, may do more.
    """
    call = current_call()
    if call is None or call.identity is None:
        return None
    return [("authorization", f"Bearer {call.identity.token}")]


def message_of(field: Any) -> Descriptor:
    """The message that a field holds."""
    return field.message_type


def every_method() -> Sequence[Rpc]:
    """All methods of the suite, in the order of the contract."""
    packages = [(package, row.name) for row in SERVICES for package in row.packages]
    return [
        Rpc(method, service)
        for package, service in [*packages, _HEALTH]
        for method in methods_of([package])
    ]


def shown_methods() -> Sequence[Rpc]:
    """Those that have a field."""
    return [rpc for rpc in every_method() if rpc.path not in OMISSIONS]


def type_name(message: Descriptor | Any) -> str:
    """Name of the GraphQL type of a message or an enum."""
    full_name: str = message.full_name
    if full_name in _RENAMED:
        return _RENAMED[full_name]
    name, package = _short_name(message), message.file.package
    if package == _KERNEL:
        return f"Kernel{name}"
    return f"{_area(package)}{name}" if _is_taken(name, package, _taken_types()) else name


def _short_name(message: Any) -> str:
    outer, name = message.containing_type, message.name
    while outer is not None:
        name, outer = f"{outer.name}{name}", outer.containing_type
    return name


def _area(package: str) -> str:
    """`oms.object.v1` as `Object`."""
    return package.split(".")[-2].capitalize()


def _is_taken(name: str, package: str, taken: frozenset[str]) -> bool:
    return package.startswith("oms.") and package not in _PLAIN and name in taken


@cache
def _taken_types() -> frozenset[str]:
    """Names of all that the plain packages have."""
    seen: dict[str, Any] = {}
    waiting: list[Any] = [
        kind for method in methods_of(_PLAIN) for kind in (method.input_type, method.output_type)
    ]
    while waiting:
        kind = waiting.pop()
        if kind.full_name not in seen:
            seen[kind.full_name] = kind
            for field in getattr(kind, "fields", ()):
                waiting += [each for each in (field.message_type, field.enum_type) if each]
    return frozenset(_short_name(kind) for kind in seen.values())


@cache
def _taken_fields() -> frozenset[str]:
    """Names of the methods of the plain packages."""
    return frozenset(method.name for method in methods_of(_PLAIN))


def camel(name: str) -> str:
    """`object_type` as `objectType`."""
    first, *others = name.split("_")
    return first + "".join(part[:1].upper() + part[1:] for part in others)
