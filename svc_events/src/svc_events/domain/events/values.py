"""The type system of CloudEvents attributes, and the canonical text of each type."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable
from enum import Enum
from typing import Final, TypeAlias

from svc_events.domain.events.limits import MAX_VALUE_BYTES
from svc_events.domain.events.timestamp import Timestamp
from svc_events.domain.events.uri import is_uri, is_uri_reference

MIN_INTEGER: Final = -(2**31)
MAX_INTEGER: Final = 2**31 - 1

# Control characters, halves of surrogate pairs, and what Unicode calls noncharacters.
_FORBIDDEN: Final = re.compile(
    "[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef"
    + "".join(
        f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0, 0x110000, 0x10000)
    )
    + "]"
)
_INTEGER: Final = re.compile(r"-?(?:0|[1-9][0-9]*+)", re.ASCII)


class Uri(str):
    """An absolute URI. Not checked when it is made, but when an event takes it."""

    __slots__ = ()


class UriReference(str):
    """A URI or a relative reference. Not checked when it is made, but when an event takes it."""

    __slots__ = ()


AttributeValue: TypeAlias = bool | int | str | bytes | Uri | UriReference | Timestamp
"""A value of an attribute: Boolean, Integer, String, Binary, URI, URI-reference or Timestamp."""


class AttributeType(Enum):
    """The seven types of the specification."""

    BOOLEAN = "Boolean"
    INTEGER = "Integer"
    STRING = "String"
    BINARY = "Binary"
    URI = "URI"
    URI_REFERENCE = "URI-reference"
    TIMESTAMP = "Timestamp"


def type_of(value: AttributeValue) -> AttributeType:
    """The type of a value.

    Raises:
        KeyError: it is no value of an attribute.
    """
    return _TYPES[type(value)]


def canonical(value: AttributeValue) -> str:
    """The canonical text of a value, which every protocol binding can carry."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return str(value)  # a plain one, also of Uri and UriReference


def parse_canonical(text: str, wanted: AttributeType) -> AttributeValue:
    """The value of a type that a canonical text stands for.

    Raises:
        ValueError: the text is no canonical text of that type.
    """
    value = _PARSERS[wanted](text)
    fault = fault_of(value)
    if fault is not None:
        raise ValueError(fault)
    return value


def fault_of(value: object) -> str | None:
    """What is wrong with an attribute's value, or None."""
    check = _CHECKS.get(type(value))
    return f"is a {type(value).__name__}, no attribute type" if check is None else check(value)


def _boolean(text: str) -> bool:
    if text not in ("true", "false"):
        raise ValueError("is neither true nor false")
    return text == "true"


def _integer(text: str) -> int:
    # A 32 bit number has ten digits; a long text is not worth converting.
    if not _INTEGER.fullmatch(text) or len(text) > 11:
        raise ValueError("is no 32 bit integer")
    return int(text)


def _binary(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as exc:
        raise ValueError("is no Base64") from exc


def _no_fault(_: object) -> None:
    return None


def _integer_fault(value: int) -> str | None:
    is_fine = MIN_INTEGER <= value <= MAX_INTEGER
    return None if is_fine else f"is outside {MIN_INTEGER} to {MAX_INTEGER}"


def _text_fault(value: str) -> str | None:
    forbidden = _FORBIDDEN.search(value)
    if forbidden is not None:
        character = ord(forbidden[0])
        return f"holds the forbidden character U+{character:04X} at {forbidden.start()}"
    if len(value) * 4 > MAX_VALUE_BYTES and len(value.encode()) > MAX_VALUE_BYTES:
        return f"has {len(value.encode())} bytes, more than {MAX_VALUE_BYTES}"
    return None


def _binary_fault(value: bytes) -> str | None:
    size = (len(value) + 2) // 3 * 4
    is_fine = size <= MAX_VALUE_BYTES
    return None if is_fine else f"has {size} bytes in Base64, more than {MAX_VALUE_BYTES}"


def _uri_fault(value: str) -> str | None:
    return _text_fault(value) or (None if is_uri(value) else "is no absolute URI (RFC 3986)")


def _uri_reference_fault(value: str) -> str | None:
    fault = _text_fault(value)
    return fault or (None if is_uri_reference(value) else "is no URI reference (RFC 3986)")


def _timestamp_fault(value: Timestamp) -> str | None:
    return _text_fault(value.text)


_TYPES: Final[dict[type, AttributeType]] = {
    bool: AttributeType.BOOLEAN,
    int: AttributeType.INTEGER,
    str: AttributeType.STRING,
    bytes: AttributeType.BINARY,
    Uri: AttributeType.URI,
    UriReference: AttributeType.URI_REFERENCE,
    Timestamp: AttributeType.TIMESTAMP,
}
_PARSERS: Final[dict[AttributeType, Callable[[str], AttributeValue]]] = {
    AttributeType.BOOLEAN: _boolean,
    AttributeType.INTEGER: _integer,
    AttributeType.STRING: str,
    AttributeType.BINARY: _binary,
    AttributeType.URI: Uri,
    AttributeType.URI_REFERENCE: UriReference,
    AttributeType.TIMESTAMP: Timestamp,
}
_CHECKS: Final[dict[type, Callable[..., str | None]]] = {
    bool: _no_fault,
    int: _integer_fault,
    str: _text_fault,
    bytes: _binary_fault,
    Uri: _uri_fault,
    UriReference: _uri_reference_fault,
    Timestamp: _timestamp_fault,
}
