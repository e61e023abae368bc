"""The event service on real servers, one set for a module."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from oms_devstack import running_stack
from oms_testing.postgresql import new_database, running_postgresql
from oms_testing.suite import Suite

from event_service.servers import Servers


@pytest.fixture(scope="session")
def postgresql_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A PostgreSQL for the whole run; tests make databases of their own in it."""
    with running_postgresql(tmp_path_factory.mktemp("postgresql")) as address:
        yield address


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def servers(
    postgresql_server: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Servers]:
    """NATS and a database for one module."""
    folder: Path = tmp_path_factory.mktemp("nats")
    async with (
        running_stack(folder, only={"nats"}, is_durable=False) as stack,
        new_database(postgresql_server) as database,
    ):
        yield Servers(stack.urls["NATS_URL"], database)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def suite(servers: Servers) -> AsyncIterator[Suite]:
    """The running event service."""
    async with servers.replica() as running:
        yield running
