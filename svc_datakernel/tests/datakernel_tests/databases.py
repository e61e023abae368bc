"""Databases in memory for tests of the SQL core, and ways to fill and to weigh them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, StaticPool, create_engine
from svc_datakernel.adapters.sql import appending, writing
from svc_datakernel.adapters.sqlite.file_format import initialise
from svc_datakernel.domain.model import Commit
from svc_datakernel.domain.operations import CommitDraft, Operation, OperationKind, prepare

AUTHOR = "tester (t1)|verified|ts:2026-01-01T00:00:00Z"
DATABASE = "db"


@contextmanager
def empty_database() -> Iterator[Connection]:
    """A new database with its root commit, gone with the block."""
    engine = create_engine("sqlite://", poolclass=StaticPool)
    with engine.connect() as conn:
        conn.exec_driver_sql("PRAGMA foreign_keys = ON")
        initialise(conn)
        appending.append_root(conn, database=DATABASE, author=AUTHOR, message="", now_us=1)
        conn.commit()
        yield conn
    engine.dispose()


def upsert(document_id: str, json: bytes = b"{}", type_: str = "Thing") -> Operation:
    """Creates or replaces a document."""
    return Operation(OperationKind.UPSERT, document_id, type_, json)


def commit(
    conn: Connection, *operations: Operation, branch: str = "main", now_us: int = 1, **fields: Any
) -> Commit:
    """Makes a commit."""
    draft = CommitDraft(operations, AUTHOR, **fields)
    prepared = prepare(operations)
    return writing.create_commit(conn, DATABASE, branch, draft, prepared, now_us=now_us).commit


def cost_of(conn: Connection, work: Callable[[], object]) -> int:
    """How many steps SQLite's virtual machine takes for some work.

    Unlike a time it is the same on every machine and every run.
    """
    steps = 0

    def count() -> int:
        nonlocal steps
        steps += 1
        return 0

    driver: Any = conn.connection.dbapi_connection
    driver.set_progress_handler(count, 1)
    try:
        work()
    finally:
        driver.set_progress_handler(None, 0)
    return steps
