"""Types of what is read, out of the messages of the contract."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from google.protobuf.descriptor import Descriptor, EnumDescriptor, FieldDescriptor
from google.protobuf.json_format import MessageToDict
from graphql import (
    GraphQLBoolean,
    GraphQLEnumType,
    GraphQLEnumValue,
    GraphQLField,
    GraphQLFloat,
    GraphQLInt,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLString,
)

from svc_graphql.schema.contract import camel, type_name
from svc_graphql.schema.resolving import reads
from svc_graphql.schema.scalars import BYTES, INT64, JSON, WELL_KNOWN

HTTP_BODY: Final = "google.api.HttpBody"
_F: Any = FieldDescriptor
SCALARS: Final = {
    _F.TYPE_STRING: GraphQLString,
    _F.TYPE_BOOL: GraphQLBoolean,
    _F.TYPE_INT32: GraphQLInt,
    _F.TYPE_SINT32: GraphQLInt,
    _F.TYPE_SFIXED32: GraphQLInt,
    _F.TYPE_UINT32: INT64,
    _F.TYPE_FIXED32: INT64,
    _F.TYPE_INT64: INT64,
    _F.TYPE_UINT64: INT64,
    _F.TYPE_SINT64: INT64,
    _F.TYPE_FIXED64: INT64,
    _F.TYPE_SFIXED64: INT64,
    _F.TYPE_FLOAT: GraphQLFloat,
    _F.TYPE_DOUBLE: GraphQLFloat,
    _F.TYPE_BYTES: BYTES,
}


@dataclass(frozen=True, slots=True)
class Scope:
    """Where a record was read: whatever it refers to is read there too.

    Attributes:
        parent: Such as `ontologies/acme`; empty when it belongs to nothing.
        commit: The commit; empty for none in particular.
    """

    parent: str = ""
    commit: str = ""


NOWHERE: Final = Scope()


class Record:
    """A message with the place it was read at: the value behind an object type."""

    __slots__ = ("message", "scope")

    def __init__(self, message: Any, scope: Scope = NOWHERE) -> None:
        self.message = message
        self.scope = scope


FieldsOf = Callable[[Descriptor], dict[str, GraphQLField]]


class OutputTypes:
    """Object types by message, and enums, made when they are first needed.

    Args:
        further: Fields that a message's type has beside the message's own.
        interfaces: Interfaces that a message's type implements.
    """

    def __init__(
        self,
        further: FieldsOf,
        interfaces: Callable[[Descriptor], list[GraphQLInterfaceType]],
    ) -> None:
        self.further = further
        self.interfaces = interfaces
        self._objects: dict[str, GraphQLObjectType] = {}
        self._enums: dict[str, GraphQLEnumType] = {}

    def object(self, message: Descriptor) -> GraphQLObjectType:
        """The type of a message."""
        if message.full_name not in self._objects:
            self._objects[message.full_name] = GraphQLObjectType(
                type_name(message),
                lambda: self._fields(message),
                interfaces=lambda: self.interfaces(message),
                is_type_of=reads(
                    lambda value: isinstance(value, Record) and value.message.DESCRIPTOR is message
                ),
                description=f"`{message.full_name}`.",
            )
        return self._objects[message.full_name]

    def enum(self, enum: EnumDescriptor) -> GraphQLEnumType:
        """The type of an enum: its values without their prefix, and without the unspecified."""
        if enum.full_name not in self._enums:
            values = {
                value_name(enum, value.name): GraphQLEnumValue(value.number)
                for value in enum.values
                if value.number != 0 or not value.name.endswith("_UNSPECIFIED")
            }
            self._enums[enum.full_name] = GraphQLEnumType(
                type_name(enum), values, description=f"`{enum.full_name}`."
            )
        return self._enums[enum.full_name]

    def _fields(self, message: Descriptor) -> dict[str, GraphQLField]:
        if message.full_name == HTTP_BODY:
            return dict(_BODY_FIELDS)
        own = {camel(field.name): self.field(field) for field in message.fields}
        own.update(self.further(message))
        # A GraphQL type can't be empty.
        return own or {"done": GraphQLField(GraphQLNonNull(GraphQLBoolean), resolve=_true)}

    def field(self, field: FieldDescriptor) -> GraphQLField:
        """The field of a message's field."""
        kind, read = self._kind(field)
        name = field.name
        if field.is_repeated:
            if is_map(field):
                return GraphQLField(GraphQLNonNull(JSON), resolve=_map_reader(name))
            return GraphQLField(
                GraphQLNonNull(GraphQLList(GraphQLNonNull(kind))), resolve=_list_reader(name, read)
            )
        if field.has_presence:
            return GraphQLField(kind, resolve=_optional_reader(name, read))
        if field.enum_type is not None:
            return GraphQLField(kind, resolve=_enum_reader(name, field.enum_type))
        return GraphQLField(GraphQLNonNull(kind), resolve=_reader(name, read))

    def _kind(self, field: FieldDescriptor) -> tuple[Any, Any]:
        if field.message_type is not None:
            full_name = field.message_type.full_name
            if full_name in WELL_KNOWN:
                scalar, write = WELL_KNOWN[full_name]
                return scalar, _ignoring_scope(write)
            return self.object(field.message_type), Record
        if field.enum_type is not None:
            known = field.enum_type.values_by_number
            return self.enum(field.enum_type), _ignoring_scope(_known_value(known))
        scalar = SCALARS[field.type]
        if scalar is BYTES:
            return scalar, _ignoring_scope(_base64)
        if scalar is INT64:
            return scalar, _ignoring_scope(str)
        return scalar, None


