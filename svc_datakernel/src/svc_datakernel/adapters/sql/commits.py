"""Reads commits: by id, by request, along first parents, in the order they were made."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from oms_core.errors import RequestIdReused, ResourceNotFound
from sqlalchemy import Connection, bindparam, func, select

from svc_datakernel.adapters.sql import deferring, positions
from svc_datakernel.adapters.sql.dialect import AnyRow
from svc_datakernel.adapters.sql.queries import Query
from svc_datakernel.adapters.sql.tables import commits, requests
from svc_datakernel.domain.model import Commit, CommitPage, Revision
from svc_datakernel.domain.operations import CommitResult

_first = commits.alias("first_parent_commit")
_second = commits.alias("second_parent_commit")
_COMMIT = select(
    commits, _first.c.id.label("first_parent_id"), _second.c.id.label("second_parent_id")
).select_from(
    commits.outerjoin(_first, _first.c.sequence == commits.c.first_parent).outerjoin(
        _second, _second.c.sequence == commits.c.second_parent
    )
)
_BY_SEQUENCE = _COMMIT.where(commits.c.sequence == bindparam("sequence"))
_ON_LINE = (
    _COMMIT.where(commits.c.line == bindparam("line"), commits.c.sequence <= bindparam("last"))
    .order_by(commits.c.sequence.desc())
    .limit(bindparam("count"))
)
_AFTER = (
    _COMMIT.where(commits.c.sequence > bindparam("after"))
    .order_by(commits.c.sequence)
    .limit(bindparam("count"))
)
_AFTER_ON_BRANCH = _AFTER.where(commits.c.branch == bindparam("branch"))
_LAST_SEQUENCE = select(func.max(commits.c.sequence))
_REQUEST = select(requests).where(requests.c.id == bindparam("id"))
REQUEST = Query(_REQUEST)


def get(conn: Connection, sequence: int) -> Commit:
    """A commit that is known to exist."""
    return to_commit(conn.execute(_BY_SEQUENCE, {"sequence": sequence}).one())


def resolve(conn: Connection, revision: Revision) -> Commit:
    """The commit that a revision means."""
    return get(conn, positions.resolve(conn, revision).sequence)


def find(conn: Connection, request_id: str) -> Commit:
    """The commit that a request made.

    Raises:
        ResourceNotFound: it made none.
    """
    row = conn.execute(_REQUEST, {"id": request_id}).one_or_none()
    if row is None or row.is_unchanged:
        raise ResourceNotFound.of("commit", request_id, "under that request id")
    return get(conn, row.sequence)


def replay(conn: Connection, request_id: str, fingerprint: bytes) -> CommitResult | None:
    """The answer that a request got before; None when it is new or has no id.

    Raises:
        RequestIdReused: the id belongs to another request.
    """
    if not request_id:
        return None
    row = _request(conn, request_id)
    if row is None:
        return None
    _, known_fingerprint, sequence, is_unchanged = row
    if known_fingerprint != fingerprint:
        raise RequestIdReused(
            f"request_id {request_id!r} was used before for another request; use a new one",
            metadata={"request_id": request_id},
        )
    return CommitResult(get(conn, sequence), bool(is_unchanged))


def _request(conn: Connection, request_id: str) -> Any:
    known = deferring.known_of(conn)
    if known is not None and request_id in known.requests:
        return known.requests[request_id]
    return REQUEST.row(conn, {"id": request_id})


def first_parents(conn: Connection, revision: Revision, limit: int) -> CommitPage:
    """A revision's commit and its first parents, newest first."""
    found: list[Commit] = []
    for line, last, _ in positions.reach(conn, positions.resolve(conn, revision)):
        # One more than asked for tells where the next page starts.
        parameters = {"line": line, "last": last, "count": limit + 1 - len(found)}
        found += [to_commit(row) for row in conn.execute(_ON_LINE, parameters)]
        if len(found) > limit:
            return CommitPage(found[:limit], found[limit].id)
    return CommitPage(found, None)


def last_sequence(conn: Connection) -> int:
    """Sequence of the newest commit."""
    return conn.execute(_LAST_SEQUENCE).scalar_one()


def log(conn: Connection, *, after: int, branch: str, limit: int) -> Sequence[Commit]:
    """Commits in the order they were made; an empty branch means every one."""
    parameters: dict[str, Any] = {"after": after, "count": limit}
    if not branch:
        return [to_commit(row) for row in conn.execute(_AFTER, parameters)]
    rows = conn.execute(_AFTER_ON_BRANCH, parameters | {"branch": branch})
    return [to_commit(row) for row in rows]


def to_commit(row: AnyRow) -> Commit:
    """A commit from a row of `commits` with its parents' ids."""
    parents = (row.first_parent_id, row.second_parent_id)
    return Commit(
        id=row.id.hex(),
        parents=tuple(parent.hex() for parent in parents if parent is not None),
        author=row.author,
        message=row.message,
        time_us=row.time_us,
        branch=row.branch,
        sequence=row.sequence,
        change_count=row.change_end - row.change_start,
        request_id=row.request_id,
        fingerprint=row.fingerprint,
    )
