"""One direction of a local stream."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Any

import grpc

# grpcio's own marker of a stream's end; its type stub lacks it.
EOF: Any = grpc.aio.EOF  # pyright: ignore[reportAttributeAccessIssue]

# How far a writer may be ahead of its reader, as the windows of HTTP/2 allow it on a
# network: a slow reader holds its writer back instead of filling the memory.
WINDOW_BYTES = 64 * 1024
WINDOW_MESSAGES = 64


class PipeClosed(Exception):
    """A message was put into a pipe whose other end is gone."""


class Pipe:
    """A bounded queue of serialised messages with one writer and one reader."""

    __slots__ = ("_closed", "_items", "_loop", "_reader", "_size", "_writer")

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._items: deque[bytes] = deque()
        self._size = 0
        self._closed = False
        self._reader: asyncio.Future[None] | None = None
        self._writer: asyncio.Future[None] | None = None

    async def put(self, raw: bytes) -> None:
        """Adds a message, once there is room for it.

        Raises:
            PipeClosed: the pipe was closed.
        """
        while self._is_full() and not self._closed:
            self._writer = self._loop.create_future()
            await self._writer
        if self._closed:
            raise PipeClosed
        self._items.append(raw)
        self._size += len(raw)
        _wake(self._reader)

    async def get(self) -> Any:
        """Takes the next message, or `grpc.aio.EOF` when there will be none."""
        while not self._items:
            if self._closed:
                return EOF
            self._reader = self._loop.create_future()
            await self._reader
        raw = self._items.popleft()
        self._size -= len(raw)
        if not self._is_full():
            _wake(self._writer)
        return raw

    def close(self, *, drop: bool = False) -> None:
        """Lets no more messages in; with `drop` those that wait are lost."""
        self._closed = True
        if drop:
            self._items.clear()
            self._size = 0
        _wake(self._reader)
        _wake(self._writer)

    def _is_full(self) -> bool:
        return self._size >= WINDOW_BYTES or len(self._items) >= WINDOW_MESSAGES


def _wake(waiter: asyncio.Future[None] | None) -> None:
    if waiter is not None and not waiter.done():
        waiter.set_result(None)
