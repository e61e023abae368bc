"""Keeps branches: one row each, whatever is on them."""

from __future__ import annotations

from collections.abc import Sequence

from oms_core.errors import (
    BranchProtected,
    ResourceAlreadyExists,
    ResourceNotFound,
    StaleHead,
)
from sqlalchemy import Connection, bindparam, delete, insert, select

from svc_datakernel.adapters.sql import branch_moves, positions
from svc_datakernel.adapters.sql.dialect import AnyRow
from svc_datakernel.adapters.sql.tables import branches, commits
from svc_datakernel.domain.model import MAIN_BRANCH, Branch, Revision

_BRANCH = select(
    branches.c.name, commits.c.id, branches.c.create_time_us, branches.c.update_time_us
).join(commits, commits.c.sequence == branches.c.head)
_BY_NAME = _BRANCH.where(branches.c.name == bindparam("branch"))
_PAGE = (
    _BRANCH.where(branches.c.name > bindparam("after"))
    .order_by(branches.c.name)
    .limit(bindparam("count"))
)


def get(conn: Connection, branch: str) -> Branch:
    """Gets a branch.

    Raises:
        ResourceNotFound: there is none of that name.
    """
    row = conn.execute(_BY_NAME, {"branch": branch}).one_or_none()
    if row is None:
        raise ResourceNotFound.of("branch", branch)
    return _to_branch(row)


def page(conn: Connection, *, after: str, limit: int) -> Sequence[Branch]:
    """Branches in the order of their names."""
    rows = conn.execute(_PAGE, {"after": after, "count": limit})
    return [_to_branch(row) for row in rows]


def create(conn: Connection, branch: str, source: Revision, *, now_us: int) -> Branch:
    """Creates a branch: one row, and a line of its own only with its first commit.

    Raises:
        ResourceAlreadyExists: the name is taken.
        ResourceNotFound: the source does not exist.
    """
    if conn.execute(_BY_NAME, {"branch": branch}).one_or_none() is not None:
        raise ResourceAlreadyExists.of("branch", branch)
    at = positions.resolve(conn, source)
    conn.execute(
        insert(branches).values(
            name=branch, head=at.sequence, line=None, create_time_us=now_us, update_time_us=now_us
        )
    )
    branch_moves.record(conn, branch, old=None, new=at.id, now_us=now_us)
    return Branch(branch, at.id.hex(), now_us, now_us)


def remove(conn: Connection, branch: str, *, expected_head: str, now_us: int) -> None:
    """Deletes a branch; its commits stay.

    Raises:
        BranchProtected: it is `main`.
        StaleHead: it is not where the caller expects.
    """
    if branch == MAIN_BRANCH:
        raise BranchProtected(
            f"branch {branch!r} can't be deleted; delete the database instead",
            metadata={"branch": branch},
        )
    head = get(conn, branch).head
    if expected_head and head != expected_head:
        raise StaleHead.of(branch, expected_head, head)
    conn.execute(delete(branches).where(branches.c.name == branch))
    branch_moves.record(conn, branch, old=bytes.fromhex(head), new=None, now_us=now_us)


def _to_branch(row: AnyRow) -> Branch:
    name, head, create_time_us, update_time_us = row
    return Branch(name, head.hex(), create_time_us, update_time_us)
