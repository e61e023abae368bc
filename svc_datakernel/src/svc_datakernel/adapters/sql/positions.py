"""Where a revision is: its commit, the line that is on, and what of other lines shows through."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from oms_core.errors import ResourceNotFound
from sqlalchemy import Connection, bindparam, select

from svc_datakernel.adapters.sql import deferring
from svc_datakernel.adapters.sql.queries import Query
from svc_datakernel.adapters.sql.tables import branches, commits, line_ancestors, tags
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
_BY_ID = Query(_POSITION.where(commits.c.id == bindparam("id")))
_BY_SEQUENCE = Query(_POSITION.where(commits.c.sequence == bindparam("sequence")))
BY_BRANCH = Query(
    _POSITION.join(branches, branches.c.head == commits.c.sequence).where(
        branches.c.name == bindparam("branch")
    )
)
_BY_TAG = Query(
    _POSITION.join(tags, tags.c.sequence == commits.c.sequence).where(
        tags.c.name == bindparam("tag")
    )
)
_BY_TIME = Query(
    _POSITION.where(commits.c.line == bindparam("line"), commits.c.time_us <= bindparam("time_us"))
    .order_by(commits.c.time_us.desc(), commits.c.sequence.desc())
    .limit(1)
)
_REACH = Query(
    select(
        line_ancestors.c.ancestor, line_ancestors.c.sequence_limit, line_ancestors.c.change_limit
    )
    .where(line_ancestors.c.line == bindparam("line"))
    .order_by(line_ancestors.c.depth)
)


def resolve(conn: Connection, revision: Revision) -> Position:
    """Finds the position that a revision means.

    Raises:
        ResourceNotFound: no such commit, tag or branch, or the branch has none that old.
    """
    if revision.commit:
        return at_commit(conn, revision.commit)
    if revision.tag:
        return at_tag(conn, revision.tag)
    head = at_branch(conn, revision.branch or MAIN_BRANCH)
    if revision.time_us is None or head.time_us <= revision.time_us:
        return head
    return _at_time(conn, head, revision)


def at_commit(conn: Connection, commit: str) -> Position:
    """Position of a commit by its id in hexadecimal.

    Raises:
        ResourceNotFound: there is no such commit.
    """
    row = _BY_ID.row(conn, {"id": bytes.fromhex(commit)})
    if row is None:
        raise ResourceNotFound.of("commit", commit)
    return Position(*row)


def at_tag(conn: Connection, tag: str) -> Position:
    """Position of a tagged commit.

    Raises:
        ResourceNotFound: there is no such tag.
    """
    row = _BY_TAG.row(conn, {"tag": tag})
    if row is None:
        raise ResourceNotFound.of("tag", tag)
    return Position(*row)


def at_sequence(conn: Connection, sequence: int) -> Position:
    """Position of a commit that is known to exist."""
    return Position(*_BY_SEQUENCE.row(conn, {"sequence": sequence}))


def at_branch(conn: Connection, branch: str) -> Position:
    """Position of a branch's head.

    Raises:
        ResourceNotFound: there is no such branch.
    """
    known = deferring.known_of(conn)
    if known is not None and (head := known.heads.get(branch)) is not None:
        return head
    row = BY_BRANCH.row(conn, {"branch": branch})
    if row is None:
        raise ResourceNotFound.of("branch", branch)
    head = Position(*row)
    if known is not None:
        known.heads[branch] = head
    return head


def reach(conn: Connection, position: Position) -> Sequence[Reach]:
    """The lines a position sees, nearest first, its own line at the start."""
    return [
        Reach(
            ancestor,
            position.sequence if sequence_limit is None else sequence_limit,
            position.change_end if change_limit is None else change_limit,
        )
        for ancestor, sequence_limit, change_limit in _REACH.rows(conn, {"line": position.line})
    ]


def _at_time(conn: Connection, head: Position, revision: Revision) -> Position:
    # Times never fall along first parents, so a line's last commit in reach decides
    # whether the line has to be searched for its last one that is old enough.
    for line, sequence, _ in reach(conn, head):
        last = at_sequence(conn, sequence)
        if revision.time_us is not None and last.time_us <= revision.time_us:
            return last
        parameters = {"line": line, "time_us": revision.time_us}
        row = _BY_TIME.row(conn, parameters)
        if row is not None:
            return Position(*row)
    raise ResourceNotFound.of("revision", str(revision), "(the branch has no commit that old)")
