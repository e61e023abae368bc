"""A commit of a graph database, read from SQL: see `GraphView`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property, lru_cache
from typing import Any, Final

from sqlalchemy import Connection, bindparam, func, select

from svc_datakernel.adapters.sql import bodies, directory, graph_terms, versions
from svc_datakernel.adapters.sql.dialect import in_chunks
from svc_datakernel.adapters.sql.graph_schema_keys import SchemaKeys
from svc_datakernel.adapters.sql.graph_triples import Sight, sight, visible
from svc_datakernel.adapters.sql.positions import Position
from svc_datakernel.adapters.sql.queries import Query
from svc_datakernel.adapters.sql.tables import documents, predicates, triples
from svc_datakernel.adapters.sql.versions import Version
from svc_datakernel.domain.graph.terms import RDF_TYPE, Literal, Node, Object, Pattern, Triple
from svc_datakernel.domain.graph.view import StoredDocument
from svc_datakernel.domain.model import Database
from svc_datakernel.domain.store import PAGE_BYTES

_ENTRIES_AT_ONCE: Final = 256
_TRIPLES_AT_ONCE: Final = 256

_subject, _predicate = documents.alias("subject_iri"), documents.alias("predicate_iri")
_node, _datatype = documents.alias("node_iri"), documents.alias("datatype_iri")
_owner = documents.alias("owner_iri")


class SqlGraphView:
    """A `GraphView` over a connection at a position. Valid as long as the transaction."""

    def __init__(
        self, conn: Connection, database: Database, position: Position, schema_keys: SchemaKeys
    ) -> None:
        """Reads nothing yet."""
        self.connection = conn
        self.position = position
        self._database = database
        self._schema_keys = schema_keys

    @property
    def database(self) -> Database:
        return self._database

    @property
    def commit_id(self) -> str:
        return self.position.id.hex()

    @property
    def schema_key(self) -> str:
        return self._schema_keys.of(self.connection, self.position)

    @cached_property
    def sight(self) -> Sight:
        """What of the index of triples it sees."""
        return sight(self.connection, self.position)

    def schema_documents(self) -> Sequence[StoredDocument]:
        found = self._load(self._schema_keys.versions(self.connection, self.position))
        return sorted(found, key=lambda each: (each.type != "@context", each.id))

    def documents(
        self, ids: Sequence[str], *, with_deleted: bool = False
    ) -> Mapping[str, StoredDocument]:
        wanted = list(dict.fromkeys(ids))
        seen = versions.by_id(self.connection, self.position, wanted).values()
        chosen = [each for each in seen if each.is_live or (with_deleted and each.is_there)]
        return {document.id: document for document in self._load(chosen)}

    def owners(self, ids: Sequence[str]) -> Mapping[str, str]:
        found: dict[str, str] = {}
        for some in in_chunks(list(dict.fromkeys(ids))):
            parameters = {"ids": some, **self.sight.parameters}
            found.update(_owners(self.sight.is_single).rows(self.connection, parameters))
        return found

    def list_documents(
        self, types: Sequence[str] | None, *, after: str = "", with_deleted: bool = False
    ) -> Iterator[StoredDocument]:
        if types is not None and not types:
            return
        wanted = frozenset(types or ())
        pages = directory.entries(
            self.connection, self.position, types=types or (), after=after, batch=_ENTRIES_AT_ONCE
        )
        for page in pages:
            keys = [entry.document for entry in page if not entry.document_id.startswith("@")]
            seen = versions.by_key(self.connection, self.position, keys)
            chosen = [
                version
                for version in (seen[key] for key in keys)
                if (version.is_live or (with_deleted and version.is_there))
                and (not wanted or version.type in wanted)
            ]
            for part in _parts(chosen):
                yield from self._load(part)

    def count_documents(self, types: Sequence[str] | None) -> int:
        names = None if types is None else [_class_iri(name) for name in dict.fromkeys(types)]
        keys = graph_terms.keys_of(self.connection, [RDF_TYPE, *(names or ())])
        type_key = keys.pop(RDF_TYPE, None)
        if type_key is None or (names is not None and not keys):
            return 0
        parameters: dict[str, Any] = {"type": type_key, **self.sight.parameters}
        if names is not None:
            parameters["classes"] = list(keys.values())
        query = _count(self.sight.is_single, has_classes=names is not None)
        return query.row(self.connection, parameters)[0]

    def triples(self, pattern: Pattern) -> Iterator[Triple]:
        parameters = self._parameters(pattern)
        if parameters is None:
            return
        query = _triples(*_bound(pattern), self.sight.is_single)
        last: Triple | None = None
        for page in query.pages(self.connection, parameters, _TRIPLES_AT_ONCE):
            long = graph_terms.lexicals_of(self.connection, (row[2] for row in page))
            for row in page:
                triple = _to_triple(row, long)
                if triple != last:  # two documents may hold the same subdocument
                    yield triple
                last = triple

    def count_triples(self, pattern: Pattern, *, limit: int) -> int:
        parameters = self._parameters(pattern)
        if parameters is None:
            return 0
        query = _count_triples(*_bound(pattern), self.sight.is_single)
        return query.row(self.connection, parameters | {"limit": limit})[0]

    def _load(self, chosen: Sequence[Version]) -> list[StoredDocument]:
        keys = [version.content for version in chosen if version.content is not None]
        contents = bodies.load(self.connection, list(dict.fromkeys(keys)))
        return [
            StoredDocument(
                version.document_id,
                version.type,
                contents[version.content].json,
                not version.is_live,
            )
            for version in chosen
            if version.content is not None
        ]

    def _parameters(self, pattern: Pattern) -> dict[str, Any] | None:
        """What a pattern's statement needs; None where nothing can match."""
        iris = [iri for iri in (pattern.subject, pattern.predicate) if iri is not None]
        keys = graph_terms.keys_of(self.connection, dict.fromkeys(iris))
        if any(iri not in keys for iri in iris):
            return None
        found: dict[str, Any] = {**self.sight.parameters}
        if pattern.subject is not None:
            found["subject"] = keys[pattern.subject]
        if pattern.predicate is not None:
            found["predicate"] = keys[pattern.predicate]
        if pattern.object is not None:
            columns = graph_terms.object_key(self.connection, pattern.object)
            if columns is None:
                return None
            found |= dict(zip(("value", "node", "datatype"), columns, strict=True))
        return found