def value_name(enum: EnumDescriptor, name: str) -> str:
    """`DATA_TYPE_STRING` as `STRING`."""
    prefix = "".join(f"_{c}" if c.isupper() else c.upper() for c in enum.name).lstrip("_") + "_"
    short = name.removeprefix(prefix)
    return short if short[:1].isalpha() else name


def is_map(field: FieldDescriptor) -> bool:
    """Whether a repeated field is a map."""
    kind = field.message_type
    return kind is not None and kind.GetOptions().map_entry


def _base64(value: bytes) -> str:
    return base64.b64encode(value).decode()


def _known_value(known: Any) -> Callable[[int], int | None]:
    return lambda number: number if number in known else None


def _ignoring_scope(write: Callable[[Any], Any]) -> Callable[[Any, Scope], Any]:
    return lambda value, _scope: write(value)


def _reader(name: str, read: Any) -> Any:
    if read is None:
        return reads(lambda record: getattr(record.message, name))
    return reads(lambda record: read(getattr(record.message, name), record.scope))


def _optional_reader(name: str, read: Any) -> Any:
    def resolve(record: Record, _info: Any) -> Any:
        message = record.message
        if not message.HasField(name):
            return None
        value = getattr(message, name)
        return value if read is None else read(value, record.scope)

    return resolve


def _enum_reader(name: str, enum: EnumDescriptor) -> Any:
    shown = {v.number for v in enum.values} - {0}
    if enum.values and not enum.values_by_number[0].name.endswith("_UNSPECIFIED"):
        shown.add(0)

    def resolve(record: Record, _info: Any) -> Any:
        value = getattr(record.message, name)
        return value if value in shown else None

    return resolve


def _list_reader(name: str, read: Any) -> Any:
    def resolve(record: Record, _info: Any) -> Any:
        values = getattr(record.message, name)
        if read is None:
            return list(values)
        scope = record.scope
        return [read(value, scope) for value in values]

    return resolve


def _map_reader(name: str) -> Any:
    def resolve(record: Record, _info: Any) -> Any:
        entries = getattr(record.message, name)
        return {
            key: MessageToDict(value) if hasattr(value, "DESCRIPTOR") else value
            for key, value in entries.items()
        }

    return resolve


def _true(_source: Any, _info: Any) -> bool:
    return True


def _text(record: Record, _info: Any) -> str | None:
    try:
        return record.message.data.decode()
    except UnicodeDecodeError:
        return None


_BODY_FIELDS: Final = {
    "contentType": GraphQLField(
        GraphQLNonNull(GraphQLString), resolve=_reader("content_type", None)
    ),
    "data": GraphQLField(GraphQLNonNull(BYTES), resolve=_reader("data", _ignoring_scope(_base64))),
    "text": GraphQLField(
        GraphQLString, resolve=_text, description="The same as text; null when it is none."
    ),
}
