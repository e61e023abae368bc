"""Publishes copies; when this returns, every one is durable or counted as failed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from oms_core.errors import LimitExceeded, OmsError, ServiceUnavailable
from oms_core.logging import get_logger
from oms_nats import NatsConnection, unavailable

from svc_events.adapters.jetstream.outgoing import Outgoing
from svc_events.adapters.jetstream.publishing import EventPublisher
from svc_events.adapters.routing.copies import Copies, ToStream, ToSubject, ToWebhook
from svc_events.adapters.webhooks.queue import MESSAGE_ID, DeliveryQueue
from svc_events.domain.events.json_format import MEDIA_TYPE
from svc_events.domain.subjects import DEFAULT_STREAM

_HEADER_ROOM: Final = 512


@dataclass(frozen=True, slots=True)
class CopySender:
    """Hands copies to where they go."""

    nats: NatsConnection
    publisher: EventPublisher
    queue: DeliveryQueue

    async def send(self, copies: Copies) -> None:
        """Publishes copies and counts them. Doing it again is harmless, by their message ids.

        Raises:
            ServiceUnavailable: not all of them are durable for certain; nothing may be counted.
        """
        if copies.loops:
            await self._tell(copies.loops)
        for stream, wanted in copies.streams.items():
            await self._to_stream(stream, wanted, copies)
        if copies.webhooks:
            await self._to_webhooks(copies.webhooks, copies)
        if copies.subjects:
            await self._to_subjects(copies.subjects, copies)

    async def _tell(self, loops: Sequence[Outgoing]) -> None:
        try:
            await self.publisher.publish(DEFAULT_STREAM, loops)
        except ServiceUnavailable:
            raise
        except OmsError as exc:
            # The stream is full and set to refuse; the events were dropped all the same.
            get_logger().warning("a loop of routing rules was not told", why=exc.message)

    async def _to_stream(self, stream: str, wanted: Sequence[ToStream], copies: Copies) -> None:
        try:
            await self.publisher.publish(stream, [each.event for each in wanted])
        except ServiceUnavailable:
            raise
        except OmsError:
            await self._one_by_one(stream, wanted, copies)
        else:
            for each in wanted:
                copies.succeed(each.serial)

    async def _one_by_one(self, stream: str, wanted: Sequence[ToStream], copies: Copies) -> None:
        """Finds out which ones the stream does not take; what it has already, it takes once."""
        for each in wanted:
            try:
                await self.publisher.publish(stream, [each.event])
            except LimitExceeded as exc:
                if exc.metadata.get("limit") == "broker_storage":
                    raise unavailable("the broker has no room") from exc
                copies.fail(each.serial, exc.message)
            except ServiceUnavailable:
                raise
            except OmsError as exc:
                copies.fail(each.serial, exc.message)
            else:
                copies.succeed(each.serial)

    async def _to_webhooks(self, wanted: Sequence[ToWebhook], copies: Copies) -> None:
        most = await self.queue.max_event_bytes()
        fitting = [each for each in wanted if len(each.delivery.event) <= most]
        await self.queue.put([each.delivery for each in fitting])
        for each in wanted:
            size = len(each.delivery.event)
            if size <= most:
                copies.succeed(each.serial)
            else:
                copies.fail(each.serial, f"the event has {size} bytes, more than {most}")

    async def _to_subjects(self, wanted: Sequence[ToSubject], copies: Copies) -> None:
        client = await self.nats.client()
        from nats.errors import Error

        most = client.max_payload - _HEADER_ROOM
        try:
            for each in wanted:
                if len(each.payload) <= most:
                    headers = {"content-type": MEDIA_TYPE, MESSAGE_ID: each.message_id}
                    await client.publish(each.subject, each.payload, headers=headers)
            # The server has what was sent before its answer to this.
            await client.flush(max(1, int(self.nats.timeout_s)))
        except (Error, TimeoutError) as exc:
            raise unavailable(type(exc).__name__) from exc
        for each in wanted:
            size = len(each.payload)
            if size <= most:
                copies.succeed(each.serial)
            else:
                copies.fail(each.serial, f"the event has {size} bytes in JSON, more than {most}")
