"""Commits that wait together share a transaction, its questions and its statements."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import psycopg
import pytest
from oms_core.errors import ResourceAlreadyExists, StaleHead
from sqlalchemy import Connection, text
from svc_datakernel.adapters.postgresql import arrays
from svc_datakernel.adapters.postgresql.connections import Server, WriterCursor
from svc_datakernel.adapters.postgresql.store import PostgresKernelStore
from svc_datakernel.adapters.sql import writing
from svc_datakernel.domain.graph.view import (
    DocumentChange,
    GraphView,
    Outcome,
    TransactionDraft,
    Work,
)
from svc_datakernel.domain.model import Commit, Database, DatabaseModel, Revision
from svc_datakernel.domain.operations import CommitDraft, prepare

from datakernel_tests.databases import AUTHOR, DATABASE, upsert
from datakernel_tests.stores import commit, ids

_GRAPH = Database("graph", "", "", "test", 0, DatabaseModel.GRAPH)
_DRAFT = TransactionDraft(AUTHOR)


class _Refused(Exception):
    """Raised by work after it wrote."""


def _committing_then(fail: Callable[[Connection], None]) -> Callable[[Connection], None]:
    operations = [upsert("T/refused", b'{"n":1}')]

    def work(conn: Connection) -> None:
        draft = CommitDraft(operations, AUTHOR)
        writing.create_commit(conn, DATABASE, "main", draft, prepare(operations), now_us=1)
        fail(conn)
        raise _Refused

    return work


def _nothing(_: Connection) -> None:
    pass


def _read_it(conn: Connection) -> None:
    assert conn.execute(text("SELECT count(*) FROM documents WHERE id = 'T/refused'")).scalar() == 1


def _write_past(conn: Connection) -> None:
    conn.execute(text("UPDATE branches SET head = 0"))


@pytest.mark.parametrize("fail", [_nothing, _read_it, _write_past])
async def test_what_fails_after_it_wrote_leaves_no_trace_among_those_it_shares_a_transaction_with(
    store: PostgresKernelStore, url: str, fail: Callable[[Connection], None]
) -> None:
    await commit(store, upsert("T/first"))
    refused = [store._write(DATABASE, _committing_then(fail)) for _ in range(5)]
    made = [commit(store, upsert(f"T/{n}", b'{"n":1}')) for n in range(20)]
    mixed = [work for pair in zip(refused, made[:5], strict=True) for work in pair] + made[5:]
    results = await asyncio.gather(*mixed, return_exceptions=True)
    assert [type(each) for each in results[0:10:2]] == [_Refused] * 5
    assert [type(each) for each in (*results[1:10:2], *results[10:])] == [Commit] * 20
    assert "T/refused" not in await ids(store)
    assert await store.last_sequence(DATABASE) == 21
    assert (await store.verify(DATABASE)).faults == []
    async with await psycopg.AsyncConnection.connect(url) as connection:
        cursor = await connection.execute("SELECT count(DISTINCT xmin::text) FROM oms_db_1.commits")
        assert (await cursor.fetchone() or (99,))[0] < 20, "they shared transactions"


async def test_changes_of_one_document_in_one_transaction_follow_each_other(
    store: PostgresKernelStore,
) -> None:
    await commit(store, upsert("T/x", b'{"n":-1}'))
    made = await asyncio.gather(
        *(commit(store, upsert("T/x", b'{"n":%d}' % (n % 7))) for n in range(40))
    )
    history = await store.list_commits(DATABASE, Revision(), limit=100)
    for each, later in zip(history.commits[1:], history.commits, strict=False):
        assert later.parents == (each.id,)
    assert {each.id for each in made} <= {each.id for each in history.commits}
    assert (await store.verify(DATABASE)).faults == []


async def test_repeated_requests_in_one_transaction_have_one_answer(
    store: PostgresKernelStore,
) -> None:
    draft = CommitDraft([upsert("T/x")], AUTHOR, request_id="r", fingerprint=b"f")
    results = await asyncio.gather(
        *(store.create_commit(DATABASE, "main", draft) for _ in range(10)),
    )
    assert len({result.commit.id for result in results}) == 1
    assert await store.last_sequence(DATABASE) == 1


async def test_branches_in_one_transaction_do_not_mix(store: PostgresKernelStore) -> None:
    await commit(store, upsert("T/x", b'{"n":0}'))
    names = ["a", "b", "c"]
    for name in names:
        await store.create_branch(DATABASE, name, Revision())
    await commit(store, upsert("T/x", b'{"n":1}'))

    def change(n: int) -> CommitDraft:
        return CommitDraft([upsert("T/x", b'{"n":%d}' % n), upsert(f"T/{n}")], AUTHOR)

    await asyncio.gather(
        *(store.create_commit(DATABASE, names[n % 3], change(n)) for n in range(30))
    )
    for index, name in enumerate(names):
        page = await store.list_documents(
            DATABASE, Revision(branch=name), types=[], after="", limit=100, show_deleted=False
        )
        own = {f"T/{n}" for n in range(30) if n % 3 == index}
        assert {each.id for each in page.documents} == own | {"T/x"}
    assert (await store.verify(DATABASE)).faults == []


async def test_a_commit_of_new_documents_asks_nothing_by_itself(
    store: PostgresKernelStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    await commit(store, upsert("T/a"))
    asked: list[str] = []
    ask = WriterCursor.execute_past

    def record(self: WriterCursor, *args: Any, **options: Any) -> WriterCursor:
        if self.connection.info.pipeline_status:
            asked.append(args[0])
        return ask(self, *args, **options)

    monkeypatch.setattr(WriterCursor, "execute_past", record)
    await asyncio.gather(*(commit(store, upsert(f"T/b{n}", b'{"n":%d}' % n)) for n in range(5)))
    assert asked == []
    await store.create_branch(DATABASE, "other", Revision())
    assert asked != []


async def test_work_on_new_documents_is_not_run_again_in_its_turn(
    store: PostgresKernelStore,
) -> None:
    await store.create_database(_GRAPH, AUTHOR)
    runs: list[str] = []

    def insert(view: GraphView) -> Work[list[str]]:
        runs.append(type(view).__name__)
        there = view.documents(["T/x", "T/y"])
        if "T/x" in there:
            raise ResourceAlreadyExists.of("document", "T/x")
        assert view.schema_key
        return Work([DocumentChange("T/x", "T", b'{"n":1}')], sorted(there))

    def transact(**draft: str) -> Awaitable[Outcome[list[str]]]:
        return store.snapshots.transact(
            "graph", "main", TransactionDraft(AUTHOR, **draft), insert, expects_new=True
        )

    # The schema is not known before there was a commit.
    await store.snapshots.transact("graph", "main", _DRAFT, lambda view: Work([], view.schema_key))
    with pytest.raises(StaleHead):
        await transact(expected_head="0" * 64)
    runs.clear()
    assert (await transact()).answer == []
    assert runs == ["_LikelyView"]
    with pytest.raises(ResourceAlreadyExists):
        await transact()
    assert runs == ["_LikelyView", "_LikelyView", "SqlGraphView"]
    assert (await store.verify("graph")).faults == []


async def test_work_foreseen_with_another_schema_is_run_again(store: PostgresKernelStore) -> None:
    await store.create_database(_GRAPH, AUTHOR)

    def change_schema(view: GraphView) -> Work[str]:
        return Work([DocumentChange("@schema/T", "@Class", b"{}")], view.schema_key)

    def insert(view: GraphView) -> Work[str]:
        return Work([DocumentChange(f"T/{view.schema_key}", "T", b"{}")], view.schema_key)

    earlier, later = await asyncio.gather(
        store.snapshots.transact("graph", "main", _DRAFT, change_schema),
        store.snapshots.transact("graph", "main", _DRAFT, insert, expects_new=True),
    )
    assert earlier.answer != later.answer
    again = await store.snapshots.transact("graph", "main", _DRAFT, insert, expects_new=True)
    assert again.answer == later.answer
    assert again.is_unchanged


async def test_arrays_arrive_as_they_are(url: str) -> None:
    values = {
        "bigint[]": [0, -1, 2**62, None],
        "text[]": ["", "ü\U0001f600", "a,b{}'\"", None],
        "bytea[]": [b"", b"\0\xff", None],
        "boolean[]": [True, False],
    }
    make = {
        "bigint[]": arrays.integers,
        "text[]": arrays.texts,
        "bytea[]": arrays.binaries,
        "boolean[]": arrays.booleans,
    }
    connection = Server(url, statement_timeout_s=10).connect(is_writer=True)
    with connection:
        for name, given in values.items():
            array: object = make[name](given)  # pyright: ignore[reportArgumentType]
            row = connection.execute(f"SELECT %s::{name}".encode(), [array]).fetchone()
            assert row == (given,), name
