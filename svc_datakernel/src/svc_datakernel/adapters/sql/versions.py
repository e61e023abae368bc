"""Which version of a document can be seen from a position.

A position sees the nearest line of its reach that has a version of the document
early enough, and there the last such version: one index seek a line, whatever
the number of versions, documents and later commits.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, Connection, bindparam, func, select, true

from svc_datakernel.adapters.sql import deferring
from svc_datakernel.adapters.sql.dialect import AnySelect, in_chunks
from svc_datakernel.adapters.sql.known import MOST_REMEMBERED
from svc_datakernel.adapters.sql.positions import Position
from svc_datakernel.adapters.sql.queries import Query
from svc_datakernel.adapters.sql.tables import (
    branches,
    changes,
    commits,
    contents,
    documents,
    line_ancestors,
)
from svc_datakernel.domain.model import ChangeType
from svc_datakernel.domain.operations import DocumentState


class Version(NamedTuple):
    """A document's version; `content` and what belongs to it are None after a hard delete,
    everything but the first two where the position sees no version at all."""

    document_id: str
    document: int
    line: int | None
    change_type: int | None
    created_sequence: int
    updated_sequence: int
    content: int | None
    hash: bytes | None
    size: int
    type: str

    @property
    def is_there(self) -> bool:
        """Whether it can be read, if only with `show_deleted`."""
        return self.hash is not None

    @property
    def is_live(self) -> bool:
        """Whether it can be read without `show_deleted`."""
        return self.hash is not None and self.change_type != ChangeType.DELETED

    @property
    def state(self) -> DocumentState | None:
        """The version as the planning of a commit sees it."""
        if self.hash is None:
            return None
        return DocumentState(self.hash, self.type, self.change_type == ChangeType.DELETED)


class Stamp(NamedTuple):
    """Who made a commit, and when."""

    author: str
    time_us: int


_LINE: Final[ColumnElement[Any]] = bindparam("line")
_CHANGE_END: Final[ColumnElement[Any]] = bindparam("change_end")


def _seen_change(document: ColumnElement[int]) -> ColumnElement[int]:
    seen, ancestor = changes.alias("seen"), line_ancestors.alias("ancestor")
    return (
        select(seen.c.key)
        .select_from(ancestor.join(seen, seen.c.line == ancestor.c.ancestor))
        .where(
            ancestor.c.line == bindparam("line"),
            seen.c.document == document,
            seen.c.key < func.coalesce(ancestor.c.change_limit, bindparam("change_end")),
        )
        .order_by(ancestor.c.depth, seen.c.key.desc())
        .limit(1)
        .correlate(documents)
        .scalar_subquery()
    )


def _seen_change_by_line(
    document: ColumnElement[int],
    line: ColumnElement[Any] = _LINE,
    change_end: ColumnElement[Any] = _CHANGE_END,
) -> ColumnElement[int]:
    """The same, one seek a line spelt out: PostgreSQL would sort all versions on a line."""
    seen, ancestor = changes.alias("seen"), line_ancestors.alias("ancestor")
    last = (
        select(seen.c.key)
        .where(
            seen.c.line == ancestor.c.ancestor,
            seen.c.document == document,
            seen.c.key < func.coalesce(ancestor.c.change_limit, change_end),
        )
        .order_by(seen.c.key.desc())
        .limit(1)
        .correlate(documents, ancestor)
        .lateral("last")
    )
    return (
        select(last.c.key)
        .select_from(ancestor.join(last, true()))
        .where(ancestor.c.line == line)
        .order_by(ancestor.c.depth)
        .limit(1)
        .correlate(documents)
        .scalar_subquery()
    )


def _version(seen: ColumnElement[int]) -> AnySelect:
    return select(
        documents.c.id,
        documents.c.key,
        changes.c.line,
        changes.c.change_type,
        changes.c.created_sequence,
        changes.c.updated_sequence,
        contents.c.key,
        contents.c.hash,
        contents.c.size,
        contents.c.type,
    ).select_from(
        documents.outerjoin(changes, changes.c.key == seen).outerjoin(
            contents, contents.c.key == changes.c.after
        )
    )


def _query(condition: ColumnElement[bool], parameter: str) -> Query:
    return Query(
        _version(_seen_change(documents.c.key)).where(condition),
        lists=[parameter],
        postgresql=_version(_seen_change_by_line(documents.c.key)).where(condition),
    )


_BY_ID = _query(documents.c.id.in_(bindparam("ids", expanding=True)), "ids")
_BY_KEY = _query(documents.c.key.in_(bindparam("keys", expanding=True)), "keys")
_head = commits.alias("head")
_at_head = _head.join(branches, branches.c.head == _head.c.sequence)
_is_branch = branches.c.name == bindparam("branch")
_HEAD_LINE, _HEAD_END = (
    select(column).select_from(_at_head).where(_is_branch).scalar_subquery()
    for column in (_head.c.line, _head.c.change_end)
)
BY_ID_AT_BRANCH = Query(
    _version(_seen_change_by_line(documents.c.key, _HEAD_LINE, _HEAD_END)).where(
        documents.c.id.in_(bindparam("ids", expanding=True))
    ),
    lists=["ids"],
)
"""As `by_id` at the head of a branch, for a database with lateral joins."""

_STAMPS = Query(
    select(commits.c.sequence, commits.c.author, commits.c.time_us).where(
        commits.c.sequence.in_(bindparam("sequences", expanding=True))
    ),
    lists=["sequences"],
)


def by_id(
    conn: Connection, position: Position, document_ids: Sequence[str]
) -> Mapping[str, Version]:
    """Versions by document id. An id that the database has never had is left out."""
    known = deferring.known_of(conn)
    if known is None or not known.is_tip(position):
        return _ask(conn, position, document_ids)
    line = position.line
    left = [id_ for id_ in document_ids if line not in known.versions.get(id_, ())]
    is_settled = known.unsent_ids.isdisjoint(left)
    found = _ask(conn, position, left, is_settled=is_settled)
    if len(left) <= MOST_REMEMBERED:
        known.keep_versions(line, left, found)
    for id_ in set(document_ids).difference(left):
        if (version := known.versions[id_][line]) is not None:
            found[id_] = version
    return found


def _ask(
    conn: Connection, position: Position, document_ids: Sequence[str], *, is_settled: bool = False
) -> dict[str, Version]:
    found: dict[str, Version] = {}
    for ids in in_chunks(document_ids):
        parameters = {"line": position.line, "change_end": position.change_end, "ids": ids}
        rows = _BY_ID.rows(conn, parameters, is_settled=is_settled)
        found |= {row[0]: Version(*row) for row in rows}
    return found


def by_key(conn: Connection, position: Position, keys: Sequence[int]) -> Mapping[int, Version]:
    """Versions by document key."""
    found: dict[int, Version] = {}
    for some in in_chunks(keys):
        parameters = {"line": position.line, "change_end": position.change_end, "keys": some}
        found |= {row[1]: Version(*row) for row in _BY_KEY.rows(conn, parameters)}
    return found


def stamps(conn: Connection, sequences: Sequence[int]) -> Mapping[int, Stamp]:
    """Who made each of some commits, and when."""
    found: dict[int, Stamp] = {}
    for some in in_chunks(sequences):
        rows = _STAMPS.rows(conn, {"sequences": some})
        found |= {row[0]: Stamp(*row[1:]) for row in rows}
    return found
