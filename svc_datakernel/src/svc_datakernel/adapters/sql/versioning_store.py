"""Tags, document history and moves of branches on SQL databases."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TypeVar

from oms_core.clock import Clock

from svc_datakernel.adapters.sql import blame, document_history, moving, tags
from svc_datakernel.adapters.sql.databases import Databases
from svc_datakernel.adapters.sql.moving import Place
from svc_datakernel.adapters.sql.schema_check import check_for
from svc_datakernel.domain.graph.requests import Blame, Rebase, Tag
from svc_datakernel.domain.model import Commit, DatabaseModel, Revision
from svc_datakernel.domain.operations import CommitResult
from svc_datakernel.domain.versioning import (
    ApplyDraft,
    DocumentHistory,
    RebaseDraft,
    RevertDraft,
    Squash,
    SquashDraft,
)

_T = TypeVar("_T")


class SqlVersioning:
    """`Versioning` on SQL databases; see `domain/versioning.py` for its methods."""

    def __init__(self, databases: Databases, clock: Clock) -> None:
        """Borrows the databases: who made them closes them."""
        self._clock = clock
        self._databases = databases

    async def create_tag(
        self, database: str, tag: str, target: Revision, *, author: str, message: str
    ) -> Tag:
        async with self._databases.use(database) as opened:
            return await opened.write(
                lambda conn: tags.create(
                    conn, tag, target, author=author, message=message, now_us=self._now_us()
                )
            )

    async def get_tag(self, database: str, tag: str) -> Tag:
        async with self._databases.use(database) as opened:
            return await opened.read(lambda conn: tags.get(conn, tag))

    async def list_tags(self, database: str, *, after: str, limit: int) -> Sequence[Tag]:
        async with self._databases.use(database) as opened:
            return await opened.read(lambda conn: tags.page(conn, after=after, limit=limit))

    async def delete_tag(self, database: str, tag: str) -> None:
        async with self._databases.use(database) as opened:
            await opened.write(lambda conn: tags.remove(conn, tag))

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
        async with self._databases.use(database) as opened:
            return await opened.read(
                lambda conn: document_history.page(
                    conn,
                    revision,
                    document_id,
                    after=after,
                    limit=limit,
                    from_time_us=from_time_us,
                    until_time_us=until_time_us,
                )
            )

    async def blame(self, database: str, revision: Revision, document_id: str) -> Sequence[Blame]:
        async with self._databases.use(database) as opened:
            return await opened.read(lambda conn: blame.blame(conn, revision, document_id))

    async def reset_branch(
        self, database: str, branch: str, target: Revision, *, expected_head: str
    ) -> Commit:
        return await self._move(
            database,
            branch,
            lambda place: moving.reset(place, target, expected_head=expected_head),
        )

    async def rebase_branch(self, database: str, branch: str, draft: RebaseDraft) -> Rebase:
        return await self._move(database, branch, lambda place: moving.rebase(place, draft))

    async def squash_branch(self, database: str, branch: str, draft: SquashDraft) -> Squash:
        return await self._move(database, branch, lambda place: moving.squash(place, draft))

    async def revert_commit(self, database: str, branch: str, draft: RevertDraft) -> CommitResult:
        return await self._move(database, branch, lambda place: moving.revert(place, draft))

    async def apply_difference(self, database: str, branch: str, draft: ApplyDraft) -> CommitResult:
        return await self._move(database, branch, lambda place: moving.apply(place, draft))

    async def _move(self, database: str, branch: str, work: Callable[[Place], _T]) -> _T:
        async with self._databases.use(database) as opened:
            place = partial(
                Place,
                database=database,
                branch=branch,
                is_merging=opened.description.model is DatabaseModel.GRAPH,
                check=check_for(opened),
            )
            return await opened.write(lambda conn: work(place(conn, now_us=self._now_us())))

    def _now_us(self) -> int:
        now = self._clock.now()
        return int(now.timestamp()) * 1_000_000 + now.microsecond
