"""Writers that meet on one branch, and a clock that goes backwards."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

from oms.datakernel.v1 import commit_service_pb2 as commit_pb2
from oms_core.errors import StaleHead
from oms_testing.suite import running_suite, security_settings
from svc_datakernel.settings import KernelSettings
from svc_datakernel.setup import service

from datakernel_tests.faults.conftest import DB, GraphApi

COUNTER = {
    "@type": "Class",
    "@id": "Counter",
    "@key": {"@type": "Lexical", "@fields": ["name"]},
    "name": "xsd:string",
    "count": "xsd:integer",
}
WRITERS = 200


async def test_no_update_of_two_hundred_writers_is_lost(api: GraphApi):
    await api.create([COUNTER])
    await api.insert({"@type": "Counter", "name": "c", "count": 0})
    attempts = 0

    async def increment() -> None:
        nonlocal attempts
        while True:
            attempts += 1
            head = await _head(api)
            counter = await api.get("Counter/c", head)
            try:
                await api.replace(
                    {"@type": "Counter", "name": "c", "count": counter["count"] + 1},
                    expected_head=head,
                )
            except StaleHead:
                continue
            return

    gate = asyncio.Semaphore(4)

    async def in_turn() -> None:
        async with gate:
            await increment()

    await asyncio.gather(*(in_turn() for _ in range(WRITERS)))
    assert (await api.get("Counter/c"))["count"] == WRITERS
    assert attempts <= WRITERS * 10


async def test_two_hundred_writers_without_expectations_all_land_one_after_another(api: GraphApi):
    await api.create([COUNTER])
    answers = await asyncio.gather(
        *(
            api.insert({"@type": "Counter", "name": f"c{number}", "count": number})
            for number in range(WRITERS)
        )
    )
    parents = {answer.commit.commit_id: answer.commit.parents[0] for answer in answers}
    assert len(parents) == len(set(parents.values())) == WRITERS, "one chain, no fork"
    assert len(await api.list("Counter")) == WRITERS
    verified = await api.commits.VerifyHistory(commit_pb2.VerifyHistoryRequest(name=DB))
    assert list(verified.faults) == []


async def _head(api: GraphApi) -> str:
    request = commit_pb2.ResolveRevisionRequest(parent=DB)
    return (await api.commits.ResolveRevision(request)).commit.commit_id


class _BackwardClock:
    """Each reading is earlier than the one before."""

    def __init__(self) -> None:
        self._reading = 0

    def now(self) -> datetime:
        self._reading += 1
        return datetime.now(UTC) - timedelta(seconds=self._reading / 10)

    def monotonic(self) -> float:
        return asyncio.get_running_loop().time()


async def test_commit_times_never_fall_when_the_clock_goes_backwards(tmp_path: Path):
    services = [service(KernelSettings(data_dir=tmp_path))]
    async with running_suite(
        services, security=security_settings(), clock=_BackwardClock()
    ) as suite:
        api = GraphApi(suite.channel())
        await api.create([COUNTER])
        for number in range(10):
            await api.insert({"@type": "Counter", "name": f"c{number}", "count": number})
        log = await api.commits.ListCommits(commit_pb2.ListCommitsRequest(parent=DB))
        times = [commit.commit_time.ToNanoseconds() for commit in log.commits]
        assert times == sorted(times, reverse=True)
        verified = await api.commits.VerifyHistory(commit_pb2.VerifyHistoryRequest(name=DB))
        assert list(verified.faults) == []
