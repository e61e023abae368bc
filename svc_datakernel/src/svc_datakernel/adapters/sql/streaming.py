"""A generator on a thread as an asynchronous iterator, a few items ahead of who reads it."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator, Iterator
from contextlib import closing, nullcontext
from threading import Condition
from typing import Any, Final, Generic, TypeVar

from oms_core.errors import Cancelled
from sqlalchemy import Connection

_T = TypeVar("_T")
_ITEMS_AHEAD: Final = 64


async def stream(
    read: Callable[[Callable[[Connection], None]], Awaitable[None]],
    work: Callable[[Connection], Iterator[_T]],
) -> AsyncGenerator[_T]:
    """Yields what a generator yields that runs on a thread.

    Ending the iteration ends the generator: at its next item, or within the statement
    that it waits for.

    Args:
        read: Runs a function on a thread with a connection; interrupts it when cancelled.
    """
    channel = _Channel[_T](asyncio.get_running_loop())

    def run(conn: Connection) -> None:
        items: Any = work(conn)
        with closing(items) if isinstance(items, Generator) else nullcontext():
            for item in items:
                channel.put(item)

    task = asyncio.ensure_future(read(run))
    task.add_done_callback(lambda _: channel.finish())
    try:
        while (batch := await channel.take()) is not None:
            for item in batch:
                yield item
        await task
    finally:
        channel.close()
        task.cancel()
        # Its end has to be looked at, or asyncio would complain about an error in it.
        await asyncio.wait([task])
        if not task.cancelled():
            task.exception()


class _Channel(Generic[_T]):
    """Hands items from a thread to the event loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._changed = Condition()
        self._items: deque[_T] = deque()
        self._news = asyncio.Event()
        self._is_finished = False
        self._is_closed = False

    def put(self, item: _T) -> None:
        """Adds an item, waiting for room. For the thread."""
        with self._changed:
            self._changed.wait_for(lambda: len(self._items) < _ITEMS_AHEAD or self._is_closed)
            if self._is_closed:
                raise Cancelled("the caller of a stream went away")
            self._items.append(item)
            is_first = len(self._items) == 1
        if is_first:
            self._loop.call_soon_threadsafe(self._news.set)

    async def take(self) -> list[_T] | None:
        """Everything that is there, at least one item; None at the end."""
        while True:
            self._news.clear()
            with self._changed:
                if self._items:
                    batch = list(self._items)
                    self._items.clear()
                    self._changed.notify()
                    return batch
            if self._is_finished:
                return None
            await self._news.wait()

    def finish(self) -> None:
        """Tells that no items follow. On the event loop."""
        self._is_finished = True
        self._news.set()

    def close(self) -> None:
        """Tells the thread that nobody wants more."""
        with self._changed:
            self._is_closed = True
            self._changed.notify()
