"""From streams to the work queue: one replica at a time follows a stream and queues a copy of
each event for every webhook that it is for, in the order of the stream.

How far it got is written on the connection that holds the lock, after the copies were queued. Who
takes over queues some of them again, which their message ids undo.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from oms_core.clock import Clock
from oms_core.errors import ResourceNotFound, ServiceUnavailable
from oms_core.logging import get_logger
from oms_core.tasks import end, raise_if_cancelled
from oms_nats import ConsumerGone
from oms_postgres import AdvisoryLocks, PostgresSchema

from svc_events.adapters.webhooks.changes import Changes
from svc_events.adapters.webhooks.codec import event_in_stream
from svc_events.adapters.webhooks.directory import Directory
from svc_events.adapters.webhooks.log_writer import DEAD_LETTER, dead_letter_values
from svc_events.adapters.webhooks.matching import Matcher
from svc_events.adapters.webhooks.queue import DeliveryQueue, Queued
from svc_events.adapters.webhooks.reading import (
    Interrupted,
    Stored,
    StreamReader,
    StreamState,
)
from svc_events.adapters.webhooks.session import locks_of
from svc_events.domain.events import CloudEvent
from svc_events.domain.webhooks.attempts import DeadLetter
from svc_events.domain.webhooks.model import Webhook
from svc_events.domain.webhooks.names import (
    delivery_id,
    ordering_partition,
    serial_in,
    token_of,
)

if TYPE_CHECKING:
    from psycopg import AsyncConnection

    Connection = AsyncConnection[Any]

_MOST_AT_ONCE: Final = 256
_PAUSE_S: Final = 0.5
_POLL_S: Final = 1.0


@dataclass(frozen=True, slots=True)
class Sources:
    """What a dispatcher reads from and writes to."""

    schema: PostgresSchema
    streams: StreamReader
    queue: DeliveryQueue
    changes: Changes
    directory: Directory
    clock: Clock


class Dispatcher:
    """Follows the streams that have webhooks, as far as no other replica does."""

    def __init__(self, sources: Sources) -> None:
        self._sources = sources
        self._matchers: dict[str, tuple[int, Matcher]] = {}
        self._log = get_logger()

    async def run(self) -> None:
        """Follows streams until it is cancelled."""
        while True:
            try:
                async with self._sources.schema.session() as connection:
                    await self._lead(connection)
            except ServiceUnavailable as exc:
                self._log.debug("webhooks wait for postgresql", why=str(exc))
                await asyncio.sleep(_PAUSE_S)

    async def _lead(self, connection: Connection) -> None:
        locks, following = locks_of(connection), dict[str, asyncio.Task[None]]()
        try:
            while True:
                raise_if_cancelled()
                await self._sources.directory.refresh(connection)
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
        known = self._sources.directory.webhooks.values()
        wanted = {each.webhook.stream for each in known}
        for stream in sorted(following.keys() - wanted):
            await end(following.pop(stream))
            await locks.release(stream)
        for stream in sorted(wanted - following.keys()):
            if await locks.take([stream]):
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
                self._log.debug("webhooks wait for their stream", stream=stream, why=str(exc))
                await asyncio.sleep(_PAUSE_S)

    async def _read_on(self, connection: Connection, stream: str) -> None:
        state = await self._sources.streams.state(stream)
        position = await self._position(connection, stream, state)
        async with self._sources.streams.reading(stream, start=position + 1) as reading:
            while True:
                raise_if_cancelled()
                await self._dispatch(connection, stream, await reading.some(_MOST_AT_ONCE))

    async def _position(self, connection: Connection, stream: str, state: StreamState) -> int:
        cursor = await connection.execute(
            "SELECT sequence, stream_created FROM webhook_positions WHERE stream = %s", [stream]
        )
        position, created = await cursor.fetchone() or (0, "")
        if state.has(position, created):
            await connection.execute(
                "UPDATE webhook_positions SET stream_created = %s WHERE stream = %s",
                [state.created, stream],
            )
            return position
        self._log.warning("stream begins anew", stream=stream, position=position, last=state.last)
        await connection.execute(
            "WITH begun AS (UPDATE webhook_revision SET revision = revision + 1 "
            "RETURNING revision), "
            "moved AS (UPDATE webhook_positions SET sequence = 0, stream_created = %s "
            "WHERE stream = %s) "
            "UPDATE webhooks SET start_sequence = 0, revision = begun.revision FROM begun "
            "WHERE stream = %s",
            [state.created, stream, stream],
        )
        return 0

    async def _dispatch(self, connection: Connection, stream: str, batch: Sequence[Stored]) -> None:
        # After the events were read: who created a webhook before they were published finds it.
        await self._sources.directory.refresh(connection)
        matcher = self._matcher(stream)
        deliveries: list[Queued] = []
        for stored in batch:
            event = event_in_stream(stored.event, stream, stored.sequence)
            if event is not None:
                webhooks = matcher.matching(event, stored.sequence)
                deliveries += [queued(webhook, stored, event) for webhook in webhooks]
        if deliveries:
            await self._put(connection, deliveries)
        await connection.execute(
            "UPDATE webhook_positions SET sequence = %s WHERE stream = %s",
            [batch[-1].sequence, stream],
        )

    async def _put(self, connection: Connection, deliveries: Sequence[Queued]) -> None:
        most = await self._sources.queue.max_event_bytes()
        await self._sources.queue.put([each for each in deliveries if len(each.event) <= most])
        for each in deliveries:
            if len(each.event) > most:
                # It fits into its stream, but not with what the queue notes beside it.
                letter = _too_large(each, most, self._sources.clock.now())
                await connection.execute(DEAD_LETTER.encode(), dead_letter_values(letter))

    def _matcher(self, stream: str) -> Matcher:
        directory = self._sources.directory
        kept = self._matchers.get(stream)
        if kept is not None and kept[0] == directory.revision:
            return kept[1]
        matcher = Matcher(
            each.webhook for each in directory.webhooks.values() if each.webhook.stream == stream
        )
        self._matchers[stream] = (directory.revision, matcher)
        return matcher


def queued(webhook: Webhook, stored: Stored, event: CloudEvent) -> Queued:
    """The copy of an event for a webhook."""
    token = token_of(webhook)
    return Queued(
        token=token,
        partition=ordering_partition(event, webhook.settings.ordering_key),
        is_ordered=webhook.settings.is_ordered,
        delivery_id=delivery_id(token, webhook.stream, stored.sequence, event),
        place=f"{webhook.stream}/{stored.sequence}",
        event=stored.event,
        event_type=event.type,
        trace=stored.trace,
    )


def _too_large(delivery: Queued, most: int, now: datetime) -> DeadLetter:
    stream, _, sequence = delivery.place.partition("/")
    return DeadLetter(
        serial=serial_in(delivery.token) or 0,
        delivery_id=delivery.delivery_id,
        stream=stream,
        sequence=int(sequence),
        event=delivery.event,
        event_type=delivery.event_type,
        partition=delivery.partition,
        attempt_count=0,
        last_error=f"the event has {len(delivery.event)} bytes; {most} are the most for a webhook",
        last_http_status=0,
        dead_at=now,
    )
