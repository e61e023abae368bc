"""JSON databases in one store and graph databases in another: TerminusDB beside SQL."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from contextlib import aclosing
from typing import Any, cast

from oms_core.errors import ResourceAlreadyExists, ResourceNotFound

from svc_datakernel.domain.containment import Template
from svc_datakernel.domain.graph.requests import Blame, Rebase, Tag
from svc_datakernel.domain.merging import MergeDraft, MergeResult
from svc_datakernel.domain.model import (
    Branch,
    BranchMove,
    ChangePart,
    Commit,
    CommitPage,
    Database,
    DatabaseModel,
    DifferencePage,
    DocumentBatch,
    DocumentPage,
    FeedPosition,
    Revision,
    Verification,
)
from svc_datakernel.domain.operations import CommitDraft, CommitResult
from svc_datakernel.domain.replication import (
    Compaction,
    HistoryPart,
    Imported,
    ImportTarget,
    Statistics,
)
from svc_datakernel.domain.store import KernelStore
from svc_datakernel.domain.versioning import (
    ApplyDraft,
    DocumentHistory,
    RebaseDraft,
    RevertDraft,
    Squash,
    SquashDraft,
)


class _ByDatabase:
    """Sends each call to the store that has its database."""

    def __init__(self, json_store: KernelStore, graph_store: KernelStore) -> None:
        self._json_store = json_store
        self._graph_store = graph_store

    async def _of(self, database: str) -> KernelStore:
        # The store of JSON databases is the one that is near, and knows without asking anybody.
        try:
            await self._json_store.get_database(database)
        except ResourceNotFound:
            return self._graph_store
        return self._json_store


class _RoutedDatabases(_ByDatabase):
    async def create_database(self, database: Database, author: str) -> Database:
        is_graph = database.model is DatabaseModel.GRAPH
        store = self._graph_store if is_graph else self._json_store
        if await self._of(database.id) is not store and await self._is_there(database.id):
            raise ResourceAlreadyExists.of("database", database.id)
        return await store.create_database(database, author)

    async def list_databases(self, *, kind: str, after: str, limit: int) -> Sequence[Database]:
        found = [
            database
            for store in (self._json_store, self._graph_store)
            for database in await store.list_databases(kind=kind, after=after, limit=limit)
        ]
        return sorted(found, key=lambda database: database.id)[:limit]

    async def _is_there(self, database: str) -> bool:
        try:
            await (await self._of(database)).get_database(database)
        except ResourceNotFound:
            return False
        return True

    async def get_database(self, database: str) -> Database:
        store = await self._of(database)
        return await store.get_database(database)

    async def update_database(self, database: str, changes: Mapping[str, str]) -> Database:
        store = await self._of(database)
        return await store.update_database(database, changes)

    async def delete_database(self, database: str) -> None:
        store = await self._of(database)
        return await store.delete_database(database)

    async def create_branch(self, database: str, branch: str, source: Revision) -> Branch:
        store = await self._of(database)
        return await store.create_branch(database, branch, source)

    async def get_branch(self, database: str, branch: str) -> Branch:
        store = await self._of(database)
        return await store.get_branch(database, branch)

    async def list_branches(self, database: str, *, after: str, limit: int) -> Sequence[Branch]:
        store = await self._of(database)
        return await store.list_branches(database, after=after, limit=limit)

    async def delete_branch(self, database: str, branch: str, *, expected_head: str) -> None:
        store = await self._of(database)
        return await store.delete_branch(database, branch, expected_head=expected_head)


class _RoutedContents(_ByDatabase):
    async def create_commit(self, database: str, branch: str, draft: CommitDraft) -> CommitResult:
        store = await self._of(database)
        return await store.create_commit(database, branch, draft)

    async def merge(self, database: str, branch: str, draft: MergeDraft) -> MergeResult:
        store = await self._of(database)
        return await store.merge(database, branch, draft)

    async def get_documents(
        self, database: str, revision: Revision, document_ids: Sequence[str], *, show_deleted: bool
    ) -> DocumentBatch:
        store = await self._of(database)
        return await store.get_documents(
            database, revision, document_ids, show_deleted=show_deleted
        )

    async def list_documents(
        self,
        database: str,
        revision: Revision,
        *,
        types: Sequence[str],
        after: str,
        limit: int,
        show_deleted: bool,
    ) -> DocumentPage:
        store = await self._of(database)
        return await store.list_documents(
            database, revision, types=types, after=after, limit=limit, show_deleted=show_deleted
        )

    async def query_documents(
        self,
        database: str,
        revision: Revision,
        *,
        type_: str,
        template: Template,
        after: str,
        limit: int,
    ) -> DocumentPage:
        store = await self._of(database)
        return await store.query_documents(
            database, revision, type_=type_, template=template, after=after, limit=limit
        )


class _RoutedHistory(_ByDatabase):
    async def get_commit(self, database: str, commit: str) -> Commit:
        store = await self._of(database)
        return await store.get_commit(database, commit)

    async def find_commit(self, database: str, request_id: str) -> Commit:
        store = await self._of(database)
        return await store.find_commit(database, request_id)

    async def resolve(self, database: str, revision: Revision) -> Commit:
        store = await self._of(database)
        return await store.resolve(database, revision)

    async def list_commits(self, database: str, revision: Revision, *, limit: int) -> CommitPage:
        store = await self._of(database)
        return await store.list_commits(database, revision, limit=limit)

    async def diff(
        self,
        database: str,
        base: Revision,
        target: Revision,
        *,
        types: Sequence[str],
        with_documents: bool,
        after: str,
        limit: int,
    ) -> DifferencePage:
        store = await self._of(database)
        return await store.diff(
            database,
            base,
            target,
            types=types,
            with_documents=with_documents,
            after=after,
            limit=limit,
        )

    async def merge_base(self, database: str, source: Revision, target: Revision) -> Commit:
        store = await self._of(database)
        return await store.merge_base(database, source, target)

    async def verify(self, database: str) -> Verification:
        store = await self._of(database)
        return await store.verify(database)

    async def last_sequence(self, database: str) -> int:
        store = await self._of(database)
        return await store.last_sequence(database)

    async def read_log(
        self, database: str, *, after: int, branch: str, limit: int
    ) -> Sequence[Commit]:
        store = await self._of(database)
        return await store.read_log(database, after=after, branch=branch, limit=limit)

    async def read_changes(
        self, database: str, commit: Commit, *, start: int, limit: int, with_documents: bool
    ) -> ChangePart:
        store = await self._of(database)
        return await store.read_changes(
            database, commit, start=start, limit=limit, with_documents=with_documents
        )

    async def feed_end(self, database: str) -> FeedPosition:
        store = await self._of(database)
        return await store.feed_end(database)

    async def feed_position(self, database: str, sequence: int) -> FeedPosition:
        store = await self._of(database)
        return await store.feed_position(database, sequence)

    async def read_moves(
        self, database: str, *, after: int, upto: int, branch: str, limit: int
    ) -> Sequence[BranchMove]:
        store = await self._of(database)
        return await store.read_moves(database, after=after, upto=upto, branch=branch, limit=limit)

    async def wait_for_news(self, database: str, *, after: FeedPosition) -> None:
        store = await self._of(database)
        return await store.wait_for_news(database, after=after)


class _RoutedVersioning(_ByDatabase):
    async def create_tag(
        self, database: str, tag: str, target: Revision, *, author: str, message: str
    ) -> Tag:
        store = await self._of(database)
        return await store.create_tag(database, tag, target, author=author, message=message)

    async def get_tag(self, database: str, tag: str) -> Tag:
        store = await self._of(database)
        return await store.get_tag(database, tag)

    async def list_tags(self, database: str, *, after: str, limit: int) -> Sequence[Tag]:
        store = await self._of(database)
        return await store.list_tags(database, after=after, limit=limit)

    async def delete_tag(self, database: str, tag: str) -> None:
        store = await self._of(database)
        return await store.delete_tag(database, tag)

    async def list_document_history(
        self,
        database: str,
        revision: Revision,
        document_id: str,
        *,
        after: str,
        limit: int,
        from_time_us: int | None = None,
        until_time_us: int | None = None,
    ) -> DocumentHistory:
        store = await self._of(database)
        return await store.list_document_history(
            database,
            revision,
            document_id,
            after=after,
            limit=limit,
            from_time_us=from_time_us,
            until_time_us=until_time_us,
        )

    async def blame(self, database: str, revision: Revision, document_id: str) -> Sequence[Blame]:
        store = await self._of(database)
        return await store.blame(database, revision, document_id)

    async def reset_branch(
        self, database: str, branch: str, target: Revision, *, expected_head: str
    ) -> Commit:
        store = await self._of(database)
        return await store.reset_branch(database, branch, target, expected_head=expected_head)

    async def rebase_branch(self, database: str, branch: str, draft: RebaseDraft) -> Rebase:
        store = await self._of(database)
        return await store.rebase_branch(database, branch, draft)

    async def squash_branch(self, database: str, branch: str, draft: SquashDraft) -> Squash:
        store = await self._of(database)
        return await store.squash_branch(database, branch, draft)

    async def revert_commit(self, database: str, branch: str, draft: RevertDraft) -> CommitResult:
        store = await self._of(database)
        return await store.revert_commit(database, branch, draft)

    async def apply_difference(self, database: str, branch: str, draft: ApplyDraft) -> CommitResult:
        store = await self._of(database)
        return await store.apply_difference(database, branch, draft)


class _RoutedCare(_ByDatabase):
    async def import_history(
        self, target: ImportTarget, parts: AsyncIterator[HistoryPart]
    ) -> Imported:
        # What is there already says where; a new one is for the store that can make it.
        store = self._json_store if target.is_creating else await self._of(target.database)
        return await store.import_history(target, parts)

    async def export_history(
        self, database: str, *, branches: Sequence[str], have: Sequence[str]
    ) -> AsyncIterator[HistoryPart]:
        store = await self._of(database)
        async with aclosing(
            cast(
                "AsyncGenerator[Any]", store.export_history(database, branches=branches, have=have)
            )
        ) as parts:
            async for part in parts:
                yield part

    async def compact(self, database: str, *, is_dry_run: bool) -> Compaction:
        store = await self._of(database)
        return await store.compact(database, is_dry_run=is_dry_run)

    async def backup(self, database: str) -> AsyncIterator[bytes]:
        store = await self._of(database)
        async with aclosing(cast("AsyncGenerator[Any]", store.backup(database))) as parts:
            async for part in parts:
                yield part

    async def check_database(self, database: str) -> Sequence[str]:
        store = await self._of(database)
        return await store.check_database(database)

    async def statistics(self, database: str) -> Statistics:
        store = await self._of(database)
        return await store.statistics(database)


class RoutedKernelStore(
    _RoutedDatabases, _RoutedContents, _RoutedHistory, _RoutedVersioning, _RoutedCare
):
    """Two stores as one `KernelStore`; see `domain/store.py` for its methods.

    Args:
        json_store: Keeps JSON databases, and decides by its list whose a database is.
        graph_store: Keeps graph databases.
    """

    async def check(self) -> None:
        """Raises when one of them can't be used right now."""
        await self._json_store.check()
        await self._graph_store.check()

    async def close(self) -> None:
        """Closes both."""
        try:
            await self._graph_store.close()
        finally:
            await self._json_store.close()
