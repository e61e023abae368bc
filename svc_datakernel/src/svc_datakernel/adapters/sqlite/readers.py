"""Reads in threads, each in a transaction of its own, interrupted when nobody waits any more."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Lock
from typing import Any, Generic, TypeVar

from oms_core.errors import Cancelled
from sqlalchemy import Connection, Engine

from svc_datakernel.adapters.sqlite.errors import typed_errors

_T = TypeVar("_T")


class Readers:
    """Reads of one database. The threads are shared with other databases and not closed here."""

    def __init__(self, engine: Engine, threads: ThreadPoolExecutor, database: str) -> None:
        self._engine = engine
        self._threads = threads
        self._database = database

    async def run(self, work: Callable[[Connection], _T]) -> _T:
        """Runs `work` on a consistent state of the database.

        When the awaiting task is cancelled, the statement that runs is interrupted.
        """
        read = _Read(self._engine, self._database, work)
        future = self._threads.submit(read.run)
        try:
            return await asyncio.wrap_future(future)
        except asyncio.CancelledError:
            read.interrupt()
            raise


class _Read(Generic[_T]):
    def __init__(self, engine: Engine, database: str, work: Callable[[Connection], _T]) -> None:
        self._engine = engine
        self._database = database
        self._work = work
        self._lock = Lock()
        self._is_cancelled = False
        self._driver: Any = None

    def run(self) -> _T:
        with typed_errors(self._database), self._engine.connect() as conn:
            self._enter(conn.connection.dbapi_connection)
            try:
                with conn.begin():
                    return self._work(conn)
            finally:
                # The connection goes back to the pool: an interrupt must not hit the next read.
                self._enter(None)

    def interrupt(self) -> None:
        with self._lock:
            self._is_cancelled = True
            if self._driver is not None:
                self._driver.interrupt()

    def _enter(self, driver: Any) -> None:
        with self._lock:
            self._driver = driver
            if driver is not None and self._is_cancelled:
                raise Cancelled(f"the caller of a read on {self._database!r} went away")
