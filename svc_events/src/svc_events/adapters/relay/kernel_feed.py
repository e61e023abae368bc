"""The kernel's databases and commits, as the relay reads them."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

from oms.datakernel.v1 import commit_service_pb2 as commit_pb2
from oms_core.errors import ResourceNotFound
from oms_kernel import CommitFeed

from svc_events.domain.relay.feed import FeedChange, FeedCommit, FeedMove, SourceDatabase
from svc_events.feed_convert import to_change, to_commit, to_database, to_move


@dataclass(frozen=True, slots=True)
class FeedPart:
    """A commit, or a part of a large one: at most 500 changes or, but for one, 1 MiB.

    Args:
        trace: The `traceparent` that the commit was made in; empty: that is not known.
    """

    commit: FeedCommit
    messages: Sequence[commit_pb2.DocumentDiff]
    is_last: bool
    size: int
    trace: str = ""

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
        self._feed = CommitFeed(channel)

    async def databases(self) -> dict[str, SourceDatabase]:
        """Every database there is, by id."""
        found = [to_database(message) for message in await self._feed.databases()]
        return {database.id: database for database in found}

    async def require(self, database: SourceDatabase) -> None:
        """Makes sure that a database is still there, and not another one of its name.

        Raises:
            ResourceNotFound: it is gone.
        """
        found = to_database(await self._feed.database(database.id))
        if found.incarnation != database.incarnation:
            name = f"databases/{database.id}"
            raise ResourceNotFound.of("database", name, f"as created {database.incarnation}")

    async def has_commit(self, database: str, commit: str) -> bool:
        """Whether a commit is still there; compaction removes those that nothing reaches."""
        return await self._feed.has_commit(database, commit)

    async def watch(self, database: str, from_commit: str) -> AsyncGenerator[FeedPart | FeedMove]:
        """The commits after one, and the moves of branches since it, in the order they were made;
        then each new one as it is made. Close it when done.

        A backend that keeps no record of moves tells commits only.

        Args:
            from_commit: Empty: from the first one.
        Raises:
            ResourceNotFound: there is no such database or commit any more.
        """
        feed = self._feed.watch(database, from_commit, with_moves=True)
        async with aclosing(feed) as parts:
            async for part in parts:
                if part.HasField("branch_move"):
                    yield to_move(part.branch_move)
                else:
                    yield FeedPart(
                        to_commit(part.commit),
                        part.changes,
                        part.is_last_part,
                        part.ByteSize(),
                        part.traceparent,
                    )
