"""Wakes those who wait for commits, whichever process makes them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from oms_core.errors import OmsError

_POLL_INTERVAL_S = 0.25


def _often() -> float:
    return _POLL_INTERVAL_S


class CommitSignal:
    """Tells waiters that a database may have new commits.

    Commits of this process are told at once. Those of other processes are noticed
    by asking the database for a number a few times a second, and only while
    anybody waits.
    """

    def __init__(
        self,
        data_version: Callable[[], Awaitable[int]],
        *,
        interval_s: Callable[[], float] = _often,
    ) -> None:
        """Must be made on the event loop that the waiters run on.

        Args:
            data_version: A number that changes when another process commits.
            interval_s: How long to wait before asking again, in seconds.
        """
        self._interval_s = interval_s
        self._loop = asyncio.get_running_loop()
        self._data_version = data_version
        self._event = asyncio.Event()
        self._waiting = 0
        self._version = -1
        self._poller: asyncio.Task[None] | None = None

    def notify(self) -> None:
        """Wakes all waiters. May be called from any thread."""
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._wake)

    def next_change(self) -> asyncio.Event:
        """An event set with the next news; to be taken before looking, or one may be missed."""
        return self._event

    async def wait(self, event: asyncio.Event) -> None:
        """Waits for an event of `next_change`."""
        self._waiting += 1
        if self._poller is None or self._poller.done():
            self._poller = asyncio.create_task(self._poll(), name="kernel-commit-poller")
        try:
            await event.wait()
        finally:
            self._waiting -= 1

    async def close(self) -> None:
        """Wakes everyone for the last time."""
        self._wake()
        if self._poller is not None:
            self._poller.cancel()
            await asyncio.wait([self._poller])

    def _wake(self) -> None:
        event, self._event = self._event, asyncio.Event()
        event.set()

    async def _poll(self) -> None:
        # The version is kept from one poller to the next: what was committed while
        # nobody polled is noticed by the first look.
        while self._waiting:
            latest = await self._read_version()
            if latest != self._version:
                self._version = latest
                self._wake()
            await asyncio.sleep(self._interval_s())

    async def _read_version(self) -> int:
        try:
            return await self._data_version()
        except OmsError:
            return -1  # busy or gone; who waits will find out by looking
