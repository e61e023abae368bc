"""Derives the index of triples from the log: to make it anew, and to check it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from itertools import groupby
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, bindparam, delete, func, select

from svc_datakernel.adapters.sql import graph_index, graph_terms
from svc_datakernel.adapters.sql.compaction import left_behind
from svc_datakernel.adapters.sql.dialect import in_chunks, insert_rows
from svc_datakernel.adapters.sql.graph_index import Held
from svc_datakernel.adapters.sql.graph_statements import Statement, statements_of
from svc_datakernel.adapters.sql.marks import REMOVED_CHANGE
from svc_datakernel.adapters.sql.queries import Query
from svc_datakernel.adapters.sql.tables import (
    changes,
    commits,
    contents,
    documents,
    long_values,
    meta,
    predicates,
    triples,
)
from svc_datakernel.domain.model import ChangeType, Fault

_DOCUMENTS_AT_ONCE: Final = 500
_CHANGES_AT_ONCE: Final = 100

_KEYS = Query(
    select(documents.c.key)
    .where(documents.c.key > bindparam("after"))
    .order_by(documents.c.key)
    .limit(_DOCUMENTS_AT_ONCE)
)
_LOG = Query(
    select(
        documents.c.key,
        documents.c.id,
        changes.c.line,
        changes.c.key,
        changes.c.change_type,
        contents.c.type,
        contents.c.json,
    )
    .select_from(
        documents.join(changes, changes.c.document == documents.c.key).outerjoin(
            contents, contents.c.key == changes.c.after
        )
    )
    .where(documents.c.key > bindparam("after"), documents.c.key <= bindparam("last"))
    .order_by(documents.c.key, changes.c.line, changes.c.key)
)
_ROWS = Query(
    select(*triples.c).where(triples.c.subject.in_(bindparam("subjects", expanding=True))),
    lists=["subjects"],
)
_ENDS = select(commits.c.line, func.max(commits.c.change_end)).group_by(commits.c.line)
_HIGHEST = select(meta.c.value).where(meta.c.name == REMOVED_CHANGE)
_LONG_VALUES = select(long_values.c.name, long_values.c.value)


class _Removed(NamedTuple):
    """Which changes compaction removed, or will: those beyond a line's end, up to a highest."""

    ends: Mapping[int, int]
    highest: int

    @classmethod
    def read(cls, conn: Connection) -> _Removed:
        highest = conn.execute(_HIGHEST).scalar_one_or_none()
        ends = {row[0]: row[1] for row in conn.execute(_ENDS)}
        return cls(ends, int(highest or 0))

    def has(self, line: int, change: int) -> bool:
        """Whether a change is one of them."""
        return self.ends.get(line, 0) <= change <= self.highest


class _Batch(NamedTuple):
    """What the index has to have of some documents, one after another by key."""

    ids: dict[int, str]
    held: list[Held]


def rebuild(conn: Connection) -> None:
    """Makes the whole index anew, under the write lock."""
    for table in (triples, predicates, long_values):
        conn.execute(delete(table))
    for batch in _batches(conn):
        keys = graph_index.keep_terms(
            conn, batch.held, {id_: key for key, id_ in batch.ids.items()}
        )
        insert_rows(conn, triples, graph_index.rows_of(batch.held, keys))


def faults(conn: Connection) -> Iterator[Fault]:
    """Compares the index with what follows from the log."""
    expected_count = 0
    is_whole = True
    removed = _Removed.read(conn)
    for batch in _batches(conn):
        expected_count += len(batch.held)
        for fault in _batch_faults(conn, batch, removed):
            is_whole = False
            yield fault
    if is_whole and graph_index.count(conn) - _left_behind(conn) != expected_count:
        yield Fault("", "", "the index of triples has rows that come from no document")
    for name, value in conn.execute(_LONG_VALUES):
        if name[1:] != sha256(value).hexdigest():
            yield Fault("", "", f"the long value {name[1:]} of the index does not match its name")


def _left_behind(conn: Connection) -> int:
    """How many rows come from what compaction removed, and are still to be removed themselves."""
    statement = select(func.count()).select_from(triples).where(left_behind())
    return conn.execute(statement).scalar_one()


def _batches(conn: Connection) -> Iterator[_Batch]:
    after = 0
    removed = _Removed.read(conn)
    while keys := _KEYS.rows(conn, {"after": after}):
        last = keys[-1][0]
        pages = _LOG.pages(conn, {"after": after, "last": last}, _CHANGES_AT_ONCE)
        log = (row for page in pages for row in page if not removed.has(row[2], row[3]))
        batch = _Batch({}, [])
        for (key, id_, line), some in groupby(log, key=lambda row: row[:3]):
            batch.ids[key] = id_
            if not graph_index.is_schema(id_):
                batch.held.extend(_held(key, id_, line, some))
        yield batch
        after = last


def _held(document: int, id_: str, line: int, log: Iterable[Any]) -> Iterator[Held]:
    """Which triples a document has on a line, from when and until when, one by one.

    Args:
        log: Its changes there, the earliest first.
    """
    since: dict[Statement, int] = {}
    for _, _, _, change, change_type, type_, json in log:
        now: dict[Statement, None] = {}
        if json is not None and change_type != ChangeType.DELETED:
            now = dict.fromkeys(statements_of(id_, type_, json))
        for statement in [each for each in since if each not in now]:
            yield Held([statement], line, since.pop(statement), change, document, id_)
        for statement in now:
            since.setdefault(statement, change)
    for statement, start in since.items():
        yield Held([statement], line, start, None, document, id_)


def _batch_faults(conn: Connection, batch: _Batch, removed: _Removed) -> Iterator[Fault]:
    names = graph_index.names_in(batch.held)
    keys = graph_terms.keys_of(conn, names.iris) | {id_: key for key, id_ in batch.ids.items()}
    known = [held for held in batch.held if _has_keys(held, keys)]
    expected = dict(zip(graph_index.rows_of(known, keys), known, strict=True))
    subjects = {*batch.ids, *(row[0] for row in expected)}
    stored = {row for row in _stored(conn, subjects, removed) if (row[-1] or row[0]) in batch.ids}
    lacking = [held for held in batch.held if not _has_keys(held, keys)]
    lacking += [held for row, held in expected.items() if row not in stored]
    for held in lacking:
        yield Fault("", held.owner_id, f"the index of triples lacks {held.statements[0]}")
    for row in stored - expected.keys():
        owner = batch.ids[row[-1] or row[0]]
        yield Fault("", owner, f"the index of triples has a row that does not follow: {row}")


def _has_keys(held: Held, keys: Mapping[str, int]) -> bool:
    return graph_index.names_in([held]).iris <= keys.keys()


def _stored(
    conn: Connection, subjects: Iterable[int], removed: _Removed
) -> Iterator[tuple[Any, ...]]:
    """What the index has, without what compaction has still to remove."""
    for some in in_chunks(sorted(subjects)):
        for row in _ROWS.rows(conn, {"subjects": some}):
            *term, line, start, end, owner = row
            if not removed.has(line, start):
                is_open = end is None or removed.has(line, end)
                yield (*term, line, start, None if is_open else end, owner)
