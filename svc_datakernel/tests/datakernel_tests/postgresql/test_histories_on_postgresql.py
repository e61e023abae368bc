"""Whole histories on PostgreSQL: sent to and from SQLite, backed up, compacted."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from oms_core.clock import SystemClock
from oms_devstack.binaries import postgres_bin
from oms_testing.postgresql import new_database
from svc_datakernel.adapters.postgresql.store import PostgresKernelStore
from svc_datakernel.adapters.sql.store import SqlKernelStore
from svc_datakernel.adapters.sqlite.store import SqliteKernelStore
from svc_datakernel.domain.replication import ImportTarget

from datakernel_tests.databases import AUTHOR, DATABASE
from datakernel_tests.replication.bundles import fill


@pytest.fixture
async def files(folder: Path) -> AsyncIterator[SqliteKernelStore]:
    """An empty store on SQLite."""
    files = SqliteKernelStore(folder, SystemClock(), readers=2)
    yield files
    await files.close()


async def _state(store: SqlKernelStore) -> dict[str, str]:
    branches = await store.list_branches(DATABASE, after="", limit=100)
    return {branch.name: branch.head for branch in branches}


async def _copy(source: SqlKernelStore, target: SqlKernelStore) -> None:
    parts = source.export_history(DATABASE, branches=(), have=())
    await target.import_history(ImportTarget(DATABASE, AUTHOR, is_creating=True), parts)


async def test_a_history_moves_between_backends_with_its_ids(
    store: PostgresKernelStore, files: SqliteKernelStore
) -> None:
    await fill(store, DATABASE)
    wanted = await _state(store)
    await _copy(store, files)
    assert await _state(files) == wanted
    assert (await files.verify(DATABASE)).faults == []
    await store.delete_database(DATABASE)
    await _copy(files, store)
    assert await _state(store) == wanted
    assert (await store.verify(DATABASE)).faults == []
    assert await store.check_database(DATABASE) == []


async def test_a_backup_restores_through_psql(
    store: PostgresKernelStore, postgresql_server: str, tmp_path: Path
) -> None:
    await fill(store, DATABASE)
    script = tmp_path / "backup.sql"
    script.write_bytes(b"".join([part async for part in store.backup(DATABASE)]))
    async with new_database(postgresql_server) as elsewhere:
        other = PostgresKernelStore(elsewhere, SystemClock(), pool_size=6)
        await other.check()
        psql = await asyncio.create_subprocess_exec(
            *(str(postgres_bin() / "psql"), "--no-psqlrc", "--quiet"),
            *("--set", "ON_ERROR_STOP=1", "--file", str(script), elsewhere),
        )
        assert await psql.wait() == 0
        assert await _state(other) == await _state(store)
        assert (await other.verify(DATABASE)).faults == []
        await other.close()


async def test_compaction_removes_what_nothing_reaches(store: PostgresKernelStore) -> None:
    await fill(store, DATABASE)
    before = await store.statistics(DATABASE)
    removed = await store.compact(DATABASE, is_dry_run=False)
    after = await store.statistics(DATABASE)
    assert removed.removed_commits == before.commits - after.commits > 0
    assert after.disk_size_bytes > 0
    assert (await store.verify(DATABASE)).faults == []
    assert await store.check_database(DATABASE) == []
