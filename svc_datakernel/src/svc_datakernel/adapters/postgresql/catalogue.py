"""The databases on a server: opens, lists, creates and deletes them."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import Any, Final, NamedTuple, TypeVar

from oms_core.errors import OmsError, ResourceAlreadyExists, ResourceNotFound
from oms_core.logging import get_logger
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from svc_datakernel.adapters.postgresql import catalogue_tables as tables
from svc_datakernel.adapters.postgresql.catalogue_tables import GONE, SCHEMA, Place
from svc_datakernel.adapters.postgresql.connections import Server
from svc_datakernel.adapters.postgresql.database import Access, PostgresDatabase
from svc_datakernel.adapters.postgresql.errors import sqlstate, typed_errors
from svc_datakernel.adapters.postgresql.listening import CHANNEL, Listener
from svc_datakernel.adapters.postgresql.reading import Readers
from svc_datakernel.domain.model import Database

_T = TypeVar("_T")
_TAKEN: Final = "23505"
# Another kernel makes the same thing at this moment.
_MADE_ELSEWHERE: Final = {"23505", "42P06", "42P07", "42710", "XX000"}
_MOST_ATTEMPTS: Final = 10
_DROP_LOCK_TIMEOUT_MS: Final = 200


class PoolSizes(NamedTuple):
    """How many connections there are at most for what; one more listens."""

    readers: int
    streams: int
    writers: int

    @classmethod
    def of(cls, total: int) -> PoolSizes:
        """A share for each: a fifth for writers, the rest evenly for reads and for streams."""
        writers = max(1, total // 5)
        streams = max(1, (total - writers) // 2)
        return cls(max(1, total - writers - streams), streams, writers)


class Catalogue:
    """The databases of one server. Must be used from one event loop."""

    def __init__(
        self, server: Server, sizes: PoolSizes, *, most_open: int, is_restoring: bool = False
    ) -> None:
        """Connects to nothing yet, so that a kernel can start before its server.

        Args:
            most_open: Most idle databases to keep in memory.
            is_restoring: Whether half of a backup is used, too, by who restores it.
        """
        self.threads = ThreadPoolExecutor(sizes.readers, thread_name_prefix="kernel-reader")
        self._streams = ThreadPoolExecutor(sizes.streams, thread_name_prefix="kernel-stream")
        self._writers = server.pool(sizes.writers, is_writer=True)
        self._listener = Listener(server.url, self._on_news)
        self._access = Access(
            server=server,
            readers=Readers(server.pool(sizes.readers, is_writer=False), self.threads),
            long_readers=Readers(server.pool(sizes.streams, is_writer=False), self._streams),
            writers=self._writers,
            listener=self._listener,
            find=self._find,
        )
        self._most_open = most_open
        self._open: OrderedDict[str, PostgresDatabase] = OrderedDict()
        self._opening = asyncio.Lock()
        self._preparing = asyncio.Lock()
        self._is_prepared = False
        self._is_restoring = is_restoring

    @asynccontextmanager
    async def use(self, database: str) -> AsyncGenerator[PostgresDatabase]:
        """Opens a database, or goes on with the open one; it stays open meanwhile.

        Raises:
            ResourceNotFound: there is none of that id.
        """
        opened = self._open.get(database)
        if opened is None:
            async with self._opening:
                opened = await self._load(database)
        opened.users += 1
        try:
            yield opened
        except ResourceNotFound as exc:
            if exc.metadata.get("resource_type") == "database":
                self._let_go(opened)
            raise
        finally:
            opened.users -= 1
            if self._open.get(database) is not opened and opened.users == 0:
                await opened.close()

    async def get(self, database: str) -> Database:
        """What a database is.

        Raises:
            ResourceNotFound: there is none of that id.
        """
        return (await self._place(database)).description

    async def list(self, *, kind: str, after: str, limit: int) -> Sequence[Database]:
        """Up to `limit` databases with an id beyond `after`, in order; an empty kind means all."""
        await self._prepare()
        return await self._read(lambda conn: tables.page(conn, after=after, kind=kind, limit=limit))

    async def create(self, database: Database, author: str) -> None:
        """Creates a database with its root commit, in one transaction.

        Raises:
            ResourceAlreadyExists: the id is taken.
        """
        await self._prepare()
        try:
            await self._write(database.id, lambda conn: tables.create(conn, database, author))
        except DBAPIError as exc:
            if sqlstate(exc) != _TAKEN:
                raise
            raise ResourceAlreadyExists.of("database", database.id) from exc

    async def update(self, database: str, changes: Mapping[str, str]) -> Database:
        """Changes descriptions by `creation.describe`.

        Raises:
            ResourceNotFound: there is none of that id.
        """
        await self._prepare()
        place = await self._write(database, lambda conn: tables.describe(conn, database, changes))
        if place is None:
            raise ResourceNotFound.of("database", database)
        return place.description

    async def delete(self, database: str) -> None:
        """Deletes a database. Calls that are under way on it end with what they find.

        Raises:
            ResourceNotFound: there is none of that id.
        """
        await self._prepare()
        key = await self._write(database, lambda conn: _remove(conn, database))
        if key is None:
            raise ResourceNotFound.of("database", database)
        opened = self._open.pop(database, None)
        if opened is not None:
            opened.signal.notify()
            if opened.users == 0:
                await opened.close()
        await self._clear_away()

    async def check(self) -> None:
        """Raises when the server can't be used right now."""
        await self._prepare()
        await self._read(tables.check_version)

    async def close(self) -> None:
        """Finishes what was begun, then closes every connection and ends the threads."""
        opened = list(self._open.values())
        self._open.clear()
        for each in opened:
            await each.close()
        await self._listener.close()
        await asyncio.get_running_loop().run_in_executor(None, self._close)

    def _close(self) -> None:
        self.threads.shutdown()
        self._streams.shutdown()
        self._access.readers.close()
        self._access.long_readers.close()
        self._writers.close()

    async def _load(self, database: str) -> PostgresDatabase:
        opened = self._open.get(database)
        if opened is None:
            place = await self._place(database)
            tables.check_format(database, place.format)
            if place.format < tables.latest_format():
                await self._write(database, lambda conn: tables.migrate(conn, database))
            self._listener.start()
            opened = self._open[database] = PostgresDatabase(place, self._access)
            await self._close_idle()
        return opened

    async def _close_idle(self) -> None:
        idle = [name for name, opened in self._open.items() if opened.users == 0]
        # The last one was just opened for a caller that has not counted itself in yet.
        for name in idle[:-1]:
            if len(self._open) <= self._most_open:
                return
            await self._open.pop(name).close()

    def _let_go(self, opened: PostgresDatabase) -> None:
        if self._open.get(opened.name) is opened:
            del self._open[opened.name]

    def _on_news(self, schema: str | None) -> None:
        for opened in self._open.values():
            if schema in (None, opened.schema):
                opened.signal.notify()

    async def _place(self, database: str) -> Place:
        await self._prepare()
        place = await self._find(database)
        if place is None:
            raise ResourceNotFound.of("database", database)
        return place

    async def _find(self, database: str) -> Place | None:
        return await self._read(lambda conn: tables.find(conn, database))

    async def _prepare(self) -> None:
        """Makes the catalogue if this is the first kernel on the server."""
        if self._is_prepared:
            return
        async with self._preparing:
            if not self._is_prepared:
                await self._make_catalogue()
                await self._read(tables.check_version)
                if not self._is_restoring:
                    await self._read(tables.check_whole)
                await self._clear_away()
                self._is_prepared = True

    async def _make_catalogue(self) -> None:
        for attempt in range(1, _MOST_ATTEMPTS + 1):
            try:
                await self._write(SCHEMA, tables.prepare)
            except DBAPIError as exc:
                if sqlstate(exc) not in _MADE_ELSEWHERE or attempt == _MOST_ATTEMPTS:
                    raise
            else:
                return

    async def _clear_away(self) -> None:
        """Removes the tables of deleted databases, those that nobody reads any more."""
        try:
            for schema in await self._read(_gone_schemas):
                await self._write(SCHEMA, lambda conn, schema=schema: _drop(conn, schema))
        except OmsError as exc:
            # The next deletion or start tries again.
            get_logger().info("tables of a deleted database are still in use", error=str(exc))

    async def _read(self, work: Callable[[Connection], _T]) -> _T:
        return await self._access.readers.run(SCHEMA, "", work)

    async def _write(self, database: str, work: Callable[[Connection], _T]) -> _T:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(None, self._run, database, work)

    def _run(self, database: str, work: Callable[[Connection], Any]) -> Any:
        with (
            typed_errors(database),
            self._writers.take(SCHEMA, database) as conn,
            conn.begin(),
        ):
            return work(conn)


def _remove(conn: Connection, database: str) -> int | None:
    key = tables.remove(conn, database)
    if key is not None:
        conn.exec_driver_sql(f"NOTIFY {CHANNEL}, '{tables.schema_of(key)}'")
    return key


def _gone_schemas(conn: Connection) -> Sequence[str]:
    found = conn.exec_driver_sql("SELECT schema_name FROM information_schema.schemata").scalars()
    return [name for name in found if name.startswith(GONE)]


def _drop(conn: Connection, schema: str) -> None:
    conn.exec_driver_sql(f"SET LOCAL lock_timeout = {_DROP_LOCK_TIMEOUT_MS}")
    conn.exec_driver_sql(f'DROP SCHEMA IF EXISTS "{schema}" CASCADE')
