"""Options of a stream as JetStream's configuration, and back."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from svc_events.domain.streams import EventStream, StreamOptions
from svc_events.domain.subjects import broker_stream, every_subject, stream_id_of

if TYPE_CHECKING:
    from nats.js.api import StreamConfig

METADATA: Final = {"oms.kind": "events"}
"""What marks a stream as one that holds events; JetStream adds notes of its own beside it."""
_NANOSECONDS: Final = 10**9


def to_config(stream_id: str, options: StreamOptions) -> StreamConfig:
    """The configuration of a stream that has these options."""
    from nats.js.api import DiscardPolicy, RetentionPolicy, StorageType, StreamConfig

    return StreamConfig(
        name=broker_stream(stream_id),
        description=options.description or None,
        subjects=[every_subject(stream_id)],
        retention=RetentionPolicy.LIMITS,
        max_age=options.max_age_s,
        max_bytes=options.max_bytes or -1,
        max_msgs=options.max_events or -1,
        max_msg_size=options.max_event_bytes or -1,
        discard=DiscardPolicy.NEW if options.is_refusing else DiscardPolicy.OLD,
        storage=StorageType.MEMORY if options.is_in_memory else StorageType.FILE,
        num_replicas=options.replicas,
        duplicate_window=options.duplicate_window_s,
        # Reads are answered by any server that has a copy.
        allow_direct=True,
        # The relay writes many events as one batch, whole or not at all.
        allow_atomic=True,
        metadata=dict(METADATA),
    )


def from_info(info: dict[str, Any]) -> EventStream:
    """A stream out of what JetStream says about it, as it is on the wire."""
    config, state = info["config"], info["state"]
    last = state.get("last_ts", "")
    has_had_any = state["last_seq"] > 0
    return EventStream(
        stream_id=stream_id_of(config["name"]) or config["name"],
        options=_options(config),
        event_count=state["messages"],
        size_bytes=state["bytes"],
        first_sequence=state["first_seq"],
        last_sequence=state["last_seq"],
        last_publish_time=_moment(last) if has_had_any and not last.startswith("0001-") else None,
        consumer_count=state["consumer_count"],
        create_time=_moment(info["created"]),
    )


def _options(config: dict[str, Any]) -> StreamOptions:
    return StreamOptions(
        description=config.get("description", ""),
        max_age_s=config.get("max_age", 0) / _NANOSECONDS,
        max_bytes=max(config.get("max_bytes", 0), 0),
        max_events=max(config.get("max_msgs", 0), 0),
        max_event_bytes=max(config.get("max_msg_size", 0), 0),
        is_refusing=config.get("discard") == "new",
        is_in_memory=config.get("storage") == "memory",
        replicas=config.get("num_replicas", 1),
        duplicate_window_s=config.get("duplicate_window", 0) / _NANOSECONDS,
    )


def _moment(text: str) -> datetime:
    """A time of the Go language, cut to microseconds."""
    return datetime.fromisoformat(text).astimezone(UTC)
