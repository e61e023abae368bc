"""Fixtures of graph databases on every SQL backend."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest
from oms_core.clock import SystemClock
from svc_datakernel.adapters.postgresql.store import PostgresKernelStore
from svc_datakernel.adapters.sql.store import SqlKernelStore
from svc_datakernel.adapters.sqlite.store import SqliteKernelStore

from datakernel_tests.databases import AUTHOR
from datakernel_tests.graph_store.graphs import GRAPH

OpenStore = Callable[[], SqlKernelStore]


@pytest.fixture(params=["sqlite", "postgresql"])
def open_store(request: pytest.FixtureRequest, folder: Path) -> Iterator[OpenStore]:
    """Opens a store, each time on the same databases."""
    if request.param == "sqlite":
        yield lambda: SqliteKernelStore(folder, SystemClock(), readers=2)
    else:
        url = request.getfixturevalue("url")
        yield lambda: PostgresKernelStore(url, SystemClock(), pool_size=40)


@pytest.fixture
async def graph_store(open_store: OpenStore) -> AsyncIterator[SqlKernelStore]:
    """A store on a real server or real files, with one graph database."""
    store = open_store()
    await store.create_database(GRAPH, AUTHOR)
    yield store
    await store.close()
