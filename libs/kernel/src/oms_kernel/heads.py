"""Where branches are, without asking each time.

A head read before is used for `ttl_s` at most, and only while the database's commit
feed is followed, which replaces it as soon as somebody commits, and drops it when a branch moves
without a commit (a reset, a branch deleted and made again). So a read by branch
may miss what another process did, and was told was done, within the feed's delay, some
milliseconds; on a backend that keeps no record of moves it may miss a move for `ttl_s`.
A process sees its own writes at once: it tells them by `moved`.
Who needs more asks the kernel.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any, Final

import grpc
import grpc.aio
from oms.common.v1.revision_pb2 import Revision
from oms.datakernel.v1 import commit_service_pb2 as commit_pb2
from oms.datakernel.v1 import commit_service_pb2_grpc as commit_grpc
from oms_core.clock import Clock
from oms_core.logging import get_logger

from oms_kernel.errors import kernel_errors

MAIN_BRANCH: Final = "main"
_RETRY_S: Final = 5.0
_SWEEP_S: Final = 10.0


@dataclass(slots=True)
class _Head:
    commit_id: str
    sequence: int
    read_at: float


@dataclass(slots=True)
class _Database:
    """What is known of a database: heads by branch, and the task that follows its feed.

    `moves` counts the times a head was dropped: what was asked for before may be older.
    """

    heads: dict[str, _Head] = field(default_factory=dict[str, _Head])
    feed: asyncio.Task[None] | None = None
    moves: int = 0
    from_commit: str = ""
    used_at: float = 0.0
    retry_at: float = 0.0

    @property
    def is_fed(self) -> bool:
        return self.feed is not None and not self.feed.done()


class HeadCache:
    """Heads of branches, kept right by the commit feeds of the databases in use.

    Add `run` as a worker; until it runs, and beyond `max_databases`, every head is asked for.
    """

    def __init__(
        self,
        channel: Any,
        clock: Clock,
        *,
        ttl_s: float = 1.0,
        max_databases: int = 16,
        idle_s: float = 60.0,
    ) -> None:
        """Calls nothing yet.

        Args:
            channel: To the kernel.
            ttl_s: How long a head may be used after it was read or fed; 0 asks each time.
            max_databases: Most databases whose feeds are followed.
            idle_s: How long a feed is followed when nobody asks for its heads.
        """
        self._commits: Any = commit_grpc.CommitServiceStub(channel)
        self._clock = clock
        self._ttl_s = ttl_s
        self._max_databases = max_databases
        self._idle_s = idle_s
        self._databases: dict[str, _Database] = {}
        self._wanted: asyncio.Queue[str] = asyncio.Queue()

    async def head(self, database: str, branch: str) -> str:
        """Id of the commit a branch is at.

        Args:
            database: Its id.
            branch: Empty: `main`.
        Raises:
            ResourceNotFound: there is no such database or branch.
        """
        branch = branch or MAIN_BRANCH
        now = self._clock.monotonic()
        known = self._databases.get(database)
        if known is not None and known.is_fed:
            known.used_at = now
            found = known.heads.get(branch)
            if found is not None and now < found.read_at + self._ttl_s:
                return found.commit_id
        return await self._ask(database, branch)

    def moved(self, database: str, branch: str, commit: commit_pb2.Commit) -> None:
        """Takes note of a commit that this process has made or met."""
        known = self._databases.get(database)
        if known is not None:
            self._note(known, branch or MAIN_BRANCH, commit)

    def forget(self, database: str) -> None:
        """Drops what is known of a database, such as one that was deleted."""
        known = self._databases.pop(database, None)
        if known is not None and known.feed is not None:
            known.feed.cancel()

    def forget_branch(self, database: str, branch: str) -> None:
        """Drops what is known of a branch that was deleted or moved."""
        known = self._databases.get(database)
        if known is not None:
            self._drop(known, branch or MAIN_BRANCH)

    async def run(self) -> None:
        """Follows the feeds of the databases asked for. Ends only by being cancelled."""
        try:
            async with asyncio.TaskGroup() as feeds:
                while True:
                    try:
                        async with asyncio.timeout(_SWEEP_S):
                            database = await self._wanted.get()
                    except TimeoutError:
                        self._sweep()
                        continue
                    known = self._databases.get(database)
                    if known is not None and not known.is_fed:
                        known.feed = feeds.create_task(self._follow(database, known))
        finally:
            self._databases.clear()

    async def _ask(self, database: str, branch: str) -> str:
        known = self._databases.get(database)
        before = known.heads.get(branch) if known else None
        moves = known.moves if known else 0
        request = commit_pb2.ResolveRevisionRequest(
            parent=f"databases/{database}", revision=Revision(branch=branch)
        )
        with kernel_errors():
            commit = (await self._commits.ResolveRevision(request)).commit
        known = self._databases.get(database) or self._admit(database, commit.commit_id)
        if known is not None:
            now_known = known.heads.get(branch)
            if known.moves != moves:
                pass  # the branch may have been asked for before it moved
            elif now_known is before:
                # Also back to an older commit: a branch may have been reset.
                known.heads[branch] = self._head(commit)
            else:
                self._note(known, branch, commit)
            self._want(database, known)
        return commit.commit_id

    def _admit(self, database: str, from_commit: str) -> _Database | None:
        if self._ttl_s <= 0:
            return None
        if len(self._databases) >= self._max_databases:
            self._sweep()
        if len(self._databases) >= self._max_databases:
            return None
        known = _Database(from_commit=from_commit, used_at=self._clock.monotonic())
        self._databases[database] = known
        return known

    def _want(self, database: str, known: _Database) -> None:
        now = self._clock.monotonic()
        if not known.is_fed and known.retry_at <= now:
            known.retry_at = now + _RETRY_S
            self._wanted.put_nowait(database)

    def _note(self, known: _Database, branch: str, commit: commit_pb2.Commit) -> None:
        found = known.heads.get(branch)
        if found is None or found.sequence <= commit.sequence:
            known.heads[branch] = self._head(commit)

    def _drop(self, known: _Database, branch: str) -> None:
        known.moves += 1
        known.heads.pop(branch, None)

    def _head(self, commit: commit_pb2.Commit) -> _Head:
        return _Head(commit.commit_id, commit.sequence, self._clock.monotonic())

    async def _follow(self, database: str, known: _Database) -> None:
        """Follows a feed until it breaks; heads are asked for from then on."""
        try:
            await self._take_in(database, known, with_moves=True)
        except grpc.aio.AioRpcError as exc:
            get_logger().info("commit feed broke", database=database, code=exc.code().name)
        finally:
            # Beginning again at a later commit is right: whatever was missed is asked for.
            if self._databases.get(database) is known:
                del self._databases[database]

    async def _take_in(self, database: str, known: _Database, *, with_moves: bool) -> None:
        request = commit_pb2.WatchCommitsRequest(
            parent=f"databases/{database}",
            from_commit=known.from_commit,
            include_branch_moves=with_moves,
        )
        try:
            async for part in self._commits.WatchCommits(request):
                if part.HasField("branch_move"):
                    self._drop(known, part.branch_move.branch)
                elif part.is_last_part:
                    self._note(known, part.commit.branch, part.commit)
        except grpc.aio.AioRpcError as exc:
            if not with_moves or exc.code() is not grpc.StatusCode.UNIMPLEMENTED:
                raise
            await self._take_in(database, known, with_moves=False)

    def _sweep(self) -> None:
        now = self._clock.monotonic()
        for database, known in list(self._databases.items()):
            if known.used_at + self._idle_s <= now:
                self.forget(database)
