"""Sources of events that subscriptions share.

However many subscribers a topic has, it is one stream of one gRPC method, opened as the service
itself: whoever subscribes is checked for the method's permission first. The stream is opened
with the first subscriber, resumed where it stopped when the service behind it goes away for a
while, and closed with the last one.
"""

from __future__ import annotations

import asyncio
import contextvars
import random
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Hashable, Sequence
from contextlib import aclosing
from inspect import isawaitable
from typing import Any, Final

import grpc.aio
from oms_core.errors import LimitExceeded, OmsError, ServiceUnavailable
from oms_core.logging import get_logger
from oms_rpc.errors import from_rpc_error

_RETRIES: Final = 8
_PAUSE_S: Final = 0.2
_MAX_PAUSE_S: Final = 5.0
_TOLD_AT_ONCE: Final = 256

Open = Callable[["Event | None"], AsyncIterator[Any]]
Take = Callable[["Event"], bool]
Pick = Callable[["Event"], "Sequence[Event]"]


class Event:
    """A value on its way to subscribers, with the responses that were made of it.

    Subscribers who asked the same get the same bytes: the response is made once.
    """

    __slots__ = ("_made", "value")

    def __init__(self, value: Any) -> None:
        self.value = value
        self._made: dict[Hashable, Any] = {}

    async def once(self, key: Hashable, make: Callable[[Any], Any]) -> Any:
        """What `make` gives of the value, at once or as an awaitable.

        It is called once for a key, by whoever asks first, and goes on when that one goes away.
        """
        found = self._begun(key, make)
        if isinstance(found, asyncio.Future):
            if not found.done():
                return await asyncio.shield(found)
            return found.result()
        return found

    def ready(self, key: Hashable, make: Callable[[Any], Any]) -> Any:
        """The same without waiting: None while it is being made, or when that failed."""
        found = self._begun(key, make)
        if isinstance(found, asyncio.Future):
            is_made = found.done() and not found.cancelled() and found.exception() is None
            return found.result() if is_made else None
        return found

    def _begun(self, key: Hashable, make: Callable[[Any], Any]) -> Any:
        found = self._made.get(key)
        if found is None:
            found = make(self.value)
            if isawaitable(found):
                found = asyncio.ensure_future(found)
            self._made[key] = found
        return found

    def derived(self, key: Hashable, make: Callable[[Event], Any]) -> Any:
        """What `make` gives of the event, called once for a key."""
        found = self._made.get(key)
        if found is None:
            found = self._made[key] = make(self)
        return found


class Listener:
    """A subscriber's place in a topic. Closed by who joined.

    Args:
        topic: What is listened to.
        limit: Most events that wait.
    """

    __slots__ = ("_error", "_limit", "_queue", "_topic", "_waiter", "take")

    def __init__(self, topic: Topic, limit: int) -> None:
        self._topic = topic
        self._limit = limit
        # Takes an event while nothing waits and `next` is waited for, or answers False. Waking
        # a task for each of a thousand listeners costs several times what is done for it then.
        self.take: Take | None = None
        # An empty deque has room for 64 entries, which most listeners never need.
        self._queue: deque[Event] | None = None
        self._waiter: asyncio.Future[None] | None = None
        self._error: OmsError | None = None

    def put(self, event: Event) -> None:
        """Adds an event. With too many of them the listener fails instead."""
        if self._error is not None or self._is_taken(event):
            return
        if self._queue is None:
            self._queue = deque()
        if len(self._queue) >= self._limit:
            self.clear()
            self.fail(
                LimitExceeded(
                    f"more than {self._limit} events wait because the client reads them too "
                    "slowly; subscribe again after the last one received",
                    metadata={"limit": "queued_events"},
                )
            )
            return
        self._queue.append(event)
        self._wake()

    def _is_taken(self, event: Event) -> bool:
        waiter = self._waiter
        if self.take is None or self._queue or waiter is None or waiter.done():
            return False
        try:
            return self.take(event)
        except Exception as exc:  # noqa: BLE001 - one listener's; it meets the error by itself
            get_logger().warning("graphql event not taken", exc_info=exc)
            return False

    def fail(self, error: OmsError) -> None:
        """Ends it with an error, after the events that wait."""
        self._error = error
        self._wake()

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    async def next(self) -> Event:
        """The next event.

        Raises:
            OmsError: the topic failed, or the listener was too slow.
        """
        while not self._queue:
            if self._error is not None:
                raise self._error
            self._waiter = asyncio.get_running_loop().create_future()
            try:
                await self._waiter
            finally:
                self._waiter = None
        event = self._queue.popleft()
        if not self._queue:
            self._queue = None
        return event

    @property
    def has_waiting(self) -> bool:
        """Whether events wait."""
        return bool(self._queue)

    def clear(self) -> None:
        """Forgets the events that wait."""
        self._queue = None

    def skip_to(self, is_last: Callable[[Any], bool]) -> bool:
        """Forgets the events that wait up to the first for whose value `is_last` is true.

        Returns:
            Whether there is one; otherwise nothing is forgotten.
        """
        waiting = list(self._queue or ())
        for index, event in enumerate(waiting):
            if is_last(event.value):
                self._queue = deque(waiting[index + 1 :]) or None
                return True
        return False

    def close(self) -> None:
        """Leaves the topic. Idempotent."""
        self._topic.leave(self)


