"""Events of a subscription as a stream, with no more under way than the client allows."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Sequence
from contextlib import AsyncExitStack, suppress
from typing import TYPE_CHECKING, Final

from oms_core.tasks import end
from oms_nats import NatsConnection

from svc_events.adapters.jetstream.failures import broker_errors
from svc_events.adapters.jetstream.pulling import Puller
from svc_events.adapters.subscriptions.acknowledging import DONE, again_after
from svc_events.adapters.subscriptions.consumers import (
    consumer_name,
    partitions_of,
)
from svc_events.adapters.subscriptions.pull import MOST_BYTES, delivery_of
from svc_events.adapters.subscriptions.selecting import Selector
from svc_events.adapters.subscriptions.window import Window
from svc_events.domain.subjects import broker_stream
from svc_events.domain.subscriptions.record import Delivery, Ordering, Subscription

if TYPE_CHECKING:
    from nats.aio.msg import Msg

_MOST_AT_ONCE: Final = 100
_EXPIRES_S: Final = 30.0


async def stream(
    nats: NatsConnection, subscription: Subscription, *, most: int, heartbeat_s: float
) -> AsyncGenerator[Sequence[Delivery]]:
    """Events as they come, at most 100 or 1 MiB at once; none as a sign of life.

    What is under way when the reader leaves comes again at its deadline; what was not handed
    out yet, at once.

    Raises:
        ResourceNotFound: the subscription was deleted or moved, or its stream was.
        ServiceUnavailable: the broker is of no help.
    """
    async with AsyncExitStack() as stack:
        window = Window(nats, size=most, deadline_s=subscription.spec.ack_deadline_s)
        await window.open()
        stack.push_async_callback(window.close)
        feeds = _Feeds(nats, subscription, window)
        stack.push_async_callback(feeds.close)
        await feeds.open()
        with broker_errors(subscription.spec.stream):
            while True:
                yield await feeds.some(heartbeat_s)


class _Feeds:
    """Reads every consumer of a subscription side by side."""

    def __init__(self, nats: NatsConnection, subscription: Subscription, window: Window) -> None:
        self._nats = nats
        self._subscription = subscription
        self._window = window
        self._selector = Selector(subscription.spec.check())
        is_ordered = subscription.spec.ordering is Ordering.BY_KEY
        self._most_at_once = 1 if is_ordered else _MOST_AT_ONCE
        self._ready: asyncio.Queue[tuple[int | None, Msg]] = asyncio.Queue(maxsize=_MOST_AT_ONCE)
        self._tasks: list[asyncio.Task[None]] = []

    async def open(self) -> None:
        """Begins to read."""
        client = await self._nats.client()
        stream_name = broker_stream(self._subscription.spec.stream)
        for partition in partitions_of(self._subscription):
            name = consumer_name(self._subscription, partition)
            task = self._feed(partition, Puller(client, stream_name, name))
            self._tasks.append(asyncio.create_task(task, name=f"feed {name}"))

    async def some(self, heartbeat_s: float) -> Sequence[Delivery]:
        """What is ready, after waiting for something; empty when nothing came in time.

        Raises:
            What a feed failed with.
        """
        first = asyncio.create_task(self._ready.get())
        try:
            await asyncio.wait(
                [first, *self._tasks], timeout=heartbeat_s, return_when=asyncio.FIRST_COMPLETED
            )
        finally:
            if not first.done():
                first.cancel()
        for task in self._tasks:
            if task.done():
                task.result()
        return self._taken(first.result()) if first.done() and not first.cancelled() else []

    def _taken(self, first: tuple[int | None, Msg]) -> list[Delivery]:
        ready, size = [first], len(first[1].data)
        while size < MOST_BYTES and not self._ready.empty():
            ready.append(self._ready.get_nowait())
            size += len(ready[-1][1].data)
        session = self._window.session
        return [
            delivery_of(message, self._subscription, partition, session=session)
            for partition, message in ready
        ]

    async def close(self) -> None:
        """Reads no more, and gives back what was not handed out."""
        for task in self._tasks:
            task.cancel()
        # First, for whoever closes this may be cancelled once more while it waits.
        await _give_back([self._ready.get_nowait()[1] for _ in range(self._ready.qsize())])
        await end(*self._tasks)

    async def _feed(self, partition: int | None, puller: Puller) -> None:
        taken: deque[Msg] = deque()
        try:
            while True:
                room = await self._window.room()
                if not puller.asked:
                    await puller.ask(min(room, self._most_at_once), expires_s=_EXPIRES_S)
                taken += await puller.take(self._most_at_once, timeout_s=_EXPIRES_S)
                while taken:
                    await self._pass_on(partition, taken[0])
                    taken.popleft()
        finally:
            await _give_back([*taken, *await puller.drain()])

    async def _pass_on(self, partition: int | None, message: Msg) -> None:
        if not self._selector.selects(message):
            await message.respond(DONE)
            return
        sequence = int(message.reply.split(".")[-4])
        self._window.add(sequence)
        await self._ready.put((partition, message))


async def _give_back(messages: Sequence[Msg]) -> None:
    """Has messages delivered again at once."""
    for message in messages:
        with suppress(Exception):  # it comes again at its deadline then
            await message.respond(again_after(0))
