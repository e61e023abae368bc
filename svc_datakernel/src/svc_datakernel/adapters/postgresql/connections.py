"""Connections to the server: how they are set up, and a bounded pool of them."""

from __future__ import annotations

import select
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Condition
from typing import Any, Final

import psycopg
from oms_core.pools import watch_pool
from psycopg import IsolationLevel, Pipeline, conninfo, pq
from psycopg.types.numeric import Int8BinaryDumper
from sqlalchemy import Connection, Engine, NullPool, create_engine

from svc_datakernel.adapters.postgresql import arrays
from svc_datakernel.adapters.postgresql.errors import DRIVER_ERRORS, unavailable
from svc_datakernel.adapters.postgresql.outbox import Outbox

_CONNECT_TIMEOUT_S: Final = 5
_WAIT_TIMEOUT_S: Final = 10.0
_LOCK_TIMEOUT_S: Final = 10
# Of a writer whose kernel hangs or is cut off: the server then ends it, and its lock with it.
_IDLE_WRITER_TIMEOUT_S: Final = 60
_PREPARED_STATEMENTS: Final = 256


class WriterConnection(psycopg.Connection[Any]):
    """A connection whose statements may wait in an outbox, while a transaction is open."""

    outbox: Outbox | None = None
    open_pipeline: Pipeline | None = None


class _Cursor(psycopg.Cursor[Any]):
    """Takes results in binary, and waits for each statement unless told otherwise."""

    def __init__(self, connection: psycopg.Connection[Any], **options: Any) -> None:
        super().__init__(connection, **options)
        self.format = pq.Format.BINARY  # as text, contents would have twice their size


class WriterCursor(_Cursor):
    """Sends what waits in the outbox before a statement that may depend on it."""

    def __init__(self, connection: WriterConnection, **options: Any) -> None:
        super().__init__(connection, **options)
        self._writer = connection

    def execute(self, *args: Any, **options: Any) -> WriterCursor:
        """Runs a statement and waits for its answer, in a pipeline too, as SQLAlchemy expects."""
        outbox = self._writer.outbox
        if outbox is not None:
            outbox.make_way(args[0])
        return self.execute_past(*args, **options)

    def execute_past(self, *args: Any, **options: Any) -> WriterCursor:
        """Runs a statement that depends on nothing in the outbox, and waits for its answer."""
        super().execute(*args, **options)
        pipeline = self._writer.open_pipeline
        if pipeline is not None:
            pipeline.sync()
        return self

    def execute_later(self, *args: Any) -> None:
        """Sends a statement; its answer comes with that of the next one that is waited for."""
        super().execute(*args, prepare=None if len(args) > 1 else False)


@dataclass(frozen=True, slots=True)
class Server:
    """Where the server is, and what is asked of each connection to it.

    Args:
        url: With the password in it.
        statement_timeout_s: How long one statement may take, in seconds.
    """

    url: str
    statement_timeout_s: float

    def connect(self, *, is_writer: bool) -> psycopg.Connection[Any]:
        """A new connection: a writer reads what is committed, others one read-only snapshot."""
        kind = WriterConnection if is_writer else psycopg.Connection[Any]
        connection = kind.connect(
            self._conninfo(is_writer=is_writer),
            cursor_factory=WriterCursor if is_writer else _Cursor,
            prepare_threshold=2,
        )
        arrays.register(connection)
        connection.prepared_max = _PREPARED_STATEMENTS
        # One size of integers, so that a statement is prepared once and not for each mixture.
        connection.adapters.register_dumper(int, Int8BinaryDumper)
        connection.isolation_level = (
            IsolationLevel.READ_COMMITTED if is_writer else IsolationLevel.REPEATABLE_READ
        )
        connection.read_only = not is_writer
        return connection

    def _conninfo(self, *, is_writer: bool) -> str:
        given = conninfo.conninfo_to_dict(self.url)
        settings = {
            "statement_timeout": f"{int(self.statement_timeout_s * 1000)}",
            "lock_timeout": f"{_LOCK_TIMEOUT_S * 1000}",
            # Compiling a plan takes longer than the short statements of the kernel.
            "jit": "off",
        }
        if is_writer:
            settings["idle_in_transaction_session_timeout"] = f"{_IDLE_WRITER_TIMEOUT_S * 1000}"
        options = " ".join(f"-c {name}={value}" for name, value in settings.items())
        defaults = {
            "connect_timeout": _CONNECT_TIMEOUT_S,
            "application_name": "oms-datakernel",
            # A machine that is gone is noticed within half a minute, also amid a statement.
            "keepalives_idle": 15,
            "keepalives_interval": 5,
            "keepalives_count": 3,
            "tcp_user_timeout": 30_000,
        }
        merged: dict[str, Any] = defaults | given
        merged["options"] = f"{given.get('options', '')} {options}".strip()
        return conninfo.make_conninfo("", **merged)

    def pool(self, size: int, *, is_writer: bool) -> Pool:
        """A pool of connections, none opened yet."""
        engine = create_engine(
            "postgresql+psycopg://",
            creator=lambda: self.connect(is_writer=is_writer),
            poolclass=NullPool,
            paramstyle="format",
            use_native_hstore=False,
        )
        return Pool(engine, size, name=f"oms_datakernel_{'writer' if is_writer else 'reader'}")


