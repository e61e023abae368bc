"""The folder of databases, shared by several processes."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import aclosing
from pathlib import Path

import pytest
from oms_core.clock import SystemClock
from oms_core.errors import (
    DataCorrupted,
    ResourceAlreadyExists,
    ResourceNotFound,
    StaleHead,
)
from svc_datakernel.adapters.sqlite.folder import FILE_NAME
from svc_datakernel.adapters.sqlite.store import SqliteKernelStore
from svc_datakernel.domain.model import BranchMove, Database, FeedPosition, Revision
from svc_datakernel.domain.operations import CommitDraft
from svc_datakernel.domain.watching import Watch, WatchPart, watch

from datakernel_tests.databases import AUTHOR, DATABASE, upsert
from datakernel_tests.stores import PATIENCE_S, commit, ids


@pytest.fixture
async def second(folder: Path, store: SqliteKernelStore) -> AsyncIterator[SqliteKernelStore]:
    """Another store on the same folder, as another process has it."""
    other = SqliteKernelStore(folder, SystemClock(), readers=1)
    yield other
    await other.close()


async def test_everything_is_there_after_opening_again(
    store: SqliteKernelStore, folder: Path
) -> None:
    made = await commit(store, upsert("T/x"))
    await store.close()
    again = SqliteKernelStore(folder, SystemClock())
    assert await again.resolve(DATABASE, Revision()) == made
    assert (await again.get_database(DATABASE)).kind == "test"
    await again.close()


async def test_writers_of_several_processes_take_turns(
    store: SqliteKernelStore, second: SqliteKernelStore
) -> None:
    async def write_all(writer: SqliteKernelStore, name: str) -> None:
        for number in range(20):
            await commit(writer, upsert(f"T/{name}{number}"))

    await asyncio.gather(write_all(store, "a"), write_all(second, "b"))
    assert len(await ids(store)) == 40
    assert await store.last_sequence(DATABASE) == 40
    assert (await second.verify(DATABASE)).faults == []


_WATCH = Watch(DATABASE, "", with_documents=False, with_moves=False)


async def test_commits_of_another_process_wake_a_watch(
    store: SqliteKernelStore, second: SqliteKernelStore
) -> None:
    parts = watch(store, _WATCH, after=FeedPosition(0, 0))
    async with asyncio.timeout(PATIENCE_S), aclosing(parts):
        for number in range(3):
            waiting = asyncio.ensure_future(_next(parts))
            made = await commit(second, upsert(f"T/{number}"))
            assert (await waiting).commit.id == made.id


async def _next(parts: AsyncIterator[WatchPart | BranchMove]) -> WatchPart:
    part = await anext(parts)
    assert isinstance(part, WatchPart)
    return part


@pytest.mark.parametrize("by", ["this process", "another process"])
async def test_a_watch_ends_when_its_database_is_deleted(
    store: SqliteKernelStore, second: SqliteKernelStore, by: str
) -> None:
    parts = watch(store, _WATCH, after=FeedPosition(-1, 0))
    async with asyncio.timeout(PATIENCE_S), aclosing(parts):
        await anext(parts)
        waiting = asyncio.ensure_future(_next(parts))
        await (store if by == "this process" else second).delete_database(DATABASE)
        with pytest.raises(ResourceNotFound):
            await waiting


async def test_a_database_made_anew_by_another_process_is_not_mistaken_for_the_old_one(
    store: SqliteKernelStore, second: SqliteKernelStore
) -> None:
    old = await commit(store, upsert("T/old"))
    await second.delete_database(DATABASE)
    await second.create_database(Database(DATABASE, "", "", "new", 0), AUTHOR)
    assert await ids(store) == []
    assert (await store.get_database(DATABASE)).kind == "new"
    with pytest.raises(StaleHead):
        await commit(store, upsert("T/x"), expected=old.id)
    await commit(store, upsert("T/new"))
    assert await ids(second) == ["T/new"]


async def test_of_many_who_create_one_database_one_succeeds(
    store: SqliteKernelStore, second: SqliteKernelStore
) -> None:
    database = Database("shared", "", "", "", 0)
    results = await asyncio.gather(
        *(each.create_database(database, AUTHOR) for each in (store, second) * 5),
        return_exceptions=True,
    )
    assert len([result for result in results if isinstance(result, Database)]) == 1
    refused = [result for result in results if isinstance(result, ResourceAlreadyExists)]
    assert len(refused) == 9
    listed = await store.list_databases(kind="", after="", limit=10)
    assert [each.id for each in listed] == [DATABASE, "shared"]


async def test_a_new_database_is_not_taken_for_one_that_had_its_place_on_the_disk(
    folder: Path, store: SqliteKernelStore, second: SqliteKernelStore
) -> None:
    for name in ("a", "b", "c"):
        await store.create_database(Database(name, name, "", "", 0), AUTHOR)
        for each in (store, second):
            assert (await each.get_database(name)).display_name == name
            assert len(await each.list_databases(kind="", after="", limit=10)) == 2
        await second.delete_database(name)
        await store.close()  # lets go of the file, so that its inode can be used again
        store = SqliteKernelStore(folder, SystemClock())
        assert (await second.list_databases(kind="", after="", limit=10))[0].id == DATABASE
    await store.close()


async def test_a_damaged_database_does_not_hide_the_others(
    store: SqliteKernelStore, folder: Path
) -> None:
    (folder / "damaged").mkdir()
    (folder / "damaged" / FILE_NAME).write_bytes(b"this is no database" * 1000)
    listed = await store.list_databases(kind="", after="", limit=10)
    assert [each.id for each in listed] == [DATABASE]
    with pytest.raises(DataCorrupted):
        await store.get_database("damaged")


async def test_what_unfinished_deletions_and_creations_left_is_cleared_away(folder: Path) -> None:
    for name in (".deleted-1", ".creating-1", ".creating-2"):
        (folder / name).mkdir(parents=True)
        (folder / name / FILE_NAME).touch()
    os.utime(folder / ".creating-1", (0, 0))
    store = SqliteKernelStore(folder, SystemClock())
    assert os.listdir(folder) == [".creating-2"]  # noqa: PTH208 - the loop is not blocked for long
    assert await store.list_databases(kind="", after="", limit=10) == []
    await store.close()


async def test_more_databases_are_used_than_are_kept_open(folder: Path) -> None:
    store = SqliteKernelStore(folder, SystemClock(), readers=2, most_open=2)
    names = [f"d{number}" for number in range(6)]
    for name in names:
        await store.create_database(Database(name, "", "", "", 0), AUTHOR)

    async def use(name: str) -> None:
        for number in range(3):
            draft = CommitDraft([upsert(f"T/{number}")], AUTHOR)
            await store.create_commit(name, "main", draft)

    await asyncio.gather(*(use(name) for name in names))
    assert [await store.last_sequence(name) for name in names] == [3] * 6
    await store.close()


@pytest.mark.parametrize("name", ["../db", "db/..", "", ".creating-1", "DB", "a" * 64])
async def test_a_name_that_is_no_id_is_never_made_a_path(
    store: SqliteKernelStore, name: str
) -> None:
    with pytest.raises(ResourceNotFound):
        await store.delete_database(name)
    with pytest.raises(ResourceNotFound):
        await store.get_branch(name, "main")
