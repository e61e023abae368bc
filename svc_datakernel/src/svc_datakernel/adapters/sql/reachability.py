"""Which commits branches and tags reach.

A line's commits are a chain, so what is reached of it is everything up to one
commit, and a walk over forks and merges tells for each line up to which.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from sqlalchemy import Connection, select, union

from svc_datakernel.adapters.sql.tables import branches, commits, lines, merges, tags


class End(NamedTuple):
    """A commit by its place: everything on the line up to it is reached."""

    line: int
    sequence: int


_ROOTS = select(commits.c.line, commits.c.sequence).where(
    commits.c.sequence.in_(union(select(branches.c.head), select(tags.c.sequence)))
)
_FORKS = select(lines.c.key, lines.c.parent, lines.c.fork_sequence)
_MERGES = select(
    merges.c.line, merges.c.sequence, merges.c.source_line, merges.c.source_sequence
).order_by(merges.c.line, merges.c.sequence)


def reached(conn: Connection, *, also: Iterable[End] = ()) -> Mapping[int, int]:
    """The last sequence on each line that branches, tags and other ends reach; lines of
    which nothing is reached are left out."""
    return reached_from(conn, [*(End(*row) for row in conn.execute(_ROOTS)), *also])


def reached_from(conn: Connection, ends: Iterable[End]) -> Mapping[int, int]:
    """The last sequence on each line that some ends reach."""
    forks = {key: (parent, fork) for key, parent, fork in conn.execute(_FORKS)}
    sources: dict[int, list[tuple[int, End]]] = {}
    for line, sequence, source_line, source_sequence in conn.execute(_MERGES):
        sources.setdefault(line, []).append((sequence, End(source_line, source_sequence)))
    limits: dict[int, int] = {}
    waiting = list(ends)
    while waiting:
        line, sequence = waiting.pop()
        known = limits.get(line)
        if known is not None and known >= sequence:
            continue
        limits[line] = sequence
        parent, fork = forks[line]
        if known is None and parent is not None:
            waiting.append(End(parent, fork))
        waiting += [
            end
            for at, end in sources.get(line, ())
            if at <= sequence and (known is None or at > known)
        ]
    return limits
