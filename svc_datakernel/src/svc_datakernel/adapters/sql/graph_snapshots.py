"""Runs work against commits of graph databases: `Snapshots` on SQL."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from typing import Generic, TypeVar

from oms_core.clock import Clock
from oms_core.errors import WrongModel
from sqlalchemy import Connection

from svc_datakernel.adapters.sql import graph_transactions, positions
from svc_datakernel.adapters.sql.databases import Databases, OpenDatabase
from svc_datakernel.adapters.sql.forecasts import Forecast
from svc_datakernel.adapters.sql.foreseeing import Foreseen, foresee
from svc_datakernel.adapters.sql.graph_transactions import Target
from svc_datakernel.adapters.sql.graph_view import SqlGraphView
from svc_datakernel.adapters.sql.streaming import stream
from svc_datakernel.domain.graph.view import GraphView, Outcome, TransactionDraft, Work
from svc_datakernel.domain.model import Database, DatabaseModel, Revision

_T = TypeVar("_T")


class SqlSnapshots:
    """`Snapshots` on SQL databases; see `domain/graph/view.py` for its methods."""

    def __init__(self, databases: Databases, clock: Clock) -> None:
        """Uses databases that somebody else closes."""
        self._databases = databases
        self._clock = clock

    async def read(self, database: str, revision: Revision, work: Callable[[GraphView], _T]) -> _T:
        async with self._use(database) as opened:
            return await opened.read(lambda conn: work(_view(conn, opened, revision)))

    async def stream(
        self, database: str, revision: Revision, work: Callable[[GraphView], Iterator[_T]]
    ) -> AsyncIterator[_T]:
        async with self._use(database) as opened:
            items = stream(opened.read_long, lambda conn: work(_view(conn, opened, revision)))
            async for item in items:
                yield item

    async def transact(
        self,
        database: str,
        branch: str,
        draft: TransactionDraft,
        work: Callable[[GraphView], Work[_T]],
        *,
        expects_new: bool = False,
    ) -> Outcome[_T]:
        async with self._use(database) as opened:
            target = Target(opened.description, branch, opened.schema_keys)
            if draft.is_dry_run:
                return await opened.read(
                    lambda conn: graph_transactions.preview(conn, target, draft, work)
                )
            commit = _Commit(target, draft, work, expects_new=expects_new)
            return await opened.write(
                lambda conn: commit.make(conn, self._now_us()), commit.foresee
            )

    @asynccontextmanager
    async def _use(self, database: str) -> AsyncGenerator[OpenDatabase]:
        async with self._databases.use(database) as opened:
            expect_model(opened.description, DatabaseModel.GRAPH)
            yield opened

    def _now_us(self) -> int:
        now = self._clock.now()
        return int(now.timestamp()) * 1_000_000 + now.microsecond


class _Commit(Generic[_T]):
    """A commit that waits for its turn."""

    def __init__(
        self,
        target: Target,
        draft: TransactionDraft,
        work: Callable[[GraphView], Work[_T]],
        *,
        expects_new: bool,
    ) -> None:
        self._target = target
        self._draft = draft
        self._work = work
        self._expects_new = expects_new
        self._foreseen: Foreseen[_T] | None = None

    def foresee(self) -> Forecast:
        """What it will ask."""
        target, request_id = self._target, self._draft.request_id
        schema_key = target.schema_keys.latest
        if not self._expects_new or schema_key is None:
            return Forecast(target.branch, request_id=request_id)
        foreseen = self._foreseen = foresee(target.database, schema_key, self._work)
        return Forecast(target.branch, foreseen.ids, foreseen.hashes, request_id)

    def make(self, conn: Connection, now_us: int) -> Outcome[_T]:
        """Makes it, under the write lock."""
        return graph_transactions.transact(
            conn, self._target, self._draft, self._work, now_us=now_us, foreseen=self._foreseen
        )


def expect_model(database: Database, model: DatabaseModel) -> None:
    """Makes sure that a call fits the database.

    Raises:
        WrongModel: it is of the other model.
    """
    if database.model is not model:
        raise WrongModel(
            f"database {database.id!r} has the model {database.model.name}, and the call is for "
            f"databases with the model {model.name}",
            metadata={"database": database.id, "model": database.model.name},
        )


def _view(conn: Connection, opened: OpenDatabase, revision: Revision) -> SqlGraphView:
    position = positions.resolve(conn, revision)
    return SqlGraphView(conn, opened.description, position, opened.schema_keys)
