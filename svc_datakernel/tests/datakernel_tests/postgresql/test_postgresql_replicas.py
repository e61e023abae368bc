"""Several kernels on one server, killed kernels, and a server that goes away."""

from __future__ import annotations

import asyncio
import signal
import sys
import time
from pathlib import Path

import psutil
import pytest
from oms_core.clock import SystemClock
from oms_core.errors import ServiceUnavailable, StaleHead
from oms_devstack import LOOPBACK, free_port, running_stack
from svc_datakernel.adapters.postgresql.store import PostgresKernelStore
from svc_datakernel.domain.model import Database, Revision

from datakernel_tests.databases import AUTHOR, DATABASE, upsert
from datakernel_tests.stores import PATIENCE_S, commit

_INCREMENTS = 6


async def _increment(store: PostgresKernelStore, writer: int) -> None:
    """Adds one to a counter and appends to a list, again and again until nobody was faster."""
    while True:
        head = (await store.resolve(DATABASE, Revision())).id
        found = await store.get_documents(
            DATABASE, Revision(commit=head), ["T/counter"], show_deleted=False
        )
        count = int(found.documents[0].json.removeprefix(b'{"n":').removesuffix(b"}"))
        change = upsert("T/counter", b'{"n":%d}' % (count + 1)), upsert(f"T/{count + 1}-{writer}")
        try:
            await commit(store, *change, expected=head)
        except StaleHead:
            continue
        return


async def test_sixteen_writers_on_two_replicas_lose_no_update(
    store: PostgresKernelStore, other: PostgresKernelStore
) -> None:
    await commit(store, upsert("T/counter", b'{"n":0}'))

    async def write(writer: int) -> None:
        for _ in range(_INCREMENTS):
            await _increment((store, other)[writer % 2], writer)

    await asyncio.gather(*(write(writer) for writer in range(16)))
    total = 16 * _INCREMENTS
    history = await store.list_commits(DATABASE, Revision(), limit=1000)
    assert len(history.commits) == total + 2
    found = await other.get_documents(DATABASE, Revision(), ["T/counter"], show_deleted=False)
    assert found.documents[0].json == b'{"n":%d}' % total
    # Each commit saw the one before it: as if they had been made one after another.
    for made, later in zip(history.commits[1:], history.commits, strict=False):
        assert later.parents == (made.id,)
        assert later.sequence == made.sequence + 1
    assert (await other.verify(DATABASE)).faults == []


async def test_writers_without_conditions_on_two_replicas_all_commit(
    store: PostgresKernelStore, other: PostgresKernelStore
) -> None:
    made = await asyncio.gather(
        *(commit((store, other)[n % 2], upsert(f"T/{n}"), upsert("T/busy")) for n in range(120))
    )
    assert len({each.id for each in made}) == 120
    assert await other.last_sequence(DATABASE) == 120
    assert (await store.verify(DATABASE)).faults == []


_KILLED = """
import asyncio, sys
from oms_core.clock import SystemClock
from svc_datakernel.adapters.postgresql.store import PostgresKernelStore
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
    store = PostgresKernelStore(sys.argv[1], SystemClock())
    await asyncio.gather(*(write(store, writer) for writer in range(4)))

asyncio.run(main())
"""


async def test_acknowledged_commits_survive_a_kill_of_their_kernel(
    store: PostgresKernelStore, url: str
) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _KILLED, url, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    lines = [await process.stdout.readline()]  # how long it takes to start does not count
    deadline = time.monotonic() + PATIENCE_S
    while len(lines) < 60 and time.monotonic() < deadline:
        lines.append(await process.stdout.readline())
    process.kill()
    lines += (await process.stdout.read()).splitlines(keepends=True)
    await process.wait()
    # Its lock went with it.
    await commit(store, upsert("T/after"))
    acknowledged = [line.split() for line in lines if line.endswith(b"\n")]
    assert len(acknowledged) >= 60
    for commit_id, writer, number in acknowledged:
        ids = [f"T/{writer.decode()}-{part}" for part in "abc"]
        revision = Revision(commit=commit_id.decode())
        found = await store.get_documents(DATABASE, revision, ids, show_deleted=False)
        assert [document.json for document in found.documents] == [b'{"n":%s}' % number] * 3
    # Nor is there half a commit, though several were written at once.
    history = await store.list_commits(DATABASE, Revision(), limit=10_000)
    assert {made.change_count for made in history.commits[1:-1]} == {3}
    assert (await store.verify(DATABASE)).faults == []


def _kill_server(folder: Path) -> None:
    """Ends the server and all its sessions at once, as a crash does."""
    pid = int((folder / "postgresql" / "data" / "postmaster.pid").read_text().split()[0])
    server = psutil.Process(pid)
    for process in [server, *server.children(recursive=True)]:
        process.send_signal(signal.SIGKILL)


async def test_a_crash_of_the_server_costs_no_acknowledged_commit(tmp_path: Path) -> None:
    ports = {"postgresql": free_port()}
    async with running_stack(tmp_path, only={"postgresql"}, ports=ports) as stack:
        url = stack.urls["DATABASE_URL"]
        store = PostgresKernelStore(url, SystemClock(), pool_size=6)
        await store.create_database(Database(DATABASE, "", "", "", 0), AUTHOR)
        made: list[str] = []
        refused: list[Exception] = []

        async def write(writer: int) -> None:
            for number in range(10_000):
                try:
                    made.append((await commit(store, upsert(f"T/{writer}-{number}"))).id)
                except ServiceUnavailable as exc:
                    refused.append(exc)
                    return

        writers = [asyncio.ensure_future(write(writer)) for writer in range(4)]
        deadline = time.monotonic() + PATIENCE_S
        while len(made) < 40 and time.monotonic() < deadline:
            await asyncio.wait(writers, timeout=0.05)
        _kill_server(tmp_path)
        await asyncio.wait(writers, timeout=PATIENCE_S)
        assert len(refused) == 4
        with pytest.raises(ServiceUnavailable):
            await store.check()
    async with running_stack(tmp_path, only={"postgresql"}, ports=ports):
        # The same store goes on: it notices by itself that its connections are gone.
        await commit(store, upsert("T/after"))
        for commit_id in made:
            assert (await store.resolve(DATABASE, Revision(commit=commit_id))).id == commit_id
        assert (await store.verify(DATABASE)).faults == []
        await store.close()


async def test_a_store_can_be_made_before_its_server_is_there() -> None:
    port = free_port()
    nowhere = f"postgresql://oms:secret@{LOOPBACK}:{port}/oms"
    store = PostgresKernelStore(nowhere, SystemClock(), pool_size=3)
    with pytest.raises(ServiceUnavailable) as caught:
        await store.check()
    for detail in ("secret", LOOPBACK, str(port)):
        assert detail not in str(caught.value)
    with pytest.raises(ServiceUnavailable):
        await commit(store, upsert("T/x"))
    await store.close()
