"""Compaction, checks, backups and statistics of databases in use."""

from __future__ import annotations

import asyncio
import os
import sqlite3
from contextlib import aclosing
from pathlib import Path

import pytest
from oms_core.clock import SystemClock
from oms_core.errors import DataCorrupted, ResourceNotFound
from svc_datakernel.adapters.sqlite.store import SqliteKernelStore
from svc_datakernel.domain.model import Revision

from datakernel_tests.databases import AUTHOR, DATABASE, upsert
from datakernel_tests.replication import bundles
from datakernel_tests.replication.bundles import Store, bundle, commit, fill, send


async def _waste(store: Store, size: int = 200) -> str:
    """Commits that nothing reaches any more; the last of them."""
    await store.create_branch(DATABASE, "waste", Revision())
    bodies = [b'{"v":"%d%s"}' % (n, b"y" * 5000) for n in range(size)]
    for start in range(0, size, 20):
        made = [upsert(f"w{n}", bodies[n]) for n in range(start, min(start + 20, size))]
        last = await commit(store, DATABASE, "waste", *made)
    await store.delete_branch(DATABASE, "waste", expected_head="")
    return last.id


async def test_what_nothing_reaches_goes_and_the_file_shrinks(store: Store) -> None:
    await fill(store, DATABASE)
    before = await bundle(store, DATABASE)
    last = await _waste(store)
    planned = await store.compact(DATABASE, is_dry_run=True)
    assert planned.removed_commits >= 10
    assert (await store.get_commit(DATABASE, last)).id == last
    done = await store.compact(DATABASE, is_dry_run=False)
    assert done.removed_commits == planned.removed_commits
    assert done.removed_contents >= 200
    assert done.size_after_bytes < done.size_before_bytes - 500_000
    with pytest.raises(ResourceNotFound):
        await store.get_commit(DATABASE, last)
    assert await bundle(store, DATABASE) == before
    assert (await store.verify(DATABASE)).faults == []
    assert await store.check_database(DATABASE) == []
    assert (await store.compact(DATABASE, is_dry_run=False)).removed_commits == 0


async def test_a_file_without_incremental_vacuum_gets_it_while_it_is_small(
    store: Store, folder: Path
) -> None:
    await store.close()
    path = folder / DATABASE / "kernel.sqlite3"
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA auto_vacuum = NONE")
    connection.execute("PRAGMA journal_mode = DELETE")
    connection.execute("VACUUM")
    connection.close()
    again = SqliteKernelStore(folder, SystemClock())
    await _waste(again, 100)
    done = await again.compact(DATABASE, is_dry_run=False)
    assert done.size_after_bytes < done.size_before_bytes - 300_000
    assert (await again.verify(DATABASE)).faults == []
    await again.close()
    connection = sqlite3.connect(path)
    assert connection.execute("PRAGMA auto_vacuum").fetchone() == (2,)
    connection.close()


async def test_a_tag_keeps_what_only_it_reaches(store: Store) -> None:
    last = await _waste(store, 40)
    await store.create_tag(DATABASE, "kept", Revision(commit=last), author=AUTHOR, message="")
    assert (await store.compact(DATABASE, is_dry_run=False)).removed_commits == 0
    assert (await store.resolve(DATABASE, Revision(tag="kept"))).id == last
    await store.delete_tag(DATABASE, "kept")
    assert (await store.compact(DATABASE, is_dry_run=False)).removed_commits == 2


async def test_commits_and_reads_go_on_during_a_compaction(store: Store) -> None:
    await fill(store, DATABASE)
    await _waste(store, 400)
    made: list[str] = []

    async def write() -> None:
        for number in range(60):
            branch = f"b{number}"
            await store.create_branch(DATABASE, branch, Revision())
            body = b'{"v":"%d%s"}' % (number, b"y" * 5000)
            made.append((await commit(store, DATABASE, branch, upsert("w1", body))).id)
            await bundles.documents(store, DATABASE, Revision(branch=branch))

    await asyncio.gather(write(), store.compact(DATABASE, is_dry_run=False))
    for commit_id in made:
        assert (await store.get_commit(DATABASE, commit_id)).id == commit_id
    assert (await store.verify(DATABASE)).faults == []


async def test_the_log_is_followed_past_what_was_removed(store: Store) -> None:
    await _waste(store, 20)
    seen = await store.last_sequence(DATABASE)
    await store.compact(DATABASE, is_dry_run=False)
    made = await commit(store, DATABASE, "main", upsert("new", b"{}"))
    log = await store.read_log(DATABASE, after=seen, branch="", limit=10)
    assert [each.id for each in log] == [made.id]


async def test_a_broken_import_is_removed(store: Store) -> None:
    await fill(store, DATABASE)
    await send(store, "copy", await bundle(store, DATABASE), is_creating=True)
    before = await store.statistics("copy")
    for number in range(120):
        await commit(store, DATABASE, "main", upsert(f"n{number}", b'{"n":%d}' % number))
    parts = await bundle(store, DATABASE, branches=["main"])
    # The last commit is missing.
    with pytest.raises(DataCorrupted):
        await send(store, "copy", parts[:-1])
    assert (await store.statistics("copy")).commits > before.commits
    await store.compact("copy", is_dry_run=False)
    after = await store.statistics("copy")
    assert (after.commits, after.contents) == (before.commits, before.contents)
    await send(store, "copy", parts)
    assert (await store.verify("copy")).faults == []


async def test_a_backup_is_a_database_of_its_own(store: Store, tmp_path: Path) -> None:
    await fill(store, DATABASE)
    target = tmp_path / "restored" / DATABASE / "kernel.sqlite3"
    target.parent.mkdir(parents=True)
    with target.open("wb") as file:
        async with aclosing(store.backup(DATABASE)) as parts:
            async for part in parts:
                file.write(part)
    await commit(store, DATABASE, "main", upsert("later", b"{}"))
    restored = SqliteKernelStore(tmp_path / "restored", SystemClock())
    try:
        assert (await restored.verify(DATABASE)).faults == []
        found = await bundles.documents(restored, DATABASE, Revision())
        assert "later" not in [document.id for document in found]
        assert (await restored.statistics(DATABASE)).commits > 5
    finally:
        await restored.close()
    assert set(os.listdir(tmp_path / "kernel")) == {DATABASE}  # noqa: PTH208


async def test_statistics_count_what_is_there(store: Store) -> None:
    await commit(store, DATABASE, "main", upsert("a", b'{"v":1}'), upsert("b", b'{"v":1}'))
    found = await store.statistics(DATABASE)
    assert (found.commits, found.branches, found.documents, found.contents) == (2, 1, 2, 1)
    assert found.content_size_bytes == len(b'{"v":1}')
    assert found.disk_size_bytes > 0
