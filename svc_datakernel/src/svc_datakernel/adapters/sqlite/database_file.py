"""One open database: its file, its writer, its readers."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from oms_core.errors import DataCorrupted
from oms_core.tracing import span
from sqlalchemy import Connection

from svc_datakernel.adapters.sql.commit_signal import CommitSignal
from svc_datakernel.adapters.sql.comparing import ComparisonCache
from svc_datakernel.adapters.sql.creation import description
from svc_datakernel.adapters.sql.forecasts import Forecast, Foresee
from svc_datakernel.adapters.sql.graph_schema_keys import SchemaKeys
from svc_datakernel.adapters.sql.group_writer import GroupWriter
from svc_datakernel.adapters.sqlite.errors import DRIVER_ERRORS, typed_errors
from svc_datakernel.adapters.sqlite.file_format import check_version, open_engine
from svc_datakernel.adapters.sqlite.file_stamp import FileIdentity, WriteWatch
from svc_datakernel.adapters.sqlite.readers import Readers
from svc_datakernel.adapters.sqlite.turns import Turns
from svc_datakernel.adapters.sqlite.upkeep import SqliteUpkeep
from svc_datakernel.adapters.sqlite.verifying import verify_file
from svc_datakernel.domain.model import Database, Verification

_T = TypeVar("_T")
_GONE = -2  # no data version; makes those who wait look, and find the database deleted


@dataclass(frozen=True, slots=True)
class Threads:
    """Where reads run: the short ones, and streams, which may wait long for who reads them."""

    short: ThreadPoolExecutor
    most_short: int
    long: ThreadPoolExecutor
    most_long: int

    @classmethod
    def start(cls, most_short: int, most_long: int) -> Threads:
        """Starts each thread when it is needed."""
        return cls(
            ThreadPoolExecutor(most_short, thread_name_prefix="kernel-reader"),
            most_short,
            ThreadPoolExecutor(most_long, thread_name_prefix="kernel-stream"),
            most_long,
        )

    def shutdown(self) -> None:
        """Waits for what runs, then ends the threads."""
        self.short.shutdown()
        self.long.shutdown()


class DatabaseFile:
    """An open database. Must be made on the event loop that it is used from."""

    def __init__(self, path: Path, name: str, threads: Threads) -> None:
        """Opens nothing yet; connections are opened as they are needed.

        Args:
            path: The file.
            name: Id of the database.
            threads: Where reads run; shared, and not closed here.
        """
        self.name = name
        self.path = path
        self.identity = FileIdentity.of(path)
        self.users = 0
        self.description = Database(name, "", "", "", 0)
        """What the database is, once it is open."""
        self.comparisons = ComparisonCache()
        self.schema_keys = SchemaKeys()
        self._turns = Turns()
        self.upkeep = SqliteUpkeep(path, name, threads.long, self._turns)
        self._threads = threads.short
        self._read_engine = open_engine(path, is_writer=False, connections=threads.most_short)
        self._stream_engine = open_engine(path, is_writer=False, connections=threads.most_long)
        self._write_engine = open_engine(path, is_writer=True)
        self._watch_engine = open_engine(path, is_writer=False)
        self._watch = WriteWatch(path)
        self._version = -1
        self.signal = CommitSignal(self._data_version)
        self._readers = Readers(self._read_engine, threads.short, name)
        self._long_readers = Readers(self._stream_engine, threads.long, name)
        self._writer = GroupWriter(
            self._transaction,
            name,
            driver_errors=DRIVER_ERRORS,
            on_commit=self.signal.notify,
        )

    async def open(self) -> None:
        """Checks the file's version, and reads what the database is.

        Raises:
            Unimplemented: a later program wrote the file.
            DataCorrupted: it is no kernel's file, or another database's.
        """
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(self._threads, self._check)
        await self.describe()

    async def describe(self) -> Database:
        """Reads what the database is, which another process may have changed.

        Raises:
            DataCorrupted: it is another database's file.
        """
        found = await self.read(description)
        if found is None or found.id != self.name:
            raise DataCorrupted(
                f"the folder {self.name!r} holds database {found and found.id!r}; "
                "give it back its name",
                metadata={"database": self.name},
            )
        self.description = found
        return found

    async def read(self, work: Callable[[Connection], _T]) -> _T:
        """Runs `work` in a thread on one consistent state."""
        with span("SQLite read", db_system_name="sqlite", db_namespace=self.name):
            return await self._readers.run(work)

    async def read_long(self, work: Callable[[Connection], _T]) -> _T:
        """As `read`, on the threads of streams."""
        with span("SQLite read", db_system_name="sqlite", db_namespace=self.name):
            return await self._long_readers.run(work)

    async def write(self, work: Callable[[Connection], _T], foresee: Foresee | None = None) -> _T:
        """Runs `work` under the write lock; durable once this returns, traceless if it raises.

        A caller that goes away takes back work that has not begun; begun work goes on.
        Nothing is asked before: a statement costs less here than foreseeing it.
        """
        with span("SQLite write", db_system_name="sqlite", db_namespace=self.name):
            return await asyncio.wrap_future(self._writer.submit(work))

    def verify(self, conn: Connection) -> Verification:
        """Checks the file's structure and the history in it."""
        return verify_file(conn, self.name)

    async def close(self) -> None:
        """Finishes what was begun, then closes every connection."""
        await self.signal.close()
        await asyncio.get_running_loop().run_in_executor(None, self._close)

    def _close(self) -> None:
        self._writer.close()
        for engine in (
            self._read_engine,
            self._stream_engine,
            self._watch_engine,
            self._write_engine,
        ):
            engine.dispose()

    @contextmanager
    def _transaction(self, _: Sequence[Forecast] = ()) -> Generator[Connection]:
        with self._turns, typed_errors(self.name), self._write_engine.begin() as conn:
            yield conn

    def _check(self) -> None:
        with typed_errors(self.name):
            check_version(self._read_engine, self._write_engine, self.path)

    async def _data_version(self) -> int:
        try:
            if FileIdentity.of(self.path) != self.identity:
                return _GONE
            if not self._watch.has_news():
                return self._version
        except FileNotFoundError:
            return _GONE
        loop = asyncio.get_running_loop()
        self._version = await loop.run_in_executor(self._threads, self._read_data_version)
        return self._version

    def _read_data_version(self) -> int:
        # Meaningful only when asked on the same connection each time: a pool of one.
        with typed_errors(self.name), self._watch_engine.connect() as conn:
            return conn.exec_driver_sql("PRAGMA data_version").scalar_one()
