"""A real PostgreSQL for the kernel's tests of it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest
from oms_core.clock import SystemClock
from oms_testing.postgresql import new_database, running_postgresql
from svc_datakernel.adapters.postgresql.store import PostgresKernelStore
from svc_datakernel.domain.model import Database

from datakernel_tests.databases import AUTHOR, DATABASE


@pytest.fixture(scope="session")
def postgresql_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running_postgresql(tmp_path_factory.mktemp("postgresql")) as url:
        yield url


@pytest.fixture
async def url(postgresql_server: str) -> AsyncIterator[str]:
    """Address of a PostgreSQL database of the test's own."""
    async with new_database(postgresql_server) as url:
        yield url


@pytest.fixture
async def store(url: str) -> AsyncIterator[PostgresKernelStore]:
    """A store with one database."""
    store = PostgresKernelStore(url, SystemClock(), pool_size=6)
    await store.create_database(Database(DATABASE, "", "", "test", 0), AUTHOR)
    yield store
    await store.close()


@pytest.fixture
async def other(url: str, store: PostgresKernelStore) -> AsyncIterator[PostgresKernelStore]:
    """A second replica on the same server."""
    other = PostgresKernelStore(url, SystemClock(), pool_size=6)
    yield other
    await other.close()
