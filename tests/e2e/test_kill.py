"""kill -9 while commits are written: what was acknowledged is there, whole, and verifies."""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any

import grpc.aio
import pytest
from oms.common.v1.revision_pb2 import Revision
from oms.datakernel.v1 import branch_service_pb2 as branches
from oms.datakernel.v1 import commit_service_pb2 as commits
from oms.datakernel.v1 import database_service_pb2 as databases
from oms.datakernel.v1 import document_service_pb2 as documents
from oms_testing.e2e import ApiError, Endpoint, GrpcApi
from oms_testing.e2e_history import commit_id
from oms_testing.e2e_process import ServiceProcess
from oms_testing.effort import thorough

_DATABASE = "killed"
_NAME = f"databases/{_DATABASE}"
_ROUNDS = 2
_WRITERS = 8
_DOCUMENTS = ("a", "b", "c")


@dataclass
class _Ledger:
    """What the writers know: commits that were acknowledged, and requests that never were."""

    acknowledged: dict[str, str] = field(default_factory=dict)
    unanswered: set[str] = field(default_factory=set)


def _operations(writer: int, number: int) -> list[commits.DocumentOperation]:
    return [
        commits.DocumentOperation(
            upsert=commits.DocumentWrite(
                document_id=f"Thing/{writer}/{name}",
                type="Thing",
                json=b'{"n":%d,"padding":"%s"}' % (number, b"x" * 500),
            )
        )
        for name in _DOCUMENTS
    ]


async def _write(
    api: GrpcApi, ledger: _Ledger, writer: int, generation: int, enough: asyncio.Semaphore
) -> None:
    """Commits until the server is gone; half of the writers share a branch."""
    branch = "main" if writer % 2 else f"w{writer}"
    number = generation * 10_000
    while True:
        number += 1
        request_id = f"{writer}-{number}"
        ledger.unanswered.add(request_id)
        try:
            answer = await api(
                commits.CreateCommitRequest(
                    parent=f"{_NAME}/branches/{branch}",
                    operations=_operations(writer, number),
                    request_id=request_id,
                    message=f"{writer} writes {number}",
                )
            )
        except ApiError as error:
            if error.code not in {"UNAVAILABLE", "CANCELLED"}:
                raise
            return
        ledger.unanswered.remove(request_id)
        ledger.acknowledged[request_id] = answer.commit.commit_id
        enough.release()


async def _kill_amid_commits(
    service: ServiceProcess, api: GrpcApi, ledger: _Ledger, generation: int, after: int
) -> None:
    enough = asyncio.Semaphore(0)
    writers = [
        asyncio.ensure_future(_write(api, ledger, writer, generation, enough))
        for writer in range(_WRITERS)
    ]
    for _ in range(after):
        await enough.acquire()
    service.kill()
    await service.wait()
    await asyncio.gather(*writers)


async def _check_whole(api: GrpcApi, request_id: str, commit: str) -> None:
    """A commit is found by its request, and holds all of its documents."""
    found = await api(commits.FindCommitRequest(parent=_NAME, request_id=request_id))
    assert found.commit.commit_id == commit
    writer, number = request_id.split("-")
    batch = await api(
        documents.BatchGetDocumentsRequest(
            parent=_NAME,
            document_ids=[f"Thing/{writer}/{name}" for name in _DOCUMENTS],
            revision=Revision(commit=commit),
        )
    )
    assert [json.loads(entry.json)["n"] for entry in batch.documents] == [int(number)] * 3


async def _check_whole_or_absent(api: GrpcApi, request_id: str) -> None:
    try:
        found = await api(commits.FindCommitRequest(parent=_NAME, request_id=request_id))
    except ApiError as error:
        if error.code != "NOT_FOUND":
            raise
    else:
        await _check_whole(api, request_id, found.commit.commit_id)


async def _recompute(api: GrpcApi) -> int:
    """Computes every commit's id from its content; counts them."""
    heads = {
        branch.head_commit
        for branch in (await api(branches.ListBranchesRequest(parent=_NAME))).branches
    }
    verified = await api(commits.VerifyHistoryRequest(name=_NAME))
    assert not verified.faults
    ids: set[str] = set()
    watch = commits.WatchCommitsRequest(parent=_NAME, include_documents=True)
    async with aclosing(api.stream(watch)) as stream:
        changes: list[Any] = []
        while len(ids) < verified.commit_count:
            part = await anext(stream)
            changes += part.changes
            if part.is_last_part:
                assert commit_id(_DATABASE, part.commit, changes) == part.commit.commit_id
                assert set(part.commit.parents) <= ids
                assert part.commit.sequence == len(ids)
                ids.add(part.commit.commit_id)
                changes = []
    assert heads <= ids
    return len(ids)


