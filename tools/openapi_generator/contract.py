"""Descriptors with what OpenAPI needs from around them: comments, options, HTTP rules."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from google.protobuf import descriptor_pb2, message_factory
from google.protobuf.descriptor import (
    Descriptor,
    EnumDescriptor,
    FieldDescriptor,
    MethodDescriptor,
    ServiceDescriptor,
)
from google.protobuf.descriptor_pool import DescriptorPool

# Field numbers in descriptor.proto, by which comments are found.
_MESSAGE, _ENUM, _SERVICE = 4, 5, 6
_FIELD_OR_VALUE_OR_METHOD, _NESTED = 2, 3


@dataclass(frozen=True, slots=True)
class HttpBinding:
    """One way to call a method over HTTP, as `google.api.HttpRule` states it."""

    verb: str
    template: str
    body: str
    response_body: str


class Contract:
    """A set of protos, read into a pool of its own: the generator needs no generated code."""

    def __init__(self, serialized: bytes) -> None:
        files = descriptor_pb2.FileDescriptorSet.FromString(serialized).file
        self.pool = DescriptorPool()
        self._comments: dict[str, str] = {}
        self._file_names = [file.name for file in files]
        for file in files:
            self.pool.Add(file)
            self._comments |= _comments_of(file)

    def services(self) -> Iterator[ServiceDescriptor]:
        """Every service, in the order of files and of services within them."""
        for name in self._file_names:
            yield from self.pool.FindFileByName(name).services_by_name.values()

    def comment(self, full_name: str) -> str:
        """The comment before an element, its lines joined to paragraphs; empty without one."""
        return self._comments.get(full_name, "")

    def bindings(self, method: MethodDescriptor) -> list[HttpBinding]:
        """The HTTP bindings of a method, the main one first; none without an annotation."""
        rule = self.option(method, "google.api.http")
        if rule is None:
            return []
        return [_binding(r) for r in (rule, *rule.additional_bindings)]

    def option(
        self, element: MethodDescriptor | FieldDescriptor | Any, extension: str
    ) -> Any | None:
        """An extension of an element's options, or None when it is not set."""
        # The options come as the default pool's class, which does not know this pool's
        # extensions: read their bytes again with this pool's class.
        standard = element.GetOptions()
        name = standard.DESCRIPTOR.full_name
        own_class = message_factory.GetMessageClass(self.pool.FindMessageTypeByName(name))
        options: Any = own_class.FromString(standard.SerializeToString())
        handle = self.pool.FindExtensionByName(extension)
        return options.Extensions[handle] if options.HasExtension(handle) else None


def _binding(rule: Any) -> HttpBinding:
    pattern = rule.WhichOneof("pattern")
    if pattern == "custom":
        return HttpBinding(
            rule.custom.kind.lower(), rule.custom.path, rule.body, rule.response_body
        )
    return HttpBinding(pattern, getattr(rule, pattern), rule.body, rule.response_body)


def _comments_of(file: descriptor_pb2.FileDescriptorProto) -> dict[str, str]:
    names = dict(_paths(file))
    return {
        names[tuple(location.path)]: _paragraphs(location.leading_comments)
        for location in file.source_code_info.location
        if location.leading_comments and tuple(location.path) in names
    }


def _paths(file: descriptor_pb2.FileDescriptorProto) -> Iterator[tuple[tuple[int, ...], str]]:
    for i, message in enumerate(file.message_type):
        yield from _message_paths(message, (_MESSAGE, i), f"{file.package}.{message.name}")
    for i, enum in enumerate(file.enum_type):
        yield from _enum_paths(enum, (_ENUM, i), f"{file.package}.{enum.name}")
    for i, service in enumerate(file.service):
        name = f"{file.package}.{service.name}"
        yield (_SERVICE, i), name
        for j, method in enumerate(service.method):
            yield (_SERVICE, i, _FIELD_OR_VALUE_OR_METHOD, j), f"{name}.{method.name}"


def _message_paths(
    message: descriptor_pb2.DescriptorProto, path: tuple[int, ...], name: str
) -> Iterator[tuple[tuple[int, ...], str]]:
    yield path, name
    for i, field in enumerate(message.field):
        yield (*path, _FIELD_OR_VALUE_OR_METHOD, i), f"{name}.{field.name}"
    for i, nested in enumerate(message.nested_type):
        yield from _message_paths(nested, (*path, _NESTED, i), f"{name}.{nested.name}")
    for i, enum in enumerate(message.enum_type):
        yield from _enum_paths(enum, (*path, 4, i), f"{name}.{enum.name}")


def _enum_paths(
    enum: descriptor_pb2.EnumDescriptorProto, path: tuple[int, ...], name: str
) -> Iterator[tuple[tuple[int, ...], str]]:
    yield path, name
    for i, value in enumerate(enum.value):
        yield (*path, _FIELD_OR_VALUE_OR_METHOD, i), f"{name}.{value.name}"


def _paragraphs(comment: str) -> str:
    lines = [line.strip() for line in comment.strip().splitlines()]
    return "\n".join(lines).replace("\n\n", "\0").replace("\n", " ").replace("\0", "\n\n")


__all__ = [
    "Contract",
    "Descriptor",
    "EnumDescriptor",
    "FieldDescriptor",
    "HttpBinding",
    "MethodDescriptor",
]
