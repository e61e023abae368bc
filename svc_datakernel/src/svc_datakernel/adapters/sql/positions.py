"""Where a revision is: its commit, the line that is on, and what of other lines shows through."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from oms_core.errors import ResourceNotFound
from sqlalchemy import Connection, bindparam, select

from svc_datakernel.adapters.sql.dialect import AnyRow
from svc_datakernel.adapters.sql.tables import branches, commits, line_ancestors
from svc_datakernel.domain.model import MAIN_BRANCH, Revision


class Position(NamedTuple):
    """A commit as a place to read at: on `line`, changes with a key below `change_end`."""

    sequence: int
    id: bytes
    line: int
    change_end: int
    time_us: int


class Reach(NamedTuple):
    """A line that a position sees, up to a commit and below a change."""

    line: int
    sequence: int
    change_end: int


_POSITION = select(
    commits.c.sequence, commits.c.id, commits.c.line, commits.c.change_end, commits.c.time_us
)
_BY_ID = _POSITION.where(commits.c.id == bindparam("id"))
_BY_SEQUENCE = _POSITION.where(commits.c.sequence == bindparam("sequence"))
_BY_BRANCH = _POSITION.join(branches, branches.c.head == commits.c.sequence).where(
    branches.c.name == bindparam("branch")
)
_BY_TIME = (
    _POSITION.where(commits.c.line == bindparam("line"), commits.c.time_us <= bindparam("time_us"))
    .order_by(commits.c.time_us.desc(), commits.c.sequence.desc())
    .limit(1)
)
_REACH = (
    select(
        line_ancestors.c.ancestor, line_ancestors.c.sequence_limit, line_ancestors.c.change_limit
    )
    .where(line_ancestors.c.line == bindparam("line"))
    .order_by(line_ancestors.c.depth)
)


def resolve(conn: Connection, revision: Revision) -> Position:
    """Finds the position that a revision means.

    Raises:
        ResourceNotFound: no such commit or branch, or the branch has none that old.
    """
    if revision.commit:
        return at_commit(conn, revision.commit)
    head = at_branch(conn, revision.branch or MAIN_BRANCH)
    if revision.time_us is None or head.time_us <= revision.time_us:
        return head
    return _at_time(conn, head, revision)


def at_commit(conn: Connection, commit: str) -> Position:
    """Position of a commit by its id in hexadecimal.

    Raises:
        ResourceNotFound: there is no such commit.
    """
    row = conn.execute(_BY_ID, {"id": bytes.fromhex(commit)}).one_or_none()
    if row is None:
        raise ResourceNotFound.of("commit", commit)
    return _position(row)


def at_sequence(conn: Connection, sequence: int) -> Position:
    """Position of a commit that is known to exist."""
    return _position(conn.execute(_BY_SEQUENCE, {"sequence": sequence}).one())


def at_branch(conn: Connection, branch: str) -> Position:
    """Position of a branch's head.

    Raises:
        ResourceNotFound: there is no such branch.
    """
    row = conn.execute(_BY_BRANCH, {"branch": branch}).one_or_none()
    if row is None:
        raise ResourceNotFound.of("branch", branch)
    return _position(row)


def reach(conn: Connection, position: Position) -> Sequence[Reach]:
    """The lines a position sees, nearest first, its own line at the start."""
    return [
        Reach(
            row.ancestor,
            position.sequence if row.sequence_limit is None else row.sequence_limit,
            position.change_end if row.change_limit is None else row.change_limit,
        )
        for row in conn.execute(_REACH, {"line": position.line})
    ]


def _at_time(conn: Connection, head: Position, revision: Revision) -> Position:
    # Times never fall along first parents, so a line's last commit in reach decides
    # whether the line has to be searched for its last one that is old enough.
    for line, sequence, _ in reach(conn, head):
        last = at_sequence(conn, sequence)
        if revision.time_us is not None and last.time_us <= revision.time_us:
            return last
        parameters = {"line": line, "time_us": revision.time_us}
        row = conn.execute(_BY_TIME, parameters).one_or_none()
        if row is not None:
            return _position(row)
    raise ResourceNotFound.of("revision", str(revision), "; the branch has no commit that old")


def _position(row: AnyRow) -> Position:
    return Position(*row)
