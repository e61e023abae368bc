"""Graph databases in memory for tests of the SQL core, and short ways to use them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection
from svc_datakernel.adapters.sql import graph_transactions, positions
from svc_datakernel.adapters.sql.dialect import insert_rows
from svc_datakernel.adapters.sql.graph_schema_keys import SchemaKeys
from svc_datakernel.adapters.sql.graph_transactions import Target
from svc_datakernel.adapters.sql.graph_view import SqlGraphView
from svc_datakernel.adapters.sql.tables import meta
from svc_datakernel.domain.canonical_json import canonicalise
from svc_datakernel.domain.graph.view import DocumentChange, Outcome, TransactionDraft, Work
from svc_datakernel.domain.model import Database, DatabaseModel, Revision

from datakernel_tests.databases import AUTHOR, DATABASE, empty_database

GRAPH = Database(DATABASE, "", "", "", 0, DatabaseModel.GRAPH)


@contextmanager
def empty_graph() -> Iterator[Connection]:
    """A new graph database with its root commit, gone with the block."""
    with empty_database() as conn:
        insert_rows(conn, meta, [("model", str(DatabaseModel.GRAPH.value))])
        conn.commit()
        yield conn


def put(document_id: str, json: bytes | str, type_: str = "Thing") -> DocumentChange:
    """A document to be written, in expanded form."""
    data = json.encode() if isinstance(json, str) else json
    return DocumentChange(document_id, type_, canonicalise(data, document_id=document_id))


def drop(document_id: str, *, hard: bool = False) -> DocumentChange:
    """A document to be deleted."""
    return DocumentChange(document_id, "", None, is_hard=hard)


def transact(
    conn: Connection,
    *changes: DocumentChange,
    branch: str = "main",
    keys: SchemaKeys | None = None,
    now_us: int = 1,
    **draft: Any,
) -> Outcome[str]:
    """Commits changes; answers the head's id as the work saw it."""
    target = Target(GRAPH, branch, keys or SchemaKeys())
    return graph_transactions.transact(
        conn,
        target,
        replace(TransactionDraft(AUTHOR), **draft),
        lambda view: Work(changes, view.commit_id),
        now_us=now_us,
    )


def view_at(conn: Connection, revision: Revision | None = None) -> SqlGraphView:
    """A commit as a graph; the head of main if not told otherwise."""
    position = positions.resolve(conn, revision or Revision())
    return SqlGraphView(conn, GRAPH, position, SchemaKeys())
