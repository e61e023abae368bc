"""Looks for triples at a position, lazily, in the order of subject, predicate, object."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import groupby
from typing import Any, Final, TypeAlias

from sqlalchemy import Connection, bindparam, func, select

from svc_datakernel.adapters.sql import graph_terms
from svc_datakernel.adapters.sql.graph_triples import Sight, visible
from svc_datakernel.adapters.sql.queries import Query
from svc_datakernel.adapters.sql.tables import documents, predicates, triples
from svc_datakernel.domain.graph.terms import Literal, Node, Object, Pattern, Triple

# Up to so many matching triples are fetched and sorted. Of more, only those are sorted that
# are scattered thinly over the subjects: one in as many of these as this says, or fewer.
_FEW: Final = 256
_THIN: Final = 256
_FIRST_PAGE: Final = 32
_LARGEST_PAGE: Final = 2048

# Which of subject, predicate and object a pattern gives.
_Bound: TypeAlias = tuple[bool, bool, bool]

_subject, _predicate = documents.alias("subject_iri"), documents.alias("predicate_iri")
_node, _datatype = documents.alias("node_iri"), documents.alias("datatype_iri")
_IDS = Query(
    select(documents.c.key, documents.c.id)
    .where(documents.c.id > bindparam("after"))
    .order_by(documents.c.id)
    .limit(bindparam("count"))
)
_LAST_KEY = Query(select(func.max(documents.c.key)))


class Matching:
    """The triples that a position sees. Valid as long as the transaction."""

    def __init__(self, conn: Connection, at: Sight) -> None:
        """Reads nothing yet."""
        self._conn = conn
        self._at = at
        self._keys: dict[str, int] = {}
        self._iris: dict[int, str] = {}

    def triples(self, pattern: Pattern) -> Iterator[Triple]:
        """Triples that match, in order."""
        parameters = self._parameters(pattern)
        if parameters is None:
            return
        if pattern.subject is None and self._are_many(pattern):
            yield from self._along_subjects(pattern, parameters)
            return
        query = _sorted(_bound(pattern), self._at.is_single)
        last: Triple | None = None
        for page in query.pages(self._conn, parameters, _FEW):
            long = graph_terms.lexicals_of(self._conn, (row[2] for row in page))
            for row in page:
                triple = _to_triple(row, long)
                if triple != last:  # two documents may hold the same subdocument
                    yield triple
                last = triple

    def count(self, pattern: Pattern, *, limit: int) -> int:
        """How many triples match, counted up to a limit."""
        parameters = self._parameters(pattern)
        if parameters is None:
            return 0
        query = _counting(_bound(pattern), self._at.is_single)
        return query.row(self._conn, parameters | {"limit": limit})[0]

    def key_of(self, iri: str) -> int | None:
        """Key of an IRI; None where no triple can have it."""
        key = self._keys.get(iri)
        if key is None:
            self._keys |= graph_terms.keys_of(self._conn, [iri])
            key = self._keys.get(iri)
        return key

    def _are_many(self, pattern: Pattern) -> bool:
        """Whether it is better to go through the subjects in order than to sort what matches."""
        (last,) = _LAST_KEY.row(self._conn, {})
        enough = max(_FEW, (last or 0) // _THIN)
        return self.count(pattern, limit=enough) == enough

    def _along_subjects(self, pattern: Pattern, parameters: Mapping[str, Any]) -> Iterator[Triple]:
        query = _of_subjects(_bound(pattern), self._at.is_single)
        after, size = "", _FIRST_PAGE
        while page := _IDS.rows(self._conn, {"after": after, "count": size}):
            subjects = dict[int, str](page)
            rows = query.rows(self._conn, {**parameters, "subjects": list(subjects)})
            yield from self._in_order(rows, subjects)
            after, size = page[-1][1], min(2 * size, _LARGEST_PAGE)

    def _in_order(self, rows: Sequence[Any], subjects: Mapping[int, str]) -> Iterator[Triple]:
        long = graph_terms.lexicals_of(self._conn, (row[2] for row in rows))
        self._learn(key for _, predicate, _, *others in rows for key in (predicate, *others))
        iris = self._iris
        found = sorted(
            (subjects[subject], iris[predicate], iris.get(datatype, ""), value, iris.get(node, ""))
            for subject, predicate, value, node, datatype in rows
        )
        for (subject, predicate, datatype, value, node), _ in groupby(found):
            yield Triple(subject, predicate, _to_object(value, node, datatype, long))

    def _learn(self, keys: Iterable[int]) -> None:
        """Makes the IRIs of keys known."""
        unknown = {key for key in keys if key} - self._iris.keys()
        self._iris |= graph_terms.iris_of(self._conn, unknown)

    def _parameters(self, pattern: Pattern) -> dict[str, Any] | None:
        """What a pattern's statement needs; None where nothing can match."""
        found: dict[str, Any] = {**self._at.parameters}
        for name, iri in (("subject", pattern.subject), ("predicate", pattern.predicate)):
            if iri is not None:
                found[name] = self.key_of(iri)
        if isinstance(pattern.object, Node):
            found |= {"value": "", "node": self.key_of(pattern.object.iri), "datatype": 0}
        elif pattern.object is not None:
            value = graph_terms.value_of(pattern.object.lexical)
            datatype = self.key_of(graph_terms.datatype_name(pattern.object))
            found |= {"value": value, "node": 0, "datatype": datatype}
        return None if None in found.values() else found


