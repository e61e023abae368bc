"""Composition of the event service."""

from __future__ import annotations

from functools import partial
from typing import Final

from oms_nats import NatsConnection, NatsSettings
from oms_postgres import PostgresSchema, PostgresSettings, migrations_in
from oms_rpc import Service, ServiceContext

from svc_events.resources import Resources
from svc_events.settings import EventSettings

_SCHEMA: Final = "oms_events"
_MIGRATIONS: Final = "svc_events.adapters.postgres.migrations"


def service(
    settings: EventSettings,
    nats: NatsSettings | None = None,
    postgres: PostgresSettings | None = None,
) -> Service:
    """The service, ready to be hosted alone or beside others.

    Args:
        nats: Where NATS is. Left out: read from the environment.
        postgres: Where PostgreSQL is. Left out: read from the environment.
    """
    nats, postgres = nats or NatsSettings(), postgres or PostgresSettings()
    return Service(
        name="events", setup=partial(_setup, settings=settings, nats=nats, postgres=postgres)
    )


async def _setup(
    ctx: ServiceContext, settings: EventSettings, nats: NatsSettings, postgres: PostgresSettings
) -> None:
    resources = Resources(
        settings,
        NatsConnection(nats, "oms-events"),
        PostgresSchema(postgres, _SCHEMA, migrations_in(_MIGRATIONS)),
    )
    ctx.stack.push_async_callback(resources.schema.close)
    ctx.stack.push_async_callback(resources.nats.close)
    # The suite serves ontologies without them, so the monolith stays ready.
    ctx.add_ready_check("nats", resources.nats.check, is_required=False)
    ctx.add_ready_check("postgresql", resources.schema.check, is_required=False)