class Pool:
    """At most so many connections, each going back to the schema it was used for, if it can:
    what the server has prepared for a connection is worth most there. Safe for threads."""

    def __init__(self, engine: Engine, size: int, *, name: str) -> None:
        self.name = name
        self._engine = engine
        self._size = size
        self._idle: list[Connection] = []
        self._count = 0
        self._changed = Condition()
        self._is_closed = False
        watch_pool(self)

    @property
    def in_use(self) -> int:
        """Connections that are lent right now."""
        return max(0, self._count - len(self._idle))

    @property
    def limit(self) -> int:
        """Most connections that it opens."""
        return self._size

    @contextmanager
    def take(self, schema: str, database: str) -> Generator[Connection]:
        """Lends a connection that finds tables in a schema, outside any transaction.

        One that is in doubt afterwards is closed: its transaction is over either way.

        Args:
            database: Its id, for errors.
        Raises:
            ServiceUnavailable: none became free in time.
        """
        conn = self._take(schema, database)
        try:
            if conn.info.get("schema") != schema:
                _move_to(conn, schema)
            yield conn
        finally:
            self._give_back(conn)

    def close(self) -> None:
        """Closes what is idle now, and the rest when it comes back."""
        with self._changed:
            self._is_closed = True
            idle, self._idle = self._idle, []
            self._count -= len(idle)
        for conn in idle:
            _discard(conn)

    def _take(self, schema: str, database: str) -> Connection:
        deadline = time.monotonic() + _WAIT_TIMEOUT_S
        with self._changed:
            while True:
                conn = self._pick(schema)
                if conn is not None:
                    return conn
                if self._count < self._size:
                    self._count += 1
                    break
                if not self._changed.wait(deadline - time.monotonic()):
                    raise unavailable(database, f"all {self._size} connections are in use")
        try:
            return self._engine.connect()
        except BaseException:
            self._forget()
            raise

    def _pick(self, schema: str) -> Connection | None:
        """An idle connection: of the same schema, else the one that was idle the longest."""
        while self._idle:
            latest = len(self._idle) - 1
            same = (n for n in range(latest, -1, -1) if self._idle[n].info["schema"] == schema)
            index = next(same, None)
            if index is None:
                if self._count < self._size:
                    return None
                index = 0
            conn = self._idle.pop(index)
            if not _is_hung_up(conn):
                return conn
            self._count -= 1
            _discard(conn)
        return None

    def _give_back(self, conn: Connection) -> None:
        if self._is_closed or not _is_usable(conn):
            _discard(conn)
            self._forget()
            return
        with self._changed:
            self._idle.append(conn)
            self._changed.notify()

    def _forget(self) -> None:
        with self._changed:
            self._count -= 1
            self._changed.notify()


@contextmanager
def autocommit(conn: Connection) -> Generator[Any]:
    """The driver's connection with each statement on its own, outside any transaction."""
    driver: Any = conn.connection.dbapi_connection
    driver.autocommit = True
    yield driver
    driver.autocommit = False


def _move_to(conn: Connection, schema: str) -> None:
    """Makes a connection look for tables in a schema, whatever becomes of its transactions."""
    with autocommit(conn) as driver:
        driver.execute(f'SET search_path TO "{schema}"')
    conn.info["schema"] = schema


def _is_usable(conn: Connection) -> bool:
    """Whether a connection is alive and in no transaction."""
    if conn.closed or conn.invalidated:
        return False
    driver: Any = conn.connection.dbapi_connection
    return not driver.autocommit and (driver.info.transaction_status == pq.TransactionStatus.IDLE)


def _is_hung_up(conn: Connection) -> bool:
    """Whether the server has closed an idle connection: then there is something to be read."""
    driver: Any = conn.connection.dbapi_connection
    poll = select.poll()
    poll.register(driver.fileno(), select.POLLIN)
    return bool(poll.poll(0))


def _discard(conn: Connection) -> None:
    try:
        conn.invalidate()
        conn.close()
    except DRIVER_ERRORS:
        pass  # it is gone already
