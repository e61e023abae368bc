"""NATS and PostgreSQL for a module, an empty stream for each test."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from oms_devstack import running_stack
from oms_nats import NatsConnection, NatsSettings
from oms_postgres import PostgresSchema, PostgresSettings, migrations_in
from oms_testing.postgresql import new_database, running_postgresql
from pydantic import SecretStr
from svc_events.adapters.jetstream.publishing import EventPublisher
from svc_events.adapters.jetstream.streams import EventStreams
from svc_events.domain.streams import StreamOptions

from .worlds import World


@pytest.fixture(scope="module")
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running_postgresql(tmp_path_factory.mktemp("postgresql")) as address:
        yield address


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def nats_url(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    folder: Path = tmp_path_factory.mktemp("nats")
    async with running_stack(folder, only={"nats"}, is_durable=False) as stack:
        yield stack.urls["NATS_URL"]


@pytest_asyncio.fixture(loop_scope="module")
async def world(nats_url: str, postgresql: str) -> AsyncIterator[World]:
    nats = NatsConnection(NatsSettings(url=SecretStr(nats_url)), "test")
    jetstream = await nats.jetstream()
    for stream in await jetstream.streams_info():
        await jetstream.delete_stream(stream.config.name or "")
    streams = EventStreams(nats, StreamOptions())
    await streams.ensure()
    async with new_database(postgresql) as database:
        schema = PostgresSchema(
            PostgresSettings(url=SecretStr(database)),
            "oms_events",
            migrations_in("svc_events.adapters.postgres.migrations"),
        )
        yield World(nats, schema, EventPublisher(nats, streams))
        await schema.close()
    await nats.close()
