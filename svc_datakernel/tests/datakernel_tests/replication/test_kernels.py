"""Two kernels that clone, pull and push over the network."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import grpc
import pytest
from oms.common.v1 import revision_pb2
from oms.datakernel.v1 import branch_service_pb2 as branch_pb
from oms.datakernel.v1 import branch_service_pb2_grpc as branch_grpc
from oms.datakernel.v1 import commit_service_pb2 as commit_pb
from oms.datakernel.v1 import commit_service_pb2_grpc as commit_grpc
from oms.datakernel.v1 import database_service_pb2 as database_pb
from oms.datakernel.v1 import database_service_pb2_grpc as database_grpc
from oms.datakernel.v1 import replication_service_pb2 as pb
from oms.datakernel.v1 import replication_service_pb2_grpc as pb_grpc
from oms_rpc.errors import from_rpc_error
from oms_testing.suite import Suite, running_suite, security_settings
from svc_datakernel.settings import KernelSettings
from svc_datakernel.setup import service

MAIN = "databases/db/branches/main"
COPY_MAIN = "databases/copy/branches/main"


class Kernel:
    """Stubs of one kernel."""

    def __init__(self, suite: Suite) -> None:
        channel = suite.channel()
        self.address = f"127.0.0.1:{suite.server.port}"
        self.databases = database_grpc.DatabaseServiceStub(channel)
        self.branches = branch_grpc.BranchServiceStub(channel)
        self.commits = commit_grpc.CommitServiceStub(channel)
        self.replication = pb_grpc.ReplicationServiceStub(channel)

    async def commit(self, parent: str, document_id: str, json: bytes = b"{}") -> str:
        """Makes a commit of one document; its id."""
        write = commit_pb.DocumentWrite(document_id=document_id, type="T", json=json)
        operation = commit_pb.DocumentOperation(upsert=write)
        request = commit_pb.CreateCommitRequest(parent=parent, operations=[operation])
        return (await self.commits.CreateCommit(request)).commit.commit_id

    async def head(self, name: str) -> str:
        """A branch's head."""
        answer = await self.branches.GetBranch(branch_pb.GetBranchRequest(name=name))
        return answer.branch.head_commit

    async def faults(self, database: str) -> list[str]:
        """What a verification finds."""
        request = commit_pb.VerifyHistoryRequest(name=f"databases/{database}")
        return [fault.message for fault in (await self.commits.VerifyHistory(request)).faults]


@pytest.fixture
async def kernels(tmp_path: Path) -> AsyncIterator[tuple[Kernel, Kernel]]:
    """A kernel with a database, and one that may call it."""
    security = security_settings()
    async with AsyncExitStack() as stack:
        first = KernelSettings(data_dir=tmp_path / "one")
        one = Kernel(
            await stack.enter_async_context(running_suite([service(first)], security=security))
        )
        second = KernelSettings(data_dir=tmp_path / "two", remotes=f"{one.address}, other:1")
        two = Kernel(
            await stack.enter_async_context(running_suite([service(second)], security=security))
        )
        await one.databases.CreateDatabase(database_pb.CreateDatabaseRequest(database_id="db"))
        await one.commit(MAIN, "T/a", b'{"v":1.50}')
        yield one, two


async def _clone(one: Kernel, two: Kernel) -> pb.CloneDatabaseResponse:
    remote = pb.RemoteKernel(address=one.address, database="db")
    request = pb.CloneDatabaseRequest(database_id="copy", remote=remote)
    return await two.replication.CloneDatabase(request)


def _to(one: Kernel) -> dict[str, object]:
    return {"name": COPY_MAIN, "remote": pb.RemoteKernel(address=one.address, database="db")}


async def test_a_clone_pulls_what_is_new_and_pushes_its_own(
    kernels: tuple[Kernel, Kernel],
) -> None:
    one, two = kernels
    cloned = await _clone(one, two)
    assert dict(cloned.branches) == {"main": await one.head(MAIN)}
    theirs = await one.commit(MAIN, "T/b")
    pulled = await two.replication.PullBranch(pb.PullBranchRequest(**_to(one)))
    assert (pulled.commit_count, pulled.head_commit) == (1, theirs)
    again = await two.replication.PullBranch(pb.PullBranchRequest(**_to(one)))
    assert (again.commit_count, again.head_commit) == (0, theirs)
    mine = await two.commit(COPY_MAIN, "T/c")
    pushed = await two.replication.PushBranch(pb.PushBranchRequest(**_to(one)))
    assert (pushed.commit_count, pushed.head_commit) == (1, mine)
    assert await one.head(MAIN) == mine == await two.head(COPY_MAIN)
    assert await one.faults("db") == await two.faults("copy") == []


async def test_a_new_branch_is_pushed_under_another_name(kernels: tuple[Kernel, Kernel]) -> None:
    one, two = kernels
    await _clone(one, two)
    source = revision_pb2.Revision(branch="main")
    await two.branches.CreateBranch(
        branch_pb.CreateBranchRequest(parent="databases/copy", branch_id="mine", source=source)
    )
    made = await two.commit("databases/copy/branches/mine", "T/m")
    request = pb.PushBranchRequest(
        name="databases/copy/branches/mine", remote=_to(one)["remote"], remote_branch="theirs"
    )
    assert (await two.replication.PushBranch(request)).head_commit == made
    assert await one.head("databases/db/branches/theirs") == made


@pytest.mark.parametrize("direction", ["PullBranch", "PushBranch"])
async def test_branches_that_diverged_are_left_where_they_are(
    kernels: tuple[Kernel, Kernel], direction: str
) -> None:
    one, two = kernels
    await _clone(one, two)
    theirs, mine = await one.commit(MAIN, "T/b"), await two.commit(COPY_MAIN, "T/b", b'{"v":2}')
    request = getattr(pb, f"{direction}Request")(**_to(one))
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await getattr(two.replication, direction)(request)
    assert from_rpc_error(caught.value).reason == "DIVERGED"
    assert (await one.head(MAIN), await two.head(COPY_MAIN)) == (theirs, mine)


async def test_only_allowed_kernels_are_called(kernels: tuple[Kernel, Kernel]) -> None:
    one, two = kernels
    for address in ("127.0.0.1:1", f"https://{one.address}", "unix:///tmp/x", two.address):
        remote = pb.RemoteKernel(address=address, token="secret-token")
        request = pb.CloneDatabaseRequest(database_id="copy", remote=remote)
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await two.replication.CloneDatabase(request)
        assert caught.value.code() is grpc.StatusCode.PERMISSION_DENIED
        assert "secret-token" not in str(caught.value.details())


async def test_a_wrong_token_is_refused_by_the_other_kernel(
    kernels: tuple[Kernel, Kernel],
) -> None:
    one, two = kernels
    remote = pb.RemoteKernel(address=one.address, database="db", token="wrong")
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await two.replication.CloneDatabase(
            pb.CloneDatabaseRequest(database_id="copy", remote=remote)
        )
    assert caught.value.code() is grpc.StatusCode.UNAUTHENTICATED
