"""Messages of a pull consumer, handed out as they arrive.

The driver's own `fetch` waits for a whole batch, and makes a task for each message. A
subscriber wants what is there.
"""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from oms_core.errors import ResourceNotFound

if TYPE_CHECKING:
    from nats.aio.client import Client
    from nats.aio.msg import Msg
    from nats.aio.subscription import Subscription

_HEARTBEAT_S: Final = 5.0
_NANOSECONDS: Final = 1_000_000_000
_STATUS: Final = "Status"
_GONE: Final = ("consumer deleted", "consumer not found", "no responders", "stream deleted")


class ConsumerGone(ResourceNotFound):
    """The consumer was deleted, or its stream."""


class Puller:
    """Asks one consumer for messages. For one task; close it with `close`.

    A request stays under way for a while, so that a message is sent the moment it is
    there. What was asked of a server that went away has to be asked again: `asked` falls
    to 0 once its heartbeats are missing.
    """

    def __init__(self, client: Client, stream: str, consumer: str) -> None:
        """Asks nothing yet.

        Args:
            client: Connected.
            stream: Name of the JetStream stream.
            consumer: Name of the consumer.
        """
        self._client = client
        self._subject = f"$JS.API.CONSUMER.MSG.NEXT.{stream}.{consumer}"
        self._subscription: Subscription | None = None
        self._consumer = consumer
        self._waiting: deque[Msg] = deque()
        self._arrived = asyncio.Event()
        self.asked = 0
        """How many messages may still come without asking again."""

    async def ask(self, count: int, *, expires_s: float, max_bytes: int = 0) -> None:
        """Asks for messages.

        Args:
            count: How many more.
            expires_s: How long the server waits for them; 0: only what is there now.
            max_bytes: Most bytes they may come to; not even the first comes when it is larger.
                0: without limit.
        """
        if self._subscription is None:
            # What was not asked for does not come, so there is nothing to limit.
            self._subscription = await self._client.subscribe(
                self._client.new_inbox(),
                cb=self._keep,
                pending_msgs_limit=0,
                pending_bytes_limit=0,
            )
        request: dict[str, Any] = {"batch": count}
        if expires_s:
            request["expires"] = int(expires_s * _NANOSECONDS)
            if expires_s >= 2 * _HEARTBEAT_S:
                request["idle_heartbeat"] = int(_HEARTBEAT_S * _NANOSECONDS)
        else:
            request["no_wait"] = True
        if max_bytes:
            request["max_bytes"] = max_bytes
        self.asked += count
        await self._client.publish(
            self._subject, json.dumps(request).encode(), self._subscription.subject
        )

    async def take(self, most: int, *, timeout_s: float) -> Sequence[Msg]:
        """Messages that are there, after waiting for the first one if need be.

        Returns:
            Up to `most`; none when nothing came in time, or what was asked for expired.
        Raises:
            ConsumerGone: see there.
        """
        found: list[Msg] = []
        deadline = asyncio.get_running_loop().time() + timeout_s
        while len(found) < most:
            if self._waiting:
                message = self._waiting.popleft()
                if not self._is_status(message):
                    self.asked = max(0, self.asked - 1)
                    found.append(message)
            elif found or not self.asked or not await self._more(deadline):
                break
        return found

    async def close(self) -> None:
        """Takes nothing more. Idempotent."""
        subscription, self._subscription = self._subscription, None
        if subscription is not None:
            with suppress(Exception):  # the connection may be gone
                await subscription.unsubscribe()

    async def drain(self) -> Sequence[Msg]:
        """Asks nothing more, and takes what came or is on its way, as far as the broker answers."""
        subscription, self._subscription = self._subscription, None
        if subscription is not None:
            with suppress(Exception):  # the connection may be gone
                await subscription.drain()
        waiting, self._waiting = self._waiting, deque()
        return [message for message in waiting if message.reply]

    async def _keep(self, message: Msg) -> None:
        self._waiting.append(message)
        self._arrived.set()

    async def _more(self, deadline: float) -> bool:
        """Waits for something to arrive; false when the time is over."""
        left_s = deadline - asyncio.get_running_loop().time()
        is_silence = left_s > 2 * _HEARTBEAT_S
        self._arrived.clear()
        try:
            async with asyncio.timeout(2 * _HEARTBEAT_S if is_silence else max(0.0, left_s)):
                await self._arrived.wait()
        except TimeoutError:
            if is_silence:
                self.asked = 0  # no heartbeat: the server has forgotten the request
            return False
        return True

    def _is_status(self, message: Msg) -> bool:
        """Whether it is no event but tells of the request; the request's end is noted."""
        headers = message.headers
        if not headers or _STATUS not in headers or message.data:
            return False
        code, text = headers[_STATUS], headers.get("Description", "").lower()
        if code == "100":
            return True
        if code == "503" or any(word in text for word in _GONE):
            raise ConsumerGone.of("consumer", self._consumer)
        pending = headers.get("Nats-Pending-Messages")
        self.asked = max(0, self.asked - int(pending)) if pending else 0
        return True
