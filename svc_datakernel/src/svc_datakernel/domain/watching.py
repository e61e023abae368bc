"""Following the feed of commits and moves from any point on."""

from __future__ import annotations

import heapq
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass

from svc_datakernel.domain.model import BranchMove, Commit, Difference, FeedPosition
from svc_datakernel.domain.store import CommitLog

_COMMITS_AT_ONCE = 50
_MOVES_AT_ONCE = 500
_CHANGES_IN_PART = 500


@dataclass(frozen=True, slots=True)
class WatchPart:
    """A commit, or a part of a large one."""

    commit: Commit
    differences: Sequence[Difference]
    is_last: bool


@dataclass(frozen=True, slots=True)
class Watch:
    """What is watched.

    Args:
        branch: Empty: every one.
        with_moves: Branches that moved otherwise than by a commit, too.
    """

    database: str
    branch: str
    with_documents: bool
    with_moves: bool


async def watch(
    store: CommitLog, watched: Watch, *, after: FeedPosition
) -> AsyncGenerator[WatchPart | BranchMove]:
    """Yields what came after a position, then what is new as it comes, in the order it was made.

    Never ends by itself. Holds one part in memory at a time, however slow the consumer.

    Raises:
        UnsupportedOperation: the backend keeps no record of moves.
    """
    while True:
        found, after, is_end = await _next(store, watched, after)
        for each in found:
            if isinstance(each, BranchMove):
                yield each
                continue
            async for part in _parts(store, watched, each):
                yield part
        if is_end:
            await store.wait_for_news(watched.database, after=after)


async def _next(
    store: CommitLog, watched: Watch, after: FeedPosition
) -> tuple[Sequence[Commit | BranchMove], FeedPosition, bool]:
    """What comes next, the position after it, and whether there is nothing beyond that."""
    name, branch = watched.database, watched.branch
    # Asked first: what comes meanwhile is behind it, and found the next time.
    end = await store.feed_end(name)
    commits = await store.read_log(
        name, after=after.sequence, branch=branch, limit=_COMMITS_AT_ONCE
    )
    is_end = len(commits) < _COMMITS_AT_ONCE
    last = commits[-1].sequence if commits else after.sequence
    # Of other branches everything up to the end was looked at and passed over.
    upto = max(last, end.sequence) if is_end else last
    moves: Sequence[BranchMove] = ()
    if watched.with_moves:
        moves = await store.read_moves(
            name, after=after.move, upto=upto, branch=branch, limit=_MOVES_AT_ONCE
        )
    if len(moves) == _MOVES_AT_ONCE:
        is_end, upto = False, moves[-1].after_sequence
        commits = [commit for commit in commits if commit.sequence <= upto]
    last_move = moves[-1].number if moves else after.move
    position = FeedPosition(upto, max(last_move, end.move) if is_end else last_move)
    return list(heapq.merge(commits, moves, key=_place)), position, is_end


def _place(each: Commit | BranchMove) -> tuple[int, int]:
    """A commit comes before the moves made after it."""
    if isinstance(each, BranchMove):
        return each.after_sequence, each.number
    return each.sequence, 0


async def _parts(store: CommitLog, watched: Watch, commit: Commit) -> AsyncGenerator[WatchPart]:
    start: int | None = 0
    while start is not None:
        part = await store.read_changes(
            watched.database,
            commit,
            start=start,
            limit=_CHANGES_IN_PART,
            with_documents=watched.with_documents,
        )
        start = part.next_index
        yield WatchPart(commit, part.differences, is_last=start is None)
