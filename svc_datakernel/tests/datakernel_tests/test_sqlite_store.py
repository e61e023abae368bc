"""The store on real files: durability, several processes, damage, a full disk."""

from __future__ import annotations

import asyncio
import random
import sqlite3
import sys
import time
from collections.abc import AsyncIterator
from contextlib import aclosing
from pathlib import Path

import pytest
from oms_core.clock import SystemClock
from oms_core.errors import (
    DataCorrupted,
    LimitExceeded,
    OmsError,
    ResourceAlreadyExists,
    ResourceNotFound,
    ServiceUnavailable,
    StaleHead,
    Unimplemented,
)
from sqlalchemy import Connection, text
from svc_datakernel.adapters.sqlite import file_format
from svc_datakernel.adapters.sqlite.folder import FILE_NAME
from svc_datakernel.adapters.sqlite.store import SqliteKernelStore
from svc_datakernel.domain.model import Commit, Database, Revision
from svc_datakernel.domain.operations import CommitDraft, Operation
from svc_datakernel.domain.watching import WatchPart, watch

from datakernel_tests.databases import AUTHOR, DATABASE, upsert

_PATIENCE_S = 20


async def _commit(store: SqliteKernelStore, *operations: Operation, expected: str = "") -> Commit:
    draft = CommitDraft(operations, AUTHOR, expected_head=expected)
    return (await store.create_commit(DATABASE, "main", draft)).commit


async def _ids(store: SqliteKernelStore) -> list[str]:
    page = await store.list_documents(
        DATABASE, Revision(), types=[], after="", limit=1000, show_deleted=True
    )
    return [document.id for document in page.documents]


def _damage(folder: Path, statement: str) -> None:
    with sqlite3.connect(folder / DATABASE / FILE_NAME) as connection:
        assert connection.execute(statement).rowcount > 0
    connection.close()


@pytest.fixture
async def second(folder: Path, store: SqliteKernelStore) -> AsyncIterator[SqliteKernelStore]:
    """Another store on the same folder, as another process has it."""
    other = SqliteKernelStore(folder, SystemClock(), readers=1)
    yield other
    await other.close()


async def test_everything_is_there_after_opening_again(
    store: SqliteKernelStore, folder: Path
) -> None:
    made = await _commit(store, upsert("T/x"))
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
            await _commit(writer, upsert(f"T/{name}{number}"))

    await asyncio.gather(write_all(store, "a"), write_all(second, "b"))
    assert len(await _ids(store)) == 40
    assert await store.last_sequence(DATABASE) == 40
    assert (await second.verify(DATABASE)).faults == []


async def test_commits_of_another_process_wake_a_watch(
    store: SqliteKernelStore, second: SqliteKernelStore
) -> None:
    parts = watch(store, DATABASE, after=0, branch="", with_documents=False)
    async with asyncio.timeout(_PATIENCE_S), aclosing(parts):
        for number in range(3):
            waiting = asyncio.ensure_future(_next(parts))
            made = await _commit(second, upsert(f"T/{number}"))
            assert (await waiting).commit.id == made.id


async def _next(parts: AsyncIterator[WatchPart]) -> WatchPart:
    return await anext(parts)


@pytest.mark.parametrize("by", ["this process", "another process"])
async def test_a_watch_ends_when_its_database_is_deleted(
    store: SqliteKernelStore, second: SqliteKernelStore, by: str
) -> None:
    parts = watch(store, DATABASE, after=-1, branch="", with_documents=False)
    async with asyncio.timeout(_PATIENCE_S), aclosing(parts):
        await anext(parts)
        waiting = asyncio.ensure_future(_next(parts))
        await (store if by == "this process" else second).delete_database(DATABASE)
        with pytest.raises(ResourceNotFound):
            await waiting


async def test_a_database_made_anew_by_another_process_is_not_mistaken_for_the_old_one(
    store: SqliteKernelStore, second: SqliteKernelStore
) -> None:
    old = await _commit(store, upsert("T/old"))
    await second.delete_database(DATABASE)
    await second.create_database(Database(DATABASE, "", "", "new", 0), AUTHOR)
    assert await _ids(store) == []
    assert (await store.get_database(DATABASE)).kind == "new"
    with pytest.raises(StaleHead):
        await _commit(store, upsert("T/x"), expected=old.id)
    await _commit(store, upsert("T/new"))
    assert await _ids(second) == ["T/new"]


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


async def test_a_cancelled_read_is_interrupted(store: SqliteKernelStore) -> None:
    endless = text(
        "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT max(x) FROM n"
    )
    started = asyncio.Event()
    loop = asyncio.get_running_loop()

    def count(conn: Connection) -> None:
        loop.call_soon_threadsafe(started.set)
        conn.execute(endless)

    async with asyncio.timeout(_PATIENCE_S):
        reads = [asyncio.ensure_future(store._read(DATABASE, count)) for _ in range(2)]
        await started.wait()
        for read in reads:
            read.cancel()
        # Both readers are free again.
        assert await _ids(store) == []


