"""Care of one database on the server while it is in use."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Final, Protocol, TypeVar

from sqlalchemy import Column, Connection, Table, func, select

from svc_datakernel.adapters.postgresql.backup import script
from svc_datakernel.adapters.postgresql.connections import Server
from svc_datakernel.adapters.postgresql.errors import typed_errors
from svc_datakernel.adapters.sql.streaming import stream
from svc_datakernel.adapters.sql.tables import metadata
from svc_datakernel.domain.model import Database

_T = TypeVar("_T")
_MOST_NAMED: Final = 10
_SIZE: Final = """
SELECT coalesce(sum(pg_total_relation_size(pg_class.oid)), 0)::bigint
FROM pg_class JOIN pg_namespace ON pg_namespace.oid = pg_class.relnamespace
WHERE nspname = current_schema() AND relkind = 'r'
"""


class _Opened(Protocol):
    """What the care of a database needs of it."""

    @property
    def schema(self) -> str: ...
    @property
    def description(self) -> Database: ...
    async def read_long(self, work: Callable[[Connection], _T]) -> _T: ...
    async def maintain(self, work: Callable[[Connection], _T]) -> _T: ...


class PostgresUpkeep:
    """`Upkeep` of the tables of one database."""

    def __init__(self, opened: _Opened, server: Server) -> None:
        """Does nothing yet."""
        self._opened = opened
        self._server = server

    async def maintain(self, work: Callable[[Connection], _T]) -> _T:
        return await self._opened.maintain(work)

    async def reclaim(self) -> None:
        await asyncio.get_running_loop().run_in_executor(None, self._vacuum)

    async def size_bytes(self) -> int:
        return await self._opened.read_long(lambda conn: conn.exec_driver_sql(_SIZE).scalar_one())

    def structure_faults(self, conn: Connection) -> Sequence[str]:
        return [
            fault
            for table in metadata.sorted_tables
            for column in table.columns
            for key in column.foreign_keys
            for fault in _broken(conn, table, column, key.column)
        ]

    def backup(self) -> AsyncIterator[bytes]:
        return stream(self._opened.read_long, lambda conn: script(conn, self._opened.description))

    def _vacuum(self) -> None:
        """Makes the room of removed rows usable again; readers and writers go on meanwhile."""
        with typed_errors(self._opened.description.id):
            connection = self._server.connect(is_writer=True)
            try:
                connection.autocommit = True
                connection.execute("SET statement_timeout = 0")
                for table in metadata.tables:
                    connection.execute(f'VACUUM (ANALYZE) "{self._opened.schema}".{table}'.encode())
            finally:
                connection.close()


def _broken(conn: Connection, table: Table, column: Column[int], target: Column[int]) -> list[str]:
    """References to rows that are missing, the first few."""
    other = target.table.alias("referred")
    lacking = (
        select(column, func.count())
        .select_from(table.outerjoin(other, other.c[target.name] == column))
        .where(column.is_not(None), other.c[target.name].is_(None))
        .group_by(column)
        .limit(_MOST_NAMED)
    )
    return [
        f"{count} rows of {table.name} refer to a missing row {key} of {target.table.name}"
        for key, count in conn.execute(lacking)
    ]
