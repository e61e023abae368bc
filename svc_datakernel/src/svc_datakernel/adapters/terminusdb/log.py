"""The log of a TerminusDB server followed by asking again and again.

A commit's sequence is its time. Commits of one branch follow one another; those of several
branches may become visible out of order, so when all are followed a commit is shown only
once it is old enough for every earlier one to be there.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Final

from svc_datakernel.adapters.terminusdb.capabilities import refuse
from svc_datakernel.adapters.terminusdb.commits import read_log, walk_log
from svc_datakernel.adapters.terminusdb.directory import TerminusDirectory
from svc_datakernel.domain.model import MAIN_BRANCH, BranchMove, Commit, FeedPosition, Revision

_PAUSE_S: Final = 1.0
_SETTLED_US: Final = 2_000_000
_MICROSECONDS: Final = 1_000_000


class TerminusLog(TerminusDirectory):
    """See `CommitLog`."""

    async def last_sequence(self, database: str) -> int:
        """See `CommitLog.last_sequence`."""
        heads = [commit.sequence for commit in await self._branch_heads(database)]
        return min(max(heads, default=0), self._settled())

    async def read_log(
        self, database: str, *, after: int, branch: str, limit: int
    ) -> Sequence[Commit]:
        """See `CommitLog.read_log`."""
        # A commit of several branches is given as the first one's, and that is `main`'s.
        names = [branch] if branch else sorted(await self._branch_names(database), key=_main_first)
        until = None if branch else self._settled()
        found: dict[str, Commit] = {}
        for name in names:
            async for commit in walk_log(self._server, database, Revision(branch=name)):
                if commit.sequence <= after:
                    break
                if until is None or commit.sequence <= until:
                    found.setdefault(commit.id, commit)
        return sorted(found.values(), key=lambda commit: commit.sequence)[:limit]

    async def feed_end(self, database: str) -> FeedPosition:
        """See `CommitLog.feed_end`."""
        return FeedPosition(await self.last_sequence(database), 0)

    async def feed_position(self, database: str, sequence: int) -> FeedPosition:
        """See `CommitLog.feed_position`."""
        return FeedPosition(sequence, 0)

    async def read_moves(
        self, database: str, *, after: int, upto: int, branch: str, limit: int
    ) -> Sequence[BranchMove]:
        """See `CommitLog.read_moves`: refused."""
        raise refuse("branch_moves")

    async def wait_for_news(self, database: str, *, after: FeedPosition) -> None:
        """See `CommitLog.wait_for_news`: asks once a second."""
        # Others commit, too, and the server tells nobody.
        while await self.last_sequence(database) <= after.sequence:  # noqa: ASYNC110
            await asyncio.sleep(_PAUSE_S)

    async def _branch_heads(self, database: str) -> Sequence[Commit]:
        names = await self._branch_names(database)
        logs = await asyncio.gather(
            *(read_log(self._server, database, Revision(branch=name), count=1) for name in names)
        )
        return [log[0] for log in logs if log]

    def _settled(self) -> int:
        now_us = round(self._server.clock.now().timestamp() * _MICROSECONDS)
        return now_us - _SETTLED_US


def _main_first(branch: str) -> tuple[bool, str]:
    return branch != MAIN_BRANCH, branch
