"""Reads what the client needs to know of every service from a plugin's request."""

from __future__ import annotations

import keyword
from collections.abc import Iterator
from dataclasses import dataclass, field

from google.protobuf import descriptor_pb2
from google.protobuf.compiler import plugin_pb2

from client_generator import names
from client_generator.types import Types

_FIELD = descriptor_pb2.FieldDescriptorProto
_READS = descriptor_pb2.MethodOptions.NO_SIDE_EFFECTS
# Streams that go on for as long as somebody listens.
_ENDLESS = ("Watch", "StreamEvents", "Subscribe")
_TAKEN = frozenset({"self", "given", "timeout_s", "requests"})


@dataclass(frozen=True)
class Argument:
    """A field of a request, as an argument."""

    name: str
    annotation: str
    default: str
    comment: str


@dataclass(frozen=True)
class MethodText:
    """A method, with everything as it is written in Python."""

    name: str
    path: str
    comment: str
    request: str
    response: str
    arguments: list[Argument]
    is_read_only: bool
    takes_request_id: bool
    takes_stream: bool
    gives_stream: bool
    is_endless: bool
    items: str
    item: str


@dataclass(frozen=True)
class ServiceText:
    """A service, with everything as it is written in Python."""

    full_name: str
    attribute: str
    is_kernel: bool
    comment: str
    methods: list[MethodText]
    imports: list[str] = field(default_factory=list[str])

    @property
    def module(self) -> str:
        """The module in the generated package."""
        return f"kernel_{self.attribute}" if self.is_kernel else self.attribute

    @property
    def class_name(self) -> str:
        """The class of the synchronous client."""
        return names.camel(self.module)


def read_services(request: plugin_pb2.CodeGeneratorRequest) -> list[ServiceText]:
    """Every service that is to be generated, ordered by module."""
    messages = dict(_messages(request))
    found = [
        _Reader(request, file, messages).service(service, i)
        for file in request.proto_file
        if file.name in request.file_to_generate
        for i, service in enumerate(file.service)
    ]
    modules = [service.module for service in found]
    if len(modules) != len(set(modules)):
        raise SystemExit(f"two services have the same name in the client: {sorted(modules)}")
    return sorted(found, key=lambda service: service.module)


def _messages(
    request: plugin_pb2.CodeGeneratorRequest,
) -> Iterator[tuple[str, tuple[descriptor_pb2.DescriptorProto, list[str]]]]:
    """Top-level messages by full name, with the comments of their fields."""
    for file in request.proto_file:
        comments = _comments(file)
        for i, message in enumerate(file.message_type):
            notes = [comments.get((4, i, 2, j), "") for j in range(len(message.field))]
            yield f".{file.package}.{message.name}", (message, notes)


def _comments(file: descriptor_pb2.FileDescriptorProto) -> dict[tuple[int, ...], str]:
    return {
        tuple(where.path): where.leading_comments
        for where in file.source_code_info.location
        if where.leading_comments
    }


class _Reader:
    """Reads the services of one file."""

    def __init__(
        self,
        request: plugin_pb2.CodeGeneratorRequest,
        file: descriptor_pb2.FileDescriptorProto,
        messages: dict[str, tuple[descriptor_pb2.DescriptorProto, list[str]]],
    ) -> None:
        self._request = request
        self._file = file
        self._messages = messages
        self._comments = _comments(file)

    def service(self, service: descriptor_pb2.ServiceDescriptorProto, index: int) -> ServiceText:
        """One service."""
        types = Types(self._request)
        attribute = names.attribute_of(service.name, [m.name for m in service.method])
        methods = [
            self._method(types, service.name, attribute, method, (6, index, 2, j))
            for j, method in enumerate(service.method)
        ]
        called = [method.name for method in methods]
        if len(called) != len(set(called)):
            raise SystemExit(f"{service.name}: two methods have the same name: {sorted(called)}")
        return ServiceText(
            full_name=f"{self._file.package}.{service.name}",
            attribute=attribute,
            is_kernel=names.is_kernel(self._file.package),
            comment=self._comments.get((6, index), ""),
            methods=methods,
            imports=types.imports(),
        )

    def _method(
        self,
        types: Types,
        service: str,
        attribute: str,
        method: descriptor_pb2.MethodDescriptorProto,
        path: tuple[int, ...],
    ) -> MethodText:
        request, notes = self._messages[method.input_type]
        response, _ = self._messages[method.output_type]
        fields = {f.name for f in request.field}
        items = _items(request, response)
        takes_stream = method.client_streaming
        return MethodText(
            name=names.method_of(service, attribute, method.name),
            path=f"/{self._file.package}.{service}/{method.name}",
            comment=self._comments.get(path, ""),
            request=types.message(method.input_type),
            response=types.message(method.output_type),
            arguments=[] if takes_stream else _arguments(types, request, notes, bool(items)),
            is_read_only=method.options.idempotency_level == _READS,
            takes_request_id="request_id" in fields and not takes_stream,
            takes_stream=takes_stream,
            gives_stream=method.server_streaming,
            is_endless=method.server_streaming and method.name.startswith(_ENDLESS),
            items=items.name if items else "",
            item=types.element(items) if items else "",
        )


def _items(
    request: descriptor_pb2.DescriptorProto, response: descriptor_pb2.DescriptorProto
) -> _FIELD | None:
    is_paged = any(f.name == "page_token" for f in request.field) and any(
        f.name == "next_page_token" for f in response.field
    )
    repeated = [f for f in response.field if f.label == _FIELD.LABEL_REPEATED]
    return repeated[0] if is_paged and repeated else None


def _arguments(
    types: Types, message: descriptor_pb2.DescriptorProto, notes: list[str], is_paged: bool
) -> list[Argument]:
    found: list[Argument] = []
    for entry, comment in zip(message.field, notes, strict=True):
        if is_paged and entry.name == "page_token":
            continue  # pages follow one another by themselves
        if keyword.iskeyword(entry.name) or entry.name in _TAKEN:
            raise SystemExit(f"{message.name}.{entry.name} can't be an argument in Python")
        annotation, default = types.argument(message, entry)
        found.append(Argument(entry.name, annotation, default, comment))
    return found
