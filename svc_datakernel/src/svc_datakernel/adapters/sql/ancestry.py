"""Finds the best common ancestor of two commits over first and second parents."""

from __future__ import annotations

import heapq
from typing import NamedTuple

from oms_core.errors import UnrelatedHistories
from sqlalchemy import Connection, bindparam, select

from svc_datakernel.adapters.sql import positions
from svc_datakernel.adapters.sql.positions import Position
from svc_datakernel.adapters.sql.queries import Query
from svc_datakernel.adapters.sql.tables import lines, merges


class _Step(NamedTuple):
    """Somewhere to go on from: a commit on a line, an ancestor of one side.

    `rank` is the sequence that the walk goes by, latest first, negated for the heap.
    With `merge` the step waits at that merge on the line, whose source is next.
    """

    rank: int
    side: int
    line: int
    # Line and sequence of the merge's source; empty for no merge, so that steps can be compared.
    merge: tuple[int, ...] = ()


_LAST_MERGE = Query(
    select(merges.c.sequence, merges.c.source_line, merges.c.source_sequence)
    .where(merges.c.line == bindparam("line"), merges.c.sequence <= bindparam("last"))
    .order_by(merges.c.sequence.desc())
    .limit(1)
)
_FORK = Query(select(lines.c.parent, lines.c.fork_sequence).where(lines.c.key == bindparam("line")))


def merge_base(conn: Connection, source: Position, target: Position) -> Position:
    """The common ancestor that was made last; after criss-cross merges one of several best.

    Walks back from both commits at once, latest first, and a whole line at a
    step: only forks and merges made since the base are looked at.

    Raises:
        UnrelatedHistories: there is none.
    """
    steps = [
        _Step(-source.sequence, 0, source.line),
        _Step(-target.sequence, 1, target.line),
    ]
    heapq.heapify(steps)
    entered: tuple[set[int], set[int]] = (set(), set())
    while steps:
        step = heapq.heappop(steps)
        if not step.merge and step.line in entered[1 - step.side]:
            # The other side came to this line at the same commit or later.
            return positions.at_sequence(conn, -step.rank)
        if step.merge:
            following = _beyond_merge(conn, step, step.merge)
        elif step.line not in entered[step.side]:
            entered[step.side].add(step.line)
            following = _along_line(conn, step)
        else:
            continue
        for one in following:
            heapq.heappush(steps, one)
    raise UnrelatedHistories(
        f"commits {source.id.hex()} and {target.id.hex()} have no common ancestor",
        metadata={"base": source.id.hex(), "target": target.id.hex()},
    )


def _along_line(conn: Connection, step: _Step) -> list[_Step]:
    parent, fork = _FORK.row(conn, {"line": step.line})
    found = _next_merge(conn, step, last=-step.rank)
    if parent is not None:
        found.append(_Step(-fork, step.side, parent))
    return found


def _beyond_merge(conn: Connection, step: _Step, source: tuple[int, ...]) -> list[_Step]:
    line, sequence = source
    found = _next_merge(conn, step, last=-step.rank - 1)
    return [*found, _Step(-sequence, step.side, line)]


def _next_merge(conn: Connection, step: _Step, *, last: int) -> list[_Step]:
    row = _LAST_MERGE.row(conn, {"line": step.line, "last": last})
    if row is None:
        return []
    sequence, *source = row
    return [_Step(-sequence, step.side, step.line, tuple(source))]
