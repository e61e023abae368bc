"""Keeps the index of triples in step with the log, and makes it anew from the log.

The rows of a document on a line say from which change to which other one its
versions there had a triple. A document's first version on a line brings all its
triples: those of lines further away are out of sight from then on, because the
line has a version of its own (see graph_triples.py). So nothing is ever written
about other lines, and a branch costs nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, func, select, update

from svc_datakernel.adapters.sql import graph_flat, graph_terms
from svc_datakernel.adapters.sql.dialect import insert_rows
from svc_datakernel.adapters.sql.graph_flat import FlatDocument
from svc_datakernel.adapters.sql.graph_statements import Statement, statements_of
from svc_datakernel.adapters.sql.graph_terms import SAFE_LENGTH, is_in_place, value_of
from svc_datakernel.adapters.sql.queries import Query
from svc_datakernel.adapters.sql.tables import meta, triples
from svc_datakernel.domain.graph.flat import Flat
from svc_datakernel.domain.hashing import Content
from svc_datakernel.domain.model import DatabaseModel


class IndexedChange(NamedTuple):
    """A change of a document, as the index sees it.

    Args:
        before: What could be read on the same line before; None for nothing or another line's.
        after: What can be read now; None for nothing.
        flat: The triples of `after`, where they are known without parsing it.
    """

    document_id: str
    document: int
    change: int
    before: Content | None
    after: Content | None
    flat: Flat | None = None


class Held(NamedTuple):
    """Triples that a document's versions on a line have.

    Args:
        start: The change that brought them.
        end: The change that ended them; None while they hold.
        owner, owner_id: The document's key and id.
    """

    statements: Sequence[Statement]
    line: int
    start: int
    end: int | None
    owner: int
    owner_id: str


class Names(NamedTuple):
    """What triples name: IRIs, those among them that are predicates, and long lexical forms."""

    iris: set[str]
    predicates: set[str]
    long: set[str]


_NAMED_BY = ("subject", "predicate", "value", "node", "datatype", "line", "owner")
_MODEL = Query(select(meta.c.value).where(meta.c.name == "model"))
_END = Query(
    update(triples)
    .where(
        *(triples.c[name] == bindparam(f"of_{name}") for name in _NAMED_BY),
        triples.c.to_change.is_(None),
        triples.c.from_change < bindparam("end"),
    )
    .values(to_change=bindparam("end"))
)


def is_graph(conn: Connection) -> bool:
    """Whether the database is a graph database."""
    row = _MODEL.row(conn, {})
    return row is not None and row[0] == str(DatabaseModel.GRAPH.value)


def is_schema(document_id: str) -> bool:
    """Whether a document belongs to the schema graph, which has no triples in the index."""
    return document_id.startswith("@")


def index(conn: Connection, line: int, changed: Iterable[IndexedChange]) -> None:
    """Writes what changes on a line do to the triples, under the write lock.

    Each has to follow all others of its document on that line that were indexed.
    """
    added: list[Held] = []
    ended: list[Held] = []
    flat: list[FlatDocument] = []
    known: dict[str, int] = {}
    for each in changed:
        if is_schema(each.document_id):
            continue
        known[each.document_id] = each.document
        if each.flat is not None and each.before is None:
            flat.append(FlatDocument(each.document, each.change, each.flat))
            continue
        new, old = _statements(each, each.after), _statements(each, each.before)
        if old:
            ended.append(_held(each, line, _without(old, new)))
            new = _without(new, old)
        added.append(_held(each, line, new))
    keys = keep_terms(conn, [*added, *ended], known)
    for row in rows_of(ended, keys):
        _end(conn, row)
    insert_rows(conn, triples, rows_of(added, keys), keeps_known=True)
    graph_flat.insert(conn, line, flat, keys)


def keep_terms(
    conn: Connection, held: Iterable[Held], known: Mapping[str, int]
) -> Mapping[str, int]:
    """Makes sure that everything in triples has a key, under the write lock; gives the keys.

    Args:
        known: Keys known already.
    """
    names = names_in(held)
    keys = graph_terms.intern(conn, sorted(names.iris - known.keys()))
    keys.update(known)
    graph_terms.keep_predicates(conn, sorted(keys[name] for name in names.predicates))
    graph_terms.keep_long(conn, sorted(names.long))
    return keys


def names_in(held: Iterable[Held]) -> Names:
    """What has to be kept for triples to be written."""
    iris: set[str] = set()
    used: set[str] = set()
    long: set[str] = set()
    for statements, *_ in held:
        if not statements:
            continue
        # By column: there may be tens of thousands of statements.
        subjects, predicates, lexicals, nodes, datatypes = zip(*statements, strict=True)
        used.update(predicates)
        iris.update(subjects)
        iris.update(nodes)
        iris.update(datatypes)
        together = "".join(lexicals)
        if len(together) > SAFE_LENGTH or not together.isprintable():
            long.update(each for each in lexicals if not is_in_place(each))
    iris.discard("")
    return Names(iris | used, used, long)


def rows_of(held: Iterable[Held], keys: Mapping[str, int]) -> list[tuple[Any, ...]]:
    """Rows of `triples`, in the order of its columns."""
    key_of = {**keys, "": 0}
    return [
        (
            key_of[subject],
            key_of[predicate],
            lexical if len(lexical) <= SAFE_LENGTH and lexical.isprintable() else value_of(lexical),
            key_of[node],
            key_of[datatype],
            line,
            start,
            end,
            0 if subject is owner_id or subject == owner_id else owner,
        )
        for statements, line, start, end, owner, owner_id in held
        for subject, predicate, lexical, node, datatype in statements
    ]


def _statements(change: IndexedChange, content: Content | None) -> list[Statement]:
    if content is None:
        return []
    return statements_of(change.document_id, content.type, content.json)


def _without(some: Sequence[Statement], others: Sequence[Statement]) -> list[Statement]:
    left_out = set(others)
    return [each for each in some if each not in left_out]


def _held(change: IndexedChange, line: int, some: Sequence[Statement]) -> Held:
    """What begins with a change; for what ends with it, `start` is where it ends."""
    return Held(some, line, change.change, None, change.document, change.document_id)


def _end(conn: Connection, row: tuple[Any, ...]) -> None:
    *named, change, _, owner = row
    parameters = dict(zip((f"of_{name}" for name in _NAMED_BY), (*named, owner), strict=True))
    _END.later(conn, parameters | {"end": change}, table=triples)


def count(conn: Connection) -> int:
    """How many rows the index has."""
    return conn.execute(select(func.count()).select_from(triples)).scalar_one()
