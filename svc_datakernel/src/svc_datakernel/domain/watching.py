"""Following the commit log from any point on."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass

from svc_datakernel.domain.model import Commit, Difference
from svc_datakernel.domain.store import CommitLog

_COMMITS_AT_ONCE = 50
_CHANGES_IN_PART = 500


@dataclass(frozen=True, slots=True)
class WatchPart:
    """A commit, or a part of a large one."""

    commit: Commit
    differences: Sequence[Difference]
    is_last: bool


async def watch(
    store: CommitLog, database: str, *, after: int, branch: str, with_documents: bool
) -> AsyncGenerator[WatchPart]:
    """Yields the commits with a sequence beyond `after`, then each new one as it is made.

    Never ends by itself. Holds one part in memory at a time, however slow the consumer.
    """
    while True:
        newest = await store.last_sequence(database)
        commits = await store.read_log(database, after=after, branch=branch, limit=_COMMITS_AT_ONCE)
        for commit in commits:
            async for part in _parts(store, database, commit, with_documents=with_documents):
                yield part
        if commits:
            after = commits[-1].sequence
        if len(commits) < _COMMITS_AT_ONCE:
            # Commits of other branches up to `newest` were looked at and passed over.
            after = max(after, newest)
            await store.wait_for_commits(database, after=after)


async def _parts(
    store: CommitLog, database: str, commit: Commit, *, with_documents: bool
) -> AsyncGenerator[WatchPart]:
    start: int | None = 0
    while start is not None:
        part = await store.read_changes(
            database, commit, start=start, limit=_CHANGES_IN_PART, with_documents=with_documents
        )
        start = part.next_index
        yield WatchPart(commit, part.differences, is_last=start is None)
