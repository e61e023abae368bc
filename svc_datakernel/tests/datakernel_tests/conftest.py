"""Fixtures of the kernel's tests."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from oms_core.clock import SystemClock
from oms_testing.postgresql import new_database, running_postgresql
from svc_datakernel.adapters.sqlite.store import SqliteKernelStore
from svc_datakernel.domain.model import Database

from datakernel_tests.databases import AUTHOR, DATABASE


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "kernel"


@pytest.fixture
async def store(folder: Path) -> AsyncIterator[SqliteKernelStore]:
    """A store on real files, with one database."""
    store = SqliteKernelStore(folder, SystemClock(), readers=2)
    await store.create_database(Database(DATABASE, "", "", "test", 0), AUTHOR)
    yield store
    await store.close()


@pytest.fixture(scope="session")
def postgresql_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A PostgreSQL server for all tests of a process."""
    with running_postgresql(tmp_path_factory.mktemp("postgresql")) as url:
        yield url


@pytest.fixture
async def url(postgresql_server: str) -> AsyncIterator[str]:
    """Address of a PostgreSQL database of the test's own."""
    async with new_database(postgresql_server) as url:
        yield url
