"""From streams to where rules copy: one replica at a time follows a stream, in its order.

How far it got and what it counted are written together, on the connection that holds the lock,
after the copies are durable. Who takes over makes some copies again, which their message ids undo.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from oms_core.errors import ResourceNotFound, ServiceUnavailable
from oms_core.logging import get_logger
from oms_core.tasks import end, raise_if_cancelled
from oms_nats import ConsumerGone
from oms_postgres import AdvisoryLocks, PostgresSchema

from svc_events.adapters.routing.book import RuleBook
from svc_events.adapters.routing.copies import Copies, CopyMaker
from svc_events.adapters.routing.sending import CopySender
from svc_events.adapters.webhooks.changes import Changes
from svc_events.adapters.webhooks.reading import (
    Interrupted,
    Stored,
    StreamReader,
    StreamState,
)
from svc_events.adapters.webhooks.session import locks_of

if TYPE_CHECKING:
    from psycopg import AsyncConnection

    Connection = AsyncConnection[Any]

_MOST_AT_ONCE: Final = 256
_PAUSE_S: Final = 0.5
_POLL_S: Final = 1.0
# A larger batch is worked on by a thread, so that calls go on meanwhile.
_SMALL_BYTES: Final = 128 * 1024
_PROGRESS: Final = (
    "WITH moved AS (UPDATE routing_positions SET sequence = %s WHERE stream = %s) "
    "UPDATE routing_rule_counts c SET routed = c.routed + n.routed, "
    "failed = c.failed + n.failed, "
    "last_error = CASE WHEN n.error = '' THEN c.last_error ELSE n.error END "
    "FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::text[]) "
    "AS n (serial, routed, failed, error) WHERE c.serial = n.serial"
)


@dataclass(frozen=True, slots=True)
class Sources:
    """What a router reads from and writes to."""

    schema: PostgresSchema
    streams: StreamReader
    changes: Changes
    book: RuleBook
    maker: CopyMaker
    sender: CopySender


class Router:
    """Follows the streams that have enabled rules, as far as no other replica does."""

    def __init__(self, sources: Sources) -> None:
        self._sources = sources
        self._log = get_logger()

    async def run(self) -> None:
        """Follows streams until it is cancelled."""
        while True:
            try:
                async with self._sources.schema.session() as connection:
                    await self._lead(connection)
            except ServiceUnavailable as exc:
                self._log.debug("routing waits for postgresql", why=str(exc))
                await asyncio.sleep(_PAUSE_S)

    async def _lead(self, connection: Connection) -> None:
        locks, following = locks_of(connection), dict[str, asyncio.Task[None]]()
        try:
            while True:
                raise_if_cancelled()
                await self._sources.book.refresh(connection)
                await self._share_out(connection, locks, following)
                await self._sources.changes.wait(_POLL_S)
                for task in following.values():
                    if task.done():
                        task.result()
        finally:
            await end(*following.values())

    async def _share_out(
        self,
        connection: Connection,
        locks: AdvisoryLocks,
        following: dict[str, asyncio.Task[None]],
    ) -> None:
        wanted = self._sources.book.streams.keys()
        for stream in sorted(following.keys() - wanted):
            await end(following.pop(stream))
            await locks.release(_lock(stream))
        for stream in sorted(wanted - following.keys()):
            if await locks.take([_lock(stream)]):
                following[stream] = asyncio.create_task(self._follow(connection, stream))

    async def _follow(self, connection: Connection, stream: str) -> None:
        while True:
            raise_if_cancelled()
            try:
                await self._read_on(connection, stream)
            except (Interrupted, ConsumerGone):
                continue
            except (ServiceUnavailable, ResourceNotFound) as exc:
                # The built-in stream is made by the first event.
                self._log.debug("routing waits for its stream", stream=stream, why=str(exc))
                await asyncio.sleep(_PAUSE_S)

    async def _read_on(self, connection: Connection, stream: str) -> None:
        state = await self._sources.streams.state(stream)
        position = await self._position(connection, stream, state)
        async with self._sources.streams.reading(stream, start=position + 1) as reading:
            while True:
                raise_if_cancelled()
                await self._copy(connection, stream, await reading.some(_MOST_AT_ONCE))

    async def _position(self, connection: Connection, stream: str, state: StreamState) -> int:
        """How far the stream's events were copied, or are for no rule."""
        await self._sources.book.refresh(connection)
        cursor = await connection.execute(
            "SELECT sequence, stream_created FROM routing_positions WHERE stream = %s", [stream]
        )
        position, created = await cursor.fetchone() or (0, "")
        rules = self._sources.book.streams.get(stream, ())
        start = max(position, min((each.rule.start_sequence for each in rules), default=0))
        if state.has(start, created):
            await connection.execute(
                "UPDATE routing_positions SET stream_created = %s WHERE stream = %s",
                [state.created, stream],
            )
            return start
        self._log.warning("stream begins anew", stream=stream, position=start, last=state.last)
        await connection.execute(
            "WITH begun AS (UPDATE routing_revision SET revision = revision + 1), "
            "moved AS (UPDATE routing_positions SET sequence = 0, stream_created = %s "
            "WHERE stream = %s) "
            "UPDATE routing_rules SET start_sequence = 0 WHERE stream = %s",
            [state.created, stream, stream],
        )
        return 0

    async def _copy(self, connection: Connection, stream: str, batch: Sequence[Stored]) -> None:
        # After the events were read: who made a rule before they were published finds it.
        await self._sources.book.refresh(connection)
        copies = await self._made(stream, batch)
        await self._sources.sender.send(copies)
        tallies = copies.tallies
        await connection.execute(
            _PROGRESS.encode(),
            [
                batch[-1].sequence,
                stream,
                list(tallies),
                [each.routed for each in tallies.values()],
                [each.failed for each in tallies.values()],
                [each.last_error for each in tallies.values()],
            ],
        )

    async def _made(self, stream: str, batch: Sequence[Stored]) -> Copies:
        rules = self._sources.book.streams.get(stream, ())
        if sum(len(each.event) for each in batch) <= _SMALL_BYTES:
            return self._sources.maker.make(stream, rules, batch)
        return await asyncio.to_thread(self._sources.maker.make, stream, rules, batch)


def _lock(stream: str) -> str:
    # No stream's id has a space, so it is no lock of the webhooks'.
    return f"routing {stream}"
