"""From streams to topics: one replica at a time follows a stream, in its order.

How far it got is written on the connection that holds the lock, after the messages are durable.
Who takes over, after a crash or a failure of Kafka, sends some of them again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from oms_core.errors import OmsError, ResourceNotFound, ServiceUnavailable
from oms_core.logging import get_logger
from oms_core.tasks import raise_if_cancelled
from oms_postgres import PostgresSchema

from svc_events.adapters.kafka.producer import Producer
from svc_events.adapters.webhooks.codec import read_event
from svc_events.adapters.webhooks.pulling import ConsumerGone
from svc_events.adapters.webhooks.reading import Interrupted, Stored, StreamReader
from svc_events.adapters.webhooks.session import own_session, try_lock
from svc_events.adapters.webhooks.tasks import end
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

    def message(self, stream: str, stored: Stored) -> KafkaMessage:
        """The message of a stored event.

        Raises:
            OmsError: it is no event.
        """
        event = read_event(stored.event)
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
                    async with own_session(self._schema) as connection:
                        await self._lead(connection)
                except ServiceUnavailable as exc:
                    self._log.debug("kafka bridge waits for postgresql", why=str(exc))
                    await asyncio.sleep(_PAUSE_S)
        finally:
            await self._producer.close()

    async def _lead(self, connection: Connection) -> None:
        following: dict[str, asyncio.Task[None]] = {}
        try:
            while True:
                raise_if_cancelled()
                for stream in sorted(self._mirror.topics.keys() - following.keys()):
                    if await try_lock(connection, f"kafka {stream}"):
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
        while True:
            raise_if_cancelled()
            try:
                await self._read_on(connection, stream)
            except (Interrupted, ConsumerGone):
                continue
            except (ServiceUnavailable, ResourceNotFound) as exc:
                if connection.closed:
                    raise
                self._log.warning("kafka bridge waits", stream=stream, why=str(exc))
                await asyncio.sleep(_PAUSE_S)

    async def _read_on(self, connection: Connection, stream: str) -> None:
        position = await self._position(connection, stream)
        async with self._streams.reading(stream, start=position + 1) as reading:
            while True:
                raise_if_cancelled()
                await self._send(connection, stream, await reading.some(_MOST_AT_ONCE))

    async def _position(self, connection: Connection, stream: str) -> int:
        last = await self._streams.last_sequence(stream)
        cursor = await connection.execute(
            "SELECT sequence FROM kafka_positions WHERE stream = %s AND topic = %s",
            [stream, self._mirror.topics[stream]],
        )
        row = await cursor.fetchone()
        position = row[0] if row else 0
        if position <= last:
            return position
        self._log.warning("stream begins anew", stream=stream, position=position, last=last)
        return 0

    async def _send(self, connection: Connection, stream: str, batch: Sequence[Stored]) -> None:
        topic = self._mirror.topics[stream]
        messages = [each for each in (self._message(stream, stored) for stored in batch) if each]
        if messages:
            await self._producer.send(topic, messages)
        await connection.execute(
            "INSERT INTO kafka_positions (stream, topic, sequence) VALUES (%s, %s, %s) "
            "ON CONFLICT (stream, topic) DO UPDATE SET sequence = excluded.sequence",
            [stream, topic, batch[-1].sequence],
        )

    def _message(self, stream: str, stored: Stored) -> KafkaMessage | None:
        try:
            return self._mirror.message(stream, stored)
        except OmsError as exc:
            # Somebody wrote into the stream by other ways than OMS.
            self._log.error(
                "no event in a stream", stream=stream, sequence=stored.sequence, why=str(exc)
            )
            return None
