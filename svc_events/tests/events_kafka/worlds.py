"""A stream that is mirrored, and a producer that can fail."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from oms_core.errors import ServiceUnavailable
from oms_nats import NatsConnection
from oms_postgres import PostgresSchema
from svc_events.adapters.jetstream.outgoing import outgoing
from svc_events.adapters.jetstream.publishing import EventPublisher
from svc_events.adapters.jetstream.streams import EventStreams
from svc_events.adapters.kafka.bridge import KafkaBridge, Mirror
from svc_events.adapters.webhooks.reading import StreamReader
from svc_events.domain.events import CloudEvent, EventData
from svc_events.domain.kafka_binding import KafkaMessage, KafkaMode
from svc_events.domain.streams import StreamOptions
from svc_events.domain.subjects import ORIGIN_PUBLISHED, broker_stream, event_subject

_PATIENCE_S = 60


@dataclass
class Topics:
    """What a producer did; it fails when it is told to."""

    sent: dict[str, list[KafkaMessage]] = field(default_factory=lambda: defaultdict(list))
    failures: int = 0
    """How many calls fail from now on, half of their messages sent."""
    closed: int = 0

    async def send(self, topic: str, messages: Sequence[KafkaMessage]) -> None:
        if self.failures:
            self.failures -= 1
            self.sent[topic] += messages[: len(messages) // 2]
            raise ServiceUnavailable("kafka is away")
        self.sent[topic] += messages

    async def close(self) -> None:
        self.closed += 1

    def ids(self, topic: str) -> list[str]:
        return [dict(each.headers)["ce_id"].decode() for each in self.sent[topic]]


def event_of(n: int, data: str = "{}") -> CloudEvent:
    """An event of one of five keys."""
    text = EventData.text(data)
    return CloudEvent(id=str(n), source="/s", type="t", subject=f"k{n % 5}", data=text)


@dataclass
class World:
    """A stream, and bridges that follow it."""

    nats: NatsConnection
    schema: PostgresSchema
    publisher: EventPublisher
    topics: Topics = field(default_factory=Topics)
    topic: str = "oms.events"
    mode: KafkaMode = KafkaMode.BINARY
    max_bytes: int = 300_000

    async def publish(self, *numbers: int, data: str = "{}") -> None:
        events = [event_of(n, data) for n in numbers]
        await self.publisher.publish("events", [outgoing(each) for each in events])

    async def publish_no_event(self) -> None:
        """Something else than OMS writes into the stream."""
        subject = event_subject("events", key="", origin=ORIGIN_PUBLISHED, event_type="t")
        await (await self.nats.jetstream()).publish(subject, b"\xff")

    async def begin_anew(self) -> None:
        """The stream is removed, and another one made of its name."""
        await (await self.nats.jetstream()).delete_stream(broker_stream("events"))
        streams = EventStreams(self.nats, StreamOptions())
        await streams.ensure()
        self.publisher = EventPublisher(self.nats, streams)

    @asynccontextmanager
    async def bridging(self, producer: Any = None) -> AsyncIterator[None]:
        mirror = Mirror(
            topics={"events": self.topic},
            mode=self.mode,
            max_bytes=self.max_bytes,
            public_url="http://oms",
        )
        bridge = KafkaBridge(self.schema, StreamReader(self.nats), producer or self.topics, mirror)
        task = asyncio.create_task(bridge.run())
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def position(self) -> int:
        async with self.schema.connection() as connection:
            cursor = await connection.execute("SELECT max(sequence) FROM kafka_positions")
            row = await cursor.fetchone()
        return (row and row[0]) or 0

    async def until_at(self, sequence: int) -> None:
        async with asyncio.timeout(_PATIENCE_S):
            while await self.position() < sequence:  # noqa: ASYNC110 - others' doing
                await asyncio.sleep(0.02)


async def until(is_true: Callable[[], bool]) -> None:
    async with asyncio.timeout(_PATIENCE_S):
        while not is_true():  # noqa: ASYNC110 - others' doing
            await asyncio.sleep(0.02)
