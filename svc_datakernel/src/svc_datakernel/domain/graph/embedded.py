"""Graph databases on a store that runs the model's logic itself, over a `GraphView`."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator, Sequence
from contextlib import aclosing
from functools import partial
from itertools import chain
from typing import Final, TypeVar, cast

from svc_datakernel.domain.graph import (
    context,
    documents,
    frames,
    patching,
    reading,
    turtle,
)
from svc_datakernel.domain.graph import migration as migrations
from svc_datakernel.domain.graph.comparing import Comparer
from svc_datakernel.domain.graph.data_version import check_data_version
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
    PatchRequest,
    PrefixChange,
    Presence,
    Source,
    Stream,
    Target,
    TripleChange,
)
from svc_datakernel.domain.graph.view import (
    GraphView,
    Outcome,
    Snapshots,
    TransactionDraft,
    Work,
)
from svc_datakernel.domain.model import MAIN_BRANCH
from svc_datakernel.domain.store import History

T = TypeVar("T")
_SMALL_BYTES: Final = 64 * 1024


class EmbeddedGraphStore:
    """The model's logic over snapshots: `GraphStore` for every SQL backend.

    Args:
        snapshots: Runs the logic on commits and commits what it decides.
        history: Tells what differs between commits.
    """

    def __init__(self, snapshots: Snapshots, history: History) -> None:
        self._snapshots = snapshots
        self._comparer = Comparer(snapshots, history)

    # --- documents -------------------------------------------------------------------------

    async def write(
        self, target: Target, draft: TransactionDraft, insertion: Insertion
    ) -> Outcome[Written]:
        is_likely_new = (
            insertion.graph is Graph.INSTANCE
            and not (insertion.is_replace or insertion.full_replace or insertion.overwrite)
            and len(insertion.body) <= _SMALL_BYTES
        )
        work = partial(_insert, insertion)
        return await self._snapshots.transact(
            target.database, target.branch, draft, work, expects_new=is_likely_new
        )

    async def delete(
        self, target: Target, draft: TransactionDraft, deletion: Deletion
    ) -> Outcome[Written]:
        return await self._transact(target, draft, lambda view: documents.delete(view, deletion))

    async def patch(
        self, target: Target, draft: TransactionDraft, patch: PatchRequest
    ) -> Outcome[Written]:
        return await self._transact(
            target,
            draft,
            lambda view: patching.patch_documents(view, patch.body, patch.match_final_state),
        )

    async def read(self, source: Source, selection: Selection, form: Form) -> Stream:
        if len(selection.ids) == 1:
            # One part, or an error: not worth a stream, which costs several turns of a thread.
            body = await self._read(
                source,
                lambda view: (view.commit_id, list(reading.read(view, selection, form))),
            )
            return Stream(body[0], _parts(body[1]))
        return await self._stream(source, lambda view: reading.read(view, selection, form))

    async def count(self, source: Source, selection: Selection) -> Count:
        return await self._read(
            source, lambda view: Count(view.commit_id, reading.count(view, selection))
        )

    async def check_presence(self, source: Source, ids: Sequence[str], graph: Graph) -> Presence:
        def check(view: GraphView) -> Presence:
            present, missing = reading.check(view, ids, graph)
            return Presence(view.commit_id, present, missing)

        return await self._read(source, check)

    # --- schema ----------------------------------------------------------------------------

    async def frames(
        self, source: Source, type_: str, *, compress_ids: bool, expand_abstract: bool
    ) -> Body:
        return await self._body(
            source, lambda view: frames.frames(view, type_, compress_ids, expand_abstract)
        )

    async def prefixes(self, source: Source) -> Body:
        return await self._body(source, context.prefixes)

    async def set_prefix(
        self, target: Target, draft: TransactionDraft, change: PrefixChange
    ) -> Outcome[None]:
        return await self._transact(target, draft, lambda view: context.set_prefix(view, change))

    async def migrate(
        self, target: Target, draft: TransactionDraft, migration: Migration
    ) -> Outcome[Migrated]:
        return await self._transact(target, draft, lambda view: migrations.migrate(view, migration))

    async def compare_schemas(self, base: Source, other: bytes | Source) -> Body:
        if isinstance(other, Source):
            parts = await self.read(other, Selection(graph=Graph.SCHEMA), Form())
            async with aclosing(cast("AsyncGenerator[bytes]", parts.parts)) as found:
                other = b"[" + b",".join([each async for each in found]) + b"]"
        given = other
        return await self._body(base, lambda view: migrations.compare(view, given))

    # --- triples ---------------------------------------------------------------------------

    async def export_triples(self, source: Source, graph: Graph) -> Stream:
        return await self._stream(source, lambda view: turtle.export(view, graph))

    async def write_triples(
        self, target: Target, draft: TransactionDraft, change: TripleChange
    ) -> Outcome[None]:
        return await self._transact(
            target,
            draft,
            lambda view: turtle.write(view, change.turtle, change.graph, change.is_replace),
        )

    # --- queries ---------------------------------------------------------------------------

    def is_writing(self, body: bytes) -> bool:
        from svc_datakernel.domain import woql

        return woql.is_writing(body)

    async def query(
        self, source: Source, request: WoqlRequest, draft: TransactionDraft | None = None
    ) -> Answered:
        from svc_datakernel.domain import woql

        if draft is None:
            return await self._read(
                source,
                lambda view: Answered(view.commit_id, woql.query(view, request).answer),
            )
        target = Target(source.database, source.revision.branch or MAIN_BRANCH)
        outcome = await self._transact(target, draft, lambda view: woql.query(view, request))
        answer = outcome.answer or woql.EMPTY_ANSWER
        return Answered(outcome.commit.id, answer, outcome.is_unchanged)

    async def stream_query(self, source: Source, request: WoqlRequest) -> Stream:
        from svc_datakernel.domain import woql

        return await self._stream(source, lambda view: woql.stream(view, request))

    async def explain(self, source: Source, request: WoqlRequest) -> Body:
        from svc_datakernel.domain import woql

        return await self._body(source, lambda view: woql.explain(view, request))

    async def compare(self, database: str, comparison: Comparison) -> Body:
        return await self._comparer.compare(database, comparison)

    # --- how it is run ---------------------------------------------------------------------

    async def _transact(
        self, target: Target, draft: TransactionDraft, work: Callable[[GraphView], Work[T]]
    ) -> Outcome[T]:
        return await self._snapshots.transact(target.database, target.branch, draft, work)

    async def _read(self, source: Source, work: Callable[[GraphView], T]) -> T:
        def checked(view: GraphView) -> T:
            _check(source, view)
            return work(view)

        return await self._snapshots.read(source.database, source.revision, checked)

    async def _body(self, source: Source, work: Callable[[GraphView], bytes]) -> Body:
        return await self._read(source, lambda view: Body(view.commit_id, work(view)))

    async def _stream(self, source: Source, work: Callable[[GraphView], Iterator[bytes]]) -> Stream:
        def headed(view: GraphView) -> Iterator[bytes]:
            _check(source, view)
            return chain([view.commit_id.encode()], work(view))

        items = cast(
            "AsyncGenerator[bytes]",
            self._snapshots.stream(source.database, source.revision, headed),
        )
        try:
            commit_id = (await anext(items)).decode()
            # What the first part fails with is an answer of its own, not one that broke off.
            first = await anext(items, None)
        except BaseException:
            await items.aclose()
            raise
        return Stream(commit_id, _resumed(first, items))


async def _parts(parts: Sequence[bytes]) -> AsyncIterator[bytes]:
    for part in parts:
        yield part


async def _resumed(first: bytes | None, rest: AsyncGenerator[bytes]) -> AsyncIterator[bytes]:
    async with aclosing(rest):
        if first is not None:
            yield first
            async for part in rest:
                yield part


def _insert(insertion: Insertion, view: GraphView) -> Work[Written]:
    return documents.insert(view, insertion)


def _check(source: Source, view: GraphView) -> None:
    revision = source.revision
    is_branch = not (revision.commit or revision.tag or revision.time_us is not None)
    check_data_version(source.data_version, view.commit_id, is_branch=is_branch)