async def test_a_cancelled_commit_happens_whole_or_not_at_all(store: SqliteKernelStore) -> None:
    writers = [
        asyncio.ensure_future(_commit(store, upsert(f"T/{n}a"), upsert(f"T/{n}b")))
        for n in range(50)
    ]
    await asyncio.wait(writers, return_when=asyncio.FIRST_COMPLETED)
    for writer in writers:
        writer.cancel()
    await asyncio.wait(writers)
    await _commit(store, upsert("T/last"))
    ids = set(await _ids(store)) - {"T/last"}
    assert {id_[:-1] + "a" for id_ in ids} | {id_[:-1] + "b" for id_ in ids} == ids
    assert (await store.verify(DATABASE)).faults == []


async def test_a_refused_draft_does_not_harm_those_it_shares_a_transaction_with(
    store: SqliteKernelStore,
) -> None:
    head = (await store.resolve(DATABASE, Revision())).id
    results = await asyncio.gather(
        *(_commit(store, upsert(f"T/{n}"), expected=head if n % 2 else "") for n in range(40)),
        return_exceptions=True,
    )
    made = [result for result in results if isinstance(result, Commit)]
    refused = [result for result in results if isinstance(result, StaleHead)]
    assert len(made) + len(refused) == 40
    assert len(made) in (20, 21)
    assert len(await _ids(store)) == await store.last_sequence(DATABASE) == len(made)


