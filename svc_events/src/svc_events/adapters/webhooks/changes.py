"""News among replicas that something changed; who misses one finds out by looking now and then."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from oms_core.errors import ServiceUnavailable
from oms_core.tasks import raise_if_cancelled
from oms_nats import NatsConnection

from svc_events.domain.webhooks.names import CHANGED_SUBJECT

if TYPE_CHECKING:
    from nats.aio.client import Client
    from nats.aio.msg import Msg


class Changes:
    """Tells and hears of changes.

    Args:
        subject: Where replicas tell each other.
    """

    def __init__(self, connection: NatsConnection, subject: str = CHANGED_SUBJECT) -> None:
        self._connection = connection
        self._subject = subject
        self._waiting: set[asyncio.Event] = set()
        self._heard_by: Client | None = None

    async def announce(self) -> None:
        """Tells every replica, this one included, if that is possible right now."""
        self._wake()
        from nats.errors import Error

        try:
            await (await self._connection.client()).publish(self._subject)
        except (ServiceUnavailable, Error):
            return

    async def wait(self, timeout_s: float) -> None:
        """Until a change, or for so long."""
        raise_if_cancelled()
        await self._listen()
        news = asyncio.Event()
        self._waiting.add(news)
        try:
            async with asyncio.timeout(timeout_s):
                await news.wait()
        except TimeoutError:
            return
        finally:
            self._waiting.discard(news)

    def _wake(self) -> None:
        for news in self._waiting:
            news.set()

    async def _hear(self, _: Msg) -> None:
        self._wake()

    async def _listen(self) -> None:
        from nats.errors import Error

        try:
            client = await self._connection.client()
            if client is not self._heard_by:
                await client.subscribe(self._subject, cb=self._hear)
                self._heard_by = client
        except (ServiceUnavailable, Error):
            return