_SERVICES = [pytest.param("kernel", id="kernel alone"), pytest.param("monolith", id="all in one")]


@pytest.fixture(params=thorough(_SERVICES, 1))
async def service(request: pytest.FixtureRequest, services: Any) -> AsyncIterator[Any]:
    """A process to kill, with the address and the token to reach it."""
    async with services(request.param) as started:
        yield started


async def test_acknowledged_commits_survive_kill_9(service: Any) -> None:
    seed = int(os.environ.get("OMS_TEST_SEED", random.randrange(2**32)))
    print(f"OMS_TEST_SEED={seed}")
    chance = random.Random(seed)
    ledger = _Ledger()
    endpoint = Endpoint(service.process.address, "", service.token)
    for generation in range(_ROUNDS):
        async with GrpcApi(endpoint) as api:
            if generation == 0:
                await api(databases.CreateDatabaseRequest(database_id=_DATABASE))
                for writer in range(0, _WRITERS, 2):
                    await api(branches.CreateBranchRequest(parent=_NAME, branch_id=f"w{writer}"))
            await _kill_amid_commits(
                service.process, api, ledger, generation, after=chance.randint(1, 40)
            )
        await service.process.start()
        async with GrpcApi(endpoint) as api:
            for request_id, commit in ledger.acknowledged.items():
                await _check_whole(api, request_id, commit)
            for request_id in sorted(ledger.unanswered):
                await _check_whole_or_absent(api, request_id)
            assert await _recompute(api) > len(ledger.acknowledged)


async def test_calls_in_flight_are_finished_after_sigterm(service: Any) -> None:
    endpoint = Endpoint(service.process.address, "", service.token)
    ledger = await _stop_amid_commits(service.process, endpoint)
    await service.process.start()
    async with GrpcApi(endpoint) as api:
        for request_id, commit in ledger.acknowledged.items():
            await _check_whole(api, request_id, commit)
        for request_id in ledger.unanswered:  # refused: so it must not have happened
            with pytest.raises(ApiError, match="NOT_FOUND"):
                await api(commits.FindCommitRequest(parent=_NAME, request_id=request_id))
    await _stop_amid_a_big_commit(service.process, endpoint)


async def _stop_amid_commits(process: ServiceProcess, endpoint: Endpoint) -> _Ledger:
    """Every commit that was sent before the signal is either answered or refused, never lost."""
    ledger = _Ledger()
    async with GrpcApi(endpoint) as api:
        await api(databases.CreateDatabaseRequest(database_id=_DATABASE))
        for writer in range(0, _WRITERS, 2):
            await api(branches.CreateBranchRequest(parent=_NAME, branch_id=f"w{writer}"))
        enough = asyncio.Semaphore(0)
        writers = [
            asyncio.ensure_future(_write(api, ledger, writer, 0, enough))
            for writer in range(_WRITERS)
        ]
        for _ in range(20):
            await enough.acquire()
        process.signal(signal.SIGTERM)
        assert await process.wait() == 0
        await asyncio.gather(*writers)
    return ledger


async def _stop_amid_a_big_commit(process: ServiceProcess, endpoint: Endpoint) -> None:
    operations = [
        commits.DocumentOperation(
            insert=commits.DocumentWrite(
                document_id=f"Thing/{number}", type="Thing", json=b'{"n":%d}' % number
            )
        )
        for number in range(20_000)
    ]
    async with GrpcApi(endpoint) as api, grpc.aio.insecure_channel(endpoint.grpc_address) as probe:
        await probe.channel_ready()
        big = asyncio.ensure_future(
            api(commits.CreateCommitRequest(parent=f"{_NAME}/branches/main", operations=operations))
        )
        # Once this later call is answered, the earlier one is in the server's hands.
        await api(databases.GetDatabaseRequest(name=_NAME))
        process.signal(signal.SIGTERM)
        answer = await big
        assert answer.commit.change_count == len(operations)
        assert await process.wait() == 0
