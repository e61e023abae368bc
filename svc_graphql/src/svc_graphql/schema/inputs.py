"""Types of what is sent, and how it becomes a message."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any, Final

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from graphql import (
    GraphQLError,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLString,
)

from svc_graphql.schema.contract import Rpc, camel, type_name
from svc_graphql.schema.messages import HTTP_BODY, SCALARS, OutputTypes, is_map
from svc_graphql.schema.scalars import BYTES, JSON, WELL_KNOWN, set_json

_BOUND: Final = re.compile(r"\{([a-z_]+)=")
_EMPTY: Final = "noFields"


class InputTypes:
    """Input types by message, made when they are first needed."""

    def __init__(self, outputs: OutputTypes) -> None:
        self._outputs = outputs
        self._known: dict[tuple[str, frozenset[str]], GraphQLInputObjectType] = {}

    def of_request(self, rpc: Rpc, *, without: Collection[str] = ()) -> Any:
        """The type of the argument `input` of a method; None when it takes no field.

        What the method's path over REST is made of has to be given.
        """
        message = rpc.method.input_type
        if not [field for field in message.fields if field.name not in without]:
            return None
        required = frozenset(_BOUND.findall(rpc.http_template))
        made = self._object(message, required, frozenset(without))
        return GraphQLNonNull(made) if required - set(without) else made

    def filters(self, rpc: Rpc, without: Collection[str]) -> GraphQLInputObjectType:
        """The fields of a list method's requests but some, for a list below a resource."""
        message = rpc.method.input_type
        key = (message.full_name, frozenset(without))
        if key not in self._known:
            name = type_name(message).removesuffix("Request")
            self._known[key] = GraphQLInputObjectType(
                f"{name}Filter", lambda: self._fields(message, frozenset(), frozenset(without))
            )
        return self._known[key]

    def _object(
        self,
        message: Descriptor,
        required: frozenset[str] = frozenset(),
        without: frozenset[str] = frozenset(),
    ) -> GraphQLInputObjectType:
        # A message that is a request stands nowhere else.
        key = (message.full_name, frozenset())
        if key not in self._known:
            name = type_name(message)
            self._known[key] = GraphQLInputObjectType(
                name.removesuffix("Request") + "Input",
                lambda: self._fields(message, required, without),
                description=f"`{message.full_name}`.",
            )
        return self._known[key]

    def _fields(
        self, message: Descriptor, required: frozenset[str], without: frozenset[str]
    ) -> dict[str, GraphQLInputField]:
        if message.full_name == HTTP_BODY:
            return {
                "contentType": GraphQLInputField(GraphQLString),
                "data": GraphQLInputField(BYTES),
                "text": GraphQLInputField(GraphQLString, description="In place of `data`."),
            }
        fields = {
            camel(field.name): GraphQLInputField(self._kind(field, field.name in required))
            for field in message.fields
            if field.name not in without
        }
        # A GraphQL type can't be empty.
        return fields or {_EMPTY: GraphQLInputField(JSON, description="Ignored.")}

    def _kind(self, field: FieldDescriptor, is_required: bool) -> Any:
        kind = self._scalar_or_object(field)
        if field.is_repeated:
            return JSON if is_map(field) else GraphQLList(GraphQLNonNull(kind))
        return GraphQLNonNull(kind) if is_required else kind

    def _scalar_or_object(self, field: FieldDescriptor) -> Any:
        if field.message_type is not None:
            known = WELL_KNOWN.get(field.message_type.full_name)
            return known[0] if known else self._object(field.message_type)
        if field.enum_type is not None:
            return self._outputs.enum(field.enum_type)
        return SCALARS[field.type]


def fill(message: Any, values: Mapping[str, Any]) -> Any:
    """Puts the values of an input object into a message, and returns it.

    Raises:
        GraphQLError: a value does not fit its field; names it.
    """
    if message.DESCRIPTOR.full_name == HTTP_BODY:
        return _fill_body(message, values)
    for field in message.DESCRIPTOR.fields:
        value = values.get(camel(field.name))
        if value is not None:
            try:
                _set(message, field, value)
            except (TypeError, ValueError, OverflowError) as exc:
                raise GraphQLError(f"{camel(field.name)}: {exc}"[:300]) from exc
    return message


def _fill_body(message: Any, values: Mapping[str, Any]) -> Any:
    message.content_type = values.get("contentType") or ""
    text = values.get("text")
    message.data = text.encode() if text is not None else values.get("data") or b""
    return message


def _set(message: Any, field: FieldDescriptor, value: Any) -> None:
    if field.is_repeated:
        if is_map(field):
            _set_map(message, field, value)
        elif field.message_type is None:
            getattr(message, field.name).extend(value)
        else:
            for each in value:
                _set_message(getattr(message, field.name).add(), each)
    elif field.message_type is None:
        setattr(message, field.name, value)
    else:
        target = getattr(message, field.name)
        target.SetInParent()
        _set_message(target, value)


def _set_message(target: Any, value: Any) -> None:
    full_name = target.DESCRIPTOR.full_name
    known = WELL_KNOWN.get(full_name)
    if known is None:
        fill(target, value)
    elif known[0] is JSON:
        set_json(target, value)
    else:
        target.CopyFrom(value)


def _set_map(message: Any, field: FieldDescriptor, value: Any) -> None:
    if not isinstance(value, dict):
        raise GraphQLError(f"{camel(field.name)}: has to be a JSON object")
    entries = getattr(message, field.name)
    kind = field.message_type
    is_nested = kind is not None and kind.fields_by_name["value"].message_type is not None
    for key, each in value.items():
        if is_nested:
            set_json(entries[key], each)
        else:
            entries[key] = each
