"""One open database: its place, its writer, its readers."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Generator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from oms_core.errors import OmsError, ResourceNotFound
from oms_core.tracing import span
from sqlalchemy import Connection

from svc_datakernel.adapters.postgresql import catalogue_tables
from svc_datakernel.adapters.postgresql.catalogue_tables import Place
from svc_datakernel.adapters.postgresql.connections import Pool, Server, autocommit
from svc_datakernel.adapters.postgresql.errors import (
    DRIVER_ERRORS,
    SchemaGone,
    is_connection_lost,
    typed_errors,
)
from svc_datakernel.adapters.postgresql.listening import CHANNEL, Listener
from svc_datakernel.adapters.postgresql.outbox import Outbox
from svc_datakernel.adapters.postgresql.reading import Readers
from svc_datakernel.adapters.postgresql.upkeep import PostgresUpkeep
from svc_datakernel.adapters.postgresql.verifying import verify_tables
from svc_datakernel.adapters.sql import branch_moves, deferring
from svc_datakernel.adapters.sql.commit_signal import CommitSignal
from svc_datakernel.adapters.sql.comparing import ComparisonCache
from svc_datakernel.adapters.sql.forecasts import Forecast, Foresee, Questions, recent_iris
from svc_datakernel.adapters.sql.graph_schema_keys import SchemaKeys
from svc_datakernel.adapters.sql.group_writer import GroupWriter, OutcomeUnknown
from svc_datakernel.adapters.sql.tables import metadata
from svc_datakernel.domain.model import Database, Verification

_T = TypeVar("_T")
_POLL_LISTENING_S: Final = 5.0
_POLL_DEAF_S: Final = 0.25
_FEW_CHANGES: Final = 500
# How many changes there are, and how many there were when the server last counted.
_TELL: Final = """
SELECT pg_notify(%s, %s),
  (SELECT coalesce(max(key), 0) FROM changes),
  (SELECT reltuples FROM pg_class WHERE oid = to_regclass(%s || '.changes'))
