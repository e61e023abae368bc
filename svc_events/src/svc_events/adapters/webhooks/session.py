"""A connection of one's own, for locks that end with it."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from oms_postgres import PostgresSchema

if TYPE_CHECKING:
    from psycopg import AsyncConnection

    Connection = AsyncConnection[Any]


@asynccontextmanager
async def own_session(schema: PostgresSchema) -> AsyncGenerator[Connection]:
    """A connection on which each statement is a transaction.

    Its advisory locks are gone when it is: nobody holds one without being able to write by it.

    Raises:
        ServiceUnavailable: PostgreSQL can't be reached, or the connection broke.
    """
    async with schema.connection() as connection:
        await connection.set_autocommit(True)
        try:
            yield connection
        finally:
            if not connection.closed:
                await connection.execute("SELECT pg_advisory_unlock_all()")
                await connection.set_autocommit(False)


async def try_lock(connection: Connection, name: str) -> bool:
    """Takes a lock until the session ends; False when another session has it."""
    cursor = await connection.execute(
        "SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", [f"oms webhooks {name}"]
    )
    row = await cursor.fetchone()
    return bool(row and row[0])


async def unlock(connection: Connection, name: str) -> None:
    """Gives a lock back."""
    await connection.execute(
        "SELECT pg_advisory_unlock(hashtextextended(%s, 0))", [f"oms webhooks {name}"]
    )
