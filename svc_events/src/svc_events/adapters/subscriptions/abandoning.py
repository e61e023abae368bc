"""Tells of events that a subscription gave up, after delivering them as often as it may.

The broker says so in an advisory, which is a plain message: a stream keeps it until it was
told, whoever is away meanwhile.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from google.protobuf.message import DecodeError
from io_cloudevents.v1 import cloudevents_pb2
from oms_core.clock import Clock
from oms_core.errors import ResourceNotFound
from oms_nats import NatsConnection

from svc_events.adapters.jetstream.failures import STREAM_NAME_IN_USE, broker_errors
from svc_events.adapters.jetstream.outgoing import outgoing
from svc_events.adapters.jetstream.publishing import EventPublisher
from svc_events.adapters.jetstream.pulling import Puller
from svc_events.adapters.jetstream.reading import EventReader
from svc_events.adapters.subscriptions.acknowledging import DONE
from svc_events.adapters.subscriptions.consumers import CONSUMER_PREFIX, subscription_id_of
from svc_events.domain.catalogue.names import EVENT_ABANDONED
from svc_events.domain.events import CloudEvent, EventData, Timestamp
from svc_events.domain.events.data import JSON
from svc_events.domain.relay.translation import schema_url
from svc_events.domain.subjects import DEFAULT_STREAM, stream_id_of

if TYPE_CHECKING:
    from nats.aio.msg import Msg

_ADVISORIES: Final = "OMS_ADVISORIES"
_SUBJECT: Final = "$JS.EVENT.ADVISORY.CONSUMER.MAX_DELIVERIES.>"
_CONSUMER: Final = "abandoned"
_KEPT_S: Final = 7 * 86_400
_MOST_AT_ONCE: Final = 100
_EXPIRES_S: Final = 30.0


class AbandonedEvents:
    """Publishes an event for each one that was given up. Any number of replicas share the work."""

    def __init__(
        self,
        nats: NatsConnection,
        reader: EventReader,
        publisher: EventPublisher,
        clock: Clock,
        *,
        base_url: str,
        replicas: int,
    ) -> None:
        """Opens nothing.

        Args:
            base_url: Where the API is reached, and with it the schemas.
            replicas: How many servers keep the advisories.
        """
        self._nats = nats
        self._reader = reader
        self._publisher = publisher
        self._clock = clock
        self._base_url = base_url
        self._replicas = replicas

    async def ensure(self) -> None:
        """Makes the stream of advisories, without which they would be lost. Idempotent."""
        from nats.js.api import AckPolicy, ConsumerConfig, RetentionPolicy, StreamConfig
        from nats.js.errors import BadRequestError

        jetstream = await self._nats.jetstream()
        with broker_errors(_ADVISORIES):
            try:
                await jetstream.add_stream(
                    StreamConfig(
                        name=_ADVISORIES,
                        subjects=[_SUBJECT],
                        retention=RetentionPolicy.WORK_QUEUE,
                        max_age=_KEPT_S,
                        num_replicas=self._replicas,
                    )
                )
            except BadRequestError as exc:
                if exc.err_code != STREAM_NAME_IN_USE:  # with other replicas than these, say
                    raise
            await jetstream.add_consumer(
                _ADVISORIES,
                ConsumerConfig(durable_name=_CONSUMER, ack_policy=AckPolicy.EXPLICIT),
            )

    async def run(self) -> None:
        """Tells of them as they come, until it is cancelled."""
        if not self._nats.is_configured:
            return
        await self.ensure()
        puller = Puller(await self._nats.client(), _ADVISORIES, _CONSUMER)
        try:
            while True:
                if not puller.asked:
                    await puller.ask(_MOST_AT_ONCE, expires_s=_EXPIRES_S)
                await self._tell(await puller.take(_MOST_AT_ONCE, timeout_s=_EXPIRES_S))
        finally:
            await puller.close()

    async def _tell(self, advisories: Sequence[Msg]) -> None:
        events = [await self._event(json.loads(each.data)) for each in advisories]
        told = [outgoing(event) for event in events if event is not None]
        if told:
            await self._publisher.publish(DEFAULT_STREAM, told)
        for each in advisories:
            await each.respond(DONE)

    async def _event(self, advisory: dict[str, Any]) -> CloudEvent | None:
        """The event to publish; None for an advisory about anything but a subscription."""
        stream_id = stream_id_of(str(advisory.get("stream", "")))
        consumer = str(advisory.get("consumer", ""))
        subscription_id = subscription_id_of(consumer)
        if stream_id is None or subscription_id is None:
            return None
        sequence = int(advisory["stream_seq"])
        about = {"name": f"streams/{stream_id}/events/{sequence}"}
        about |= await self._attributes(stream_id, sequence)
        name = f"subscriptions/{subscription_id}"
        data = {"subscription": name, "event": about, "attempt_count": int(advisory["deliveries"])}
        # The same advisory that is worked on twice makes the same event.
        event_id = f"{stream_id}:{consumer.removeprefix(CONSUMER_PREFIX)}:{sequence}"
        return CloudEvent(
            id=event_id,
            source=f"/{name}",
            type=EVENT_ABANDONED,
            subject=name,
            time=Timestamp.of(_time_of(advisory) or self._clock.now()),
            datacontenttype=JSON,
            dataschema=schema_url(self._base_url, EVENT_ABANDONED),
            data=EventData.text(json.dumps(data)),
        )

    async def _attributes(self, stream_id: str, sequence: int) -> dict[str, str]:
        """What is known of the event; only its place when the stream has let it go."""
        try:
            stored = await self._reader.get(stream_id, sequence)
            event = cloudevents_pb2.CloudEvent.FromString(stored.payload)
        except (ResourceNotFound, DecodeError):
            return {"type": ""}
        return {"id": event.id, "source": event.source, "type": event.type}


def _time_of(advisory: dict[str, Any]) -> datetime | None:
    try:
        return datetime.fromisoformat(str(advisory["timestamp"])[:19] + "+00:00")
    except (KeyError, ValueError):
        return None
