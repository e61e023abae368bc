"""Reads in threads, each in a transaction of its own, interrupted when nobody waits any more."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Generic, TypeVar

from oms_core.errors import Cancelled
from sqlalchemy import Connection, Engine

from svc_datakernel.adapters.sqlite.errors import typed_errors

_T = TypeVar("_T")
_STEPS_BETWEEN_LOOKS = 10_000  # of SQLite's virtual machine: about a millisecond


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
            read.cancel()
            raise


class _Read(Generic[_T]):
    def __init__(self, engine: Engine, database: str, work: Callable[[Connection], _T]) -> None:
        self._engine = engine
        self._database = database
        self._work = work
        self._is_cancelled = False

    def run(self) -> _T:
        with typed_errors(self._database), self._engine.connect() as conn:
            driver: Any = conn.connection.dbapi_connection
            # SQLite asks while it works; an interrupt from outside would be lost if it came
            # between two statements.
            driver.set_progress_handler(self._should_stop, _STEPS_BETWEEN_LOOKS)
            try:
                if self._is_cancelled:
                    raise Cancelled(f"the caller of a read on {self._database!r} went away")
                with conn.begin():
                    return self._work(conn)
            finally:
                driver.set_progress_handler(None, 0)

    def cancel(self) -> None:
        self._is_cancelled = True

    def _should_stop(self) -> bool:
        return self._is_cancelled
