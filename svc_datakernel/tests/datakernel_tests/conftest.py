"""Fixtures of the kernel's tests."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from oms_core.clock import SystemClock
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
