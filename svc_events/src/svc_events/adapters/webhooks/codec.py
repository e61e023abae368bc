"""Events as they lie in streams and in the work queue: CloudEvents' protobuf format."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from google.protobuf.message import DecodeError
from io_cloudevents.v1 import cloudevents_pb2 as pb
from oms_core.errors import InvalidEvent, OmsError
from oms_core.logging import get_logger

from svc_events.convert import event_from_pb
from svc_events.domain.events import CloudEvent

# An event is read when it is queued, and again for each webhook and attempt.
_REMEMBERED: Final = 2048
_LARGEST_REMEMBERED: Final = 8192


def read_event(raw: bytes) -> CloudEvent:
    """Reads an event; the same one again costs little for a while.

    Raises:
        InvalidEvent: it is none.
    """
    return _remembered(raw) if len(raw) <= _LARGEST_REMEMBERED else _read(raw)


def event_in_stream(raw: bytes, stream: str, sequence: int) -> CloudEvent | None:
    """Reads what lies in a stream. None, and logged: something wrote there that is not OMS."""
    try:
        return read_event(raw)
    except OmsError as exc:
        get_logger().warning("no event", stream=stream, sequence=sequence, why=str(exc))
        return None


def _read(raw: bytes) -> CloudEvent:
    try:
        message = pb.CloudEvent.FromString(raw)
    except DecodeError as exc:
        raise InvalidEvent.of("event", "is not in the protobuf format of CloudEvents") from exc
    return event_from_pb(message)


_remembered = lru_cache(maxsize=_REMEMBERED)(_read)
