"""Pooled connections to one schema, opened and migrated when first used."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, TypeAlias

from oms_core.errors import ServiceUnavailable
from oms_core.logging import get_logger
from oms_core.pools import watch_pool
from oms_core.tracing import span

from oms_postgres.migrations import Migration, migrate
from oms_postgres.settings import PostgresSettings

if TYPE_CHECKING:
    from psycopg import AsyncConnection
    from psycopg_pool import AsyncConnectionPool

    Connection: TypeAlias = AsyncConnection[Any]
    Pool: TypeAlias = AsyncConnectionPool[Connection]

_STATEMENT_FACTOR = 3
_RECONNECT_TIMEOUT_S = 5.0
# Of a connection that waits for an answer of a machine that is gone.
_NOTICING_LOSS = {"keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3}


class PostgresSchema:
    """A service's schema. Connections find its tables without naming it.

    Nothing is opened before the first use, so that a server starts without waiting for
    PostgreSQL, nor for the driver, which takes long to import. Close it with `close`.
    """

    def __init__(
        self, settings: PostgresSettings, schema: str, migrations: Sequence[Migration]
    ) -> None:
        self._settings = settings
        self._schema = schema
        self._migrations = migrations
        self._pool: Pool | None = None
        self._is_closed = False
        self._opening = asyncio.Lock()
        self._log = get_logger()
        watch_pool(self)

    @property
    def is_configured(self) -> bool:
        """Whether there is an address."""
        return bool(self._settings.url.get_secret_value())

    @property
    def name(self) -> str:
        """The schema."""
        return self._schema

    @property
    def in_use(self) -> int:
        """Connections that are lent right now, those of `session` left out."""
        if self._pool is None:
            return 0
        stats = self._pool.get_stats()
        return stats["pool_size"] - stats["pool_available"]

    @property
    def limit(self) -> int:
        """Most connections that it opens, those of `session` left out."""
        return self._settings.pool_size

    @asynccontextmanager
    async def connection(self) -> AsyncGenerator[Connection]:
        """A connection for one transaction, committed at the end, rolled back by an error.

        Raises:
            ServiceUnavailable: PostgreSQL is not configured or can't be reached; safe to retry
                unless it happens while committing.
        """
        pool = await self._opened()
        from psycopg import InterfaceError, OperationalError
        from psycopg_pool import PoolTimeout

        try:
            # Of the whole transaction, the wait for a connection included.
            with span(
                "PostgreSQL transaction", db_system_name="postgresql", db_namespace=self._schema
            ):
                async with pool.connection(timeout=self._settings.timeout_s) as connection:
                    yield connection
        except (OperationalError, InterfaceError, PoolTimeout) as exc:
            raise _unavailable(type(exc).__name__) from exc

    @asynccontextmanager
    async def session(self) -> AsyncGenerator[Connection]:
        """A connection of its own, outside the pool and with autocommit, such as for locks that
        are held for long. A peer that is gone is noticed within `timeout_s`, by both sides.

        Raises:
            ServiceUnavailable: PostgreSQL is not configured, can't be reached, or went away.
        """
        await self._opened()
        from psycopg import AsyncConnection, InterfaceError, OperationalError

        milliseconds = int(self._settings.timeout_s * 1000)
        try:
            connection: Connection = await AsyncConnection.connect(
                self._settings.url.get_secret_value(),
                autocommit=True,
                application_name=self._schema,
                connect_timeout=max(2, int(self._settings.timeout_s)),
                tcp_user_timeout=milliseconds,
            )
            try:
                await self._configure(connection)
                await connection.set_autocommit(True)
                await _watch_client(connection, milliseconds)
                yield connection
            finally:
                await connection.close()
        except (OperationalError, InterfaceError) as exc:
            raise _unavailable(type(exc).__name__) from exc

    async def check(self) -> None:
        """Raises ServiceUnavailable unless a statement can be run."""
        async with self.connection() as connection:
            await connection.execute("SELECT 1")

    async def close(self) -> None:
        """Closes every connection, for good: who comes late opens none. Idempotent."""
        self._is_closed = True
        async with self._opening:
            pool, self._pool = self._pool, None
        if pool is not None:
            await pool.close()

    async def _opened(self) -> Pool:
        if self._pool is not None:
            return self._pool
        async with self._opening:
            if self._is_closed:
                raise _unavailable("it is closed here")
            if self._pool is None:
                self._pool = await self._open()
            return self._pool

    async def _open(self) -> Pool:
        url = self._settings.url.get_secret_value()
        if not url:
            raise _unavailable("DATABASE_URL is not set")
        pool_class = await asyncio.to_thread(_pool_class)
        from psycopg import OperationalError
        from psycopg_pool import PoolTimeout

        pool: Pool = pool_class(
            url,
            min_size=1,
            max_size=self._settings.pool_size,
            timeout=self._settings.timeout_s,
            # Attempts are ever rarer until then, and begin anew with the next who asks.
            reconnect_timeout=_RECONNECT_TIMEOUT_S,
            kwargs={
                "application_name": self._schema,
                "connect_timeout": max(2, int(self._settings.timeout_s)),
                **_NOTICING_LOSS,
                "tcp_user_timeout": int(self._settings.timeout_s * 1000),
            },
            configure=self._configure,
            check=pool_class.check_connection,
            open=False,
            name=self._schema,
        )
        try:
            await pool.open(wait=True, timeout=self._settings.timeout_s)
            async with pool.connection() as connection:
                applied = await migrate(connection, self._schema, self._migrations)
        except (OperationalError, PoolTimeout) as exc:
            await pool.close()
            raise _unavailable(type(exc).__name__) from exc
        except BaseException:
            await pool.close()
            raise
        if applied:
            self._log.info("schema migrated", schema=self._schema, migrations=applied)
        return pool

    async def _configure(self, connection: Connection) -> None:
        from psycopg import sql

        await connection.set_autocommit(True)
        await connection.execute(
            sql.SQL("SET search_path TO {}, public").format(sql.Identifier(self._schema))
        )
        milliseconds = int(self._settings.timeout_s * 1000 * _STATEMENT_FACTOR)
        await connection.execute(
            sql.SQL("SET statement_timeout TO {}").format(sql.Literal(milliseconds))
        )
        await connection.set_autocommit(False)


async def _watch_client(connection: Connection, milliseconds: int) -> None:
    """Lets the server end the session, and release its locks, when the client's machine is gone."""
    seconds = max(1, milliseconds // 4000)
    for name, value in (
        ("tcp_keepalives_idle", seconds),
        ("tcp_keepalives_interval", seconds),
        ("tcp_keepalives_count", 3),
        ("tcp_user_timeout", milliseconds),
    ):
        await connection.execute("SELECT set_config(%s, %s, false)", [name, str(value)])


def _pool_class() -> Any:
    from psycopg_pool import AsyncConnectionPool

    return AsyncConnectionPool


def _unavailable(why: str) -> ServiceUnavailable:
    return ServiceUnavailable(
        f"PostgreSQL can't be used right now ({why}); try again later",
        metadata={"service": "postgresql"},
        retry_after_s=1.0,
    )
