"""Transactions, reads and streams on graph databases, on every SQL backend."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import aclosing
from dataclasses import replace
from threading import Event

import pytest
from oms_core.errors import (
    DataVersionMismatch,
    RequestIdReused,
    ResourceNotFound,
    StaleHead,
    WrongModel,
)
from svc_datakernel.adapters.sql.store import SqlKernelStore
from svc_datakernel.domain.graph.data_version import data_version
from svc_datakernel.domain.graph.terms import Pattern
from svc_datakernel.domain.graph.view import (
    DocumentChange,
    GraphView,
    Outcome,
    TransactionDraft,
    Work,
)
from svc_datakernel.domain.model import Database, Revision
from svc_datakernel.domain.operations import CommitDraft

from datakernel_tests.databases import AUTHOR, DATABASE, upsert
from datakernel_tests.graph_store.conftest import OpenStore
from datakernel_tests.graph_store.graphs import drop, put
from datakernel_tests.stores import PATIENCE_S

_DRAFT = TransactionDraft(AUTHOR, "why")


async def _write(
    store: SqlKernelStore, *changes: DocumentChange, draft: TransactionDraft = _DRAFT
) -> Outcome[int]:
    def work(view: GraphView) -> Work[int]:
        return Work(changes, view.count_documents(None))

    return await store.snapshots.transact(DATABASE, "main", draft, work)


async def _ids(store: SqlKernelStore, *, with_deleted: bool = False) -> list[str]:
    def work(view: GraphView) -> list[str]:
        return [each.id for each in view.list_documents(None, with_deleted=with_deleted)]

    return await store.snapshots.read(DATABASE, Revision(), work)


async def test_work_sees_the_head_and_its_changes_are_one_commit(
    graph_store: SqlKernelStore,
) -> None:
    first = await _write(graph_store, put("T/a", "{}"), put("T/b", "{}"))
    second = await _write(graph_store, put("T/c", "{}"))
    assert (first.answer, second.answer) == (0, 2)
    assert (first.commit.change_count, first.commit.message) == (2, "why")
    assert second.commit.parents == (first.commit.id,)
    assert await _ids(graph_store) == ["T/a", "T/b", "T/c"]
    assert (await graph_store.verify(DATABASE)).faults == []


async def test_what_work_raises_leaves_no_trace(graph_store: SqlKernelStore) -> None:
    def work(view: GraphView) -> Work[None]:
        raise ResourceNotFound.of("document", view.commit_id)

    with pytest.raises(ResourceNotFound):
        await graph_store.snapshots.transact(DATABASE, "main", _DRAFT, work)
    assert await graph_store.last_sequence(DATABASE) == 0


async def test_changes_that_change_nothing_make_no_commit(graph_store: SqlKernelStore) -> None:
    made = await _write(graph_store, put("T/a", "{}"))
    again = await _write(graph_store, put("T/a", "{}"), drop("T/none"))
    assert (again.commit, again.is_unchanged, again.answer) == (made.commit, True, 1)


async def test_a_dry_run_answers_and_commits_nothing(graph_store: SqlKernelStore) -> None:
    dry = replace(_DRAFT, is_dry_run=True)
    outcome = await _write(graph_store, put("T/a", "{}"), draft=dry)
    assert (outcome.answer, outcome.is_unchanged) == (0, False)
    assert await graph_store.last_sequence(DATABASE) == 0


async def test_a_repeated_request_is_not_done_again(graph_store: SqlKernelStore) -> None:
    draft = replace(_DRAFT, request_id="r", fingerprint=b"1")
    first = await _write(graph_store, put("T/a", "{}"), draft=draft)
    await _write(graph_store, put("T/b", "{}"))
    again = await _write(graph_store, put("T/a", '{"n":1}'), draft=draft)
    assert (again.commit, again.is_repeated) == (first.commit, True)
    with pytest.raises(RequestIdReused):
        await _write(graph_store, draft=replace(draft, fingerprint=b"2"))


async def test_a_transaction_holds_its_caller_to_what_was_read(
    graph_store: SqlKernelStore,
) -> None:
    first = (await _write(graph_store, put("T/a", "{}"))).commit.id
    second = (await _write(graph_store, put("T/b", "{}"))).commit.id
    with pytest.raises(StaleHead):
        await _write(graph_store, draft=replace(_DRAFT, expected_head=first))
    with pytest.raises(DataVersionMismatch):
        await _write(graph_store, draft=replace(_DRAFT, data_version=data_version(first)))
    good = replace(_DRAFT, expected_head=second, data_version=data_version(second))
    assert not (await _write(graph_store, put("T/c", "{}"), draft=good)).is_unchanged


async def test_soft_deletes_keep_the_document_and_hard_ones_do_not(
    graph_store: SqlKernelStore,
) -> None:
    await _write(graph_store, put("T/a", "{}"), put("T/b", "{}"))
    await _write(graph_store, drop("T/a"), drop("T/b", hard=True))
    assert await _ids(graph_store) == []
    assert await _ids(graph_store, with_deleted=True) == ["T/a"]
    await _write(graph_store, drop("T/a", hard=True))
    assert await _ids(graph_store, with_deleted=True) == []


async def test_models_are_not_mixed(graph_store: SqlKernelStore) -> None:
    await graph_store.create_database(Database("plain", "", "", "", 0), AUTHOR)
    with pytest.raises(WrongModel):
        await graph_store.snapshots.read("plain", Revision(), lambda view: view.commit_id)
    with pytest.raises(WrongModel):
        await graph_store.create_commit(DATABASE, "main", CommitDraft([upsert("T/a")], AUTHOR))


async def _schema_key(store: SqlKernelStore) -> str:
    return await store.snapshots.read(DATABASE, Revision(), lambda view: view.schema_key)


async def test_a_schema_change_is_seen_at_once_by_every_store(
    graph_store: SqlKernelStore, open_store: OpenStore
) -> None:
    other = open_store()
    keys: list[str] = []
    for number in range(3):
        if number:
            await _write(graph_store, put("@schema/T", f'{{"n":"{number // 2}"}}', "@Class"))
        await _write(graph_store, put(f"T/{number}", "{}"))
        keys += [await _schema_key(store) for store in (graph_store, other)]
    assert keys[0::2] == keys[1::2]
    assert len(set(keys)) == 3
    await other.close()


async def test_a_stream_is_read_a_few_items_ahead_and_ends_with_its_reader(
    graph_store: SqlKernelStore,
) -> None:
    made: list[int] = []
    is_closed = Event()

    def count(view: GraphView) -> Iterator[int]:
        try:
            for number in range(100_000):
                made.append(number)
                yield number
        finally:
            is_closed.set()

    stream = graph_store.snapshots.stream(DATABASE, Revision(), count)
    async with aclosing(stream) as items:  # pyright: ignore[reportArgumentType]
        assert await anext(items) == 0
    loop = asyncio.get_running_loop()
    assert await loop.run_in_executor(None, is_closed.wait, PATIENCE_S)
    assert len(made) < 1000


async def test_a_stream_raises_what_its_work_raises(graph_store: SqlKernelStore) -> None:
    def fail(view: GraphView) -> Iterator[int]:
        yield 1
        raise ResourceNotFound.of("document", "x")

    items = graph_store.snapshots.stream(DATABASE, Revision(), fail)
    assert await anext(items) == 1  # pyright: ignore[reportArgumentType]
    with pytest.raises(ResourceNotFound):
        await anext(items)  # pyright: ignore[reportArgumentType]
    nowhere = graph_store.snapshots.stream(DATABASE, Revision(branch="none"), fail)
    with pytest.raises(ResourceNotFound):
        await anext(nowhere)  # pyright: ignore[reportArgumentType]


async def test_streams_that_nobody_reads_on_do_not_hold_up_reads(
    graph_store: SqlKernelStore,
) -> None:
    await _write(graph_store, *(put(f"T/{number:04}", '{"a":1}') for number in range(500)))
    streams = [
        graph_store.snapshots.stream(DATABASE, Revision(), lambda v: v.triples(Pattern()))
        for _ in range(12)
    ]
    for stream in streams:
        await anext(stream)  # pyright: ignore[reportArgumentType]
    async with asyncio.timeout(PATIENCE_S):
        assert len(await _ids(graph_store)) == 500
        await _write(graph_store, drop("T/0001"))
        # A stream goes on at the commit that it began with.
        assert len([item async for item in streams[0]]) == 999
    for stream in streams[1:]:
        await stream.aclose()  # pyright: ignore[reportAttributeAccessIssue]
