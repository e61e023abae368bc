"""Events for a client that asks for some at a time."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from oms_nats import NatsConnection

from svc_events.adapters.jetstream.failures import broker_errors
from svc_events.adapters.jetstream.metadata import facts_of
from svc_events.adapters.jetstream.pulling import Puller
from svc_events.adapters.subscriptions.acknowledging import DONE
from svc_events.adapters.subscriptions.consumers import (
    consumer_name,
    partitions_of,
)
from svc_events.adapters.subscriptions.selecting import Selector
from svc_events.domain.subjects import broker_stream
from svc_events.domain.subscriptions.ack_ids import AckId, numbers_of
from svc_events.domain.subscriptions.record import Delivery, Ordering, Subscription

if TYPE_CHECKING:
    from nats.aio.msg import Msg

MOST_BYTES: Final = 1024 * 1024
_ANSWER_S: Final = 2.0


def delivery_of(
    message: Msg, subscription: Subscription, partition: int | None, *, session: str = ""
) -> Delivery:
    """A message as it is handed to a client."""
    facts = facts_of(message)
    ack_id = AckId(subscription.epoch, partition, session, numbers_of(message.reply))
    return Delivery(
        sequence=facts.sequence,
        publish_time=facts.publish_time,
        payload=message.data,
        ack_id=str(ack_id),
        attempt=facts.attempt,
        deadline=datetime.now(UTC) + timedelta(seconds=subscription.spec.ack_deadline_s),
    )


async def pull(
    nats: NatsConnection, subscription: Subscription, *, most: int, wait_s: float
) -> Sequence[Delivery]:
    """Events that are there, after waiting for the first one if need be.

    Returns:
        Up to `most`, of at most 1 MiB unless the first alone is larger, by position.
    Raises:
        ResourceNotFound: the subscription or its stream is gone.
        ServiceUnavailable: the broker is of no help.
    """
    client = await nats.client()
    stream = broker_stream(subscription.spec.stream)
    selector = Selector(subscription.spec.check())
    async with AsyncExitStack() as stack:
        pulls: list[_Pull] = []
        for partition in partitions_of(subscription):
            puller = Puller(client, stream, consumer_name(subscription, partition))
            stack.push_async_callback(puller.close)
            pulls.append(_Pull(subscription, partition, puller, selector))
        with broker_errors(subscription.spec.stream):
            found = await _first(pulls, most=most, wait_s=wait_s)
    return sorted(found, key=lambda delivery: delivery.sequence)


class _Pull:
    """One consumer's part of a pull."""

    def __init__(
        self, subscription: Subscription, partition: int | None, puller: Puller, selector: Selector
    ) -> None:
        self._subscription = subscription
        self._partition = partition
        self._puller = puller
        self._selector = selector
        self._most_at_once = 1 if subscription.spec.ordering is Ordering.BY_KEY else 1000

    async def available(self, most: int) -> list[Delivery]:
        """What is there now."""
        found: list[Delivery] = []
        size = 0
        while len(found) < most and size < MOST_BYTES:
            asked = min(most - len(found), self._most_at_once)
            await self._puller.ask(asked, expires_s=0, max_bytes=MOST_BYTES - size)
            messages = await self._all(asked)
            if not messages and not found:
                await self._puller.ask(1, expires_s=0)  # it may be larger than 1 MiB
                messages = await self._all(1)
            if not messages:
                break
            size += sum(len(message.data) for message in messages)
            found += await self._select(messages)
        return found

    async def coming(self, wait_s: float) -> list[Delivery]:
        """The next one that matches, within a time."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + wait_s
        while (left_s := deadline - loop.time()) > 0:
            if not self._puller.asked:
                await self._puller.ask(1, expires_s=left_s)
            if found := await self._select(await self._puller.take(1, timeout_s=left_s)):
                return found
        return []

    async def _all(self, most: int) -> list[Msg]:
        """Everything that a request for what is there brings."""
        messages: list[Msg] = []
        while len(messages) < most and self._puller.asked:
            some = await self._puller.take(most - len(messages), timeout_s=_ANSWER_S)
            if not some:
                break
            messages += some
        return messages

    async def _select(self, messages: Sequence[Msg]) -> list[Delivery]:
        found: list[Delivery] = []
        for message in messages:
            if self._selector.selects(message):
                found.append(delivery_of(message, self._subscription, self._partition))
            else:
                await message.respond(DONE)
        return found


async def _first(pulls: Sequence[_Pull], *, most: int, wait_s: float) -> list[Delivery]:
    found = await _available(pulls, most)
    if found or wait_s <= 0:
        return found
    found = await _coming(pulls, wait_s)
    if found and len(found) < most:
        found += await _available(pulls, most - len(found))
    return found


async def _available(pulls: Sequence[_Pull], most: int) -> list[Delivery]:
    if len(pulls) == 1:
        return await pulls[0].available(most)
    # Not always the same ones, or the others' events would wait for ever.
    some = random.sample(pulls, min(most, len(pulls)))
    parts = await asyncio.gather(*(each.available(1) for each in some))
    return [delivery for part in parts for delivery in part]


async def _coming(pulls: Sequence[_Pull], wait_s: float) -> list[Delivery]:
    """What comes first within a time, from whichever consumer."""
    waiting = {asyncio.create_task(each.coming(wait_s)) for each in pulls}
    ended: set[asyncio.Task[list[Delivery]]] = set()
    try:
        while waiting and not any(task.result() for task in ended):
            done, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            ended |= done
    finally:
        for task in waiting:
            task.cancel()
        late = await asyncio.gather(*waiting, return_exceptions=True)
    # One that ended while it was being cancelled has an event in hand, too.
    return [
        delivery
        for found in [*(task.result() for task in ended), *late]
        if isinstance(found, list)
        for delivery in found
    ]
