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
from oms_core.tasks import raise_if_cancelled
from oms_postgres import PostgresSchema

from svc_events.domain.webhooks.attempts import Attempt, DeadLetter, Outcome

if TYPE_CHECKING:
    from psycopg import AsyncConnection

    Connection = AsyncConnection[Any]

_MOST_AT_ONCE: Final = 1000
_PAUSE_S: Final = 0.5
_KEPT_S: Final = 0.25
"""How long a connection is kept without anything to write."""
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
# One JSON text costs a third of the processor time that an array for each column does.
_APPEND: Final = (
    f"INSERT INTO webhook_attempts ({', '.join(_COLUMNS)}) "  # noqa: S608 - constants
    "SELECT * FROM json_to_recordset(%s) "
    f"AS attempt ({', '.join(f'{name} {kind}' for name, kind in _COLUMNS.items())})"
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
        try:
            while True:
                await self._has_some.wait()
                try:
                    async with self._schema.connection() as connection:
                        await self._empty(connection)
                except ServiceUnavailable as exc:
                    count = len(self._waiting)
                    self._log.warning("attempts can't be logged yet", count=count, why=str(exc))
                    await asyncio.sleep(_PAUSE_S)
        finally:
            for entry in self._waiting:
                entry.written.cancel()
            self._waiting.clear()

    async def _empty(self, connection: Connection) -> None:
        """Writes until nothing comes for a while: to take a connection costs more than a row."""
        await connection.set_autocommit(True)
        try:
            while self._waiting or await self._is_more_to_come():
                raise_if_cancelled()
                await self._write_some(connection)
        finally:
            if not connection.closed:
                await connection.set_autocommit(False)

    async def _is_more_to_come(self) -> bool:
        self._has_some.clear()
        try:
            async with asyncio.timeout(_KEPT_S):
                await self._has_some.wait()
        except TimeoutError:
            return False
        return True

    async def _write_some(self, connection: Connection) -> None:
        count = min(len(self._waiting), _MOST_AT_ONCE)
        entries = [self._waiting.popleft() for _ in range(count)]
        try:
            found = await _store(connection, entries)
        except BaseException:
            self._waiting.extendleft(reversed(entries))
            raise
        for entry, written in zip(entries, found, strict=True):
            if not entry.written.done():
                entry.written.set_result(written)


async def _store(connection: Connection, entries: Sequence[_Entry]) -> list[Written]:
    attempts = [entry.attempt for entry in entries]
    if all(_is_plain(entry) for entry in entries):
        # What delivered, as most do: one statement, which is its own transaction.
        serials = list({attempt.serial for attempt in attempts})
        await connection.execute(_APPEND_DELIVERED.encode(), [serials, _json(attempts)])
        return [Written(None, ()) for _ in entries]
    async with connection.transaction():
        await connection.execute(_APPEND.encode(), [_json(attempts)])
        letters = [await _keep(connection, entry.dead_letters) for entry in entries]
        failing = await _note_failures(connection, attempts)
    return [
        Written(failing.get(entry.attempt.serial), kept)
        for entry, kept in zip(entries, letters, strict=True)
    ]


def _is_plain(entry: _Entry) -> bool:
    return entry.attempt.outcome is Outcome.DELIVERED and not entry.dead_letters


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


def _json(attempts: Iterable[Attempt]) -> str:
    """What `_APPEND` takes: a list of rows, each with its columns by name."""
    return orjson.dumps([_row(attempt) for attempt in attempts]).decode()


def _row(attempt: Attempt) -> dict[str, object]:
    return {
        "serial": attempt.serial,
        "delivery_id": attempt.delivery_id,
        "stream": attempt.stream,
        "sequence": attempt.sequence,
        "event_type": attempt.event_type,
        "event_id": attempt.event_id,
        "event_count": attempt.event_count,
        "number": attempt.number,
        "attempted_at": attempt.at,
        "latency_us": round(attempt.latency_s * 1e6),
        "outcome": attempt.outcome.value,
        "http_status": attempt.http_status,
        "error": attempt.error,
        "request_headers": orjson.dumps(dict(attempt.request_headers)).decode(),
        "request_bytes": attempt.request_bytes,
        "response_headers": orjson.dumps(dict(attempt.response_headers)).decode(),
        # As PostgreSQL reads `bytea` out of text.
        "response_body": f"\\x{attempt.response_body.hex()}",
        "next_at": attempt.next_at,
    }


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