"""


@dataclass(frozen=True, slots=True)
class Access:
    """The ways to a server, shared by all databases on it."""

    server: Server
    readers: Readers
    long_readers: Readers
    writers: Pool
    listener: Listener
    find: Callable[[str], Awaitable[Place | None]]


class PostgresDatabase:
    """An open database. Must be made on the event loop that it is used from."""

    def __init__(self, place: Place, access: Access) -> None:
        """Connects to nothing yet."""
        self.name = place.description.id
        self.users = 0
        self.comparisons = ComparisonCache()
        self.schema_keys = SchemaKeys()
        self.upkeep = PostgresUpkeep(self, access.server)
        self.signal = CommitSignal(self._data_version, interval_s=self._poll_interval_s)
        self._place = place
        self._iris: list[str] = []
        self._access = access
        self._writer = GroupWriter(
            self._transaction,
            self.name,
            driver_errors=DRIVER_ERRORS,
            on_commit=self._tell,
            savepoint=_piece,
            prepare=self._prepare,
        )

    @property
    def schema(self) -> str:
        """Where its tables are, as far as this process knows."""
        return self._place.schema

    @property
    def description(self) -> Database:
        return self._place.description

    async def read(self, work: Callable[[Connection], _T]) -> _T:
        """Runs `work` in a thread on one snapshot."""
        place = self._place
        with span("PostgreSQL read", db_system_name="postgresql", db_namespace=self.name):
            try:
                return await self._access.readers.run(place.schema, self.name, work)
            except SchemaGone:
                await self._follow(place)
                return await self._access.readers.run(self.schema, self.name, work)

    async def read_long(self, work: Callable[[Connection], _T]) -> _T:
        """As `read`, on the threads and connections of streams."""
        place = self._place
        with span("PostgreSQL read", db_system_name="postgresql", db_namespace=self.name):
            try:
                return await self._access.long_readers.run(place.schema, self.name, work)
            except SchemaGone:
                await self._follow(place)
                raise  # the stream may have begun

    async def write(self, work: Callable[[Connection], _T], foresee: Foresee | None = None) -> _T:
        """Runs `work` under the write lock; durable once this returns, traceless if it raises.

        A caller that goes away takes back work that has not begun; begun work goes on.

        Args:
            foresee: Tells what the work will ask; asked together with what other work will.
        Raises:
            OutcomeUnknown: the server went away while the transaction was made durable.
        """
        with span("PostgreSQL write", db_system_name="postgresql", db_namespace=self.name):
            return await asyncio.wrap_future(self._writer.submit(work, foresee))

    async def maintain(self, work: Callable[[Connection], _T]) -> _T:
        """Runs `work` under the write lock as a transaction of its own."""

        def run() -> _T:
            with self._transaction(()) as conn:
                return work(conn)

        return await asyncio.get_running_loop().run_in_executor(None, run)

    def verify(self, conn: Connection) -> Verification:
        """Checks the history, and that the server can read all of it."""
        return verify_tables(conn, self.name)

    async def close(self) -> None:
        """Finishes what was begun."""
        await self.signal.close()
        await asyncio.get_running_loop().run_in_executor(None, self._writer.close)

    async def _follow(self, known: Place) -> None:
        """Finds the database again after it was not where it was known to be.

        Raises:
            ResourceNotFound: it was deleted.
        """
        place = await self._access.find(self.name)
        if place is None:
            raise ResourceNotFound.of("database", self.name)
        if place.key != known.key:
            self._place = place

    @contextmanager
    def _transaction(self, forecasts: Sequence[Forecast]) -> Generator[Connection]:
        place = self._place
        with (
            typed_errors(self.name),
            self._access.writers.take(place.schema, self.name) as conn,
            _committing(conn, self.name) as outbox,
        ):
            self._lock(conn, place, forecasts)
            yield conn
            self._iris = recent_iris(outbox.known, self._iris)

    def _lock(self, conn: Connection, place: Place, forecasts: Sequence[Forecast]) -> None:
        """Takes the write lock, and asks what is foreseen: one wait for all of it."""
        lock = catalogue_tables.ask_lock(conn, self.name)
        questions = Questions(conn, forecasts, self._iris) if forecasts else None
        _wait(conn)
        locked = lock.fetchone()
        if locked is None:
            raise ResourceNotFound.of("database", self.name)
        key, version = locked
        catalogue_tables.check_format(self.name, version)
        if key != place.key:  # deleted and made anew since it was opened
            found = catalogue_tables.find(conn, self.name)
            assert found is not None
            self._place = found
            catalogue_tables.look_in(conn, found.schema)
        elif questions is not None:
            questions.learn()

    def _prepare(self, conn: Connection, forecasts: Sequence[Forecast]) -> None:
        if forecasts:
            questions = Questions(conn, forecasts, self._iris)
            _wait(conn)
            questions.learn()

    def _tell(self) -> None:
        """Wakes who waits for commits, here and in other kernels. On the writer's thread.

        Not within the transaction: the server lets only one of those commit at a time. Should
        this be lost, the others poll.
        """
        self.signal.notify()
        schema = self.schema
        try:
            with self._access.writers.take(schema, self.name) as conn, autocommit(conn) as driver:
                row = driver.execute(_TELL, (CHANNEL, schema, schema)).fetchone()
                if row is not None and row[1] > max(row[2], _FEW_CHANGES) * 2:
                    # Plans made for an empty database would read all of a full one.
                    driver.execute("ANALYZE " + ", ".join(metadata.tables))
        except (*DRIVER_ERRORS, OmsError):
            pass

    async def _data_version(self) -> int:
        # Both only grow.
        return sum(await self.read(branch_moves.end))

    def _poll_interval_s(self) -> float:
        return _POLL_LISTENING_S if self._access.listener.is_listening else _POLL_DEAF_S


@contextmanager
def _committing(conn: Connection, database: str) -> Generator[Outbox]:
    """A transaction. What is written goes to the server when something has to be waited for."""
    driver: Any = conn.connection.dbapi_connection
    is_ending = False
    outbox = Outbox(driver.cursor().execute_later)
    try:
        with driver.pipeline() as pipeline, deferring.deferring(conn, outbox):
            driver.outbox, driver.open_pipeline = outbox, pipeline
            transaction = conn.begin()
            try:
                yield outbox
                outbox.send()
            except BaseException:
                # What followed the failed statement fails too, and would hide why.
                with suppress(*DRIVER_ERRORS):
                    pipeline.sync()
                transaction.rollback()
                raise
            is_ending = True
            transaction.commit()
    except DRIVER_ERRORS as exc:
        if not (is_ending and is_connection_lost(exc)):
            raise
        raise OutcomeUnknown(
            f"the connection to PostgreSQL broke while a commit to database {database!r} was made "
            "durable: it may be there or not; look, or repeat it with its request_id",
            metadata={"service": "datakernel"},
        ) from exc
    finally:
        driver.outbox = driver.open_pipeline = None


def _wait(conn: Connection) -> None:
    """Waits for the answers to all that was sent."""
    driver: Any = conn.connection.dbapi_connection
    driver.open_pipeline.sync()


def _piece(conn: Connection) -> AbstractContextManager[None]:
    driver: Any = conn.connection.dbapi_connection
    return driver.outbox.piece()
