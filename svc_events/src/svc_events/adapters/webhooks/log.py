"""What is read out of the log of attempts, and what keeps it short."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import orjson
from oms_core.logging import get_logger
from oms_postgres import PostgresSchema

from svc_events.domain.webhooks.attempts import Attempt, Outcome, Statistics

if TYPE_CHECKING:
    from psycopg import AsyncConnection

    Connection = AsyncConnection[Any]

_DAYS_AHEAD: Final = 2
_CHUNK: Final = 20_000
_PREFIX: Final = "webhook_attempts_on_"


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptQuery:
    """Which attempts. None and the empty text do not restrict.

    Args:
        before: Only older ones than the attempt with this time and id.
    """

    serial: int
    delivery_id: str = ""
    outcome: Outcome | None = None
    start: datetime | None = None
    end: datetime | None = None
    before: tuple[datetime, int] | None = None


class AttemptLog:
    """The attempts of every webhook."""

    def __init__(self, schema: PostgresSchema) -> None:
        self._schema = schema
        self._log = get_logger()

    async def list(self, query: AttemptQuery, *, limit: int) -> list[Attempt]:
        """Attempts, newest first."""
        conditions, values = _conditions(query)
        statement = (
            f"SELECT * FROM webhook_attempts WHERE {' AND '.join(conditions)} "  # noqa: S608 - constants
            "ORDER BY attempted_at DESC, id DESC LIMIT %s"
        )
        return [_attempt(row) for row in await self._rows(statement, [*values, limit])]

    async def statistics(self, serial: int, *, start: datetime) -> Statistics:
        """Counts and latencies of the attempts since a moment, and the dead letters there are."""
        statement = (
            "SELECT count(*) AS attempts, count(*) FILTER (WHERE outcome = 1) AS delivered, "
            "percentile_disc(ARRAY[0.5, 0.99]) WITHIN GROUP (ORDER BY latency_us) AS latencies, "
            "max(attempted_at) FILTER (WHERE outcome = 1) AS delivered_at, "
            "max(attempted_at) FILTER (WHERE outcome <> 1) AS failed_at, "
            "(SELECT count(*) FROM webhook_dead_letters WHERE serial = %s) AS dead "
            "FROM webhook_attempts WHERE serial = %s AND attempted_at >= %s"
        )
        (row,) = await self._rows(statement, [serial, serial, start])
        p50, p99 = row["latencies"] or (None, None)
        return Statistics(
            attempts=row["attempts"],
            delivered=row["delivered"],
            dead_letters=row["dead"],
            latency_p50_s=None if p50 is None else p50 / 1e6,
            latency_p99_s=None if p99 is None else p99 / 1e6,
            last_delivered_at=row["delivered_at"],
            last_failed_at=row["failed_at"],
        )

    async def trim(self, now: datetime, *, keep_s: float) -> None:
        """Makes the partitions of the coming days and drops what is older than it has to be."""
        for ahead in range(_DAYS_AHEAD + 1):
            await self._add_partition(now.date() + timedelta(days=ahead))
        oldest = now - timedelta(seconds=keep_s)
        for name, day in await self._partitions():
            if day < oldest.date():
                await self._execute(f"DROP TABLE IF EXISTS {name}")
                self._log.info("attempts dropped", day=day.isoformat())
        while await self._delete("attempted_at < %s", [oldest]):
            pass

    async def forget(self, serial: int) -> None:
        """Removes every attempt of a webhook."""
        while await self._delete("serial = %s", [serial]):
            pass

    async def _add_partition(self, day: date) -> None:
        from psycopg.errors import CheckViolation

        end = day + timedelta(days=1)
        statement = (
            f"CREATE TABLE IF NOT EXISTS {_PREFIX}{day:%Y%m%d} PARTITION OF webhook_attempts "
            f"FOR VALUES FROM ('{day} 00:00+00') TO ('{end} 00:00+00')"
        )
        try:
            await self._execute(statement)
        except CheckViolation:
            # The default partition has attempts of that day already; they stay there.
            self._log.warning("no partition for attempts of the day", day=day.isoformat())

    async def _partitions(self) -> list[tuple[str, date]]:
        statement = (
            "SELECT c.relname AS name FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid "
            "WHERE i.inhparent = 'webhook_attempts'::regclass AND c.relname LIKE %s"
        )
        names = [row["name"] for row in await self._rows(statement, [f"{_PREFIX}%"])]
        return [(name, date.fromisoformat(name.removeprefix(_PREFIX))) for name in names]

    async def _delete(self, condition: str, values: list[object]) -> bool:
        """Deletes a part of what there is; False when there was nothing."""
        statement = (
            "DELETE FROM webhook_attempts WHERE (tableoid, ctid) IN "  # noqa: S608 - constants
            f"(SELECT tableoid, ctid FROM webhook_attempts WHERE {condition} LIMIT {_CHUNK})"
        )
        async with self._schema.connection() as connection:
            cursor = await connection.execute(statement.encode(), values)
            return cursor.rowcount > 0

    async def _execute(self, statement: str) -> None:
        async with self._schema.connection() as connection:
            await connection.execute(statement.encode())

    async def _rows(self, statement: str, values: list[object]) -> list[dict[str, Any]]:
        from psycopg.rows import dict_row

        async with (
            self._schema.connection() as connection,
            connection.cursor(row_factory=dict_row) as cursor,
        ):
            await cursor.execute(statement.encode(), values)
            return await cursor.fetchall()


def _conditions(query: AttemptQuery) -> tuple[list[str], list[object]]:
    conditions, values = ["serial = %s"], [query.serial]
    found: list[tuple[str, object]] = [
        ("delivery_id = %s", query.delivery_id or None),
        ("outcome = %s", query.outcome.value if query.outcome else None),
        ("attempted_at >= %s", query.start),
        ("attempted_at < %s", query.end),
    ]
    every: list[object] = list(values)
    for condition, value in found:
        if value is not None:
            conditions.append(condition)
            every.append(value)
    if query.before is not None:
        conditions.append("(attempted_at, id) < (%s, %s)")
        every.extend(query.before)
    return conditions, every


def _attempt(row: Mapping[str, Any]) -> Attempt:
    return Attempt(
        id=row["id"],
        serial=row["serial"],
        delivery_id=row["delivery_id"],
        stream=row["stream"],
        sequence=row["sequence"],
        event_type=row["event_type"],
        event_id=row["event_id"],
        event_count=row["event_count"],
        number=row["number"],
        at=row["attempted_at"],
        latency_s=row["latency_us"] / 1e6,
        outcome=Outcome(row["outcome"]),
        http_status=row["http_status"],
        error=row["error"],
        request_headers=orjson.loads(row["request_headers"]),
        request_bytes=row["request_bytes"],
        response_headers=orjson.loads(row["response_headers"]),
        response_body=bytes(row["response_body"]),
        next_at=row["next_at"],
    )
