"""Graph databases in either of two stores: those made before there was a TerminusDB stay usable."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from oms_core.errors import InvalidQuery, ResourceNotFound

from svc_datakernel.domain.graph.requests import (
    Deletion,
    Form,
    Graph,
    Insertion,
    Migrated,
    Migration,
    Selection,
    WoqlRequest,
    Written,
)
from svc_datakernel.domain.graph.store import (
    Answered,
    Body,
    Comparison,
    Count,
    GraphStore,
    PatchRequest,
    PrefixChange,
    Presence,
    Source,
    Stream,
    Target,
    TripleChange,
)
from svc_datakernel.domain.graph.view import Outcome, TransactionDraft

T = TypeVar("T")


class _Routes:
    """Asks the store that is near, and the other one when the first has no such database.

    A store looks for the database before it does anything, so nothing is done twice. Nothing is
    remembered: databases come and go at both, by whatever process.
    """

    def __init__(self, near: GraphStore, far: GraphStore) -> None:
        self._near = near
        self._far = far

    async def _ask(self, call: Callable[[GraphStore], Awaitable[T]]) -> T:
        try:
            return await call(self._near)
        except ResourceNotFound as exc:
            if exc.metadata.get("resource_type") != "database":
                raise
        return await call(self._far)


class _RoutedDocuments(_Routes):
    async def write(
        self, target: Target, draft: TransactionDraft, insertion: Insertion
    ) -> Outcome[Written]:
        return await self._ask(lambda store: store.write(target, draft, insertion))

    async def delete(
        self, target: Target, draft: TransactionDraft, deletion: Deletion
    ) -> Outcome[Written]:
        return await self._ask(lambda store: store.delete(target, draft, deletion))

    async def patch(
        self, target: Target, draft: TransactionDraft, patch: PatchRequest
    ) -> Outcome[Written]:
        return await self._ask(lambda store: store.patch(target, draft, patch))

    async def read(self, source: Source, selection: Selection, form: Form) -> Stream:
        return await self._ask(lambda store: store.read(source, selection, form))

    async def count(self, source: Source, selection: Selection) -> Count:
        return await self._ask(lambda store: store.count(source, selection))

    async def check_presence(self, source: Source, ids: Sequence[str], graph: Graph) -> Presence:
        return await self._ask(lambda store: store.check_presence(source, ids, graph))


class _RoutedSchemas(_RoutedDocuments):
    async def frames(
        self, source: Source, type_: str, *, compress_ids: bool, expand_abstract: bool
    ) -> Body:
        return await self._ask(
            lambda store: store.frames(
                source, type_, compress_ids=compress_ids, expand_abstract=expand_abstract
            )
        )

    async def prefixes(self, source: Source) -> Body:
        return await self._ask(lambda store: store.prefixes(source))

    async def set_prefix(
        self, target: Target, draft: TransactionDraft, change: PrefixChange
    ) -> Outcome[None]:
        return await self._ask(lambda store: store.set_prefix(target, draft, change))

    async def migrate(
        self, target: Target, draft: TransactionDraft, migration: Migration
    ) -> Outcome[Migrated]:
        return await self._ask(lambda store: store.migrate(target, draft, migration))

    async def compare_schemas(self, base: Source, other: bytes | Source) -> Body:
        return await self._ask(lambda store: store.compare_schemas(base, other))

    async def export_triples(self, source: Source, graph: Graph) -> Stream:
        return await self._ask(lambda store: store.export_triples(source, graph))

    async def write_triples(
        self, target: Target, draft: TransactionDraft, change: TripleChange
    ) -> Outcome[None]:
        return await self._ask(lambda store: store.write_triples(target, draft, change))


class RoutedGraphStore(_RoutedSchemas):
    """See `GraphStore`; owns neither store.

    Args:
        near: Graph databases made before there was the other store.
        far: Every other one.
    """

    def is_writing(self, body: bytes) -> bool:
        try:
            return self._near.is_writing(body)
        except InvalidQuery:
            # The other store may know an operator that this one does not.
            return self._far.is_writing(body)

    async def query(
        self, source: Source, request: WoqlRequest, draft: TransactionDraft | None = None
    ) -> Answered:
        return await self._ask(lambda store: store.query(source, request, draft))

    async def stream_query(self, source: Source, request: WoqlRequest) -> Stream:
        return await self._ask(lambda store: store.stream_query(source, request))

    async def explain(self, source: Source, request: WoqlRequest) -> Body:
        return await self._ask(lambda store: store.explain(source, request))

    async def compare(self, database: str, comparison: Comparison) -> Body:
        return await self._ask(lambda store: store.compare(database, comparison))
