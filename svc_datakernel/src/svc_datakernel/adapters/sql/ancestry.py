"""Finds the best common ancestor of two commits over first and second parents."""

from __future__ import annotations

import heapq
from typing import NamedTuple

from oms_core.errors import UnrelatedHistories
from sqlalchemy import Connection, bindparam, select

from svc_datakernel.adapters.sql import positions
from svc_datakernel.adapters.sql.positions import Position
from svc_datakernel.adapters.sql.tables import commits, lines


class _Step(NamedTuple):
    """Somewhere to go on from, latest first: `rank` is a sequence, negated for the heap.

    `is_entry`: this commit on `line` is an ancestor of `side`, and so is everything
    before it on the line. Otherwise it is a merge on the line whose second parent is next.
    """

    rank: int
    side: int
    line: int
    is_entry: bool


_other = commits.alias("other")
_LAST_MERGE = (
    select(commits.c.sequence)
    .where(
        commits.c.line == bindparam("line"),
        commits.c.sequence <= bindparam("last"),
        commits.c.second_parent.is_not(None),
    )
    .order_by(commits.c.sequence.desc())
    .limit(1)
)
_MERGED = (
    select(_other.c.sequence, _other.c.line)
    .join(commits, commits.c.second_parent == _other.c.sequence)
    .where(commits.c.sequence == bindparam("sequence"))
)
_FORK = select(lines.c.parent, lines.c.fork_sequence).where(lines.c.key == bindparam("line"))


def merge_base(conn: Connection, source: Position, target: Position) -> Position:
    """The common ancestor that was made last; after criss-cross merges one of several best.

    Walks back from both commits at once, latest first, and a whole line at a
    step: only forks and merges made since the base are looked at.

    Raises:
        UnrelatedHistories: there is none.
    """
    steps = [
        _Step(-source.sequence, 0, source.line, is_entry=True),
        _Step(-target.sequence, 1, target.line, is_entry=True),
    ]
    heapq.heapify(steps)
    entered: tuple[set[int], set[int]] = (set(), set())
    while steps:
        step = heapq.heappop(steps)
        if not step.is_entry:
            for next_step in _beyond_merge(conn, step):
                heapq.heappush(steps, next_step)
        elif step.line in entered[1 - step.side]:
            # The other side came to this line at the same commit or later.
            return positions.at_sequence(conn, -step.rank)
        elif step.line not in entered[step.side]:
            entered[step.side].add(step.line)
            for next_step in _along_line(conn, step):
                heapq.heappush(steps, next_step)
    raise UnrelatedHistories(
        f"commits {source.id.hex()} and {target.id.hex()} have no common ancestor",
        metadata={"base": source.id.hex(), "target": target.id.hex()},
    )


def _along_line(conn: Connection, step: _Step) -> list[_Step]:
    parent, fork = conn.execute(_FORK, {"line": step.line}).one()
    found = _next_merge(conn, step, last=-step.rank)
    if parent is not None:
        found.append(_Step(-fork, step.side, parent, is_entry=True))
    return found


def _beyond_merge(conn: Connection, step: _Step) -> list[_Step]:
    sequence, line = conn.execute(_MERGED, {"sequence": -step.rank}).one()
    found = _next_merge(conn, step, last=-step.rank - 1)
    return [*found, _Step(-sequence, step.side, line, is_entry=True)]


def _next_merge(conn: Connection, step: _Step, *, last: int) -> list[_Step]:
    sequence = conn.execute(_LAST_MERGE, {"line": step.line, "last": last}).scalar_one_or_none()
    if sequence is None:
        return []
    return [_Step(-sequence, step.side, step.line, is_entry=False)]
