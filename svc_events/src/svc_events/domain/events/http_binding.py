"""The HTTP binding as pure functions: headers and a body to events and back.

Source: HTTP Protocol Binding for CloudEvents 1.0.2.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from typing import Final

from oms_core.errors import InvalidEvent

from svc_events.domain.events.assembling import event_of
from svc_events.domain.events.data import JSON, DataKind, EventData
from svc_events.domain.events.event import CloudEvent
from svc_events.domain.events.faults import Faults, shown
from svc_events.domain.events.json_format import (
    BATCH_MEDIA_TYPE,
    MEDIA_TYPE,
    from_json,
    from_json_batch,
    to_json,
    to_json_batch,
)
from svc_events.domain.events.json_text import is_json
from svc_events.domain.events.media_type import MediaType, parse_media_type
from svc_events.domain.events.values import AttributeValue, canonical

Headers = Iterable[tuple[str, str]]

_PREFIX: Final = "ce-"
_TO_ENCODE: Final = re.compile(r"[^\x21\x23\x24\x26-\x7e]")
_QUOTED: Final = re.compile(r'"((?:[^"\\]|\\.)*+)"')
_ESCAPED: Final = re.compile(rb"%([0-9A-Fa-f]{2})?")


class ContentMode(Enum):
    """How an HTTP message carries events."""

    BINARY = "binary"
    STRUCTURED = "structured"
    BATCHED = "batched"


@dataclass(frozen=True, slots=True)
class HttpMessage:
    """Headers, their names in lower case, and the body of a request or a response."""

    headers: tuple[tuple[str, str], ...]
    body: bytes


def content_mode(content_type: str | None) -> ContentMode:
    """The mode that a message's content type declares."""
    essence = (content_type or "").partition(";")[0].strip().lower()
    if essence.startswith("application/cloudevents-batch"):
        return ContentMode.BATCHED
    if essence.startswith("application/cloudevents"):
        return ContentMode.STRUCTURED
    return ContentMode.BINARY


def from_http(headers: Headers, body: bytes) -> list[CloudEvent]:
    """The events of a message in any mode; more or fewer than one only when it is batched.

    Raises:
        InvalidEvent: an attribute at fault, or an event format other than JSON.
        ParseError: the body is no JSON where it has to be.
    """
    found = list(headers)
    content_type = _content_type(found)
    mode = content_mode(content_type)
    if mode is ContentMode.BINARY:
        return [from_http_binary(found, body)]
    _check_format(content_type or "", mode)
    return from_json_batch(body) if mode is ContentMode.BATCHED else [from_json(body)]


def from_http_binary(headers: Headers, body: bytes) -> CloudEvent:
    """The event of a message in binary mode. An empty body is no data.

    Args:
        headers: By name in any case, as often as they were sent. Others than `ce-…` and
            `content-type` are passed over.
    Raises:
        InvalidEvent: `fields` names each attribute at fault, or its header.
    """
    found = list(headers)
    faults = Faults()
    attributes: dict[str, AttributeValue] = {}
    for header, value in found:
        name = header.lower()
        if name.startswith(_PREFIX):
            _read_header(name, value, attributes, faults)
    content_type = _content_type(found)
    if content_type is not None:
        attributes["datacontenttype"] = content_type
    return event_of(attributes, _data(body, content_type, faults), faults=faults)


def to_http_binary(event: CloudEvent) -> HttpMessage:
    """The message of an event in binary mode.

    JSON text without a content type gets the one that the JSON event format implies for it, and
    a Protobuf message `application/protobuf`.
    """
    headers = [
        (f"{_PREFIX}{name}", encode_header(canonical(value)))
        for name, value in event.attributes.items()
        if name != "datacontenttype"
    ]
    content_type = event.datacontenttype or _implied(event.data)
    if content_type is not None:
        headers.append(("content-type", content_type))
    return HttpMessage(tuple(headers), b"" if event.data is None else event.data.content)


def to_http_structured(event: CloudEvent) -> HttpMessage:
    """The message of an event in structured mode, in JSON."""
    return HttpMessage((("content-type", f"{MEDIA_TYPE}; charset=utf-8"),), to_json(event))


def to_http_batched(events: Iterable[CloudEvent]) -> HttpMessage:
    """The message of events in batched mode, in JSON."""
    headers = (("content-type", f"{BATCH_MEDIA_TYPE}; charset=utf-8"),)
    return HttpMessage(headers, to_json_batch(events))


def encode_header(text: str) -> str:
    """Percent-encodes spaces, quotes, percent signs and whatever is outside printable ASCII."""
    return _TO_ENCODE.sub(_escape, text)


def decode_header(value: str) -> str:
    """Undoes quoting, which older senders use, and then one round of percent-encoding.

    Raises:
        ValueError: characters outside ASCII, a stray percent sign, or bytes that are not UTF-8.
    """
    plain = _QUOTED.sub(_unquote, value.strip(" \t"))
    if not plain.isascii():
        raise ValueError("holds characters outside ASCII; they have to be percent-encoded")
    if "%" not in plain:
        return plain
    try:
        return _ESCAPED.sub(_unescape, plain.encode()).decode()
    except UnicodeDecodeError as exc:
        raise ValueError("holds percent-encoded bytes that are not UTF-8") from exc


def _read_header(
    header: str, value: str, attributes: dict[str, AttributeValue], faults: Faults
) -> None:
    name = header[len(_PREFIX) :]
    if name == "datacontenttype":
        faults.note(header, "has no place in binary mode; content-type says it")
    elif name in attributes:
        faults.note(header, "is there twice")
    else:
        try:
            attributes[name] = decode_header(value)
        except ValueError as exc:
            attributes[name] = ""
            faults.add(name, value, str(exc))


def _data(body: bytes, content_type: str | None, faults: Faults) -> EventData | None:
    try:
        return EventData.of_body(body, content_type) if body else None
    except InvalidEvent as exc:
        faults.absorb(exc)
    return None


def _content_type(headers: Headers) -> str | None:
    found = [value.strip(" \t") for name, value in headers if name.lower() == "content-type"]
    if len(found) > 1:
        raise InvalidEvent.of("content-type", f"is there {len(found)} times")
    return found[0] if found else None


def _check_format(content_type: str, mode: ContentMode) -> None:
    wanted = BATCH_MEDIA_TYPE if mode is ContentMode.BATCHED else MEDIA_TYPE
    try:
        found = parse_media_type(content_type)
    except ValueError as exc:
        raise InvalidEvent.of("content-type", f"{shown(content_type)} {exc}") from exc
    if _essence(found) != wanted:
        raise InvalidEvent.of("content-type", f"{shown(content_type)} is not {wanted}")
    if found.charset not in ("utf-8", "utf8"):
        raise InvalidEvent.of("content-type", f"{shown(content_type)} is not in UTF-8")


def _essence(media_type: MediaType) -> str:
    return f"{media_type.type}/{media_type.subtype}"


def _implied(data: EventData | None) -> str | None:
    if data is None or data.kind is DataKind.BINARY:
        return None
    if data.kind is DataKind.PROTO:
        return "application/protobuf"
    return JSON if is_json(data.content.decode()) else None


def _escape(found: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in found[0].encode())


def _unescape(found: re.Match[bytes]) -> bytes:
    if found[1] is None:
        raise ValueError("holds a percent sign without two hexadecimal digits behind it")
    return bytes((int(found[1], 16),))


def _unquote(found: re.Match[str]) -> str:
    return re.sub(r"\\(.)", r"\1", found[1])
