"""From streams to topics: one replica at a time follows a stream, in its order.

How far it got is written on the connection that holds the lock, after the messages are durable.
Who takes over, after a crash or a failure of Kafka, sends some of them again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from oms_core.errors import ResourceNotFound, ServiceUnavailable
from oms_core.logging import get_logger
from oms_core.pauses import Pauses
from oms_core.tasks import end, raise_if_cancelled
from oms_nats import ConsumerGone
from oms_postgres import PostgresSchema

from svc_events.adapters.kafka.producer import Producer
from svc_events.adapters.webhooks.codec import event_in_stream
from svc_events.adapters.webhooks.reading import Interrupted, Stored, StreamReader, StreamState
from svc_events.adapters.webhooks.session import locks_of
from svc_events.domain.kafka_binding import KafkaMessage, KafkaMode, to_kafka, without_data

if TYPE_CHECKING:
    from psycopg import AsyncConnection

    Connection = AsyncConnection[Any]

_MOST_AT_ONCE: Final = 256
_PAUSE_S: Final = 0.5
_POLL_S: Final = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Mirror:
    """What is mirrored, and how.

    Args:
        topics: By stream.
        max_bytes: Longest message.
        public_url: Where the data of a longer one can be read.
    """

    topics: Mapping[str, str]
    mode: KafkaMode
    max_bytes: int
    public_url: str

    def message(self, stream: str, stored: Stored) -> KafkaMessage | None:
        """The message of a stored event; None: it is no event."""
        event = event_in_stream(stored.event, stream, stored.sequence)
        if event is None:
            return None
        message = to_kafka(event, self.mode)
        if message.size <= self.max_bytes:
            return message
        url = f"{self.public_url}/v1/streams/{stream}/events/{stored.sequence}:read"
        return to_kafka(without_data(event, url), self.mode)


class KafkaBridge:
    """Follows the mirrored streams, as far as no other replica does."""

    def __init__(
        self, schema: PostgresSchema, streams: StreamReader, producer: Producer, mirror: Mirror
    ) -> None:
        self._schema = schema
        self._streams = streams
        self._producer = producer
        self._mirror = mirror
        self._log = get_logger()

    async def run(self) -> None:
        """Mirrors until it is cancelled."""
        try:
            while True:
                raise_if_cancelled()
                try:
                    async with self._schema.session() as connection:
                        await self._lead(connection)
                except ServiceUnavailable as exc:
                    self._log.debug("kafka bridge waits for postgresql", why=str(exc))
                    await asyncio.sleep(_PAUSE_S)
        finally:
            await self._producer.close()

    async def _lead(self, connection: Connection) -> None:
        locks, following = locks_of(connection), dict[str, asyncio.Task[None]]()
        try:
            while True:
                raise_if_cancelled()
                for stream in sorted(self._mirror.topics.keys() - following.keys()):
                    if await locks.take([f"kafka {stream}"]):
                        following[stream] = asyncio.create_task(self._follow(connection, stream))
                # Also notices when the connection, and the locks with it, are gone.
                await connection.execute("SELECT 1")
                if following:
                    done, _ = await asyncio.wait(following.values(), timeout=_POLL_S)
                    for task in done:
                        task.result()
                else:
                    await asyncio.sleep(_POLL_S)
        finally:
            await end(*following.values())

    async def _follow(self, connection: Connection, stream: str) -> None:
        pauses = Pauses(stream=stream)
        while True:
            raise_if_cancelled()
            try:
                await self._read_on(connection, stream, pauses)
            except (Interrupted, ConsumerGone):
                continue
            except (ServiceUnavailable, ResourceNotFound) as exc:
                if connection.closed:
                    raise
                pauses.tell("kafka bridge waits", exc)
                await pauses.wait()

    async def _read_on(self, connection: Connection, stream: str, pauses: Pauses) -> None:
        state = await self._streams.state(stream)
        position = await self._position(connection, stream, state)
        async with self._streams.reading(stream, start=position + 1) as reading:
            while True:
                raise_if_cancelled()
                batch = await reading.some(_MOST_AT_ONCE)
                await self._send(connection, stream, state.created, batch)
                pauses.begin()

    async def _position(self, connection: Connection, stream: str, state: StreamState) -> int:
        cursor = await connection.execute(
            "SELECT sequence, stream_created FROM kafka_positions WHERE stream = %s AND topic = %s",
            [stream, self._mirror.topics[stream]],
        )
        position, created = await cursor.fetchone() or (0, "")
        if state.has(position, created):
            return position
        self._log.warning("stream begins anew", stream=stream, position=position, last=state.last)
        return 0

    async def _send(
        self, connection: Connection, stream: str, created: str, batch: Sequence[Stored]
    ) -> None:
        topic = self._mirror.topics[stream]
        found = (self._mirror.message(stream, stored) for stored in batch)
        messages = [message for message in found if message is not None]
        if messages:
            await self._producer.send(topic, messages)
        await connection.execute(
            "INSERT INTO kafka_positions (stream, topic, sequence, stream_created) "
            "VALUES (%s, %s, %s, %s) ON CONFLICT (stream, topic) DO UPDATE SET "
            "sequence = excluded.sequence, stream_created = excluded.stream_created",
            [stream, topic, batch[-1].sequence, created],
        )
