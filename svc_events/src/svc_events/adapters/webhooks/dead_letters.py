"""Events that could not be delivered, in PostgreSQL."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from oms_core.errors import ResourceNotFound
from oms_postgres import PostgresSchema

from svc_events.domain.webhooks.attempts import DeadLetter

_FACTS: Final = (
    "id, serial, delivery_id, stream, sequence, event_type, partition, attempt_count, last_error, "
    "last_http_status, dead_at"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetterQuery:
    """Which dead letters of a webhook. None does not restrict."""

    serial: int
    ids: Sequence[int] | None = None
    start: datetime | None = None
    end: datetime | None = None


class DeadLetterStore:
    """The dead letters of every webhook."""

    def __init__(self, schema: PostgresSchema) -> None:
        self._schema = schema

    async def list(self, query: DeadLetterQuery, *, after: int, limit: int) -> list[DeadLetter]:
        """Dead letters by id, without their events."""
        return await self._find(query, after=after, limit=limit, columns=_FACTS)

    async def read(self, query: DeadLetterQuery, *, after: int, limit: int) -> list[DeadLetter]:
        """Dead letters by id, with their events."""
        return await self._find(query, after=after, limit=limit, columns=f"{_FACTS}, event")

    async def get(self, serial: int, letter_id: int, name: str) -> DeadLetter:
        """One with its event.

        Args:
            name: What an error calls it.
        Raises:
            ResourceNotFound: it is not there.
        """
        query = DeadLetterQuery(serial=serial, ids=[letter_id])
        found = await self.read(query, after=0, limit=1)
        if not found:
            raise ResourceNotFound.of("dead letter", name)
        return found[0]

    async def delete(self, query: DeadLetterQuery) -> int:
        """Removes some; how many there were."""
        conditions, values = _conditions(query)
        statement = f"DELETE FROM webhook_dead_letters WHERE {conditions}"  # noqa: S608 - constants
        async with self._schema.connection() as connection:
            return (await connection.execute(statement.encode(), values)).rowcount

    async def _find(
        self, query: DeadLetterQuery, *, after: int, limit: int, columns: str
    ) -> list[DeadLetter]:
        from psycopg.rows import dict_row

        conditions, values = _conditions(query)
        statement = (
            f"SELECT {columns} FROM webhook_dead_letters "  # noqa: S608 - constants
            f"WHERE {conditions} AND id > %s ORDER BY id LIMIT %s"
        )
        async with (
            self._schema.connection() as connection,
            connection.cursor(row_factory=dict_row) as cursor,
        ):
            await cursor.execute(statement.encode(), [*values, after, limit])
            return [_letter(row) for row in await cursor.fetchall()]


def _conditions(query: DeadLetterQuery) -> tuple[str, list[object]]:
    conditions, values = ["serial = %s"], [query.serial]
    every: list[object] = list(values)
    found: list[tuple[str, object]] = [
        ("id = ANY(%s)", None if query.ids is None else list(query.ids)),
        ("dead_at >= %s", query.start),
        ("dead_at < %s", query.end),
    ]
    for condition, value in found:
        if value is not None:
            conditions.append(condition)
            every.append(value)
    return " AND ".join(conditions), every


def _letter(row: Mapping[str, Any]) -> DeadLetter:
    facts: dict[str, Any] = {**row, "event": bytes(row.get("event") or b"")}
    return DeadLetter(**facts)
