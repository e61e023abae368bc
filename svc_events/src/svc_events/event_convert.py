"""Stored events and places as messages."""

from __future__ import annotations

from collections.abc import Iterable

from google.protobuf.message import DecodeError
from io_cloudevents.v1 import cloudevents_pb2
from oms.event.v1 import event_service_pb2 as pb
from oms_core.errors import DataCorrupted

from svc_events.adapters.jetstream.acknowledgements import Place
from svc_events.adapters.jetstream.failures import stream_name
from svc_events.adapters.jetstream.reading import StoredMessage
from svc_events.stream_convert import timestamp_or_none


def event_name(stream_id: str, sequence: int) -> str:
    """The resource name of an event."""
    return f"{stream_name(stream_id)}/events/{sequence}"


def publications(stream_id: str, places: Iterable[Place]) -> list[pb.Publication]:
    """The places that events got."""
    return [
        pb.Publication(
            name=event_name(stream_id, place.sequence),
            sequence=place.sequence,
            duplicate=place.is_duplicate,
        )
        for place in places
    ]


def parse_stored(stream_id: str, message: StoredMessage) -> cloudevents_pb2.CloudEvent:
    """The event that a stream holds.

    Raises:
        DataCorrupted: what lies there is none; somebody wrote it past the event service.
    """
    try:
        return cloudevents_pb2.CloudEvent.FromString(message.payload)
    except DecodeError as exc:
        name = event_name(stream_id, message.sequence)
        raise DataCorrupted(f"{name!r} is no event", metadata={"resource_name": name}) from exc


def stored_event(
    stream_id: str, message: StoredMessage, event: cloudevents_pb2.CloudEvent
) -> pb.StoredEvent:
    """An event and its place."""
    return pb.StoredEvent(
        name=event_name(stream_id, message.sequence),
        event=event,
        sequence=message.sequence,
        publish_time=timestamp_or_none(message.publish_time),
    )