class Feed:
    """What one subscriber is told of a topic.

    Args:
        listener: Its place in the topic; closed when `events` ends.
        pick: The events that it is told of for one of the topic.
        before: Events of the topic that come first.
    """

    def __init__(
        self, listener: Listener, pick: Pick, before: AsyncGenerator[Event] | None = None
    ) -> None:
        self._listener = listener
        self._pick = pick
        self._before = before

    @property
    def is_behind(self) -> bool:
        """Whether more events wait, of those that come after the first ones."""
        # While those are read, the same ones may wait in the listener.
        return self._listener.take is not None and self._listener.has_waiting

    async def events(self, take: Callable[[Sequence[Event]], bool]) -> AsyncGenerator[Event]:
        """Events that have to be waited for, in order; to be closed.

        Args:
            take: Is offered all events picked for one of the topic when nothing comes before
                them. It takes all of them at once, or none by answering False: then they are
                yielded.
        """
        pick = self._pick
        try:
            if self._before is not None:
                async with aclosing(self._before) as earlier:
                    async for event in earlier:
                        for each in pick(event):
                            yield each
            self._listener.take = lambda event: take(pick(event))
            while True:
                for each in pick(await self._listener.next()):
                    yield each
        finally:
            self._listener.close()


def every(event: Event) -> Sequence[Event]:
    """Picks each event of a topic."""
    return (event,)


class Topic:
    """One shared stream."""

    def __init__(self, open_stream: Open, on_empty: Callable[[Topic], None]) -> None:
        self._open = open_stream
        self._on_empty = on_empty
        self._listeners: dict[Listener, None] = {}
        self._task: asyncio.Task[None] | None = None
        self._last: Event | None = None

    def join(self, limit: int) -> Listener:
        """Adds a listener; the stream is opened with the first one."""
        listener = Listener(self, limit)
        self._listeners[listener] = None
        if self._task is None:
            # In a context of its own: the stream is nobody's call, and outlives its first one.
            self._task = asyncio.get_running_loop().create_task(
                self._run(), name="graphql topic", context=contextvars.Context()
            )
        return listener

    def leave(self, listener: Listener) -> None:
        """Lets a listener go; the stream is closed with the last one."""
        if self._listeners.pop(listener, True) is not None or self._listeners:
            return
        if self._task is not None:
            self._task.cancel()
        self._on_empty(self)

    @property
    def task(self) -> asyncio.Task[None] | None:
        """What reads the stream."""
        return self._task

    async def _run(self) -> None:
        failures = 0
        while True:
            try:
                async with aclosing(self._open(self._last)) as values:  # pyright: ignore[reportArgumentType] - generators
                    async for value in values:
                        failures = 0
                        await self._tell(Event(value))
                error: OmsError = ServiceUnavailable("the stream of events ended")
            except Exception as exc:  # noqa: BLE001 - told to every listener
                error = _typed(exc)
            failures += 1
            if not isinstance(error, ServiceUnavailable) or failures > _RETRIES:
                break
            pause = min(_MAX_PAUSE_S, _PAUSE_S * 2**failures)
            await asyncio.sleep(pause * random.uniform(0.5, 1.5))  # noqa: S311 - spreads load
        for listener in list(self._listeners):
            listener.fail(error)
        # Whoever subscribes from now on opens the stream anew.
        self._on_empty(self)

    async def _tell(self, event: Event) -> None:
        self._last = event
        # Who comes meanwhile hears of what comes after; who goes ignores it.
        for number, listener in enumerate(list(self._listeners)):
            if number and not number % _TOLD_AT_ONCE:
                # Thousands of listeners hold up nobody else.
                await asyncio.sleep(0)
            listener.put(event)


def _typed(exc: Exception) -> OmsError:
    if isinstance(exc, OmsError):
        return exc
    if isinstance(exc, grpc.aio.AioRpcError):
        return from_rpc_error(exc)
    get_logger().error("graphql topic failed", exc_info=exc)
    return ServiceUnavailable("the stream of events failed; subscribe again")


class Topics:
    """The topics that have subscribers.

    Args:
        max_queued: Most events that wait for one subscriber.
    """

    def __init__(self, *, max_queued: int) -> None:
        self._max_queued = max_queued
        self._topics: dict[Hashable, Topic] = {}
        self._ending: set[asyncio.Task[None]] = set()

    def __len__(self) -> int:
        return len(self._topics)

    def join(self, key: Hashable, open_stream: Open) -> Listener:
        """Adds a listener to the topic of a key.

        Args:
            key: Says what is streamed.
            open_stream: Opens the stream if nobody did; is given the last event that came before
                it broke off, None at first.
        """
        topic = self._topics.get(key)
        if topic is None:
            topic = self._topics[key] = Topic(open_stream, lambda ended: self._forget(key, ended))
        return topic.join(self._max_queued)

    def _forget(self, key: Hashable, topic: Topic) -> None:
        if self._topics.get(key) is topic:
            del self._topics[key]
        if topic.task is not None and not topic.task.done():
            self._ending.add(topic.task)
            topic.task.add_done_callback(self._ending.discard)

    async def close(self) -> None:
        """Ends every stream."""
        tasks = [t.task for t in self._topics.values() if t.task is not None]
        tasks += list(self._ending)
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)
        self._topics.clear()
