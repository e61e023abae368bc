"""Composition of the event service."""

from __future__ import annotations

from functools import partial
from typing import Final

from oms_nats import NatsConnection, NatsSettings
from oms_outbound import OutboundSettings
from oms_postgres import PostgresSchema, PostgresSettings, migrations_in
from oms_rpc import Service, ServiceContext

from svc_events.adapters.jetstream.publishing import EventPublisher
from svc_events.adapters.jetstream.reading import EventReader
from svc_events.adapters.jetstream.streams import EventStreams
from svc_events.cataloguing import add_catalogue
from svc_events.domain.streams import StreamOptions
from svc_events.eventing import add_events
from svc_events.kafka_settings import KafkaSettings
from svc_events.mirroring import add_kafka
from svc_events.relaying import add_relay, commit_finder
from svc_events.resources import Resources
from svc_events.routing import add_routing
from svc_events.settings import EventSettings
from svc_events.subscribing import add_subscriptions
from svc_events.webhook_settings import WebhookSettings
from svc_events.webhooks import add_webhooks

_SCHEMA: Final = "oms_events"
_MIGRATIONS: Final = "svc_events.adapters.postgres.migrations"


def service(
    settings: EventSettings,
    nats: NatsSettings | None = None,
    postgres: PostgresSettings | None = None,
    *,
    webhooks: WebhookSettings | None = None,
    outbound: OutboundSettings | None = None,
    kafka: KafkaSettings | None = None,
) -> Service:
    """The service, ready to be hosted alone or beside others.

    Args:
        nats: Where NATS is. Left out: read from the environment.
        postgres: Where PostgreSQL is. Left out: read from the environment.
        webhooks: How they are delivered. Left out: read from the environment.
        outbound: What they may reach. Left out: read from the environment.
        kafka: What is mirrored to it. Left out: read from the environment.
    """
    nats, postgres = nats or NatsSettings(), postgres or PostgresSettings()
    setup = partial(
        _setup,
        settings=settings,
        nats=nats,
        postgres=postgres,
        webhooks=webhooks or WebhookSettings(),
        outbound=outbound or OutboundSettings(),
        kafka=kafka or KafkaSettings(),
    )
    return Service(name="events", setup=setup)


async def _setup(
    ctx: ServiceContext,
    *,
    settings: EventSettings,
    nats: NatsSettings,
    postgres: PostgresSettings,
    webhooks: WebhookSettings,
    outbound: OutboundSettings,
    kafka: KafkaSettings,
) -> None:
    resources = _resources(settings, nats, postgres)
    ctx.stack.push_async_callback(resources.schema.close)
    ctx.stack.push_async_callback(resources.nats.close)
    # The suite serves ontologies without them, so the monolith stays ready.
    for name, store in (("nats", resources.nats), ("postgresql", resources.schema)):
        check = store.check if store.is_configured else None
        ctx.add_ready_check(name, check, is_required=False)
    stream_events = add_subscriptions(ctx, resources, commit_finder(resources))
    add_events(ctx, resources, stream_events=stream_events)
    add_catalogue(ctx, resources)
    add_webhooks(ctx, resources, webhooks, outbound)
    add_routing(ctx, resources)
    add_relay(ctx, resources)
    add_kafka(ctx, resources, kafka)


def _resources(
    settings: EventSettings, nats: NatsSettings, postgres: PostgresSettings
) -> Resources:
    connection = NatsConnection(nats, "oms-events")
    schema = PostgresSchema(postgres, _SCHEMA, migrations_in(_MIGRATIONS))
    streams = EventStreams(
        connection,
        StreamOptions(
            description="Events of OMS, and those published without naming a stream",
            max_age_s=settings.max_age_s,
            replicas=settings.stream_replicas,
        ),
    )
    publisher, reader = EventPublisher(connection, streams), EventReader(connection, streams)
    return Resources(settings, connection, schema, streams, publisher, reader)
