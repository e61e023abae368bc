"""Reads in threads, each on one snapshot, cancelled when nobody waits any more."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Event, Lock
from typing import Any, Generic, TypeVar

import psycopg
from oms_core.errors import Cancelled
from sqlalchemy import Connection
from sqlalchemy.exc import PendingRollbackError

from svc_datakernel.adapters.postgresql.connections import Pool
from svc_datakernel.adapters.postgresql.errors import DRIVER_ERRORS, typed_errors

_T = TypeVar("_T")
_CANCEL_TIMEOUT_S = 5.0
_CANCEL_AGAIN_S = 0.02


class Readers:
    """Threads with connections for them."""

    def __init__(self, pool: Pool, threads: ThreadPoolExecutor) -> None:
        """Owns the pool; the threads are not closed here."""
        self._pool = pool
        self._threads = threads

    async def run(self, schema: str, database: str, work: Callable[[Connection], _T]) -> _T:
        """Runs `work` on a consistent state of a schema.

        When the awaiting task is cancelled, the statement that runs is cancelled too.
        """
        read = _Read(self._pool, schema, database, work)
        loop = asyncio.get_running_loop()
        future = self._threads.submit(read.run)
        try:
            return await asyncio.wrap_future(future)
        except asyncio.CancelledError:
            # It takes a connection of its own: not on the loop.
            loop.run_in_executor(None, read.cancel)
            raise

    def close(self) -> None:
        """Closes the connections as they become free."""
        self._pool.close()


class _Read(Generic[_T]):
    def __init__(
        self, pool: Pool, schema: str, database: str, work: Callable[[Connection], _T]
    ) -> None:
        self._pool = pool
        self._schema = schema
        self._database = database
        self._work = work
        self._lock = Lock()
        self._has_ended = Event()
        self._is_cancelled = False
        self._running: psycopg.Connection[Any] | None = None

    def run(self) -> _T:
        with (
            typed_errors(self._database),
            self._pool.take(self._schema, self._database) as conn,
        ):
            self._begin(conn)
            try:
                return _in_transaction(conn, self._work)
            finally:
                self._end()

    def cancel(self) -> None:
        """Ends the read, and returns when it has ended.

        A cancellation is lost on a server that is between two statements: so it is repeated.
        """
        with self._lock:
            self._is_cancelled = True
            running = self._running
        while running is not None and not self._has_ended.wait(_CANCEL_AGAIN_S):
            with suppress(psycopg.Error):
                running.cancel_safe(timeout=_CANCEL_TIMEOUT_S)

    def _begin(self, conn: Connection) -> None:
        driver: Any = conn.connection.dbapi_connection
        with self._lock:
            if self._is_cancelled:
                raise Cancelled(f"the caller of a read on {self._database!r} went away")
            self._running = driver

    def _end(self) -> None:
        # A cancellation may still be on its way, and would hit whoever uses the connection next.
        with self._lock:
            running, self._running = self._running, None
            if self._is_cancelled and running is not None:
                running.close()
        self._has_ended.set()


def _in_transaction(conn: Connection, work: Callable[[Connection], _T]) -> _T:
    """Ends the transaction by a commit in any case: nothing was written, and after a rollback
    the driver would have every statement prepared anew."""
    transaction = conn.begin()
    try:
        value = work(conn)
    except BaseException:
        # A connection that was lost leaves nothing to commit, which would hide why.
        with suppress(*DRIVER_ERRORS, PendingRollbackError):
            transaction.commit()
        raise
    transaction.commit()
    return value
