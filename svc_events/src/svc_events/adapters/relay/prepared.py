"""Relayed events as messages of JetStream."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from oms_core.tracing import TRACEPARENT

from svc_events.adapters.jetstream.outgoing import CONTENT_TYPE, outgoing
from svc_events.domain.relay.place import HEADER, Place
from svc_events.domain.relay.translation import Relayed, message_id
from svc_events.domain.subjects import DEFAULT_STREAM, origin_of_database

HEADROOM_BYTES: Final = 24 * 1024
"""What a message may have besides its event's data: attributes and headers, each bounded."""
_OVERHEAD: Final = 1024


@dataclass(frozen=True, slots=True)
class Prepared:
    """An event on its way into the stream. `size` is about what it takes in memory."""

    subject: str
    headers: dict[str, str]
    payload: bytes
    place: Place
    commit_time: tuple[int, int]

    @property
    def size(self) -> int:
        """Bytes, about."""
        return len(self.payload) + _OVERHEAD


def prepare(relayed: Relayed, database: str, *, trace: str = "") -> Prepared:
    """The message of an event relayed from a database.

    Args:
        trace: The `traceparent` that the commit was made in, or nothing.
    """
    event = outgoing(
        relayed.event,
        stream_id=DEFAULT_STREAM,
        origin=origin_of_database(database),
        message_id=message_id(relayed, database),
    )
    headers = {
        "content-type": CONTENT_TYPE,
        "Nats-Msg-Id": event.message_id,
        HEADER: relayed.place.encode(),
    }
    if trace:
        headers[TRACEPARENT] = trace
    time = relayed.event.time
    return Prepared(
        event.subject,
        headers,
        event.payload,
        relayed.place,
        time.unix_time if time else (0, 0),
    )
