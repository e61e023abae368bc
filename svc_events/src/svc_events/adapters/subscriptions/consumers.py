"""The durable consumers of a subscription: one, or one for each partition."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, Final

from oms_nats import NatsConnection

from svc_events.adapters.jetstream.failures import broker_errors
from svc_events.adapters.jetstream.streams import EventStreams
from svc_events.domain.subjects import PARTITIONS, broker_stream
from svc_events.domain.subscriptions.broker_filters import subjects_for
from svc_events.domain.subscriptions.record import Counts, Ordering, Start, Subscription

CONSUMER_PREFIX: Final = "sub_"


def partitions_of(subscription: Subscription) -> Sequence[int | None]:
    """The partitions that have a consumer each; None stands for the one of them all."""
    is_ordered = subscription.spec.ordering is Ordering.BY_KEY
    return range(PARTITIONS) if is_ordered else (None,)


def consumer_name(subscription: Subscription, partition: int | None) -> str:
    """Name of a consumer at the broker. No other epoch's has it, nor another subscription's."""
    name = f"{CONSUMER_PREFIX}{subscription.id}_{subscription.epoch}"
    return name if partition is None else f"{name}_{partition}"


def subscription_id_of(consumer: str) -> str | None:
    """The subscription that a consumer belongs to; None: to none."""
    is_one = consumer.startswith(CONSUMER_PREFIX)
    return consumer.removeprefix(CONSUMER_PREFIX).partition("_")[0] if is_one else None


class SubscriptionConsumers:
    """Makes, changes, removes and counts the consumers of subscriptions."""

    def __init__(self, nats: NatsConnection, streams: EventStreams) -> None:
        self._nats = nats
        self._streams = streams

    async def resolved(self, stream_id: str, start: Start) -> Start:
        """A start that stays where it is: "now" is the position behind the last event.

        Raises:
            ResourceNotFound: there is no such stream.
        """
        await self._streams.ensure(stream_id)
        if not start.is_now:
            return start
        jetstream = await self._nats.jetstream()
        with broker_errors(stream_id):
            info = await jetstream.stream_info(broker_stream(stream_id))
        return Start(sequence=info.state.last_seq + 1)

    async def ensure(self, subscription: Subscription) -> None:
        """Makes the consumers that are missing; the others get the settings and keep positions.

        Raises:
            ResourceNotFound: the stream is not there.
            ServiceUnavailable: the broker is of no help.
        """
        jetstream = await self._nats.jetstream()
        stream = broker_stream(subscription.spec.stream)
        with broker_errors(subscription.spec.stream):
            await asyncio.gather(
                *(
                    jetstream.add_consumer(stream, _config(subscription, partition))
                    for partition in partitions_of(subscription)
                )
            )

    async def delete(self, subscription: Subscription) -> None:
        """Removes the consumers with their positions. Idempotent."""
        from nats.js.errors import NotFoundError

        jetstream = await self._nats.jetstream()
        stream = broker_stream(subscription.spec.stream)

        async def remove(partition: int | None) -> None:
            with suppress(NotFoundError):
                await jetstream.delete_consumer(stream, consumer_name(subscription, partition))

        with broker_errors(subscription.spec.stream):
            await asyncio.gather(*map(remove, partitions_of(subscription)))

    async def counts(self, subscription: Subscription) -> Counts:
        """What the broker knows of the subscription.

        Raises:
            ResourceNotFound: its stream or its consumers are not there.
        """
        jetstream = await self._nats.jetstream()
        stream = broker_stream(subscription.spec.stream)
        with broker_errors(subscription.spec.stream):
            infos: Sequence[Any] = await asyncio.gather(
                *(
                    jetstream.consumer_info(stream, consumer_name(subscription, partition))
                    for partition in partitions_of(subscription)
                )
            )
        floors = [info.ack_floor.stream_seq for info in infos if info.ack_floor]
        return Counts(
            pending=sum(info.num_pending or 0 for info in infos),
            outstanding=sum(info.num_ack_pending or 0 for info in infos),
            redelivered=sum(info.num_redelivered or 0 for info in infos),
            acknowledged_sequence=min(floors, default=0),
        )


def _config(subscription: Subscription, partition: int | None) -> Any:
    from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy

    spec, start = subscription.spec, subscription.start
    return ConsumerConfig(
        durable_name=consumer_name(subscription, partition),
        description=f"subscriptions/{subscription.id}",
        ack_policy=AckPolicy.EXPLICIT,
        ack_wait=spec.ack_deadline_s,
        max_deliver=spec.max_attempts or -1,
        max_ack_pending=spec.max_outstanding if partition is None else 1,
        filter_subjects=subjects_for(spec.stream, spec.check(), partition=partition),
        deliver_policy=(
            DeliverPolicy.BY_START_TIME if start.time else DeliverPolicy.BY_START_SEQUENCE
        ),
        opt_start_seq=None if start.time else start.sequence,
        opt_start_time=start.time,
    )
