"""Streams between proto and domain."""

from __future__ import annotations

from typing import Any, Final

from google.protobuf.duration_pb2 import Duration
from google.protobuf.timestamp_pb2 import Timestamp
from oms.event.v1 import stream_service_pb2 as pb
from oms_core.errors import InvalidField

from svc_events.adapters.jetstream.failures import stream_name
from svc_events.domain.streams import DEFAULT_DUPLICATE_WINDOW_S, EventStream, StreamOptions
from svc_events.domain.subjects import DEFAULT_STREAM

_LEAST_AGE_S: Final = 1.0
_LEAST_WINDOW_S: Final = 0.1
# The broker counts nanoseconds in 64 bits.
_MOST_S: Final = 200 * 365 * 86_400.0


def options_from_pb(message: pb.Stream, *, replicas: int) -> StreamOptions:
    """The options of a stream.

    Args:
        replicas: What 0 means.
    Raises:
        InvalidField: a time is out of its range.
    """
    max_age = _seconds(message, "max_age", least=_LEAST_AGE_S)
    window = _seconds(message, "duplicate_window", least=_LEAST_WINDOW_S)
    if not window:
        window = min(DEFAULT_DUPLICATE_WINDOW_S, max_age or DEFAULT_DUPLICATE_WINDOW_S)
    if max_age and window > max_age:
        raise InvalidField.of(
            "stream.duplicate_window", f"{window:g} s is more than max_age, {max_age:g} s"
        )
    return StreamOptions(
        description=message.description,
        max_age_s=max_age,
        max_bytes=message.max_bytes,
        max_events=message.max_events,
        max_event_bytes=message.max_event_bytes,
        is_refusing=message.overflow == pb.STREAM_OVERFLOW_REFUSE,
        is_in_memory=message.storage == pb.STREAM_STORAGE_MEMORY,
        replicas=message.replicas or replicas,
        duplicate_window_s=window,
    )


def stream_to_pb(stream: EventStream) -> pb.Stream:
    """The message of a stream."""
    options = stream.options
    return pb.Stream(
        name=stream_name(stream.stream_id),
        description=options.description,
        max_age=_duration(options.max_age_s) if options.max_age_s else None,
        max_bytes=options.max_bytes,
        max_events=options.max_events,
        max_event_bytes=options.max_event_bytes,
        overflow=(
            pb.STREAM_OVERFLOW_REFUSE if options.is_refusing else pb.STREAM_OVERFLOW_DISCARD_OLDEST
        ),
        storage=pb.STREAM_STORAGE_MEMORY if options.is_in_memory else pb.STREAM_STORAGE_FILE,
        replicas=options.replicas,
        duplicate_window=_duration(options.duplicate_window_s),
        event_count=stream.event_count,
        size_bytes=stream.size_bytes,
        first_sequence=stream.first_sequence,
        last_sequence=stream.last_sequence,
        last_publish_time=timestamp_or_none(stream.last_publish_time),
        consumer_count=stream.consumer_count,
        is_built_in=stream.stream_id == DEFAULT_STREAM,
        etag=options.etag,
        create_time=timestamp_or_none(stream.create_time),
    )


def timestamp_or_none(moment: Any) -> Timestamp | None:
    """A moment as a message."""
    if moment is None:
        return None
    message = Timestamp()
    message.FromDatetime(moment)
    return message


def _seconds(message: pb.Stream, field: str, *, least: float) -> float:
    if not message.HasField(field):  # pyright: ignore[reportArgumentType] - one of two names
        return 0.0
    duration: Duration = getattr(message, field)
    seconds = duration.seconds + duration.nanos / 1e9
    if not least <= seconds <= _MOST_S:
        raise InvalidField.of(
            f"stream.{field}", f"{seconds:g} s is outside {least:g} s to 200 years"
        )
    return seconds


def _duration(seconds: float) -> Duration:
    message = Duration()
    message.FromNanoseconds(round(seconds * 1e9))
    return message