async def test_a_full_disk_refuses_the_commit_and_keeps_the_rest(
    store: SqliteKernelStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = await _commit(store, upsert("T/before"))

    def limit_pages(conn: Connection) -> None:
        pages = conn.exec_driver_sql("PRAGMA page_count").scalar_one()
        conn.exec_driver_sql(f"PRAGMA max_page_count = {pages + 4}")

    await store._write(DATABASE, limit_pages)
    large = upsert("T/large", b'{"x":"' + b"y" * 100_000 + b'"}')
    small = [_commit(store, upsert(f"T/{n}")) for n in range(3)]
    refused, *made = await asyncio.gather(_commit(store, large), *small, return_exceptions=True)
    assert isinstance(refused, LimitExceeded)
    assert refused.metadata == {"limit": "storage"}
    assert refused.retry_after_s
    assert [type(result) for result in made] == [Commit] * 3
    assert await _ids(store) == ["T/0", "T/1", "T/2", "T/before"]
    assert before.id in {commit.id for commit in (await _history(store))}
    assert (await store.verify(DATABASE)).faults == []


async def _history(store: SqliteKernelStore) -> list[Commit]:
    return list((await store.list_commits(DATABASE, Revision(), limit=100)).commits)


async def test_a_locked_database_is_unavailable_for_now(
    store: SqliteKernelStore, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(file_format, "_BUSY_TIMEOUT_MS", 10)
    holder = sqlite3.connect(folder / DATABASE / FILE_NAME, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    with pytest.raises(ServiceUnavailable):
        await _commit(store, upsert("T/x"))
    assert await _ids(store) == []
    holder.execute("ROLLBACK")
    holder.close()
    await _commit(store, upsert("T/x"))


_DAMAGES = {
    "a content": "UPDATE contents SET json = CAST(replace(json, '1', '2') AS BLOB)",
    "a message": "UPDATE commits SET message = 'forged' WHERE sequence = 1",
    "an author": "UPDATE commits SET author = 'mallory' || author WHERE sequence = 1",
    "a time": "UPDATE commits SET time_us = time_us + 1 WHERE sequence = 2",
    "a document's id": "UPDATE documents SET id = 'T/forged' WHERE id = 'T/x'",
    "what a change made": "UPDATE changes SET after = NULL WHERE key = 1",
    "what a change found": "UPDATE changes SET before = NULL WHERE sequence = 2",
    "a change's line": "UPDATE changes SET line = 5 WHERE key = 1",
    "who created a document": "UPDATE changes SET created_sequence = 0 WHERE key = 1",
    "the directory": "DELETE FROM directory WHERE document_id = 'T/x'",
    "what a line sees": "UPDATE line_ancestors SET change_limit = 1 WHERE depth = 1",
    "a head": "UPDATE branches SET head = 1 WHERE name = 'main'",
    "a parent": "UPDATE commits SET first_parent = 0 WHERE sequence = 2",
}


@pytest.mark.parametrize("statement", _DAMAGES.values(), ids=_DAMAGES.keys())
async def test_verification_finds_damage(
    store: SqliteKernelStore, folder: Path, statement: str
) -> None:
    await _commit(store, upsert("T/x", b'{"n":1}'))
    await _commit(store, upsert("T/x", b'{"n":11}'))
    await store.create_branch(DATABASE, "dev", Revision())
    await store.create_commit(DATABASE, "dev", CommitDraft([upsert("T/dev")], AUTHOR))
    assert (await store.verify(DATABASE)).faults == []
    _damage(folder, statement)
    assert (await store.verify(DATABASE)).faults


async def test_verification_names_the_commit_and_the_document(
    store: SqliteKernelStore, folder: Path
) -> None:
    made = await _commit(store, upsert("T/x", b'{"n":1}'), upsert("T/y"))
    _damage(folder, _DAMAGES["a content"])
    faults = (await store.verify(DATABASE)).faults
    assert (faults[0].commit_id, faults[0].document_id) == (made.id, "T/x")


async def test_a_damaged_content_is_not_answered(store: SqliteKernelStore, folder: Path) -> None:
    await _commit(store, upsert("T/x", b'{"n":1}'))
    _damage(folder, _DAMAGES["a content"])
    with pytest.raises(DataCorrupted):
        await store.get_documents(DATABASE, Revision(), ["T/x"], show_deleted=False)


async def test_a_flipped_bit_anywhere_in_the_file_never_goes_unnoticed(
    store: SqliteKernelStore, folder: Path
) -> None:
    for number in range(5):
        json = b'{"text":"%s"}' % (b"abcdefgh" * 400)
        await _commit(store, *(upsert(f"T/{number}-{n}", json + b" " * n) for n in range(4)))
    expected = await _ids(store)
    await store.close()
    path = folder / DATABASE / FILE_NAME
    intact = path.read_bytes()
    chance = random.Random(7)
    for _ in range(12):
        position = intact.index(b"abcdefgh") + chance.randrange(3000)
        damaged = bytearray(intact)
        damaged[position] ^= 1 << chance.randrange(8)
        path.write_bytes(damaged)
        again = SqliteKernelStore(folder, SystemClock())
        assert (await again.verify(DATABASE)).faults
        await again.close()
    path.write_bytes(intact)
    again = SqliteKernelStore(folder, SystemClock())
    assert await _ids(again) == expected
    await again.close()


@pytest.mark.parametrize(
    ("damage", "expected"),
    [
        ("PRAGMA user_version = 99", Unimplemented),
        ("PRAGMA user_version = 0", DataCorrupted),
        ("PRAGMA application_id = 1", DataCorrupted),
        ("UPDATE meta SET value = 'other' WHERE name = 'database_id'", DataCorrupted),
    ],
)
async def test_a_file_that_is_not_ours_is_refused(
    store: SqliteKernelStore, folder: Path, damage: str, expected: type[OmsError]
) -> None:
    await store.close()
    connection = sqlite3.connect(folder / DATABASE / FILE_NAME)
    connection.execute(damage)
    connection.commit()
    connection.close()
    again = SqliteKernelStore(folder, SystemClock())
    with pytest.raises(expected):
        await again.get_database(DATABASE)
    await again.close()


async def test_an_older_file_is_brought_to_the_present_version(
    store: SqliteKernelStore, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = await _commit(store, upsert("T/x"))
    await store.close()

    def add_table(conn: Connection) -> None:
        conn.exec_driver_sql("CREATE TABLE added (x)")

    monkeypatch.setattr(file_format, "MIGRATIONS", (add_table,))
    again = SqliteKernelStore(folder, SystemClock())
    assert await again.resolve(DATABASE, Revision()) == made
    version = await again._read(
        DATABASE, lambda conn: conn.exec_driver_sql("PRAGMA user_version").scalar_one()
    )
    assert version == 2
    await again._read(DATABASE, lambda conn: conn.exec_driver_sql("SELECT * FROM added").all())
    await again.close()


_KILLED = """
import asyncio, sys
from pathlib import Path
from oms_core.clock import SystemClock
from svc_datakernel.adapters.sqlite.store import SqliteKernelStore
from svc_datakernel.domain.operations import CommitDraft, Operation, OperationKind

async def write(store, writer):
    for number in range(10_000):
        documents = [
            Operation(OperationKind.UPSERT, f"T/{writer}-{part}", "T", b'{"n":%d}' % number)
            for part in "abc"
        ]
        draft = CommitDraft(documents, "t (t)|verified|ts:2026-01-01T00:00:00Z")
        made = (await store.create_commit("db", "main", draft)).commit
        print(made.id, writer, number, flush=True)

async def main():
    store = SqliteKernelStore(Path(sys.argv[1]), SystemClock())
    await asyncio.gather(*(write(store, writer) for writer in range(4)))

asyncio.run(main())
"""


async def test_acknowledged_commits_survive_kill_9(store: SqliteKernelStore, folder: Path) -> None:
    await store.close()
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _KILLED, str(folder), stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    lines: list[bytes] = []
    deadline = time.monotonic() + _PATIENCE_S
    while len(lines) < 60 and time.monotonic() < deadline:
        lines.append(await process.stdout.readline())
    process.kill()
    lines += (await process.stdout.read()).splitlines(keepends=True)
    await process.wait()
    again = SqliteKernelStore(folder, SystemClock())
    acknowledged = [line.split() for line in lines if line.endswith(b"\n")]
    assert len(acknowledged) >= 60
    for commit_id, writer, number in acknowledged:
        ids = [f"T/{writer.decode()}-{part}" for part in "abc"]
        revision = Revision(commit=commit_id.decode())
        found = await again.get_documents(DATABASE, revision, ids, show_deleted=False)
        assert [document.json for document in found.documents] == [b'{"n":%s}' % number] * 3
    assert (await again.verify(DATABASE)).faults == []
    await again.close()
