"""Fixtures of graph databases on files."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from oms_core.clock import SystemClock
from svc_datakernel.adapters.sqlite.store import SqliteKernelStore

from datakernel_tests.databases import AUTHOR
from datakernel_tests.graph_store.graphs import GRAPH


@pytest.fixture
async def graph_store(folder: Path) -> AsyncIterator[SqliteKernelStore]:
    """A store on real files, with one graph database."""
    store = SqliteKernelStore(folder, SystemClock(), readers=2)
    await store.create_database(GRAPH, AUTHOR)
    yield store
    await store.close()
