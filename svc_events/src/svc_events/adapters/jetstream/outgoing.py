"""Events as they are handed to JetStream."""

from __future__ import annotations

from functools import lru_cache
from hashlib import blake2b
from typing import Final, NamedTuple

from oms_core.errors import InvalidEvent

from svc_events.convert import event_to_pb
from svc_events.domain.events import CloudEvent, canonical
from svc_events.domain.subjects import (
    DEFAULT_STREAM,
    MAX_TYPE_LENGTH,
    ORIGIN_OWN,
    partition_of,
    partition_subject,
)

CONTENT_TYPE: Final = "application/cloudevents+protobuf"
_DIGEST_BYTES: Final = 16

# A type is turned into a part of a subject letter by letter, and most events have a few types.
_subject_in = lru_cache(maxsize=4096)(partition_subject)


class Outgoing(NamedTuple):
    """An event on its way into a stream, or into the work queue of deliveries.

    Args:
        subject: Where it goes. See `svc_events.domain.subjects`.
        message_id: `Nats-Msg-Id`: within the stream's duplicate window one is kept.
        payload: In the Protobuf event format.
        headers: Further ones of the message, printable ASCII, each `name: value` and a line break.
    """

    subject: str
    message_id: str
    payload: bytes
    headers: str = ""


def subject_of(stream_id: str, *, key: str, origin: str, event_type: str) -> str:
    """`svc_events.domain.subjects.event_subject`, remembered."""
    return _subject_in(stream_id, partition_of(key), origin, event_type)


def message_id_of(source: str, event_id: str) -> str:
    """The message id of an event that has no better one: a digest of source and id."""
    # Neither holds a line break, so two pairs never make one text.
    text = f"{source}\n{event_id}".encode()
    return blake2b(text, digest_size=_DIGEST_BYTES).hexdigest()


def outgoing(
    event: CloudEvent,
    *,
    stream_id: str = DEFAULT_STREAM,
    origin: str = ORIGIN_OWN,
    message_id: str | None = None,
) -> Outgoing:
    """The form of an event in which it is published.

    Args:
        origin: `ORIGIN_OWN`, `ORIGIN_PUBLISHED` or that of a database.
        message_id: Printable ASCII without spaces. Left out: made of source and id.
    Raises:
        InvalidEvent: the type is longer than a subject takes.
    """
    if len(event.type) > MAX_TYPE_LENGTH:
        raise too_long_type(event.type)
    subject = subject_of(stream_id, key=key_of(event), origin=origin, event_type=event.type)
    payload = event_to_pb(event).SerializeToString()
    return Outgoing(subject, message_id or message_id_of(event.source, event.id), payload)


def key_of(event: CloudEvent) -> str:
    """What an event is delivered in order by: `partitionkey`, else the subject, else the source."""
    key = event.extensions.get("partitionkey")
    return canonical(key) if key not in (None, "") else event.subject or event.source


def too_long_type(event_type: str) -> InvalidEvent:
    """The error of a type that no subject can be made of."""
    length = len(event_type)
    return InvalidEvent.of("type", f"has {length} characters, more than {MAX_TYPE_LENGTH}")
