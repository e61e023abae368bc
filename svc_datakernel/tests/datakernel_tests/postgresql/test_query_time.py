"""Statements of queries end in time on PostgreSQL."""

from __future__ import annotations

import time

import pytest
from oms_core.errors import DeadlineExceeded
from svc_datakernel.adapters.postgresql.store import PostgresKernelStore
from svc_datakernel.adapters.sql.graph_view import SqlGraphView
from svc_datakernel.domain.graph.view import GraphView, TransactionDraft, Work
from svc_datakernel.domain.model import Database, DatabaseModel, Revision

from datakernel_tests.databases import AUTHOR

_GRAPH = Database("graph", "", "", "test", 0, DatabaseModel.GRAPH)
_ENDLESS = "SELECT count(*) FROM generate_series(1, 100000000000)"


async def test_statement_that_would_run_for_hours_ends_when_the_query_does(
    store: PostgresKernelStore,
) -> None:
    def work(view: GraphView) -> None:
        assert isinstance(view, SqlGraphView)
        view.limit_statements(0.3)
        view.connection.connection.cursor().execute(_ENDLESS)

    await store.create_database(_GRAPH, AUTHOR)
    started = time.monotonic()
    with pytest.raises(DeadlineExceeded):
        await store.snapshots.read("graph", Revision(), work)
    assert time.monotonic() - started < 60


async def test_limit_of_a_query_is_gone_before_its_changes_are_written(
    store: PostgresKernelStore,
) -> None:
    def limits(view: GraphView) -> list[str]:
        assert isinstance(view, SqlGraphView)
        found: list[str] = []
        for seconds in (None, 0.5, None, 10**6):
            view.limit_statements(seconds)
            cursor = view.connection.connection.cursor()
            cursor.execute("SHOW statement_timeout")
            found.append(cursor.fetchall()[0][0])
        return found

    await store.create_database(_GRAPH, AUTHOR)
    outcome = await store.snapshots.transact(
        "graph", "main", TransactionDraft(AUTHOR), lambda view: Work((), limits(view))
    )
    usual = outcome.answer[0]
    assert outcome.answer == [usual, "500ms", usual, usual]
