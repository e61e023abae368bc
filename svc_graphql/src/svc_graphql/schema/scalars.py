"""Scalars: the forms of the JSON mapping of protobuf, so that REST and GraphQL agree.

Source: https://protobuf.dev/programming-guides/json/
"""

from __future__ import annotations

import base64
import binascii
from typing import Any, Final

from google.protobuf import duration_pb2, field_mask_pb2, timestamp_pb2
from google.protobuf.json_format import MessageToDict, ParseDict, ParseError
from graphql import GraphQLError, GraphQLScalarType, ValueNode, value_from_ast_untyped

_INT64: Final = range(-(2**63), 2**64)


def _integer(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise GraphQLError("has to be a whole number, or one as a string")
    try:
        number = int(value)
    except ValueError as exc:
        raise GraphQLError("has to be a whole number, or one as a string") from exc
    if number not in _INT64:
        raise GraphQLError("has to fit 64 bits")
    return number


def _bytes(value: Any) -> bytes:
    if not isinstance(value, str):
        raise GraphQLError("has to be a string in base64")
    try:
        return base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError) as exc:
        raise GraphQLError("has to be a string in base64") from exc


def _unchanged(value: Any) -> Any:
    return value


def _to_text(message: Any) -> str:
    return message.ToJsonString()


def _parser(kind: Any, expected: str) -> Any:
    def parse(value: Any) -> Any:
        if not isinstance(value, str):
            raise GraphQLError(f"has to be {expected}")
        message = kind()
        try:
            message.FromJsonString(value)
        except (ValueError, AttributeError, OverflowError) as exc:
            raise GraphQLError(f"has to be {expected}") from exc
        return message

    return parse


def _literal(parse: Any) -> Any:
    def parse_literal(node: ValueNode, variables: Any = None) -> Any:
        return parse(value_from_ast_untyped(node, variables))

    return parse_literal


def _scalar(name: str, about: str, parse: Any) -> GraphQLScalarType:
    return GraphQLScalarType(
        name,
        serialize=lambda value: value,
        parse_value=parse,
        parse_literal=_literal(parse),
        description=about,
    )


INT64: Final = _scalar("Int64", "A whole number of 64 bits, written as a string.", _integer)
BYTES: Final = _scalar("Base64", "Bytes in base64.", _bytes)
DATE_TIME: Final = _scalar(
    "DateTime",
    "A time as in RFC 3339, such as `2026-01-31T12:00:00Z`.",
    _parser(timestamp_pb2.Timestamp, "a time such as 2026-01-31T12:00:00Z"),
)
DURATION: Final = _scalar(
    "Duration", "Seconds, such as `1.5s`.", _parser(duration_pb2.Duration, "seconds such as 1.5s")
)
FIELD_MASK: Final = _scalar(
    "FieldMask",
    "Fields to change, such as `labels,isAbstract`.",
    _parser(field_mask_pb2.FieldMask, "names of fields, separated by commas"),
)
JSON: Final = _scalar("JSON", "Any JSON value.", _unchanged)

# By the full name of a message: its scalar, and how a value is written.
WELL_KNOWN: Final[dict[str, tuple[GraphQLScalarType, Any]]] = {
    "google.protobuf.Timestamp": (DATE_TIME, _to_text),
    "google.protobuf.Duration": (DURATION, _to_text),
    "google.protobuf.FieldMask": (FIELD_MASK, _to_text),
    "google.protobuf.Struct": (JSON, MessageToDict),
    "google.protobuf.Value": (JSON, MessageToDict),
    "io.cloudevents.v1.CloudEvent": (JSON, MessageToDict),
}


def set_json(message: Any, value: Any) -> None:
    """Reads a JSON value into a message.

    Raises:
        GraphQLError: it has another form.
    """
    try:
        ParseDict(value, message)
    except (ParseError, TypeError, AttributeError, ValueError) as exc:
        raise GraphQLError(f"is no {message.DESCRIPTOR.name}: {exc}"[:300]) from exc


def is_struct(full_name: str) -> bool:
    """Whether it is one of those written as free JSON."""
    return WELL_KNOWN.get(full_name, (None,))[0] is JSON
