"""Rows as dictionaries."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import orjson
from oms_postgres import PostgresSchema

if TYPE_CHECKING:
    from psycopg import AsyncConnection

    Connection = AsyncConnection[Any]


async def fetch_all(
    connection: Connection, query: str, values: Sequence[object] = ()
) -> list[dict[str, Any]]:
    """The rows of a statement."""
    from psycopg.rows import dict_row

    async with connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(query.encode(), values)
        return await cursor.fetchall()


async def fetch_one(
    connection: Connection, query: str, values: Sequence[object] = ()
) -> dict[str, Any] | None:
    """The first row of a statement, if there is one."""
    rows = await fetch_all(connection, query, values)
    return rows[0] if rows else None


async def server_time(schema: PostgresSchema) -> datetime:
    """PostgreSQL's time, which all that is recorded goes by."""
    async with schema.connection() as connection:
        row = await fetch_one(connection, "SELECT clock_timestamp() AS now")
    assert row is not None
    now: datetime = row["now"]
    return now


def json_text(value: object) -> str:
    """Many rows as one parameter, which PostgreSQL takes apart: arrays take the driver longer.

    Moments may be in it.
    """
    return orjson.dumps(value).decode()


def json_value(value: object) -> Any:
    """A parameter of the type jsonb; None: null of SQL."""
    from psycopg.types.json import Jsonb

    return None if value is None else Jsonb(value)
