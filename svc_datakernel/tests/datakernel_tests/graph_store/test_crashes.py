"""Kernels that are killed, and kernels that share a file."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import pytest
from oms_core.clock import SystemClock
from svc_datakernel.adapters.sqlite.store import SqliteKernelStore
from svc_datakernel.domain.graph.terms import Literal, Pattern
from svc_datakernel.domain.graph.view import GraphView, TransactionDraft, Work
from svc_datakernel.domain.model import Revision

from datakernel_tests.databases import AUTHOR, DATABASE
from datakernel_tests.graph_store.graphs import put
from datakernel_tests.stores import PATIENCE_S

pytestmark = pytest.mark.parametrize("open_store", ["sqlite"], indirect=True)

_KILLED = """
import asyncio, sys
from pathlib import Path
from oms_core.clock import SystemClock
from svc_datakernel.adapters.sqlite.store import SqliteKernelStore
from svc_datakernel.domain.graph.view import DocumentChange, TransactionDraft, Work

DRAFT = TransactionDraft("t (t)|verified|ts:2026-01-01T00:00:00Z")

async def write(store, writer):
    for number in range(10_000):
        body = b'{"n":%d,"writer":"%d"}' % (number, writer)
        changes = [DocumentChange(f"T/{writer}-{part}", "T", body) for part in "abc"]
        made = await store.snapshots.transact("db", "main", DRAFT, lambda view: Work(changes, None))
        print(made.commit.id, writer, number, flush=True)

async def main():
    store = SqliteKernelStore(Path(sys.argv[1]), SystemClock())
    await asyncio.gather(*(write(store, writer) for writer in range(4)))

asyncio.run(main())
"""


@pytest.mark.parametrize("after", [1, 10, 60])
async def test_acknowledged_transactions_survive_kill_9_with_their_triples(
    graph_store: SqliteKernelStore, folder: Path, after: int
) -> None:
    await graph_store.close()
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _KILLED, str(folder), stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    try:
        async with asyncio.timeout(PATIENCE_S):
            lines = [await process.stdout.readline() for _ in range(after)]
    finally:
        process.kill()
    lines += (await process.stdout.read()).splitlines(keepends=True)
    await process.wait()
    again = SqliteKernelStore(folder, SystemClock())
    acknowledged = [line.decode().split() for line in lines if line.endswith(b"\n")]
    assert len(acknowledged) >= after
    for commit, writer, number in acknowledged:
        pattern = Pattern(None, "@schema:n", Literal("xsd:integer", number))

        def subjects(view: GraphView, pattern: Pattern = pattern) -> list[str]:
            return [triple.subject for triple in view.triples(pattern)]

        found = await again.snapshots.read(DATABASE, Revision(commit=commit), subjects)
        assert {f"T/{writer}-{part}" for part in "abc"} <= set(found)
    assert (await again.verify(DATABASE)).faults == []
    await again.close()


async def test_two_kernels_on_one_file_lose_nothing(
    graph_store: SqliteKernelStore, folder: Path
) -> None:
    other = SqliteKernelStore(folder, SystemClock())

    def count_up(view: GraphView) -> Work[int]:
        (last,) = [triple.object for triple in view.triples(Pattern("T/c", "@schema:n"))]
        assert isinstance(last, Literal)
        number = int(last.lexical) + 1
        return Work([put("T/c", f'{{"n":{number}}}')], number)

    async def transact(store: SqliteKernelStore, start: str | None = None) -> int | None:
        changes = [put("T/c", '{"n":0}')]
        work = (lambda _: Work(changes, 0)) if start else count_up
        draft = TransactionDraft(AUTHOR)
        return (await store.snapshots.transact(DATABASE, "main", draft, work)).answer

    await transact(graph_store, "start")
    stores = [graph_store, other] * 30
    counted = await asyncio.gather(*(transact(store) for store in stores))
    assert sorted(number or 0 for number in counted) == list(range(1, 61))
    assert (await other.verify(DATABASE)).faults == []
    await other.close()
