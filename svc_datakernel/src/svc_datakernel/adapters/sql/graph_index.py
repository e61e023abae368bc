"""Keeps the index of triples in step with the log, and makes it anew from the log.

The rows of a document on a line say from which change to which other one its
versions there had a triple. A document's first version on a line brings all its
triples: those of lines further away are out of sight from then on, because the
line has a version of its own (see graph_triples.py). So nothing is ever written
about other lines, and a branch costs nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
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


class _Fact(NamedTuple):
    """A triple that a change brings or ends."""

    triple: Triple
    change: int
    owner: int
    owner_id: str


_MODEL = Query(select(meta.c.value).where(meta.c.name == "model"))
_open = triples.alias("open_triples")
_IS_SAME = (
    (triples.c.subject == bindparam("b_subject"))
    & (triples.c.predicate == bindparam("b_predicate"))
    & (triples.c.value == bindparam("b_value"))
    & (triples.c.node == bindparam("b_node"))
    & (triples.c.datatype == bindparam("b_datatype"))
    & (triples.c.line == bindparam("b_line"))
)
_END = Query(
    update(triples)
    .where(
        _IS_SAME,
        triples.c.owner == bindparam("b_owner"),
        triples.c.to_change.is_(None),
        triples.c.from_change < bindparam("b_change"),
    )
    .values(to_change=bindparam("b_change"))
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
    added: list[_Fact] = []
    ended: list[_Fact] = []
    known: dict[str, int] = {}
    for each in changed:
        if is_schema(each.document_id):
            continue
        known[each.document_id] = each.document
        new, old = _triples(each, each.after), _triples(each, each.before)
        added += _facts(each, [triple for triple in new if triple not in old])
        ended += _facts(each, [triple for triple in old if triple not in new])
    keys = _keys(conn, added, ended, known)
    for row in _rows(ended, keys, line):
        subject, predicate, value, node, datatype, _, change, _, owner = row
        _END.run(
            conn,
            {
                "b_subject": subject,
                "b_predicate": predicate,
                "b_value": value,
                "b_node": node,
                "b_datatype": datatype,
                "b_line": line,
                "b_owner": owner,
                "b_change": change,
            },
        )
    insert_rows(conn, triples, _rows(added, keys, line))


def _triples(change: IndexedChange, content: Content | None) -> Mapping[Triple, None]:
    if content is None:
        return {}
    return dict.fromkeys(triples_of(change.document_id, content.type, content.json))


def _facts(change: IndexedChange, some: Iterable[Triple]) -> list[_Fact]:
    return [_Fact(each, change.change, change.document, change.document_id) for each in some]


def _keys(
    conn: Connection, added: Sequence[_Fact], ended: Sequence[_Fact], known: Mapping[str, int]
) -> Mapping[str, int]:
    """Keys of every IRI in the facts; long values are kept on the way."""
    names: set[str] = set()
    used: set[str] = set()
    long: set[str] = set()
    for facts in (added, ended):
        for (subject, predicate, term), *_ in facts:
            used.add(predicate)
            names.add(subject)
            if isinstance(term, Node):
                names.add(term.iri)
                continue
            names.add(graph_terms.datatype_name(term))
            if not graph_terms.is_in_place(term.lexical):
                long.add(term.lexical)
    keys = graph_terms.intern(conn, sorted((names | used) - known.keys()))
    keys.update(known)
    graph_terms.keep_predicates(conn, sorted(keys[name] for name in used))
    graph_terms.keep_long(conn, sorted(long))
    return keys


def _rows(facts: Collection[_Fact], keys: Mapping[str, int], line: int) -> list[tuple[Any, ...]]:
    """Rows of `triples`, in the order of its columns."""
    rows: list[tuple[Any, ...]] = []
    for (subject, predicate, term), change, owner, owner_id in facts:
        if isinstance(term, Node):
            value, node, datatype = "", keys[term.iri], 0
        else:
            value, node = graph_terms.value_of(term.lexical), 0
            datatype = keys[graph_terms.datatype_name(term)]
        held_by = 0 if subject == owner_id else owner
        rows.append(
            (keys[subject], keys[predicate], value, node, datatype, line, change, None, held_by)
        )
    return rows


def count(conn: Connection) -> int:
    """How many rows the index has."""
    return conn.execute(select(func.count()).select_from(triples)).scalar_one()
