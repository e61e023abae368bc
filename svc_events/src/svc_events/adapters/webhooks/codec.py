"""Events as they lie in streams and in the work queue: CloudEvents' protobuf format."""

from __future__ import annotations

from google.protobuf.message import DecodeError
from io_cloudevents.v1 import cloudevents_pb2 as pb
from oms_core.errors import InvalidEvent

from svc_events.convert import event_from_pb
from svc_events.domain.events import CloudEvent


def read_event(raw: bytes) -> CloudEvent:
    """Reads an event.

    Raises:
        InvalidEvent: it is none.
    """
    try:
        message = pb.CloudEvent.FromString(raw)
    except DecodeError as exc:
        raise InvalidEvent.of("event", "is not in the protobuf format of CloudEvents") from exc
    return event_from_pb(message)
