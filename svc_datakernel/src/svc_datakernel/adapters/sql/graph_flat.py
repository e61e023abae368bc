"""Writes the triples of new flat documents by columns: thousands of them may be in one commit.

Of a document there are its key, its change and its terms; all else its shape has in common
with others, and is looked up once. What is written is what `graph_index.rows_of` would give.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Final, NamedTuple

from sqlalchemy import Connection

from svc_datakernel.adapters.sql import graph_terms
from svc_datakernel.adapters.sql.dialect import Each, Entry, Pattern, Shared, insert_pattern
from svc_datakernel.adapters.sql.tables import triples
from svc_datakernel.domain.graph.flat import Flat, Shape
from svc_datakernel.domain.graph.terms import RDF_TYPE

_COMMON: Final = ("line", "type", "class")  # what of the shared values comes first
_OWN: Final = ("subject", "change")  # what of each document's values comes first


class FlatDocument(NamedTuple):
    """A document that a line had no version of.

    Args:
        document: Its key.
        change: The change that brings it.
    """

    document: int
    change: int
    flat: Flat


class _Group(NamedTuple):
    """Documents of one shape; their terms by column."""

    shape: Shape
    documents: Sequence[FlatDocument]
    columns: Sequence[Sequence[str]]

    def nodes(self) -> Iterable[str]:
        """The IRIs among the terms."""
        for datatype, column in zip(self.shape.datatypes, self.columns, strict=True):
            if not datatype:
                yield from column

    def named(self) -> Iterable[str]:
        """The IRIs of the shape."""
        return (self.shape.class_iri, *self.shape.predicates, *filter(None, self.shape.datatypes))


def insert(
    conn: Connection, line: int, documents: Iterable[FlatDocument], known: Mapping[str, int]
) -> None:
    """Writes the triples of documents in the order given, under the write lock.

    Args:
        known: Keys of IRIs that are known already.
    """
    groups = _groups(documents)
    if not groups:
        return
    named = {RDF_TYPE}.union(*(each.named() for each in groups))
    nodes = {iri for each in groups for iri in each.nodes()}
    keys = graph_terms.intern(conn, sorted((named | nodes) - known.keys()))
    keys.update((iri, known[iri]) for iri in named | nodes if iri in known)
    used = {RDF_TYPE}.union(*(each.shape.predicates for each in groups))
    graph_terms.keep_predicates(conn, sorted(keys[iri] for iri in used))
    for each in groups:
        _insert(conn, line, each, keys)


def _groups(documents: Iterable[FlatDocument]) -> list[_Group]:
    by_shape: dict[Shape, list[FlatDocument]] = {}
    for each in documents:
        by_shape.setdefault(each.flat.shape, []).append(each)
    return [
        _Group(shape, some, list(zip(*(each.flat.terms for each in some), strict=True)))
        for shape, some in by_shape.items()
    ]


def _insert(conn: Connection, line: int, group: _Group, keys: Mapping[str, int]) -> None:
    shape, documents, columns = group
    # A node has no datatype of its own; 0 takes its place and is not used.
    pairs = zip(shape.predicates, shape.datatypes, strict=True)
    of_shape = [key for pair in pairs for key in (keys[pair[0]], keys.get(pair[1], 0))]
    shared = (line, keys[RDF_TYPE], keys[shape.class_iri], *of_shape)
    values = [
        _values(conn, column) if datatype else [keys[iri] for iri in column]
        for datatype, column in zip(shape.datatypes, columns, strict=True)
    ]
    items = zip(
        [each.document for each in documents],
        [each.change for each in documents],
        *values,
        strict=True,
    )
    is_literal = tuple(bool(datatype) for datatype in shape.datatypes)
    insert_pattern(conn, triples, _pattern(is_literal), shared, list(items))


def _values(conn: Connection, lexicals: Sequence[str]) -> Sequence[str]:
    """What `triples.value` holds for lexical forms; the long ones among them are kept."""
    is_short = max(map(len, lexicals)) <= graph_terms.SAFE_LENGTH
    if is_short and "".join(lexicals).isprintable():
        return lexicals
    long = {each for each in lexicals if not graph_terms.is_in_place(each)}
    graph_terms.keep_long(conn, sorted(long))
    return [graph_terms.value_of(each) if each in long else each for each in lexicals]


@lru_cache(maxsize=256)
def _pattern(is_literal: tuple[bool, ...]) -> Pattern:
    """The rows of a document of a shape, in the order of the columns of `triples`."""
    line, type_, class_ = (Shared(place) for place in range(len(_COMMON)))
    subject, change = (Each(place) for place in range(len(_OWN)))
    tail: tuple[Entry, ...] = (line, change, None, 0)
    rows: list[tuple[Entry, ...]] = [(subject, type_, "", class_, 0, *tail)]
    for number, literal in enumerate(is_literal):
        predicate = Shared(len(_COMMON) + 2 * number)
        datatype = Shared(len(_COMMON) + 2 * number + 1)
        term = Each(len(_OWN) + number)
        value: tuple[Entry, ...] = (term, 0, datatype) if literal else ("", term, 0)
        rows.append((subject, predicate, *value, *tail))
    return tuple(rows)
