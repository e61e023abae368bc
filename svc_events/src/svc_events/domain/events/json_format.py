"""The JSON event format: one event, or a batch, to exact bytes and back.

The value of `data` is never parsed into numbers and written again: its text is cut out of the
message, and pasted into the next one. Attributes keep their JSON type: a boolean is a Boolean, a
number an Integer, and a string a String.

Source: CloudEvents JSON Event Format 1.0.2.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Iterator, Mapping
from json import JSONEncoder
from typing import Final

from oms_core.errors import InvalidEvent, ParseError

from svc_events.domain.events.assembling import event_of
from svc_events.domain.events.charset import encode
from svc_events.domain.events.data import DataKind, EventData, media_type_of
from svc_events.domain.events.event import CloudEvent
from svc_events.domain.events.faults import Faults, within_batch
from svc_events.domain.events.json_text import Member, Number, is_json, read_array, read_object
from svc_events.domain.events.limits import MAX_BATCH_BYTES, MAX_BATCH_EVENTS, MAX_JSON_BYTES
from svc_events.domain.events.values import (
    AttributeType,
    AttributeValue,
    canonical,
    parse_canonical,
)

MEDIA_TYPE: Final = "application/cloudevents+json"
BATCH_MEDIA_TYPE: Final = "application/cloudevents-batch+json"

_DATA_MEMBERS: Final = frozenset({"data", "data_base64"})
_quote: Final = JSONEncoder(ensure_ascii=False).encode


def from_json(raw: bytes) -> CloudEvent:
    """Reads one event.

    Args:
        raw: A JSON object in UTF-8, at most 12 MiB. Members that CloudEvents does not define are
            extensions; those that are null are as good as absent, except JSON `data`.
    Raises:
        ParseError: no JSON object, or one with a member twice; `line` and `column`.
        InvalidEvent: `fields` names each attribute at fault.
    """
    return _event(read_object(_text(raw, MAX_JSON_BYTES)))


def from_json_batch(raw: bytes) -> list[CloudEvent]:
    """Reads a batch: a JSON array of at most 1,000 events and 12 MiB; it may be empty.

    Raises:
        ParseError: no JSON array of objects; `line` and `column`.
        InvalidEvent: `fields` names each attribute at fault of the first bad event, as
            `events[2].source`; or there are too many events.
    """
    events: list[CloudEvent] = []
    for index, members in enumerate(read_array(_text(raw, MAX_BATCH_BYTES))):
        if index == MAX_BATCH_EVENTS:
            raise InvalidEvent.of("events", f"are more than {MAX_BATCH_EVENTS}")
        try:
            events.append(_event(members))
        except InvalidEvent as exc:
            raise within_batch(index, exc) from exc
    return events


def to_json(event: CloudEvent) -> bytes:
    """Writes one event.

    Text that is declared as JSON and is JSON becomes the value of `data`, to the last byte; other
    text becomes a string; anything else becomes `data_base64`.
    """
    members = [f"{_quote(name)}:{_json(value)}" for name, value in event.attributes.items()]
    if event.data is not None:
        members.append(_data_member(event.data, event.datacontenttype))
    return f"{{{','.join(members)}}}".encode()


def to_json_batch(events: Iterable[CloudEvent]) -> bytes:
    """Writes a batch."""
    return b"[" + b",".join(map(to_json, events)) + b"]"


def _text(raw: bytes, most: int) -> str:
    if len(raw) > most:
        raise InvalidEvent.of("body", f"has {len(raw)} bytes, more than {most}")
    try:
        return raw.decode()
    except UnicodeDecodeError as exc:
        message = f"the event is not UTF-8 at byte {exc.start}"
        raise ParseError(message, metadata={"format": "json", "offset": str(exc.start)}) from exc


def _event(members: Mapping[str, Member]) -> CloudEvent:
    faults = Faults()
    attributes = dict(_attributes(members, faults))
    content_type = attributes.get("datacontenttype")
    content_type = content_type if isinstance(content_type, str) else None
    data = _data(members.get("data"), members.get("data_base64"), content_type, faults)
    return event_of(attributes, data, faults=faults)


def _attributes(
    members: Mapping[str, Member], faults: Faults
) -> Iterator[tuple[str, AttributeValue]]:
    for name, member in members.items():
        if name in _DATA_MEMBERS or member.value is None:
            continue
        if isinstance(member.value, Number):
            try:
                yield name, parse_canonical(member.value, AttributeType.INTEGER)
            except ValueError as exc:
                faults.add(name, member.text, str(exc))
        elif isinstance(member.value, str | bool):
            yield name, member.value
        else:
            faults.add(name, member.text, "is no string, number or boolean")


def _data(
    plain: Member | None, encoded: Member | None, content_type: str | None, faults: Faults
) -> EventData | None:
    try:
        if encoded is not None and encoded.value is not None:
            if plain is not None:
                faults.note("data_base64", "stands beside data; an event has one of them")
            return EventData(_base64(encoded.value))
        return None if plain is None else _plain_data(plain, content_type)
    except InvalidEvent as exc:
        faults.absorb(exc)
        return None


def _plain_data(member: Member, content_type: str | None) -> EventData | None:
    media_type = media_type_of(content_type)
    # A content type that is none is a fault of its own.
    if media_type is None or media_type.is_json:
        return EventData.text(member.text)
    if member.value is None:
        return None
    if not isinstance(member.value, str) or isinstance(member.value, Number):
        raise InvalidEvent.of("data", f"is no string, which {content_type!r} asks for")
    return encode(member.value, media_type.charset)


def _base64(value: object) -> bytes:
    if not isinstance(value, str) or isinstance(value, Number):
        raise InvalidEvent.of("data_base64", "is no string")
    try:
        return base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError) as exc:
        raise InvalidEvent.of("data_base64", "is no Base64") from exc


def _json(value: AttributeValue) -> str:
    return canonical(value) if isinstance(value, bool | int) else _quote(canonical(value))


def _data_member(data: EventData, content_type: str | None) -> str:
    media_type = media_type_of(content_type)
    if data.kind is DataKind.TEXT and media_type is not None:
        text = data.content.decode()
        if not media_type.is_json:
            return f'"data":{_quote(text)}'
        if is_json(text):
            return f'"data":{text}'
    return f'"data_base64":"{base64.b64encode(data.content).decode()}"'
