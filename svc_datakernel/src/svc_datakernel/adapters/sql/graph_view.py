"""A commit of a graph database, read from SQL: see `GraphView`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property, lru_cache
from typing import Any, Final

from sqlalchemy import Connection, bindparam, func, select

from svc_datakernel.adapters.sql import (
    bodies,
    branches,
    directory,
    graph_deltas,
    graph_terms,
    positions,
    statement_time,
    versions,
    woql_joins,
    woql_paths,
)
from svc_datakernel.adapters.sql.dialect import in_chunks
from svc_datakernel.adapters.sql.graph_matching import Matching
from svc_datakernel.adapters.sql.graph_schema_keys import SchemaKeys
from svc_datakernel.adapters.sql.graph_triples import Sight, sight, visible
from svc_datakernel.adapters.sql.positions import Position
from svc_datakernel.adapters.sql.queries import Query
from svc_datakernel.adapters.sql.tables import documents, triples
from svc_datakernel.adapters.sql.versions import Version
from svc_datakernel.domain.graph.terms import RDF_TYPE, Object, Pattern, Triple
from svc_datakernel.domain.graph.view import StoredDocument
from svc_datakernel.domain.model import Database, Revision
from svc_datakernel.domain.store import PAGE_BYTES
from svc_datakernel.domain.woql.capabilities import JoinPattern, JoinRow, Repetition

_ENTRIES_AT_ONCE: Final = 256
_BRANCHES_AT_ONCE: Final = 1000

_subject = documents.alias("subject_iri")
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
        return self._matching.triples(pattern)

    def count_triples(self, pattern: Pattern, *, limit: int) -> int:
        return self._matching.count(pattern, limit=limit)

    def join(
        self, patterns: Sequence[JoinPattern], slots: int, is_over: Callable[[], bool]
    ) -> Iterator[JoinRow]:
        """Rows of what matches all the patterns, found by one statement."""
        return woql_joins.join(self.connection, self.sight, patterns, slots, is_over)

    def explain_join(self, patterns: Sequence[JoinPattern], slots: int) -> str:
        """The statement of a join."""
        return woql_joins.explain(self.connection, self.sight, patterns, slots)

    def repeat(self, asked: Repetition, is_over: Callable[[], bool]) -> Iterator[Object]:
        """Ends of the routes that follow one predicate, found by one recursive statement."""
        return woql_paths.repeat(self.connection, self.sight, asked, is_over)

    def explain_repeat(self, asked: Repetition) -> str:
        """The statement of a repetition."""
        return woql_paths.explain(self.connection, self.sight, asked)

    def limit_statements(self, seconds: float | None) -> None:
        """Ends later statements of the transaction after a time; None: after the usual one."""
        statement_time.limit(self.connection, seconds)

    def changed_triples(self, pattern: Pattern, *, is_addition: bool) -> Iterator[Triple]:
        """Triples that the commit added to its parent, or took away."""
        return graph_deltas.changed_triples(
            self.connection, self.position, pattern, is_addition=is_addition
        )

    def view_at(self, revision: Revision) -> SqlGraphView:
        """Another commit of the database.

        Raises:
            ResourceNotFound: no such branch or commit.
        """
        position = positions.resolve(self.connection, revision)
        return SqlGraphView(self.connection, self._database, position, self._schema_keys)

    def branch_names(self) -> Sequence[str]:
        """Names of the branches, in order."""
        found: list[str] = []
        while page := branches.page(
            self.connection, after=found[-1] if found else "", limit=_BRANCHES_AT_ONCE
        ):
            found += [branch.name for branch in page]
        return found

    @cached_property
    def _matching(self) -> Matching:
        return Matching(self.connection, self.sight)

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