def _parts(chosen: Sequence[Version]) -> Iterator[Sequence[Version]]:
    """Versions in groups that are not too large together, unless one alone is."""
    start, size = 0, 0
    for index, version in enumerate(chosen):
        size += version.size
        if size > PAGE_BYTES:
            yield chosen[start : index + 1]
            start, size = index + 1, 0
    if start < len(chosen):
        yield chosen[start:]


def _class_iri(name: str) -> str:
    return name if ":" in name else f"@schema:{name}"


def _to_triple(row: Any, long: Mapping[str, str]) -> Triple:
    subject, predicate, value, node, datatype = row
    term: Object
    if node is not None:
        term = Node(node)
    else:
        name, _, language = datatype.partition("@")
        term = Literal(name, long.get(value, value), language)
    return Triple(subject, predicate, term)


def _bound(pattern: Pattern) -> tuple[bool, bool, bool]:
    return (
        pattern.subject is not None,
        pattern.predicate is not None,
        pattern.object is not None,
    )


def _conditions(
    has_subject: bool, has_predicate: bool, has_object: bool, is_single: bool
) -> list[Any]:
    found: list[Any] = [visible(triples, is_single=is_single)]
    if has_subject:
        found.append(triples.c.subject == bindparam("subject"))
    if has_predicate:
        found.append(triples.c.predicate == bindparam("predicate"))
    if has_object:
        found += [triples.c[name] == bindparam(name) for name in ("value", "node", "datatype")]
    if has_object and not has_subject and not has_predicate:
        # The index of objects begins with the predicate, and there are few of those.
        found.append(triples.c.predicate.in_(select(predicates.c.key)))
    return found


@lru_cache(maxsize=16)
def _triples(has_subject: bool, has_predicate: bool, has_object: bool, is_single: bool) -> Query:
    joined = (
        triples.join(_subject, _subject.c.key == triples.c.subject)
        .join(_predicate, _predicate.c.key == triples.c.predicate)
        .outerjoin(_node, _node.c.key == triples.c.node)
        .outerjoin(_datatype, _datatype.c.key == triples.c.datatype)
    )
    columns = (_subject.c.id, _predicate.c.id, triples.c.value, _node.c.id, _datatype.c.id)
    conditions = _conditions(has_subject, has_predicate, has_object, is_single)
    # Nodes come before literals; without coalesce, databases would not agree on that.
    order = (
        _subject.c.id,
        _predicate.c.id,
        func.coalesce(_datatype.c.id, ""),
        triples.c.value,
        func.coalesce(_node.c.id, ""),
    )
    return Query(select(*columns).select_from(joined).where(*conditions).order_by(*order))


@lru_cache(maxsize=16)
def _count_triples(
    has_subject: bool, has_predicate: bool, has_object: bool, is_single: bool
) -> Query:
    conditions = _conditions(has_subject, has_predicate, has_object, is_single)
    matching = select(triples.c.subject).where(*conditions).limit(bindparam("limit"))
    return Query(select(func.count()).select_from(matching.subquery()))


@lru_cache(maxsize=4)
def _count(is_single: bool, *, has_classes: bool) -> Query:
    counted = select(func.count()).where(
        visible(triples, is_single=is_single),
        triples.c.predicate == bindparam("type"),
        triples.c.owner == 0,
    )
    if not has_classes:
        return Query(counted)
    classes = bindparam("classes", expanding=True)
    return Query(
        counted.where(triples.c.value == "", triples.c.node.in_(classes)), lists=["classes"]
    )


@lru_cache(maxsize=2)
def _owners(is_single: bool) -> Query:
    joined = triples.join(_subject, _subject.c.key == triples.c.subject).join(
        _owner, _owner.c.key == triples.c.owner
    )
    found = (
        select(_subject.c.id, _owner.c.id)
        .select_from(joined)
        .where(
            _subject.c.id.in_(bindparam("ids", expanding=True)),
            visible(triples, is_single=is_single),
        )
        .distinct()
    )
    return Query(found, lists=["ids"])
