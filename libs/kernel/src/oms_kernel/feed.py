"""The kernel's databases, and their commits as they are made."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any, Final

from oms.datakernel.v1 import commit_service_pb2 as commit_pb2
from oms.datakernel.v1 import commit_service_pb2_grpc as commit_grpc
from oms.datakernel.v1 import database_service_pb2 as database_pb2
from oms.datakernel.v1 import database_service_pb2_grpc as database_grpc
from oms_core.errors import ResourceNotFound, UnsupportedOperation

from oms_kernel.errors import kernel_errors

_PAGE: Final = 1000


class CommitFeed:
    """For who follows every database. Every method may raise `ServiceUnavailable`."""

    def __init__(self, channel: Any) -> None:
        """Calls nothing yet.

        Args:
            channel: To the kernel.
        """
        self._databases: Any = database_grpc.DatabaseServiceStub(channel)
        self._commits: Any = commit_grpc.CommitServiceStub(channel)

    async def databases(self) -> list[database_pb2.Database]:
        """Every database there is."""
        found: list[database_pb2.Database] = []
        request = database_pb2.ListDatabasesRequest(page_size=_PAGE)
        while True:
            with kernel_errors():
                page = await self._databases.ListDatabases(request)
            found += page.databases
            if not page.next_page_token:
                return found
            request.page_token = page.next_page_token

    async def database(self, database_id: str) -> database_pb2.Database:
        """A database.

        Raises:
            ResourceNotFound: there is none.
        """
        request = database_pb2.GetDatabaseRequest(name=f"databases/{database_id}")
        with kernel_errors():
            return (await self._databases.GetDatabase(request)).database

    async def has_commit(self, database_id: str, commit: str) -> bool:
        """Whether a commit is still there; compaction removes those that nothing reaches."""
        request = commit_pb2.GetCommitRequest(name=f"databases/{database_id}/commits/{commit}")
        try:
            with kernel_errors():
                await self._commits.GetCommit(request)
        except ResourceNotFound:
            return False
        return True

    async def watch(
        self, database_id: str, from_commit: str, *, with_moves: bool = False
    ) -> AsyncGenerator[commit_pb2.WatchCommitsResponse]:
        """The commits after one with their documents, in the order they were made; then each new
        one as it is made. A large commit comes in parts. Close it when done.

        Args:
            from_commit: Empty: from the first one.
            with_moves: Tell moves of branches too, where the backend keeps a record of them.
        Raises:
            ResourceNotFound: there is no such database or commit any more.
        """
        request = commit_pb2.WatchCommitsRequest(
            parent=f"databases/{database_id}",
            from_commit=from_commit,
            include_documents=True,
            include_branch_moves=with_moves,
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
    ) -> AsyncGenerator[commit_pb2.WatchCommitsResponse]:
        with kernel_errors():
            call = self._commits.WatchCommits(request)
            try:
                async for part in call:
                    yield part
            finally:
                call.cancel()
