"""The tasks of one session of claims."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any


class Tasks:
    """Each task is known with what it was started for."""

    def __init__(self) -> None:
        self._tasks: dict[str, tuple[object, asyncio.Task[None]]] = {}

    def is_other(self, claim: str, what: object) -> bool:
        """Whether there is no task for that."""
        known = self._tasks.get(claim)
        return known is None or known[0] != what

    def start(self, claim: str, what: object, work: Coroutine[Any, Any, None]) -> None:
        self._tasks[claim] = (what, asyncio.create_task(work, name=f"embedding/{claim}"))

    async def end(self, claim: str) -> None:
        known = self._tasks.pop(claim, None)
        if known is not None:
            known[1].cancel()
            await asyncio.wait([known[1]])

    async def stop(self) -> None:
        tasks = [task for _, task in self._tasks.values()]
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)
        self._tasks.clear()
