"""The kernel's databases and commits, over its stubs."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Generator, Sequence
from contextlib import aclosing, contextmanager
from dataclasses import dataclass
from typing import Any, Final

import grpc.aio
from oms.datakernel.v1 import commit_service_pb2 as commit_pb2
from oms.datakernel.v1 import commit_service_pb2_grpc as commit_grpc
from oms.datakernel.v1 import database_service_pb2 as database_pb2
from oms.datakernel.v1 import database_service_pb2_grpc as database_grpc
from oms_core.errors import ResourceNotFound, UnsupportedOperation
from oms_rpc.errors import from_rpc_error

from svc_events.domain.relay.feed import FeedChange, FeedCommit, FeedMove, SourceDatabase
from svc_events.feed_convert import to_change, to_commit, to_database, to_move

_PAGE: Final = 1000


@dataclass(frozen=True, slots=True)
class FeedPart:
    """A commit, or a part of a large one: at most 500 changes or, but for one, 1 MiB."""

    commit: FeedCommit
    messages: Sequence[commit_pb2.DocumentDiff]
    is_last: bool
    size: int

    def changes(self) -> Sequence[FeedChange]:
        """The changes, in the order of the documents' ids."""
        return [to_change(message) for message in self.messages]


class KernelFeed:
    """Reads as the service itself. Every method may raise `ServiceUnavailable`."""

    def __init__(self, channel: Any) -> None:
        """Calls nothing yet.

        Args:
            channel: To the kernel.
        """
        self._databases: Any = database_grpc.DatabaseServiceStub(channel)
        self._commits: Any = commit_grpc.CommitServiceStub(channel)

    async def databases(self) -> dict[str, SourceDatabase]:
        """Every database there is, by id."""
        found: dict[str, SourceDatabase] = {}
        request = database_pb2.ListDatabasesRequest(page_size=_PAGE)
        while True:
            with _kernel_errors():
                page = await self._databases.ListDatabases(request)
            for message in page.databases:
                database = to_database(message)
                found[database.id] = database
            if not page.next_page_token:
                return found
            request.page_token = page.next_page_token

    async def require(self, database: SourceDatabase) -> None:
        """Makes sure that a database is still there, and not another one of its name.

        Raises:
            ResourceNotFound: it is gone.
        """
        name = f"databases/{database.id}"
        with _kernel_errors():
            answer = await self._databases.GetDatabase(database_pb2.GetDatabaseRequest(name=name))
        if to_database(answer.database).incarnation != database.incarnation:
            raise ResourceNotFound.of("database", name, f"as created {database.incarnation}")

    async def has_commit(self, database: str, commit: str) -> bool:
        """Whether a commit is still there; compaction removes those that nothing reaches."""
        request = commit_pb2.GetCommitRequest(name=f"databases/{database}/commits/{commit}")
        try:
            with _kernel_errors():
                await self._commits.GetCommit(request)
        except ResourceNotFound:
            return False
        return True

    async def watch(self, database: str, from_commit: str) -> AsyncGenerator[FeedPart | FeedMove]:
        """The commits after one, and the moves of branches since it, in the order they were made;
        then each new one as it is made. Close it when done.

        A backend that keeps no record of moves tells commits only.

        Args:
            from_commit: Empty: from the first one.
        Raises:
            ResourceNotFound: there is no such database or commit any more.
        """
        request = commit_pb2.WatchCommitsRequest(
            parent=f"databases/{database}",
            from_commit=from_commit,
            include_documents=True,
            include_branch_moves=True,
        )
        try:
            async with aclosing(self._watch(request)) as parts:
                async for part in parts:
                    yield part
        except UnsupportedOperation:
            request.include_branch_moves = False
            async with aclosing(self._watch(request)) as parts:
                async for part in parts:
                    yield part

    async def _watch(
        self, request: commit_pb2.WatchCommitsRequest
    ) -> AsyncGenerator[FeedPart | FeedMove]:
        with _kernel_errors():
            call = self._commits.WatchCommits(request)
            try:
                async for part in call:
                    if part.HasField("branch_move"):
                        yield to_move(part.branch_move)
                    else:
                        yield FeedPart(
                            to_commit(part.commit), part.changes, part.is_last_part, part.ByteSize()
                        )
            finally:
                call.cancel()


@contextmanager
def _kernel_errors() -> Generator[None]:
    """Raises what a call to the kernel answered as an `OmsError`."""
    try:
        yield
    except grpc.aio.AioRpcError as exc:
        raise from_rpc_error(exc) from exc
