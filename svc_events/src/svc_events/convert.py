"""Events between the Protobuf event format and the domain.

Source: CloudEvents Protobuf Event Format 1.0.2.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from google.protobuf.timestamp_pb2 import Timestamp as PbTimestamp
from io_cloudevents.v1 import cloudevents_pb2 as pb
from oms_core.errors import InvalidEvent

from svc_events.domain.events import (
    REQUIRED,
    AttributeValue,
    CloudEvent,
    DataKind,
    EventData,
    Timestamp,
    Uri,
    UriReference,
    event_of,
)
from svc_events.domain.events.faults import Faults

_OWN_FIELDS: Final = frozenset(REQUIRED)


def event_from_pb(message: pb.CloudEvent) -> CloudEvent:
    """The event of a message.

    `time` may be a text and `dataschema` any kind of text, as in other formats. What was made by
    `event_to_pb` comes back as it was, except that a timestamp is written in UTC.

    Raises:
        InvalidEvent: `fields` names each attribute at fault.
    """
    faults = Faults()
    # Proto knows no absent text: an empty one is one that is missing.
    attributes: dict[str, AttributeValue] = {
        name: text
        for name, text in (
            ("id", message.id),
            ("source", message.source),
            ("specversion", message.spec_version),
            ("type", message.type),
        )
        if text
    }
    for name, value in message.attributes.items():
        if name in _OWN_FIELDS:
            faults.add("attributes", name, "is an attribute with a field of its own")
        else:
            _read_attribute(name, value, attributes, faults)
    return event_of(attributes, _data_from_pb(message, faults), faults=faults)


def event_to_pb(event: CloudEvent) -> pb.CloudEvent:
    """The message of an event. Timestamps lose their offset and what is finer than nanoseconds."""
    message = pb.CloudEvent(
        id=event.id, source=event.source, spec_version=event.specversion, type=event.type
    )
    for name, value in event.attributes.items():
        if name not in _OWN_FIELDS:
            _write_attribute(value, message.attributes[name])
    if event.data is not None:
        _write_data(event.data, message)
    return message


def timestamp_to_pb(value: Timestamp) -> PbTimestamp:
    """The same moment."""
    seconds, nanoseconds = value.unix_time
    return PbTimestamp(seconds=seconds, nanos=nanoseconds)


def _read_attribute(
    name: str,
    value: pb.CloudEvent.CloudEventAttributeValue,
    attributes: dict[str, AttributeValue],
    faults: Faults,
) -> None:
    kind = value.WhichOneof("attr")
    if kind is None:
        faults.note(name, "has no value")
        return
    try:
        attributes[name] = _READERS[kind](getattr(value, kind))
    except ValueError as exc:
        faults.note(name, str(exc))


def _data_from_pb(message: pb.CloudEvent, faults: Faults) -> EventData | None:
    kind = message.WhichOneof("data")
    if kind is None:
        return None
    try:
        return _DATA_READERS[kind](getattr(message, kind))
    except InvalidEvent as exc:
        faults.absorb(exc)
    return None


def _write_attribute(value: AttributeValue, into: pb.CloudEvent.CloudEventAttributeValue) -> None:
    if isinstance(value, Timestamp):
        into.ce_timestamp.CopyFrom(timestamp_to_pb(value))
    else:
        setattr(into, _FIELDS[type(value)], value)


def _write_data(data: EventData, message: pb.CloudEvent) -> None:
    match data.kind:
        case DataKind.BINARY:
            message.binary_data = data.content
        case DataKind.TEXT:
            message.text_data = data.content.decode()
        case DataKind.PROTO:
            message.proto_data.type_url = data.type_url
            message.proto_data.value = data.content


def _timestamp(value: PbTimestamp) -> Timestamp:
    return Timestamp.at(value.seconds, value.nanos)


_READERS: Final[dict[str, Callable[[Any], AttributeValue]]] = {
    "ce_boolean": bool,
    "ce_integer": int,
    "ce_string": str,
    "ce_bytes": bytes,
    "ce_uri": Uri,
    "ce_uri_ref": UriReference,
    "ce_timestamp": _timestamp,
}
_FIELDS: Final[dict[type, str]] = {
    bool: "ce_boolean",
    int: "ce_integer",
    str: "ce_string",
    bytes: "ce_bytes",
    Uri: "ce_uri",
    UriReference: "ce_uri_ref",
}
_DATA_READERS: Final[dict[str, Callable[[Any], EventData]]] = {
    "binary_data": EventData,
    "text_data": EventData.text,
    "proto_data": lambda packed: EventData(packed.value, DataKind.PROTO, packed.type_url),
}
