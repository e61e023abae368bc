"""The work queue of deliveries in JetStream."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from oms_core.tracing import TRACEPARENT
from oms_nats import NatsConnection, unavailable

from svc_events.adapters.jetstream.acknowledgements import NO_RESPONDERS
from svc_events.adapters.jetstream.flights import Flight, Flights, pieces
from svc_events.adapters.jetstream.outgoing import Outgoing
from svc_events.domain.subjects import PARTITIONS
from svc_events.domain.webhooks.model import Webhook
from svc_events.domain.webhooks.names import (
    QUEUE,
    QUEUE_SUBJECTS,
    consumer_name,
    queue_subject,
    token_of,
)

if TYPE_CHECKING:
    from nats.js import JetStreamContext
    from nats.js.api import ConsumerConfig

MESSAGE_ID: Final = "Nats-Msg-Id"
PLACE: Final = "oms-event"
"""Header: `<stream>/<sequence>` of the event."""
DELIVERY: Final = "oms-delivery"
"""Header: the `webhook-id` of the delivery."""

_MAX_WAITING: Final = 50_000
"""Most deliveries of a webhook that wait for an answer or for their next attempt; then the ones
behind them stay queued."""
_CHUNK: Final = 256
_HEADER_ROOM: Final = 1024


@dataclass(frozen=True, slots=True)
class Queued:
    """A delivery to be queued.

    Args:
        is_ordered: Whether it has to come after what was queued before on its subject.
        place: `<stream>/<sequence>` of the event.
        replay: Tells it from the same delivery queued before; empty for the first time.
        trace: The `traceparent` that the event was published with, or nothing.
    """

    token: str
    partition: int
    is_ordered: bool
    delivery_id: str
    place: str
    event_type: str
    event: bytes = field(repr=False)
    replay: str = ""
    trace: str = ""

    @property
    def subject(self) -> str:
        """Where it waits."""
        return queue_subject(self.token, self.partition)

    @property
    def message_id(self) -> str:
        """Two messages with the same one within two minutes are one."""
        return f"{self.delivery_id}:{self.replay}" if self.replay else self.delivery_id

    @property
    def outgoing(self) -> Outgoing:
        """Its message."""
        headers = f"{DELIVERY}: {self.delivery_id}\r\n{PLACE}: {self.place}\r\n"
        if self.trace:
            headers += f"{TRACEPARENT}: {self.trace}\r\n"
        return Outgoing(self.subject, self.message_id, self.event, headers)


class DeliveryQueue:
    """Deliveries of every webhook. An event lies in it once for each webhook that it goes to.

    Args:
        replicas: How many servers of a cluster keep it.
        ack_wait_s: How long a delivery is with a worker that doesn't tell that it lives.
    """

    def __init__(self, connection: NatsConnection, *, replicas: int, ack_wait_s: float) -> None:
        self.connection = connection
        self.ack_wait_s = ack_wait_s
        self._replicas = replicas
        self._is_there = False
        self._flights = Flights(connection)

    async def put(self, deliveries: Sequence[Queued]) -> None:
        """Queues deliveries; ordered ones of a subject in their order, whatever happens meanwhile.

        Not atomic. Putting them again is harmless for two minutes, by their message ids.

        Raises:
            ServiceUnavailable: not all of them are queued for certain.
        """
        for wave in _waves(deliveries):
            for start in range(0, len(wave), _CHUNK):
                await self._publish(wave[start : start + _CHUNK])

    async def ensure_consumers(self, webhook: Webhook) -> Sequence[str]:
        """Makes the consumers that a webhook needs, removes those of its other ordering.

        Returns:
            Their names: one, or one for each partition.
        """
        token, is_ordered = token_of(webhook), webhook.settings.is_ordered
        whole, parts = (None,), tuple(range(PARTITIONS))
        async with self._jetstream() as js:
            for partition in whole if is_ordered else parts:
                await self._delete_consumer(js, consumer_name(token, partition))
            wanted = parts if is_ordered else whole
            for partition in wanted:
                await js.add_consumer(QUEUE, self._consumer(token, partition))
        return [consumer_name(token, partition) for partition in wanted]

    async def remove(self, token: str) -> None:
        """Removes the consumers of a deleted webhook and everything that is queued for it."""
        async with self._jetstream() as js:
            for partition in (None, *range(PARTITIONS)):
                await self._delete_consumer(js, consumer_name(token, partition))
            await js.purge_stream(QUEUE, subject=queue_subject(token, None))

    async def max_event_bytes(self) -> int:
        """The largest event that fits into a message of the queue."""
        client = await self.connection.client()
        return client.max_payload - _HEADER_ROOM

    async def pending(self, token: str) -> int:
        """How many deliveries of a webhook are queued, those under way included."""
        return sum((await self._counts(queue_subject(token, None))).values())

    async def _counts(self, subject: str) -> Mapping[str, int]:
        async with self._jetstream() as js:
            info = await js.stream_info(QUEUE, subjects_filter=subject)
            return info.state.subjects or {}

    async def _publish(self, deliveries: Sequence[Queued]) -> None:
        if not self._is_there:
            async with self._jetstream():
                pass
        messages = [each.outgoing for each in deliveries]
        for flight in [await self._flights.send(piece) for piece in pieces(messages)]:
            await asyncio.shield(flight.done)
            self._check(flight)

    def _check(self, flight: Flight) -> None:
        if flight.fault is not None:
            _, error = flight.fault
            # It was removed, or the broker can't keep it right now.
            self._is_there = self._is_there and error is not NO_RESPONDERS
            raise unavailable(f"the work queue takes nothing: {error.get('description')}")
        if flight.error is not None:
            raise flight.error

    async def _delete_consumer(self, js: JetStreamContext, name: str) -> None:
        from nats.js.errors import NotFoundError

        try:
            await js.delete_consumer(QUEUE, name)
        except NotFoundError:
            return

    def _consumer(self, token: str, partition: int | None) -> ConsumerConfig:
        from nats.js.api import AckPolicy, ConsumerConfig

        return ConsumerConfig(
            durable_name=consumer_name(token, partition),
            filter_subject=queue_subject(token, partition),
            ack_policy=AckPolicy.EXPLICIT,
            ack_wait=self.ack_wait_s,
            max_deliver=-1,
            max_ack_pending=_MAX_WAITING if partition is None else 1,
        )

    @asynccontextmanager
    async def _jetstream(self) -> AsyncGenerator[JetStreamContext]:
        js = await self.connection.jetstream()
        from nats.errors import Error
        from nats.js.errors import NotFoundError

        try:
            if not self._is_there:
                await self._ensure_stream(js)
            yield js
        except NotFoundError as exc:
            self._is_there = False
            raise unavailable("the work queue is not there") from exc
        except (Error, TimeoutError) as exc:
            raise unavailable(type(exc).__name__) from exc

    async def _ensure_stream(self, js: JetStreamContext) -> None:
        from nats.js.api import RetentionPolicy, StorageType, StreamConfig
        from nats.js.errors import BadRequestError

        config: Any = StreamConfig(
            name=QUEUE,
            description="Deliveries of webhooks",
            subjects=[QUEUE_SUBJECTS],
            retention=RetentionPolicy.WORK_QUEUE,
            storage=StorageType.FILE,
            num_replicas=self._replicas,
            duplicate_window=120,
            allow_direct=True,
        )
        try:
            await js.add_stream(config)
        except BadRequestError:
            # Somebody configured it otherwise, which is their right as long as it is there.
            await js.stream_info(QUEUE)
        self._is_there = True


def _waves(deliveries: Sequence[Queued]) -> Sequence[Sequence[Queued]]:
    """At most one ordered delivery of a subject in each wave: the next one is only sent when the
    broker has the one before, for it may refuse one and take the next."""
    waves: list[list[Queued]] = []
    depth: dict[str, int] = {}
    for each in deliveries:
        at = depth.get(each.subject, 0) if each.is_ordered else 0
        depth[each.subject] = at + 1
        if at == len(waves):
            waves.append([])
        waves[at].append(each)
    return waves