def _to_triple(row: Any, long: Mapping[str, str]) -> Triple:
    subject, predicate, value, node, datatype = row
    return Triple(subject, predicate, _to_object(value, node, datatype or "", long))


def _to_object(value: str, node: str, datatype: str, long: Mapping[str, str]) -> Object:
    if not datatype:
        return Node(node)
    name, _, language = datatype.partition("@")
    return Literal(name, long.get(value, value), language)


def _bound(pattern: Pattern) -> _Bound:
    return (
        pattern.subject is not None,
        pattern.predicate is not None,
        pattern.object is not None,
    )


def _conditions(bound: _Bound, *, is_single: bool, is_along_subjects: bool = False) -> list[Any]:
    has_subject, has_predicate, has_object = bound
    found: list[Any] = [visible(triples, is_single=is_single)]
    if has_subject:
        found.append(triples.c.subject == bindparam("subject"))
    if has_predicate:
        found.append(triples.c.predicate == bindparam("predicate"))
    if has_object:
        found += [triples.c[name] == bindparam(name) for name in ("value", "node", "datatype")]
    if has_object and not is_along_subjects and not has_subject and not has_predicate:
        # The index of objects begins with the predicate, and there are few of those.
        found.append(triples.c.predicate.in_(select(predicates.c.key)))
    return found


@lru_cache(maxsize=16)
def _sorted(bound: _Bound, is_single: bool) -> Query:
    joined = (
        triples.join(_subject, _subject.c.key == triples.c.subject)
        .join(_predicate, _predicate.c.key == triples.c.predicate)
        .outerjoin(_node, _node.c.key == triples.c.node)
        .outerjoin(_datatype, _datatype.c.key == triples.c.datatype)
    )
    columns = (_subject.c.id, _predicate.c.id, triples.c.value, _node.c.id, _datatype.c.id)
    # Nodes come before literals; without coalesce, databases would not agree on that.
    order = (
        _subject.c.id,
        _predicate.c.id,
        func.coalesce(_datatype.c.id, ""),
        triples.c.value,
        func.coalesce(_node.c.id, ""),
    )
    conditions = _conditions(bound, is_single=is_single)
    return Query(select(*columns).select_from(joined).where(*conditions).order_by(*order))


@lru_cache(maxsize=16)
def _of_subjects(bound: _Bound, is_single: bool) -> Query:
    columns = ("subject", "predicate", "value", "node", "datatype")
    found = select(*(triples.c[name] for name in columns)).where(
        triples.c.subject.in_(bindparam("subjects", expanding=True)),
        *_conditions(bound, is_single=is_single, is_along_subjects=True),
    )
    return Query(found, lists=["subjects"])


@lru_cache(maxsize=16)
def _counting(bound: _Bound, is_single: bool) -> Query:
    conditions = _conditions(bound, is_single=is_single)
    matching = select(triples.c.subject).where(*conditions).limit(bindparam("limit"))
    return Query(select(func.count()).select_from(matching.subquery()))
