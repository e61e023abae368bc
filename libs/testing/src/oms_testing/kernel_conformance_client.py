"""How the conformance suite talks to a kernel, and what a backend may exclude."""

from __future__ import annotations

import secrets
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from enum import Enum
from typing import Any, ClassVar, TypeVar

import grpc.aio
import orjson
import pytest
from oms.common.v1.revision_pb2 import Revision
from oms.datakernel.v1 import branch_service_pb2 as branch_pb2
from oms.datakernel.v1 import branch_service_pb2_grpc as branch_grpc
from oms.datakernel.v1 import commit_service_pb2 as commit_pb2
from oms.datakernel.v1 import commit_service_pb2_grpc as commit_grpc
from oms.datakernel.v1 import database_service_pb2 as database_pb2
from oms.datakernel.v1 import database_service_pb2_grpc as database_grpc
from oms.datakernel.v1 import document_service_pb2 as document_pb2
from oms.datakernel.v1 import document_service_pb2_grpc as document_grpc
from oms.datakernel.v1 import history_service_pb2_grpc as history_grpc
from oms_core.errors import OmsError
from oms_rpc.errors import from_rpc_error

_F = TypeVar("_F", bound=Callable[..., Any])
_MARK = "kernel_capability"


class Capability(Enum):
    """What a backend may lack, with a reason."""

    HARD_DELETE = "deletes a document without a trace at the new head"
    EXACT_NUMBERS = "keeps every digit of every number"
    TIME_TRAVEL = "reads a branch as it was at a time"
    REQUEST_IDS = "answers a repeated request with its first answer"
    WATCH = "streams commits as they are made"
    BRANCH_MOVES = "tells of branches that moved otherwise than by a commit"
    VERIFICATION = "recomputes its hashes"
    PURE_HASH_IDS = "names a commit by the documented hash"


def requires(capability: Capability) -> Callable[[_F], _F]:
    """Marks a test that a backend without the capability is excused from."""

    def mark(test: _F) -> _F:
        setattr(test, _MARK, capability)
        return test

    return mark


class Kernel:
    """A kernel with one fresh database, and short ways to use it."""

    def __init__(self, channel: grpc.aio.Channel, database: str) -> None:
        self.databases: Any = database_grpc.DatabaseServiceStub(channel)
        self.branches: Any = branch_grpc.BranchServiceStub(channel)
        self.commits: Any = commit_grpc.CommitServiceStub(channel)
        self.documents: Any = document_grpc.DocumentServiceStub(channel)
        self.history: Any = history_grpc.HistoryServiceStub(channel)
        self.database = database
        self.name = f"databases/{database}"

    def branch_name(self, branch: str) -> str:
        """The full name of a branch."""
        return f"{self.name}/branches/{branch}"

    async def commit(
        self, *operations: commit_pb2.DocumentOperation, branch: str = "main", **fields: Any
    ) -> commit_pb2.Commit:
        """Makes a commit; answers the new one, or the head when nothing changed."""
        return (await self.create_commit(*operations, branch=branch, **fields)).commit

    async def create_commit(
        self, *operations: commit_pb2.DocumentOperation, branch: str = "main", **fields: Any
    ) -> commit_pb2.CreateCommitResponse:
        """Calls CreateCommit."""
        return await self.commits.CreateCommit(
            commit_pb2.CreateCommitRequest(
                parent=self.branch_name(branch), operations=operations, **fields
            )
        )

    async def branch(self, branch: str, source: Revision | None = None) -> branch_pb2.Branch:
        """Creates a branch."""
        response = await self.branches.CreateBranch(
            branch_pb2.CreateBranchRequest(parent=self.name, branch_id=branch, source=source)
        )
        return response.branch

    async def head(self, branch: str = "main") -> str:
        """Id of a branch's head."""
        request = branch_pb2.GetBranchRequest(name=self.branch_name(branch))
        return (await self.branches.GetBranch(request)).branch.head_commit

    async def get(self, document_id: str, **fields: Any) -> document_pb2.Document:
        """Gets a document."""
        request = document_pb2.GetDocumentRequest(
            parent=self.name, document_id=document_id, **fields
        )
        return (await self.documents.GetDocument(request)).document

    async def value(self, document_id: str, **fields: Any) -> Any:
        """A document's content, parsed."""
        return orjson.loads((await self.get(document_id, **fields)).json)

    async def ids(self, **fields: Any) -> list[str]:
        """Ids of all documents that a list answers, over all pages."""
        found: list[str] = []
        request = document_pb2.ListDocumentsRequest(parent=self.name, **fields)
        while True:
            page = await self.documents.ListDocuments(request)
            found += [document.document_id for document in page.documents]
            if not page.next_page_token:
                return found
            request.page_token = page.next_page_token

    async def state(self, **fields: Any) -> dict[str, Any]:
        """Every document's content by id."""
        request = document_pb2.ListDocumentsRequest(parent=self.name, page_size=1000, **fields)
        page = await self.documents.ListDocuments(request)
        return {document.document_id: orjson.loads(document.json) for document in page.documents}

    async def diff(self, base: Revision, target: Revision, **fields: Any) -> Any:
        """Compares two revisions; the first page."""
        return await self.commits.DiffCommits(
            commit_pb2.DiffCommitsRequest(parent=self.name, base=base, target=target, **fields)
        )

    async def merge(self, branch: str, source: str, **fields: Any) -> Any:
        """Merges one branch into another."""
        return await self.commits.MergeBranch(
            commit_pb2.MergeBranchRequest(
                name=self.branch_name(branch), source=Revision(branch=source), **fields
            )
        )

    async def faults(self) -> Sequence[Any]:
        """What a verification finds."""
        request = commit_pb2.VerifyHistoryRequest(name=self.name)
        return (await self.commits.VerifyHistory(request)).faults


