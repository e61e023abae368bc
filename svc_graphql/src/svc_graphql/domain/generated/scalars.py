"""Scalars that lose nothing: exact numbers, dates, times, durations, JSON, places."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from graphql import (
    FloatValueNode,
    GraphQLError,
    GraphQLScalarType,
    IntValueNode,
    StringValueNode,
    value_from_ast_untyped,
)

_INTEGER = re.compile(r"[+-]?[0-9]{1,1000}\Z")
_DECIMAL = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)\Z")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(Z|[+-][0-9]{2}:[0-9]{2})?\Z")
_DURATION = re.compile(
    r"-?P(?=.)([0-9]+Y)?([0-9]+M)?([0-9]+D)?"
    r"(T(?=.)([0-9]+H)?([0-9]+M)?([0-9]+(\.[0-9]+)?S)?)?\Z"
)
_MAX_TEXT = 1_000_000
_GEOMETRIES = frozenset(
    {"Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon"}
    | {"GeometryCollection"}
)


def _is_integer(text: str) -> bool:
    return _INTEGER.match(text) is not None


def _is_decimal(text: str) -> bool:
    return len(text) <= 1_000 and _DECIMAL.match(text) is not None


def _is_date(text: str) -> bool:
    return _DAY.match(text) is not None and _parses(date.fromisoformat, text[:10], length=10)


def _is_time(text: str) -> bool:
    return text[2:3] == ":" and _parses(time.fromisoformat, text, length=8)


def _is_date_time(text: str) -> bool:
    return text[10:11] == "T" and _parses(datetime.fromisoformat, text, length=19)


def _parses(parse: Callable[[str], object], text: str, *, length: int) -> bool:
    """True of at least `length` characters that can be read."""
    if len(text) < length:
        return False
    try:
        parse(text)
    except ValueError:
        return False
    return True


def _is_duration(text: str) -> bool:
    return _DURATION.match(text) is not None


def _is_base64(text: str) -> bool:
    try:
        base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return False
    return True


def _is_uri(text: str) -> bool:
    return bool(text) and not any(char.isspace() for char in text)


def _text_of_number(value: Any) -> str | None:
    """Digits of a whole or a decimal number; None of anything else, and of a boolean."""
    if isinstance(value, str):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return format(value, "f") if isinstance(value, Decimal) and value.is_finite() else None


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def text_scalar(
    name: str,
    accepts: Callable[[str], bool],
    description: str,
    *,
    is_number: bool = False,
    url: str | None = None,
) -> GraphQLScalarType:
    """A scalar whose values are texts of a certain form, passed on as they are."""
    as_text = _text_of_number if is_number else _text

    def emitted(value: Any) -> str:
        # What the store keeps was checked when it was written.
        text = as_text(value)
        if text is None:
            raise GraphQLError(f"{name} cannot represent value: {_shown(value)}")
        return text

    def checked(value: Any) -> str:
        text = as_text(value)
        if text is None or len(text) > _MAX_TEXT or not accepts(text):
            raise GraphQLError(f"{name} cannot represent value: {_shown(value)}")
        return text

    def literal(node: Any) -> str:
        numbers = IntValueNode | FloatValueNode
        texts = isinstance(node, StringValueNode) or (is_number and isinstance(node, numbers))
        return checked(node.value if texts else None)

    return GraphQLScalarType(
        name,
        description=description,
        specified_by_url=url,
        coerce_output_value=emitted,
        coerce_input_value=checked,
        coerce_input_literal=literal,
    )


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:79]}…"


_OBJECT_ID = re.compile(
    r"[A-Za-z_][A-Za-z0-9_.-]{0,199}/[A-Za-z0-9_][A-Za-z0-9_.:@~-]{0,199}\Z", re.ASCII
)


def is_object_id(text: str) -> bool:
    """True of `{object_type}/{key}`."""
    return _OBJECT_ID.match(text) is not None


def _any(value: Any) -> Any:
    return value


def _geo(value: Any) -> Any:
    if isinstance(value, dict) and value.get("type") in _GEOMETRIES:
        return value
    raise GraphQLError(f"GeoJSON cannot represent value: {_shown(value)}")


_XSD = "https://www.w3.org/TR/xmlschema11-2/"
BIG_INT = text_scalar(
    "BigInt",
    _is_integer,
    "A whole number of any size, written as a string so that none is rounded.",
    is_number=True,
    url=f"{_XSD}#integer",
)
DECIMAL = text_scalar(
    "Decimal",
    _is_decimal,
    'An exact decimal number, written as a string so that none is rounded, such as `"1.50"`.',
    is_number=True,
    url=f"{_XSD}#decimal",
)
DATE = text_scalar("Date", _is_date, "A day, such as `2026-01-31`.", url=f"{_XSD}#date")
TIME = text_scalar("Time", _is_time, "A time of day, such as `12:30:00`.", url=f"{_XSD}#time")
DATE_TIME = text_scalar(
    "DateTime",
    _is_date_time,
    "A day and a time, such as `2026-01-31T12:30:00Z`.",
    url=f"{_XSD}#dateTime",
)
DURATION = text_scalar(
    "Duration", _is_duration, "A length of time, such as `P1DT2H`.", url=f"{_XSD}#duration"
)
URI = text_scalar("URI", _is_uri, "An address or identifier.", url=f"{_XSD}#anyURI")
BASE64 = text_scalar("Base64", _is_base64, "Bytes in base64.", url=f"{_XSD}#base64Binary")
JSON = GraphQLScalarType(
    "JSON",
    description="Any JSON value.",
    coerce_output_value=_any,
    coerce_input_value=_any,
    coerce_input_literal=value_from_ast_untyped,
)
GEO_JSON = GraphQLScalarType(
    "GeoJSON",
    description='A geometry in GeoJSON, such as `{type: "Point", coordinates: [127.0, 37.5]}`.',
    specified_by_url="https://www.rfc-editor.org/rfc/rfc7946",
    coerce_output_value=_geo,
    coerce_input_value=_geo,
    coerce_input_literal=lambda node: _geo(value_from_ast_untyped(node)),
)
SCALARS = (BIG_INT, DECIMAL, DATE, TIME, DATE_TIME, DURATION, URI, BASE64, JSON, GEO_JSON)
