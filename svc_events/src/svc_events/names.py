"""Resource names of the event service."""

from __future__ import annotations

from svc_events.domain.subjects import DEFAULT_STREAM


def stream_of(name: str) -> str:
    """Id of the stream that `streams/{stream}`, or the name of anything in it, names.

    Empty: the built-in stream. The rules in the proto make sure of the rest.
    """
    return name.split("/")[1] if name else DEFAULT_STREAM


def event_place(name: str) -> tuple[str, int]:
    """Stream and position of `streams/{stream}/events/{sequence}`."""
    _, stream_id, _, sequence = name.split("/")
    return stream_id, int(sequence)
