"""How many deliveries are under way to one stream of `Subscribe`."""

from __future__ import annotations

import asyncio
import json
import secrets
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from oms_nats import NatsConnection

from svc_events.adapters.subscriptions.acknowledging import session_subject

if TYPE_CHECKING:
    from nats.aio.msg import Msg
    from nats.aio.subscription import Subscription as NatsSubscription

_SESSION_BYTES: Final = 8


class Window:
    """Counts deliveries until their acknowledgement, at whatever replica, or their deadline.

    Close it with `close`.
    """

    def __init__(self, nats: NatsConnection, *, size: int, deadline_s: float) -> None:
        """Hears nothing yet.

        Args:
            size: Most deliveries under way.
            deadline_s: After how long one is under way no more; the broker delivers it again.
        """
        self.session = secrets.token_hex(_SESSION_BYTES)
        self._nats = nats
        self._size = size
        self._deadline_s = deadline_s
        # In the order of their deadlines, for all have the same time.
        self._until: dict[int, float] = {}
        self._changed = asyncio.Event()
        self._subscription: NatsSubscription | None = None

    async def open(self) -> None:
        """Begins to hear of acknowledgements."""
        client = await self._nats.client()
        self._subscription = await client.subscribe(session_subject(self.session), cb=self._hear)

    async def close(self) -> None:
        """Hears no more. Idempotent."""
        subscription, self._subscription = self._subscription, None
        if subscription is not None:
            with suppress(Exception):  # the connection may be gone
                await subscription.unsubscribe()

    def add(self, sequence: int) -> None:
        """A delivery is under way."""
        self._until.pop(sequence, None)
        self._until[sequence] = asyncio.get_running_loop().time() + self._deadline_s

    @property
    def free(self) -> int:
        """How many more may be under way."""
        now = asyncio.get_running_loop().time()
        for sequence, until in list(self._until.items()):
            if until > now:
                break
            del self._until[sequence]
        return max(0, self._size - len(self._until))

    async def room(self) -> int:
        """Waits until more may be under way; how many."""
        while not (free := self.free):
            self._changed.clear()
            until = next(iter(self._until.values()))
            left_s = until - asyncio.get_running_loop().time()
            try:
                async with asyncio.timeout(max(0.01, left_s)):
                    await self._changed.wait()
            except TimeoutError:
                continue
        return free

    async def _hear(self, message: Msg) -> None:
        for sequence in json.loads(message.data):
            self._until.pop(sequence, None)
        self._changed.set()
