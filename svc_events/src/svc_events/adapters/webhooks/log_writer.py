"""The log of attempts: written by one task, as many at a time as have come meanwhile.

Nobody waits longer than for the transaction under way and the next one. While PostgreSQL is
away everybody waits, so nothing is acknowledged that is not in the log.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

import orjson
from oms_core.errors import ServiceUnavailable
from oms_core.logging import get_logger
from oms_postgres import PostgresSchema

from svc_events.domain.webhooks.attempts import Attempt, DeadLetter, Outcome

if TYPE_CHECKING:
    from psycopg import AsyncConnection

    Connection = AsyncConnection[Any]

_MOST_AT_ONCE: Final = 1000
_PAUSE_S: Final = 0.5
_COLUMNS: Final = {
    "serial": "bigint",
    "delivery_id": "text",
    "stream": "text",
    "sequence": "bigint",
    "event_type": "text",
    "event_id": "text",
    "event_count": "integer",
    "number": "integer",
    "attempted_at": "timestamptz",
    "latency_us": "bigint",
    "outcome": "smallint",
    "http_status": "integer",
    "error": "text",
    "request_headers": "text",
    "request_bytes": "bigint",
    "response_headers": "text",
    "response_body": "bytea",
    "next_at": "timestamptz",
}
_APPEND: Final = (
    f"INSERT INTO webhook_attempts ({', '.join(_COLUMNS)}) "  # noqa: S608 - constants
    f"SELECT * FROM unnest({', '.join(f'%s::{each}[]' for each in _COLUMNS.values())})"
)
_RECOVER: Final = (
    "WITH recovered AS (UPDATE webhooks SET failing_since = NULL "
    "WHERE serial = ANY(%s) AND failing_since IS NOT NULL)"
)
_APPEND_DELIVERED: Final = f"{_RECOVER} {_APPEND}"
DEAD_LETTER: Final = (
    "INSERT INTO webhook_dead_letters (serial, delivery_id, stream, sequence, event, event_type, "
    "partition, attempt_count, last_error, last_http_status, dead_at) "
    "SELECT serial, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s FROM webhooks WHERE serial = %s "
    "ON CONFLICT (serial, delivery_id) DO UPDATE SET attempt_count = excluded.attempt_count, "
    "last_error = excluded.last_error, last_http_status = excluded.last_http_status RETURNING id"
)
"""Stores a dead letter, unless its webhook is gone; once, however often it is done."""


@dataclass(frozen=True, slots=True)
class Written:
    """What is known once an attempt is in the log.

    Args:
        failing_since: Since when the webhook fails; None when it does not, or is gone.
        dead_letters: With their ids; without those of a webhook that is gone.
    """

    failing_since: datetime | None
    dead_letters: Sequence[DeadLetter]


@dataclass(slots=True)
class _Entry:
    attempt: Attempt
    dead_letters: Sequence[DeadLetter]
    written: asyncio.Future[Written] = field(repr=False)


class LogWriter:
    """Takes attempts of any number of webhooks. `run` does the writing."""

    def __init__(self, schema: PostgresSchema) -> None:
        self._schema = schema
        self._waiting: deque[_Entry] = deque()
        self._has_some = asyncio.Event()
        self._log = get_logger()

    async def write(self, attempt: Attempt, dead_letters: Sequence[DeadLetter] = ()) -> Written:
        """Writes an attempt, and what was given up with it, in one transaction."""
        written = asyncio.get_running_loop().create_future()
        self._waiting.append(_Entry(attempt, dead_letters, written))
        self._has_some.set()
        return await written

    async def run(self) -> None:
        """Writes until it is cancelled; whoever waits then is told that it was."""
        entries: list[_Entry] = []
        try:
            while True:
                await self._has_some.wait()
                entries = self._take()
                await self._insist(entries)
                entries = []
        finally:
            for entry in (*entries, *self._waiting):
                entry.written.cancel()
            self._waiting.clear()

    def _take(self) -> list[_Entry]:
        count = min(len(self._waiting), _MOST_AT_ONCE)
        entries = [self._waiting.popleft() for _ in range(count)]
        if not self._waiting:
            self._has_some.clear()
        return entries

    async def _insist(self, entries: list[_Entry]) -> None:
        while True:
            try:
                found = await self._store(entries)
            except ServiceUnavailable as exc:
                self._log.warning("attempts can't be logged yet", count=len(entries), why=str(exc))
                await asyncio.sleep(_PAUSE_S)
                continue
            for entry, written in zip(entries, found, strict=True):
                if not entry.written.done():
                    entry.written.set_result(written)
            return

    async def _store(self, entries: Sequence[_Entry]) -> list[Written]:
        attempts = [entry.attempt for entry in entries]
        async with self._schema.connection() as connection:
            if all(_is_plain(entry) for entry in entries):
                await _append_delivered(connection, attempts)
                return [Written(None, ()) for _ in entries]
            await connection.execute(_APPEND.encode(), _columns(attempts))
            letters = [await _keep(connection, entry.dead_letters) for entry in entries]
            failing = await _note_failures(connection, attempts)
        return [
            Written(failing.get(entry.attempt.serial), kept)
            for entry, kept in zip(entries, letters, strict=True)
        ]


def _is_plain(entry: _Entry) -> bool:
    return entry.attempt.outcome is Outcome.DELIVERED and not entry.dead_letters


async def _append_delivered(connection: Connection, attempts: Sequence[Attempt]) -> None:
    """Writes attempts that delivered, which most do, in one statement that is its own transaction:
    each further one costs more than a row."""
    serials = list({attempt.serial for attempt in attempts})
    await connection.set_autocommit(True)
    try:
        await connection.execute(_APPEND_DELIVERED.encode(), [serials, *_columns(attempts)])
    finally:
        if not connection.closed:
            await connection.set_autocommit(False)


async def _keep(connection: Connection, letters: Sequence[DeadLetter]) -> list[DeadLetter]:
    kept: list[DeadLetter] = []
    for letter in letters:
        cursor = await connection.execute(DEAD_LETTER.encode(), dead_letter_values(letter))
        row = await cursor.fetchone()
        if row is not None:
            kept.append(replace(letter, id=row[0]))
    return kept


async def _note_failures(
    connection: Connection, attempts: Iterable[Attempt]
) -> dict[int, datetime]:
    """Keeps since when each webhook fails; answers it for those that failed last."""
    delivered, failing, begun = _tendencies(attempts)
    if delivered:
        await connection.execute(
            "UPDATE webhooks SET failing_since = NULL "
            "WHERE serial = ANY(%s) AND failing_since IS NOT NULL",
            [list(delivered)],
        )
    for serial, since in begun.items():
        await connection.execute(
            "UPDATE webhooks SET failing_since = %s WHERE serial = %s AND failing_since IS NULL",
            [since, serial],
        )
    if not failing:
        return {}
    cursor = await connection.execute(
        "SELECT serial, failing_since FROM webhooks "
        "WHERE serial = ANY(%s) AND failing_since IS NOT NULL",
        [list(failing)],
    )
    return dict(await cursor.fetchall())


def _tendencies(
    attempts: Iterable[Attempt],
) -> tuple[set[int], set[int], dict[int, datetime]]:
    """Who delivered something; whose last attempt failed, and when that series began."""
    delivered: set[int] = set()
    begun: dict[int, datetime] = {}
    for attempt in sorted(attempts, key=lambda attempt: attempt.at):
        if attempt.outcome is Outcome.DELIVERED:
            delivered.add(attempt.serial)
            begun.pop(attempt.serial, None)
        else:
            begun.setdefault(attempt.serial, attempt.at)
    return delivered, set(begun), begun


def _columns(attempts: Sequence[Attempt]) -> list[list[object]]:
    """What `_APPEND` takes: a list for each column."""
    return [list(column) for column in zip(*map(_row, attempts), strict=True)]


def _row(attempt: Attempt) -> tuple[object, ...]:
    return (
        attempt.serial,
        attempt.delivery_id,
        attempt.stream,
        attempt.sequence,
        attempt.event_type,
        attempt.event_id,
        attempt.event_count,
        attempt.number,
        attempt.at,
        round(attempt.latency_s * 1e6),
        attempt.outcome.value,
        attempt.http_status,
        attempt.error,
        orjson.dumps(dict(attempt.request_headers)).decode(),
        attempt.request_bytes,
        orjson.dumps(dict(attempt.response_headers)).decode(),
        attempt.response_body,
        attempt.next_at,
    )


def dead_letter_values(letter: DeadLetter) -> list[object]:
    """The values of `DEAD_LETTER`."""
    return [
        letter.delivery_id,
        letter.stream,
        letter.sequence,
        letter.event,
        letter.event_type,
        letter.partition,
        letter.attempt_count,
        letter.last_error,
        letter.last_http_status,
        letter.dead_at,
        letter.serial,
    ]
