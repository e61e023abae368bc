"""A NATS server for a module, and what stands on it. Everything shares the module's event loop."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from oms_devstack import running_stack
from oms_nats import NatsConnection, NatsSettings
from oms_testing.postgresql import new_database, running_postgresql
from pydantic import SecretStr
from svc_events.adapters.jetstream.publishing import EventPublisher
from svc_events.adapters.jetstream.streams import EventStreams
from svc_events.domain.streams import StreamOptions

from .server import Served, served


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def nats_url(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    folder: Path = tmp_path_factory.mktemp("nats")
    async with running_stack(folder, only={"nats"}, is_durable=False) as stack:
        yield stack.urls["NATS_URL"]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def nats(nats_url: str) -> AsyncIterator[NatsConnection]:
    connection = NatsConnection(NatsSettings(url=SecretStr(nats_url)), "test")
    yield connection
    await connection.close()


@pytest.fixture(scope="session")
def postgresql_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running_postgresql(tmp_path_factory.mktemp("postgresql")) as address:
        yield address


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def service(nats_url: str, postgresql_server: str) -> AsyncIterator[Served]:
    async with (
        new_database(postgresql_server) as database,
        served(nats_url, postgres_url=database) as running,
    ):
        yield running


@pytest.fixture
def streams(nats: NatsConnection) -> EventStreams:
    return EventStreams(nats, StreamOptions(description="built in"))


@pytest.fixture
def publisher(nats: NatsConnection, streams: EventStreams) -> EventPublisher:
    return EventPublisher(nats, streams)
