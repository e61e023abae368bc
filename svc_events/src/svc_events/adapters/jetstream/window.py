"""A bound on what is under way."""

from __future__ import annotations

import asyncio
from collections import deque


class Window:
    """Room for so many bytes; whoever came first gets room first.

    What is larger than the whole window passes when nothing else is under way.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._used = 0
        self._waiting: deque[tuple[int, asyncio.Future[None]]] = deque()

    @property
    def used(self) -> int:
        """How much is under way."""
        return self._used

    async def enter(self, size: int) -> None:
        """Waits for room. Give it back with `leave`."""
        if not self._waiting and self._has_room(size):
            self._used += size
            return
        turn = asyncio.get_running_loop().create_future()
        self._waiting.append((size, turn))
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self.leave(size)
            else:
                self._waiting = deque(each for each in self._waiting if each[1] is not turn)
                self._admit()
            raise

    def leave(self, size: int) -> None:
        """Gives room back."""
        self._used -= size
        self._admit()

    def _has_room(self, size: int) -> bool:
        return self._used == 0 or self._used + size <= self._most

    def _admit(self) -> None:
        while self._waiting and self._has_room(self._waiting[0][0]):
            size, turn = self._waiting.popleft()
            if not turn.done():
                self._used += size
                turn.set_result(None)
