"""The history of one document, newest first, along lines and through merges.

A line's versions of a document are a range of an index. A merge that changed the
document took over what its source had, so the walk goes on there as well; one that
did not is passed over with everything on its source.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from typing import NamedTuple

from oms_core.errors import InvalidPageToken
from sqlalchemy import Connection, bindparam, select

from svc_datakernel.adapters.sql import commits, positions
from svc_datakernel.adapters.sql.positions import Position
from svc_datakernel.adapters.sql.queries import Query
from svc_datakernel.adapters.sql.tables import changes, contents, documents
from svc_datakernel.adapters.sql.tables import commits as commit_table
from svc_datakernel.domain.hashing import etag_of
from svc_datakernel.domain.model import ChangeType, Revision
from svc_datakernel.domain.versioning import DocumentHistory, HistoryEntry


class Change(NamedTuple):
    """One change of the document; `source` is the commit merged, where a merge made it."""

    key: int
    sequence: int
    line: int
    change_type: int
    content: int | None
    hash: bytes | None
    time_us: int
    source: int | None

    @property
    def is_live(self) -> bool:
        """Whether the document can be read after it."""
        return self.hash is not None and self.change_type != ChangeType.DELETED


_DOCUMENT = Query(select(documents.c.key).where(documents.c.id == bindparam("id")))
_LAST_CHANGE = Query(
    select(
        changes.c.key,
        changes.c.sequence,
        changes.c.line,
        changes.c.change_type,
        changes.c.after,
        contents.c.hash,
        commit_table.c.time_us,
        commit_table.c.second_parent,
    )
    .select_from(
        changes.join(commit_table, commit_table.c.sequence == changes.c.sequence).outerjoin(
            contents, contents.c.key == changes.c.after
        )
    )
    .where(
        changes.c.document == bindparam("document"),
        changes.c.line == bindparam("line"),
        changes.c.key < bindparam("limit"),
    )
    .order_by(changes.c.key.desc())
    .limit(1)
)


def page(
    conn: Connection,
    revision: Revision,
    document_id: str,
    *,
    after: str,
    limit: int,
    from_time_us: int | None,
    until_time_us: int | None,
) -> DocumentHistory:
    """One page of a document's history.

    Raises:
        InvalidPageToken: `after` is not from an answer.
        ResourceNotFound: there is no such revision.
    """
    position = positions.resolve(conn, revision)
    if after and not after.isdecimal():
        raise InvalidPageToken("the page token is not from an answer; begin anew without it")
    chosen: list[Change] = []
    for change in walk(conn, position, document_id, below=int(after) if after else None):
        if until_time_us is not None and change.time_us > until_time_us:
            continue
        if from_time_us is not None and change.time_us < from_time_us:
            continue
        if len(chosen) == limit:
            return DocumentHistory(_entries(conn, chosen), str(chosen[-1].key))
        chosen.append(change)
    return DocumentHistory(_entries(conn, chosen), None)


def walk(
    conn: Connection, position: Position, document_id: str, *, below: int | None = None
) -> Iterator[Change]:
    """Yields every change that led to what is at a position, newest first, each once.

    Args:
        below: Only changes with a smaller key; the walk still starts at the position.
    """
    row = _DOCUMENT.row(conn, {"id": document_id})
    if row is None:
        return
    walker = _Walk(conn, row[0])
    walker.enter(position)
    for change in walker.changes():
        if below is None or change.key < below:
            yield change


def before(conn: Connection, change: Change, document_id: str) -> list[Change]:
    """The versions that a change was made from: what was there before on its line or below,
    after what a merge found at its source."""
    row = _DOCUMENT.row(conn, {"id": document_id})
    assert row is not None, "a document that was changed has a key"
    found: list[Change] = []
    if change.source is not None:
        source = positions.at_sequence(conn, change.source)
        found += _seen(conn, row[0], source)
    here = positions.at_sequence(conn, change.sequence)
    return found + _seen(conn, row[0], here._replace(change_end=change.key))


def seen(conn: Connection, position: Position, document_id: str) -> Change | None:
    """The change that made what is at a position."""
    row = _DOCUMENT.row(conn, {"id": document_id})
    found = [] if row is None else _seen(conn, row[0], position)
    return found[0] if found else None


def _seen(conn: Connection, document: int, position: Position) -> list[Change]:
    for reach in positions.reach(conn, position):
        parameters = {"document": document, "line": reach.line, "limit": reach.change_end}
        row = _LAST_CHANGE.row(conn, parameters)
        if row is not None:
            return [Change(*row)]
    return []


class _Walk:
    """Goes back from any number of positions at once, latest change first."""

    def __init__(self, conn: Connection, document: int) -> None:
        self._conn = conn
        self._document = document
        self._limits: dict[int, int] = {}
        self._next: list[tuple[int, Change]] = []
        self._told: set[int] = set()

    def enter(self, position: Position) -> None:
        """Adds what a position sees."""
        for reach in positions.reach(self._conn, position):
            # A line looked at before, from as far up or farther, has nothing new.
            if self._limits.get(reach.line, -1) < reach.change_end:
                self._limits[reach.line] = reach.change_end
                self._push(reach.line, reach.change_end)

    def changes(self) -> Iterator[Change]:
        """Yields what there is, and follows merges."""
        while self._next:
            _, change = heapq.heappop(self._next)
            if change.key in self._told:
                continue
            self._told.add(change.key)
            yield change
            self._push(change.line, change.key)
            if change.source is not None:
                self.enter(positions.at_sequence(self._conn, change.source))

    def _push(self, line: int, limit: int) -> None:
        parameters = {"document": self._document, "line": line, "limit": limit}
        row = _LAST_CHANGE.row(self._conn, parameters)
        if row is not None and row[0] not in self._told:
            heapq.heappush(self._next, (-row[0], Change(*row)))


def _entries(conn: Connection, chosen: list[Change]) -> list[HistoryEntry]:
    return [
        HistoryEntry(
            commits.get(conn, change.sequence),
            ChangeType(change.change_type),
            etag_of(change.hash if change.is_live else None),
        )
        for change in chosen
    ]
