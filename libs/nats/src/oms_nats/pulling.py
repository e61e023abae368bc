"""Messages of a pull consumer, as many as there is room for, one request to the broker after
the other.

The library's own `fetch` asks twice for each call and hides statuses; deliveries need to know
when a consumer went away, and to go on at once after the broker was restarted.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

import orjson

from oms_nats.connection import NatsConnection

if TYPE_CHECKING:
    from nats.aio.client import Client
    from nats.aio.msg import Msg
    from nats.aio.subscription import Subscription

_EXPIRES_S: Final = 30.0
_GRACE_S: Final = 5.0
_POLL_S: Final = 0.5
_NO_MESSAGES: Final = frozenset({"404", "408"})


class ConsumerGone(Exception):
    """The consumer is not there, or no longer answers; make it again."""


class Puller:
    """Reads one consumer. Open it with `open`, close it with `close`.

    Args:
        stream: Name of the JetStream stream.
        consumer: Name of the consumer.
        held: Gets every message that arrives, by its reply subject; whoever is done with one
            takes it out. Nothing here reads it.
    """

    def __init__(
        self,
        connection: NatsConnection,
        stream: str,
        consumer: str,
        *,
        held: dict[str, Msg] | None = None,
    ) -> None:
        self._held = held
        self._connection = connection
        self.consumer = consumer
        self._subject = f"$JS.API.CONSUMER.MSG.NEXT.{stream}.{consumer}"
        self._subscription: Subscription | None = None
        self._client: Client | None = None
        self._inbox = ""
        self._arrived: deque[Msg] = deque()
        self._has_some = asyncio.Event()
        self._wanted = 0
        self._gone = ""
        self._asked_at = 0.0
        self._reconnects = 0

    async def open(self) -> None:
        """Subscribes to an inbox.

        Raises:
            ServiceUnavailable: NATS can't be reached.
        """
        client = await self._connection.client()
        self._client = client
        self._inbox = client.new_inbox()
        self._subscription = await client.subscribe(self._inbox, cb=self._take)
        self._reconnects = client.stats["reconnects"]

    async def close(self) -> None:
        """Gives up what was asked for. What nobody took comes to somebody else in time."""
        subscription, self._subscription = self._subscription, None
        if subscription is not None and self._client is not None and not self._client.is_closed:
            await subscription.unsubscribe()

    async def next(self, room: Callable[[int], int]) -> Msg:
        """The next message, whenever it comes.

        Args:
            room: Told how many messages wait here, answers how many more may be asked for now;
                at least one when none waits.
        Raises:
            ConsumerGone: see there.
            ServiceUnavailable: NATS can't be reached.
        """
        while True:
            if self._wanted <= 0 and not self._gone and (count := room(len(self._arrived))) > 0:
                await self._ask(count)
            message = self.next_nowait()
            if message is not None:
                return message
            await self._wait()

    def next_nowait(self) -> Msg | None:
        """A message that is there already, or None.

        Raises:
            ConsumerGone: see there.
        """
        if self._arrived:
            return self._arrived.popleft()
        if self._gone:
            raise ConsumerGone(self._gone)
        return None

    async def _take(self, message: Msg) -> None:
        headers = message.headers
        if message.reply or not headers or "Status" not in headers:
            self._wanted -= 1
            self._arrived.append(message)
            if self._held is not None and message.reply:
                self._held[message.reply] = message
        else:
            # A status ends the request.
            self._wanted = 0
            if headers["Status"] not in _NO_MESSAGES:
                self._gone = headers.get("Description") or headers["Status"]
        self._has_some.set()

    async def _ask(self, count: int) -> None:
        assert self._client is not None
        request = {"batch": count, "expires": int(_EXPIRES_S * 1e9)}
        await self._client.publish(self._subject, orjson.dumps(request), reply=self._inbox)
        self._wanted = count
        self._asked_at = asyncio.get_running_loop().time()

    async def _wait(self) -> None:
        """Until something arrives, or the request has to be made again."""
        while not self._arrived and not self._gone and self._wanted > 0:
            self._has_some.clear()
            try:
                async with asyncio.timeout(_POLL_S):
                    await self._has_some.wait()
            except TimeoutError:
                if self._is_lost():
                    self._wanted = 0

    def _is_lost(self) -> bool:
        """Whether the request is not known to the broker any more."""
        client = self._client
        if client is None or client.is_closed:
            raise ConsumerGone("the connection was closed")
        reconnects = client.stats["reconnects"]
        if reconnects != self._reconnects and client.is_connected:
            self._reconnects = reconnects
            return True
        return asyncio.get_running_loop().time() > self._asked_at + _EXPIRES_S + _GRACE_S
