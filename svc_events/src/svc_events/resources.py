"""What the parts of the service share."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TypeAlias

from oms_nats import NatsConnection
from oms_postgres import PostgresSchema

from svc_events.adapters.jetstream.publishing import EventPublisher
from svc_events.adapters.jetstream.reading import EventReader
from svc_events.adapters.jetstream.streams import EventStreams
from svc_events.settings import EventSettings

StreamUsers: TypeAlias = Callable[[str], Awaitable[list[str]]]
"""Finds the names of the resources that name a stream, by the stream's id; some are enough."""


@dataclass(frozen=True, slots=True)
class Resources:
    """Opened when first used, closed with the server.

    Args:
        nats: JetStream holds events and work queues.
        schema: PostgreSQL holds subscriptions, webhooks, rules, positions and logs.
        streams: The streams of events.
        reader: Reads events by their places.
        publisher: Publishes into them, the service's own events too:
            `await publisher.publish(stream_id, [outgoing(event, ...)])`.
        stream_users: Each part that names streams adds one; a stream that has users stays.
    """

    settings: EventSettings
    nats: NatsConnection
    schema: PostgresSchema
    streams: EventStreams
    publisher: EventPublisher
    reader: EventReader
    stream_users: list[StreamUsers] = field(default_factory=list[StreamUsers])
