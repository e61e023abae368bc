"""The client of the kernel against a real kernel: heads, cached reads, writes in a name."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import orjson
import pytest
from oms.common.v1.revision_pb2 import Revision
from oms.datakernel.v1 import branch_service_pb2 as branch_pb2
from oms.datakernel.v1 import commit_service_pb2 as commit_pb2
from oms.datakernel.v1 import database_service_pb2 as database_pb2
from oms.datakernel.v1 import history_service_pb2 as history_pb2
from oms.datakernel.v1 import history_service_pb2_grpc as history_grpc
from oms_core.clock import SystemClock
from oms_core.errors import InvalidField, ResourceNotFound, StaleEtag
from oms_kernel import HeadCache, KernelClient, MemoryTier, SecureKernel, TieredCache
from oms_kernel.client import cache_key
from oms_testing.suite import Suite, running_suite, security_settings
from svc_datakernel.settings import KernelSettings
from svc_datakernel.setup import service

DB = "acme"
MAIN = f"databases/{DB}/branches/main"


class Counting:
    """A channel that counts the calls of each method."""

    def __init__(self, channel: Any) -> None:
        self._channel = channel
        self.calls: dict[str, int] = {}

    def __getattr__(self, shape: str) -> Any:
        make = getattr(self._channel, shape)

        def counted(path: str, *args: Any, **options: Any) -> Any:
            callable_ = make(path, *args, **options)
            method = path.rpartition("/")[2]

            def call(*args: Any, **options: Any) -> Any:
                self.calls[method] = self.calls.get(method, 0) + 1
                return callable_(*args, **options)

            return call

        return counted


@pytest.fixture
async def suite(tmp_path: Path) -> AsyncGenerator[Suite]:
    services = [service(KernelSettings(data_dir=tmp_path))]
    async with running_suite(services, security=security_settings()) as suite:
        client = KernelClient(suite.channel())
        await client.databases.CreateDatabase(database_pb2.CreateDatabaseRequest(database_id=DB))
        yield suite


@pytest.fixture
async def channel(suite: Suite) -> Counting:
    return Counting(suite.channel())


@pytest.fixture
async def heads(channel: Counting) -> AsyncGenerator[HeadCache]:
    """Heads that are used for as long as the feed is followed."""
    heads = HeadCache(channel, SystemClock(), ttl_s=3600)
    worker = asyncio.create_task(heads.run())
    yield heads
    worker.cancel()
    await asyncio.gather(worker, return_exceptions=True)


def _upsert(version: int, document: str = "T/a") -> commit_pb2.CreateCommitRequest:
    write = commit_pb2.DocumentWrite(
        document_id=document, type="T", json=orjson.dumps({"v": version})
    )
    return commit_pb2.CreateCommitRequest(
        parent=MAIN, operations=[commit_pb2.DocumentOperation(upsert=write)]
    )


async def _commit(suite: Suite, version: int) -> str:
    """Commits as another process would."""
    other = KernelClient(suite.channel())
    return (await other.commits.CreateCommit(_upsert(version))).commit.commit_id


async def _eventually(heads: HeadCache, commit: str) -> None:
    async with asyncio.timeout(60):
        while await heads.head(DB, "") != commit:  # noqa: ASYNC110 - the feed has no event here
            await asyncio.sleep(0.01)


async def _followed(heads: HeadCache, channel: Counting) -> None:
    """Waits until heads come without a call."""
    async with asyncio.timeout(60):
        while True:
            before = channel.calls.get("ResolveRevision", 0)
            await heads.head(DB, "")
            if channel.calls["ResolveRevision"] == before:
                return
            await asyncio.sleep(0.01)


async def test_head_comes_without_a_call_once_its_feed_is_followed(heads, channel):
    await _followed(heads, channel)
    before = channel.calls["ResolveRevision"]
    for _ in range(100):
        await heads.head(DB, "main")
    assert channel.calls["ResolveRevision"] == before


async def test_commit_of_another_process_arrives_by_the_feed_alone(suite, heads, channel):
    await _followed(heads, channel)
    before = channel.calls["ResolveRevision"]
    for version in range(5):
        await _eventually(heads, await _commit(suite, version))
    assert channel.calls["ResolveRevision"] == before


async def test_own_write_is_seen_at_once(heads, channel):
    client = KernelClient(channel, heads=heads)
    await _followed(heads, channel)
    for version in range(20):
        response = await client.commits.CreateCommit(_upsert(version))
        heads.moved(DB, "main", response.commit)
        assert await client.resolve(DB, None) == response.commit.commit_id


async def test_branch_that_was_deleted_and_made_again_is_asked_for(heads, channel):
    client = KernelClient(channel, heads=heads)
    root = await client.resolve_now(DB, None)
    commit = (await client.commits.CreateCommit(_upsert(1))).commit.commit_id
    request = branch_pb2.CreateBranchRequest(parent=f"databases/{DB}", branch_id="dev")
    await client.branches.CreateBranch(request)
    await _followed(heads, channel)
    assert await heads.head(DB, "dev") == commit
    await client.branches.DeleteBranch(
        branch_pb2.DeleteBranchRequest(name=f"databases/{DB}/branches/dev")
    )
    heads.forget_branch(DB, "dev")
    with pytest.raises(ResourceNotFound):
        await heads.head(DB, "dev")
    request.source.CopyFrom(Revision(commit=root))
    await client.branches.CreateBranch(request)
    assert await heads.head(DB, "dev") == root


async def test_moves_of_another_process_arrive_by_the_feed(suite, heads, channel):
    other = KernelClient(suite.channel())
    history = history_grpc.HistoryServiceStub(suite.channel())
    root = await other.resolve_now(DB, None)
    made = await _commit(suite, 1)
    await _followed(heads, channel)
    assert await heads.head(DB, "") == made
    for target in (root, made, root):
        await history.ResetBranch(
            history_pb2.ResetBranchRequest(name=MAIN, target=Revision(commit=target))
        )
        await _eventually(heads, target)


async def test_head_asked_for_while_its_branch_moves_is_not_kept(suite, heads, channel):
    root = await KernelClient(suite.channel()).resolve_now(DB, None)
    await _commit(suite, 1)
    await _followed(heads, channel)
    heads.forget_branch(DB, "main")
    asked = asyncio.ensure_future(heads.head(DB, "main"))
    await asyncio.sleep(0)  # the call is under way
    heads.forget_branch(DB, "main")
    await asked
    before = channel.calls["ResolveRevision"]
    assert await heads.head(DB, "main") != root
    assert channel.calls["ResolveRevision"] == before + 1


async def test_head_older_than_its_time_is_asked_for_again(suite, channel):
    class Clock(SystemClock):
        passed = 0.0

        def monotonic(self) -> float:
            return 1000 + self.passed

    clock = Clock()
    heads = HeadCache(channel, clock, ttl_s=1)
    worker = asyncio.create_task(heads.run())
    try:
        await _followed(heads, channel)
        before = channel.calls["ResolveRevision"]
        clock.passed = 1.5
        await heads.head(DB, "")
        assert channel.calls["ResolveRevision"] == before + 1
    finally:
        worker.cancel()
        await asyncio.gather(worker, return_exceptions=True)


async def test_missing_database_is_told_as_such_each_time(heads):
    for _ in range(2):
        with pytest.raises(ResourceNotFound) as caught:
            await heads.head("nowhere", "")
        assert caught.value.metadata["resource_type"] == "database"


@pytest.fixture
def cache() -> TieredCache:
    return TieredCache(MemoryTier(SystemClock(), max_bytes=1_000_000, ttl_s=60), None)


async def test_document_as_of_a_commit_is_read_once(suite, channel, cache):
    commit = await _commit(suite, 1)
    client = KernelClient(channel, cache=cache)
    for _ in range(5):
        found = await client.get_document(DB, "T/a", Revision(commit=commit))
        assert orjson.loads(found.json) == {"v": 1}
    assert channel.calls == {"GetDocument": 1}


async def test_read_at_a_branch_shows_the_new_head_with_a_warm_cache(suite, channel, cache):
    client = KernelClient(channel, cache=cache)
    for version in range(3):
        await _commit(suite, version)
        found = await client.get_document(DB, "T/a")
        assert orjson.loads(found.json) == {"v": version}


async def test_listing_comes_whole_and_from_the_cache_the_second_time(suite, channel, cache):
    client = KernelClient(channel, cache=cache)
    operations = [_upsert(n, f"T/{n:04}").operations[0] for n in range(1200)]
    request = commit_pb2.CreateCommitRequest(parent=MAIN, operations=operations)
    commit = (await client.commits.CreateCommit(request)).commit.commit_id
    for _ in range(2):
        pages = client.list_documents(DB, ["T"], Revision(commit=commit))
        ids = [document.document_id async for page in pages for document in page]
        assert ids == [f"T/{n:04}" for n in range(1200)]
    assert channel.calls["ListDocuments"] == 3


def test_only_what_is_as_of_a_commit_has_a_key():
    request = commit_pb2.ListCommitsRequest(parent=f"databases/{DB}")
    with pytest.raises(ValueError, match="as of a commit"):
        cache_key(request)


async def test_audit_fields_are_shown_and_can_not_be_set(suite):
    secure = SecureKernel(KernelClient(suite.channel(subject="bob7")))
    with pytest.raises(InvalidField, match="_created_by"):
        await secure.insert(DB, "T/a", "T", b'{"_created_by":"mallory"}')
    await secure.insert(DB, "T/a", "T", b'{"v":1.10}')
    found = await secure.get(DB, "T/a")
    assert found.shown().endswith(b',"v":1.10}')
    shown = orjson.loads(found.shown())
    assert (shown["_created_by"], shown["_updated_by"], shown["_deleted"]) == (
        "bob7",
        "bob7",
        False,
    )
    assert "_deleted_by" not in shown


async def test_deletion_is_soft_unless_asked_otherwise(suite):
    client = KernelClient(suite.channel())
    secure = SecureKernel(client)
    await secure.insert(DB, "T/a", "T", b'{"v":1}')
    first = await secure.get(DB, "T/a")
    await secure.replace(DB, "T/a", "T", b'{"v":2}', etag=first.etag)
    with pytest.raises(StaleEtag):
        await secure.replace(DB, "T/a", "T", b'{"v":3}', etag=first.etag)
    await secure.delete(DB, "T/a")
    with pytest.raises(ResourceNotFound):
        await secure.get(DB, "T/a")
    await secure.insert(DB, "T/a", "T", b'{"v":4}')
    await secure.delete(DB, "T/a", is_hard=True)
    with pytest.raises(ResourceNotFound):
        await secure.get(DB, "T/a")
