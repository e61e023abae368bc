"""Keeps the index of triples in step with the log, and makes it anew from the log.

The rows of a document on a line say from which change to which other one its
versions there had a triple. A document's first version on a line brings all its
triples: those of lines further away are out of sight from then on, because the
line has a version of its own (see graph_triples.py). So nothing is ever written
about other lines, and a branch costs nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, func, select, update

from svc_datakernel.adapters.sql import graph_terms
from svc_datakernel.adapters.sql.dialect import insert_rows
from svc_datakernel.adapters.sql.queries import Query
from svc_datakernel.adapters.sql.tables import meta, triples
from svc_datakernel.domain.graph.expanded import triples_of
from svc_datakernel.domain.graph.terms import Node, Triple
from svc_datakernel.domain.hashing import Content
from svc_datakernel.domain.model import DatabaseModel


class IndexedChange(NamedTuple):
    """A change of a document, as the index sees it.

    Args:
        before: What could be read on the same line before; None for nothing or another line's.
        after: What can be read now; None for nothing.
    """

    document_id: str
    document: int
    change: int
    before: Content | None
    after: Content | None


class Fact(NamedTuple):
    """A triple that a document's versions on a line have.

    Args:
        start: The change that brought it.
        end: The change that ended it; None while it holds.
        owner, owner_id: The document's key and id.
    """

    triple: Triple
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
    added: list[Fact] = []
    ended: list[Fact] = []
    known: dict[str, int] = {}
    for each in changed:
        if is_schema(each.document_id):
            continue
        known[each.document_id] = each.document
        new, old = _triples(each, each.after), _triples(each, each.before)
        added += _facts(each, line, [triple for triple in new if triple not in old])
        ended += _facts(each, line, [triple for triple in old if triple not in new])
    keys = keep_terms(conn, [*added, *ended], known)
    for row in rows_of(ended, keys):
        _end(conn, row)
    insert_rows(conn, triples, rows_of(added, keys))


def keep_terms(
    conn: Connection, facts: Iterable[Fact], known: Mapping[str, int]
) -> Mapping[str, int]:
    """Makes sure that everything in facts has a key, under the write lock; gives the keys.

    Args:
        known: Keys known already.
    """
    names = names_in(facts)
    keys = graph_terms.intern(conn, sorted(names.iris - known.keys()))
    keys.update(known)
    graph_terms.keep_predicates(conn, sorted(keys[name] for name in names.predicates))
    graph_terms.keep_long(conn, sorted(names.long))
    return keys


def names_in(facts: Iterable[Fact]) -> Names:
    """What has to be kept for facts to be written."""
    names = Names(set(), set(), set())
    for (subject, predicate, term), *_ in facts:
        names.predicates.add(predicate)
        names.iris.add(subject)
        if isinstance(term, Node):
            names.iris.add(term.iri)
            continue
        names.iris.add(graph_terms.datatype_name(term))
        if not graph_terms.is_in_place(term.lexical):
            names.long.add(term.lexical)
    names.iris.update(names.predicates)
    return names


def rows_of(facts: Iterable[Fact], keys: Mapping[str, int]) -> list[tuple[Any, ...]]:
    """Rows of `triples`, in the order of its columns."""
    rows: list[tuple[Any, ...]] = []
    for (subject, predicate, term), line, start, end, owner, owner_id in facts:
        if isinstance(term, Node):
            value, node, datatype = "", keys[term.iri], 0
        else:
            value, node = graph_terms.value_of(term.lexical), 0
            datatype = keys[graph_terms.datatype_name(term)]
        held_by = 0 if subject == owner_id else owner
        rows.append(
            (keys[subject], keys[predicate], value, node, datatype, line, start, end, held_by)
        )
    return rows


def _triples(change: IndexedChange, content: Content | None) -> Mapping[Triple, None]:
    if content is None:
        return {}
    return dict.fromkeys(triples_of(change.document_id, content.type, content.json))


def _facts(change: IndexedChange, line: int, some: Iterable[Triple]) -> list[Fact]:
    """Facts that begin with a change; for those that end with it, it is where they end."""
    return [
        Fact(each, line, change.change, None, change.document, change.document_id) for each in some
    ]


def _end(conn: Connection, row: tuple[Any, ...]) -> None:
    *named, change, _, owner = row
    parameters = dict(zip((f"of_{name}" for name in _NAMED_BY), (*named, owner), strict=True))
    _END.run(conn, parameters | {"end": change})


def count(conn: Connection) -> int:
    """How many rows the index has."""
    return conn.execute(select(func.count()).select_from(triples)).scalar_one()
