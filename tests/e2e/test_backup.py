"""A backup of a suite that is being written to, restored into an empty place, and served there."""

from __future__ import annotations

import asyncio
import json
import sys
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import grpc.aio
import pytest
from oms.datakernel.v1 import branch_service_pb2 as branches
from oms.datakernel.v1 import commit_service_pb2 as commits
from oms.event.v1 import event_service_pb2 as events
from oms.scheduler.v1 import job_service_pb2 as jobs
from oms_core.clock import SystemClock
from oms_monolith.backup.archive import Archive
from oms_monolith.backup.creating import create
from oms_monolith.backup.places import Places, new_places, places_in_use
from oms_monolith.backup.restoring import check_archive, restore
from oms_monolith.backup.verifying import check_histories
from oms_monolith.launch import Launched, launched
from oms_testing.e2e import Endpoint, GrpcApi
from oms_testing.e2e_process import clean_environment
from oms_testing.effort import is_thorough
from svc_datakernel.backends import open_store

_PATIENCE_S = 60
# Between two commits: a suite that is kept busy, on a processor that others need, too.
_PAUSE_S = 0.05
_JOB = {
    "target": {"task": {"task": "verify-kernel"}},
    "schedule": {"trigger": {"cron": {"expression": "0 2 * * *"}}},
}


async def test_a_backup_of_a_busy_suite_is_served_elsewhere(
    suite: Any, database: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    archive = tmp_path / "archive"
    is_whole = "monolith" in request.node.callspec.id or is_thorough()
    async with GrpcApi(suite.endpoint) as api:
        await api(jobs.CreateJobRequest(job_id="backed-up", job=_JOB))
        acknowledged = [await _commit(api, database, number) for number in range(10)]
        async with _writing(api, database, acknowledged):
            before = list(acknowledged)
            if is_whole:
                await _oms_backup(suite.data_dir, "create", archive)
            else:
                async with places_in_use(suite.data_dir) as places:
                    await create(places, archive)
            # The suite went on meanwhile.
            assert len(acknowledged) > len(before)
        await api(jobs.DeleteJobRequest(name="jobs/backed-up"))
    check_archive(Archive(archive))
    check_histories(Archive(archive))
    if not is_whole:
        return
    name = database.removeprefix("databases/")
    async with new_places(tmp_path / "restored") as places:
        # Which computes the hash of every commit anew.
        head = (await restore(Archive(archive), places)).databases[name]["main"]
        assert set(before) <= await _commits_of(places, name)
    if not is_thorough():
        return  # what is restored is served in deploy/monolith/tests/backup/test_upgrade.py, too
    async with launched(
        tmp_path / "restored", environment=clean_environment(), is_durable=False
    ) as restored:
        await _holds_together(restored, database, before, head)


async def _holds_together(restored: Launched, database: str, before: list[str], head: str) -> None:
    """Every commit that was acknowledged is there, the history verifies, and the stream of events
    has each commit once: those that it lacked were relayed when the suite started."""
    endpoint = Endpoint(restored.grpc_target, restored.rest_url, restored.secrets.token())
    async with GrpcApi(endpoint) as api:
        (branch,) = (await api(branches.ListBranchesRequest(parent=database))).branches
        assert branch.head_commit == head
        log = await api(commits.ListCommitsRequest(parent=database, page_size=1000))
        found = [commit.name.rpartition("/")[2] for commit in log.commits]
        assert set(before) <= set(found)
        assert not (await api(commits.VerifyHistoryRequest(name=database))).faults
        job = (await api(jobs.GetJobRequest(name="jobs/backed-up"))).job
        assert job.schedule.trigger.cron.expression == "0 2 * * *"
        await _until(lambda: _is_relayed(api, database, found[0]))
        relayed = Counter(await _relayed(api, database))
        assert set(relayed.values()) == {1}
        assert set(before) <= set(relayed) <= set(found)
        # It goes on.
        new = await _commit(api, database, 0)
        await _until(lambda: _is_relayed(api, database, new))


async def _commits_of(places: Places, database: str) -> set[str]:
    store = open_store(places.kernel, SystemClock())
    try:
        log = await store.read_log(database, after=-1, branch="", limit=10_000)
        return {commit.id for commit in log}
    finally:
        await store.close()


async def _relayed(api: GrpcApi, database: str) -> list[str]:
    """The commits that the stream has events of, in order."""
    found: list[str] = []
    token = ""
    while True:
        page = await api(
            events.ListEventsRequest(
                source=f"/{database}/branches/main",
                type="oms.datakernel.commit.created.v1",
                page_size=1000,
                page_token=token,
            )
        )
        found += [each.event.id.partition(":")[0] for each in page.events]
        if not (token := page.next_page_token):
            return found


async def _is_relayed(api: GrpcApi, database: str, commit: str) -> bool:
    return commit in await _relayed(api, database)


async def _commit(api: GrpcApi, database: str, number: int) -> str:
    write = commits.DocumentWrite(
        document_id=f"Thing/{number % 5}", type="Thing", json=b'{"n":%d}' % number
    )
    made = await api(
        commits.CreateCommitRequest(
            parent=f"{database}/branches/main",
            operations=[commits.DocumentOperation(upsert=write)],
            message=str(number),
        )
    )
    return made.commit.name.rpartition("/")[2]


@asynccontextmanager
async def _writing(api: GrpcApi, database: str, acknowledged: list[str]) -> AsyncIterator[None]:
    async def write() -> None:
        while True:
            acknowledged.append(await _commit(api, database, len(acknowledged)))
            await asyncio.sleep(_PAUSE_S)

    writer = asyncio.create_task(write())
    try:
        yield
    finally:
        writer.cancel()
        with suppress(asyncio.CancelledError, grpc.aio.AioRpcError):
            await writer


async def _oms_backup(data_dir: Path, *arguments: Any) -> dict[str, Any]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "oms_monolith.backup", *map(str, arguments)),
        env={**clean_environment(), "OMS_DATA_DIR": str(data_dir)},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, error = await process.communicate()
    assert process.returncode == 0, error.decode()
    return json.loads(out)


async def _until(is_so: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(_PATIENCE_S):
        while not await is_so():  # noqa: ASYNC110 - others' doing
            await asyncio.sleep(0.05)
