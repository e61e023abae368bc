"""What the parts of the service share."""

from __future__ import annotations

from dataclasses import dataclass

from oms_nats import NatsConnection
from oms_postgres import PostgresSchema

from svc_events.settings import EventSettings


@dataclass(frozen=True, slots=True)
class Resources:
    """Opened when first used, closed with the server.

    Args:
        nats: JetStream holds events and work queues.
        schema: PostgreSQL holds subscriptions, webhooks, rules, positions and logs.
    """

    settings: EventSettings
    nats: NatsConnection
    schema: PostgresSchema