class ConformancePart:
    """Base of the suite's parts: the kernel under test, and the excused tests."""

    exclusions: ClassVar[Mapping[Capability, str]] = {}

    @pytest.fixture(autouse=True)
    def _excuse(self, request: pytest.FixtureRequest) -> None:
        capability: Capability | None = getattr(request.function, _MARK, None)
        if capability is not None and capability in self.exclusions:
            pytest.skip(f"{capability.name}: {self.exclusions[capability]}")

    @pytest.fixture
    async def kernel(self, channel: grpc.aio.Channel) -> AsyncGenerator[Kernel]:
        """A kernel with a fresh database, whose history is verified after the test."""
        kernel = Kernel(channel, f"c{secrets.token_hex(6)}")
        await kernel.databases.CreateDatabase(
            database_pb2.CreateDatabaseRequest(database_id=kernel.database)
        )
        yield kernel
        if Capability.VERIFICATION not in self.exclusions:
            assert not await kernel.faults()


async def refusal(call: Awaitable[Any]) -> OmsError:
    """The typed error that a call is refused with.

    Raises:
        AssertionError: the call was answered.
    """
    try:
        answer = await call
    except grpc.aio.AioRpcError as exc:
        return from_rpc_error(exc)
    raise AssertionError(f"expected an error, got {answer!r}")


def write(document_id: str, content: Any, **fields: Any) -> commit_pb2.DocumentWrite:
    """A document to store; content that is bytes is taken as it is."""
    json = content if isinstance(content, bytes) else orjson.dumps(content)
    fields = {"type": document_id.partition("/")[0]} | fields
    return commit_pb2.DocumentWrite(document_id=document_id, json=json, **fields)


def insert(document_id: str, content: Any, **fields: Any) -> commit_pb2.DocumentOperation:
    """Creates a document; its type is what precedes the slash in its id."""
    return commit_pb2.DocumentOperation(insert=write(document_id, content, **fields))


def replace(document_id: str, content: Any, **fields: Any) -> commit_pb2.DocumentOperation:
    """Replaces a document."""
    return commit_pb2.DocumentOperation(replace=write(document_id, content, **fields))


def upsert(document_id: str, content: Any, **fields: Any) -> commit_pb2.DocumentOperation:
    """Creates or replaces a document."""
    return commit_pb2.DocumentOperation(upsert=write(document_id, content, **fields))


def delete(document_id: str, **fields: Any) -> commit_pb2.DocumentOperation:
    """Deletes a document."""
    return commit_pb2.DocumentOperation(
        delete=commit_pb2.DocumentDelete(document_id=document_id, **fields)
    )


def at(commit: str) -> Revision:
    """The revision that is a commit."""
    return Revision(commit=commit)


def on(branch: str) -> Revision:
    """The revision that is a branch."""
    return Revision(branch=branch)
