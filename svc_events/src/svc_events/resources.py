"""What the parts of the service share."""

from __future__ import annotations

from dataclasses import dataclass

from oms_nats import NatsConnection
from oms_postgres import PostgresSchema

from svc_events.adapters.jetstream.publishing import EventPublisher
from svc_events.adapters.jetstream.streams import EventStreams
from svc_events.settings import EventSettings


@dataclass(frozen=True, slots=True)
class Resources:
    """Opened when first used, closed with the server.

    Args:
        nats: JetStream holds events and work queues.
        schema: PostgreSQL holds subscriptions, webhooks, rules, positions and logs.
        streams: The streams of events.
        publisher: Publishes into them, the service's own events too:
            `await publisher.publish(stream_id, [outgoing(event, ...)])`.
    """

    settings: EventSettings
    nats: NatsConnection
    schema: PostgresSchema
    streams: EventStreams
    publisher: EventPublisher
