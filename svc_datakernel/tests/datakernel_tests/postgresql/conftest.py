"""A real PostgreSQL for the kernel's tests of it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from oms_core.clock import SystemClock
from svc_datakernel.adapters.postgresql.store import PostgresKernelStore
from svc_datakernel.domain.model import Database

from datakernel_tests.databases import AUTHOR, DATABASE


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
