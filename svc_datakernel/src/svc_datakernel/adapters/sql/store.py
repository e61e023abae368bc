"""The kernel store on SQL: the same for every database, which `databases.py` describes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from oms_core.clock import Clock
from oms_core.tracing import traceparent
from sqlalchemy import Connection

from svc_datakernel.adapters.sql import (
    ancestry,
    branch_moves,
    branches,
    commits,
    comparing,
    documents,
    log,
    merging,
    positions,
    writing,
)
from svc_datakernel.adapters.sql.databases import Databases
from svc_datakernel.adapters.sql.graph_snapshots import SqlSnapshots, expect_model
from svc_datakernel.adapters.sql.maintenance_store import SqlMaintenance
from svc_datakernel.adapters.sql.replication_store import SqlReplication
from svc_datakernel.adapters.sql.schema_check import check_for
from svc_datakernel.adapters.sql.versioning_store import SqlVersioning
from svc_datakernel.domain.containment import Template
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
from svc_datakernel.domain.operations import CommitDraft, CommitResult, prepare
from svc_datakernel.domain.traces import CommitTraces

_T = TypeVar("_T")


class SqlKernelStore(SqlVersioning, SqlMaintenance, SqlReplication):
    """A `KernelStore` on SQL databases; see `domain/store.py` for its methods.

    Several processes may use the same databases. Must be made on the event loop it is used from.
    """

    def __init__(self, databases: Databases, clock: Clock) -> None:
        """Owns the databases from now on: closing the store closes them."""
        SqlVersioning.__init__(self, databases, clock)
        SqlMaintenance.__init__(self, databases, clock)
        SqlReplication.__init__(self, databases, clock)
        self.traces = CommitTraces()
        self.snapshots = SqlSnapshots(databases, clock)
        """Runs the logic of graph databases."""

    async def create_database(self, database: Database, author: str) -> Database:
        created = replace(database, create_time_us=self._now_us())
        await self._databases.create(created, author)
        return created

    async def get_database(self, database: str) -> Database:
        return await self._databases.get(database)

    async def list_databases(self, *, kind: str, after: str, limit: int) -> Sequence[Database]:
        return await self._databases.list(kind=kind, after=after, limit=limit)

    async def update_database(self, database: str, changes: Mapping[str, str]) -> Database:
        return await self._databases.update(database, changes)

    async def delete_database(self, database: str) -> None:
        await self._databases.delete(database)

    async def create_branch(self, database: str, branch: str, source: Revision) -> Branch:
        return await self._write(
            database, lambda conn: branches.create(conn, branch, source, now_us=self._now_us())
        )

    async def get_branch(self, database: str, branch: str) -> Branch:
        return await self._read(database, lambda conn: branches.get(conn, branch))

    async def list_branches(self, database: str, *, after: str, limit: int) -> Sequence[Branch]:
        return await self._read(
            database, lambda conn: branches.page(conn, after=after, limit=limit)
        )

    async def delete_branch(self, database: str, branch: str, *, expected_head: str) -> None:
        await self._write(
            database,
            lambda conn: branches.remove(
                conn, branch, expected_head=expected_head, now_us=self._now_us()
            ),
        )

    async def create_commit(self, database: str, branch: str, draft: CommitDraft) -> CommitResult:
        expect_model(await self._databases.get(database), DatabaseModel.JSON)
        # Parsing and hashing before the queue keeps the write lock short.
        loop = asyncio.get_running_loop()
        operations = await loop.run_in_executor(self._databases.threads, prepare, draft.operations)
        trace = traceparent()

        def write(conn: Connection) -> CommitResult:
            result = writing.create_commit(
                conn, database, branch, draft, operations, now_us=self._now_us()
            )
            if trace:  # before anybody sees the commit
                self.traces.remember(result.commit.id, trace)
            return result

        async with self._databases.use(database) as opened:
            return await opened.write(write, lambda: writing.foresee(branch, draft, operations))

    async def merge(self, database: str, branch: str, draft: MergeDraft) -> MergeResult:
        async with self._databases.use(database) as opened:
            check = check_for(opened)
            if draft.is_dry_run:
                return await opened.read(
                    lambda conn: merging.preview(conn, branch, draft, check=check)
                )
            return await opened.write(
                lambda conn: merging.merge(
                    conn, database, branch, draft, now_us=self._now_us(), check=check
                )
            )

    async def get_documents(
        self, database: str, revision: Revision, document_ids: Sequence[str], *, show_deleted: bool
    ) -> DocumentBatch:
        return await self._read(
            database,
            lambda conn: documents.get_batch(
                conn, revision, document_ids, show_deleted=show_deleted
            ),
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
        return await self._read(
            database,
            lambda conn: documents.page(
                conn, revision, types=types, after=after, limit=limit, show_deleted=show_deleted
            ),
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
        return await self._read(
            database,
            lambda conn: documents.query(
                conn, revision, type_=type_, template=template, after=after, limit=limit
            ),
        )

    async def get_commit(self, database: str, commit: str) -> Commit:
        return await self.resolve(database, Revision(commit=commit))

    async def find_commit(self, database: str, request_id: str) -> Commit:
        return await self._read(database, lambda conn: commits.find(conn, request_id))

    async def resolve(self, database: str, revision: Revision) -> Commit:
        return await self._read(database, lambda conn: commits.resolve(conn, revision))

    async def list_commits(self, database: str, revision: Revision, *, limit: int) -> CommitPage:
        return await self._read(database, lambda conn: commits.first_parents(conn, revision, limit))

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
        async with self._databases.use(database) as opened:
            return await opened.read(
                lambda conn: comparing.compare(
                    conn,
                    opened.comparisons,
                    base,
                    target,
                    types=types,
                    with_documents=with_documents,
                    after=after,
                    limit=limit,
                )
            )

    async def merge_base(self, database: str, source: Revision, target: Revision) -> Commit:
        def find(conn: Connection) -> Commit:
            ends = positions.resolve(conn, source), positions.resolve(conn, target)
            return commits.get(conn, ancestry.merge_base(conn, *ends).sequence)

        return await self._read(database, find)

    async def verify(self, database: str) -> Verification:
        async with self._databases.use(database) as opened:
            return await opened.read(opened.verify)

    async def last_sequence(self, database: str) -> int:
        return await self._read(database, commits.last_sequence)

    async def read_log(
        self, database: str, *, after: int, branch: str, limit: int
    ) -> Sequence[Commit]:
        return await self._read(
            database, lambda conn: commits.log(conn, after=after, branch=branch, limit=limit)
        )

    async def read_changes(
        self, database: str, commit: Commit, *, start: int, limit: int, with_documents: bool
    ) -> ChangePart:
        return await self._read(
            database,
            lambda conn: log.read_changes(
                conn, commit, start=start, limit=limit, with_documents=with_documents
            ),
        )

    async def feed_end(self, database: str) -> FeedPosition:
        return await self._read(database, branch_moves.end)

    async def feed_position(self, database: str, sequence: int) -> FeedPosition:
        return await self._read(database, lambda conn: branch_moves.position(conn, sequence))

    async def read_moves(
        self, database: str, *, after: int, upto: int, branch: str, limit: int
    ) -> Sequence[BranchMove]:
        return await self._read(
            database,
            lambda conn: branch_moves.read(
                conn, after=after, upto=upto, branch=branch, limit=limit
            ),
        )

    async def wait_for_news(self, database: str, *, after: FeedPosition) -> None:
        while True:
            async with self._databases.use(database) as opened:
                event = opened.signal.next_change()
                end = await opened.read(branch_moves.end)
                if end.sequence > after.sequence or end.move > after.move:
                    return
                await opened.signal.wait(event)

    async def check(self) -> None:
        await self._databases.check()

    async def close(self) -> None:
        await self._databases.close()

    def _now_us(self) -> int:
        now = self._clock.now()
        return int(now.timestamp()) * 1_000_000 + now.microsecond

    async def _read(self, database: str, work: Callable[[Connection], _T]) -> _T:
        async with self._databases.use(database) as opened:
            return await opened.read(work)

    async def _write(self, database: str, work: Callable[[Connection], _T]) -> _T:
        async with self._databases.use(database) as opened:
            return await opened.write(work)
