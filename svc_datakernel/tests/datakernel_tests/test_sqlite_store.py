"""The store on real files: all or nothing, whatever happens."""

from __future__ import annotations

import asyncio
import sqlite3
import sys
import time
from pathlib import Path

import pytest
from oms_core.clock import SystemClock
from oms_core.errors import (
    LimitExceeded,
    ServiceUnavailable,
    StaleHead,
)
from sqlalchemy import Connection, text
from svc_datakernel.adapters.sqlite import file_format
from svc_datakernel.adapters.sqlite.folder import FILE_NAME
from svc_datakernel.adapters.sqlite.store import SqliteKernelStore
from svc_datakernel.domain.model import Commit, Revision

from datakernel_tests.databases import DATABASE, upsert
from datakernel_tests.stores import PATIENCE_S, commit, ids


async def test_a_cancelled_read_is_interrupted(store: SqliteKernelStore) -> None:
    endless = text(
        "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT max(x) FROM n"
    )
    started = asyncio.Event()
    loop = asyncio.get_running_loop()

    def count(conn: Connection) -> None:
        loop.call_soon_threadsafe(started.set)
        conn.execute(endless)

    async with asyncio.timeout(PATIENCE_S):
        reads = [asyncio.ensure_future(store._read(DATABASE, count)) for _ in range(2)]
        await started.wait()
        for read in reads:
            read.cancel()
        # Both readers are free again.
        assert await ids(store) == []


async def test_a_cancelled_commit_happens_whole_or_not_at_all(store: SqliteKernelStore) -> None:
    writers = [
        asyncio.ensure_future(commit(store, upsert(f"T/{n}a"), upsert(f"T/{n}b")))
        for n in range(50)
    ]
    await asyncio.wait(writers, return_when=asyncio.FIRST_COMPLETED)
    for writer in writers:
        writer.cancel()
    await asyncio.wait(writers)
    await commit(store, upsert("T/last"))
    kept = set(await ids(store)) - {"T/last"}
    assert {id_[:-1] + "a" for id_ in kept} | {id_[:-1] + "b" for id_ in kept} == kept
    assert (await store.verify(DATABASE)).faults == []


async def test_a_refused_draft_does_not_harm_those_it_shares_a_transaction_with(
    store: SqliteKernelStore,
) -> None:
    head = (await store.resolve(DATABASE, Revision())).id
    results = await asyncio.gather(
        *(commit(store, upsert(f"T/{n}"), expected=head if n % 2 else "") for n in range(40)),
        return_exceptions=True,
    )
    made = [result for result in results if isinstance(result, Commit)]
    refused = [result for result in results if isinstance(result, StaleHead)]
    assert len(made) + len(refused) == 40
    assert len(made) in (20, 21)
    assert len(await ids(store)) == await store.last_sequence(DATABASE) == len(made)


async def test_a_full_disk_refuses_the_commit_and_keeps_the_rest(
    store: SqliteKernelStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = await commit(store, upsert("T/before"))

    def limit_pages(conn: Connection) -> None:
        pages = conn.exec_driver_sql("PRAGMA page_count").scalar_one()
        conn.exec_driver_sql(f"PRAGMA max_page_count = {pages + 4}")

    await store._write(DATABASE, limit_pages)
    large = upsert("T/large", b'{"x":"' + b"y" * 100_000 + b'"}')
    small = [commit(store, upsert(f"T/{n}")) for n in range(3)]
    refused, *made = await asyncio.gather(commit(store, large), *small, return_exceptions=True)
    assert isinstance(refused, LimitExceeded)
    assert refused.metadata == {"limit": "storage"}
    assert refused.retry_after_s
    assert [type(result) for result in made] == [Commit] * 3
    assert await ids(store) == ["T/0", "T/1", "T/2", "T/before"]
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
        await commit(store, upsert("T/x"))
    assert await ids(store) == []
    holder.execute("ROLLBACK")
    holder.close()
    await commit(store, upsert("T/x"))


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
    deadline = time.monotonic() + PATIENCE_S
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
