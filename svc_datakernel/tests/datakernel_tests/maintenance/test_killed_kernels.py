"""Kernels that are killed while they compact, import, merge, rebase or move branches."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import pytest
from oms_core.clock import SystemClock
from svc_datakernel.adapters.sqlite.store import SqliteKernelStore
from svc_datakernel.domain.model import Revision

from datakernel_tests.databases import DATABASE
from datakernel_tests.replication import bundles
from datakernel_tests.replication.bundles import Store, bundle, fill, send

# A process starts, and works through what is done before it is killed, on a busy machine too.
_PATIENCE_S = 150
_START = """
import asyncio, sys
from pathlib import Path
from oms_core.clock import SystemClock
from svc_datakernel.adapters.sqlite.store import SqliteKernelStore
from svc_datakernel.domain.merging import MergeDraft, MergeSide
from svc_datakernel.domain.model import Revision
from svc_datakernel.domain.operations import CommitDraft, Operation, OperationKind
from svc_datakernel.domain.replication import ImportTarget
from svc_datakernel.domain.versioning import RebaseDraft, SquashDraft

AUTHOR = "t (t)|verified|ts:2026-01-01T00:00:00Z"

def done(text):
    print(text, flush=True)

async def commit(store, branch, number):
    body = b'{"n":%d,"x":"%s"}' % (number, b"x" * 3000)
    made = [Operation(OperationKind.UPSERT, f"k{branch}{n}", "T", body[:-2] + b'%d"}' % n)
            for n in range(20)]
    return await store.create_commit("db", branch, CommitDraft(made, AUTHOR))
"""
_END = """
async def main():
    store = SqliteKernelStore(Path(sys.argv[1]), SystemClock())
    done("ready")
    await work(store)

asyncio.run(main())
"""
_MOVING = """
async def work(store):
    for number in range(1000):
        name = f"b{number}"
        await store.create_branch("db", name, Revision())
        await commit(store, name, number)
        await commit(store, "main", number)
        head = await store.rebase_branch("db", name, RebaseDraft(Revision(), AUTHOR))
        await store.squash_branch("db", name, SquashDraft(AUTHOR, Revision(), is_moving=True))
        draft = MergeDraft(Revision(branch=name), AUTHOR, default_resolution=MergeSide.SOURCE)
        merged = await store.merge("db", "main", draft)
        done("main " + merged.commit.id)
        await store.reset_branch("db", name, Revision(commit=head.head.id), expected_head="")
        await store.delete_branch("db", name, expected_head="")
"""
_COMPACTING = """
async def waste(store):
    for number in range(1000):
        await store.create_branch("db", f"w{number}", Revision())
        await commit(store, f"w{number}", number)
        await store.delete_branch("db", f"w{number}", expected_head="")

async def work(store):
    async def compact():
        while True:
            await store.compact("db", is_dry_run=False)
            done("compacted")
    await asyncio.gather(waste(store), compact())
"""
_IMPORTING = """
async def work(store):
    for number in range(1000):
        for each in range(15):
            await commit(store, "main", number * 100 + each)
        parts = store.export_history("db", branches=[], have=[])
        target = ImportTarget(f"copy-{number}", AUTHOR, is_creating=True)
        await store.import_history(target, parts)
        done("copied " + str(number))
"""


async def _kill(folder: Path, work: str, lines: int, later_s: float) -> list[list[str]]:
    """Runs work in another process and kills that; what it told before."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _START + work + _END, str(folder), stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    async with asyncio.timeout(_PATIENCE_S):
        told = [await process.stdout.readline() for _ in range(lines)]
    try:
        # It is killed in the midst of whatever it does by then.
        await asyncio.wait_for(process.wait(), later_s)
    except TimeoutError:
        process.kill()
    told += (await process.stdout.read()).splitlines(keepends=True)
    await process.wait()
    return [line.decode().split() for line in told if line.endswith(b"\n")]


async def _assert_whole(store: Store, database: str) -> None:
    assert (await store.verify(database)).faults == []
    assert await store.check_database(database) == []


@pytest.mark.parametrize(("lines", "later_s"), [(2, 0.01), (4, 0.05), (8, 0.12)])
async def test_moves_of_branches_are_all_or_nothing(
    store: Store, folder: Path, lines: int, later_s: float
) -> None:
    await fill(store, DATABASE)
    await store.close()
    told = await _kill(folder, _MOVING, lines, later_s)
    again = SqliteKernelStore(folder, SystemClock())
    listed = await again.list_commits(DATABASE, Revision(), limit=1000)
    assert {line[1] for line in told if line[0] == "main"} <= {each.id for each in listed.commits}
    await _assert_whole(again, DATABASE)
    await again.compact(DATABASE, is_dry_run=False)
    await _assert_whole(again, DATABASE)
    await again.close()


@pytest.mark.parametrize(("lines", "later_s"), [(1, 0.15), (2, 0.02), (3, 0.08)])
async def test_a_compaction_that_is_killed_leaves_everything_reached(
    store: Store, folder: Path, lines: int, later_s: float
) -> None:
    await fill(store, DATABASE)
    before = await bundle(store, DATABASE)
    await store.close()
    await _kill(folder, _COMPACTING, lines, later_s)
    again = SqliteKernelStore(folder, SystemClock())
    await _assert_whole(again, DATABASE)
    heads = await bundles.heads(again, DATABASE)
    for name in set(heads) - set(before[0].header.branches if before[0].header else ()):
        await again.delete_branch(DATABASE, name, expected_head="")
    await again.compact(DATABASE, is_dry_run=False)
    assert await bundle(again, DATABASE) == before
    assert (await again.statistics(DATABASE)).commits == len(
        {part.commit.id for part in before if part.commit}
    )
    await _assert_whole(again, DATABASE)
    await again.close()


@pytest.mark.parametrize(("lines", "later_s"), [(1, 0.3), (2, 0.1), (3, 0.4)])
async def test_an_import_that_is_killed_can_be_sent_again(
    store: Store, folder: Path, lines: int, later_s: float
) -> None:
    await fill(store, DATABASE)
    await store.close()
    told = await _kill(folder, _IMPORTING, lines, later_s)
    again = SqliteKernelStore(folder, SystemClock())
    copied = [int(line[1]) for line in told if line[0] == "copied"]
    broken = f"copy-{max(copied, default=-1) + 1}"
    found = await again.list_databases(kind="", after="", limit=100)
    assert {f"copy-{number}" for number in copied} <= {each.id for each in found}
    for each in found:
        await _assert_whole(again, each.id)
    if broken in {each.id for each in found}:
        complete = len(await bundles.heads(again, broken)) > 1
        parts = await bundle(again, DATABASE)
        await send(again, broken, parts, is_creating=not complete)
        await bundles.assert_equal(again, DATABASE, broken)
    await again.close()
