"""Background tasks that belong to a server."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Iterable

from oms_core.logging import get_logger

_Task = asyncio.Task[None]
_FIRST_PAUSE_S = 0.1
_MAX_PAUSE_S = 30.0
# A worker that ran this long before it failed starts again with the shortest pause.
_HEALTHY_AFTER_S = 60.0
_LAST_WAIT_S = 1.0


class Workers:
    """Starts background tasks, starts failed ones again, and stops them all."""

    def __init__(self) -> None:
        self._runs: list[tuple[str, Callable[[], Awaitable[None]]]] = []
        self._tasks: list[_Task] = []
        self._is_started = False
        self._log = get_logger()

    def add(self, name: str, run: Callable[[], Awaitable[None]]) -> None:
        """Adds a task, to be started with the others; at once, when these run already."""
        self._runs.append((name, run))
        if self._is_started:
            self._start(name, run)

    def start(self) -> None:
        """Starts all of them."""
        self._is_started = True
        for name, run in self._runs:
            self._start(name, run)

    def _start(self, name: str, run: Callable[[], Awaitable[None]]) -> None:
        self._tasks.append(asyncio.create_task(self._keep(name, run), name=name))

    async def stop(self, *, timeout_s: float = 10.0) -> None:
        """Cancels all of them and waits until each has cleaned up.

        One that is still busy after `timeout_s` seconds is logged and cancelled once more, since
        drivers now and then forget a cancellation; after a last second it is left behind.
        """
        self._is_started = False
        stuck = await _cancel(self._tasks, timeout_s)
        for task in stuck:
            self._log.error("worker did not stop", worker=task.get_name(), waited_s=timeout_s)
        await _cancel(stuck, _LAST_WAIT_S)
        self._tasks.clear()

    async def _keep(self, name: str, run: Callable[[], Awaitable[None]]) -> None:
        loop = asyncio.get_running_loop()
        pause = _FIRST_PAUSE_S
        while True:
            started = loop.time()
            try:
                await run()
            except Exception as error:  # noqa: BLE001 - whatever it was, the worker has to go on
                if not self._is_started:
                    self._log.error("worker failed while stopping", worker=name, exc_info=error)
                    return
                if loop.time() - started >= _HEALTHY_AFTER_S:
                    pause = _FIRST_PAUSE_S
                self._log.error("worker failed", worker=name, retry_s=pause, exc_info=error)
            else:
                return
            await asyncio.sleep(pause * random.uniform(0.5, 1.5))  # noqa: S311 - spreads load
            pause = min(pause * 2, _MAX_PAUSE_S)


async def _cancel(tasks: Iterable[_Task], timeout_s: float) -> set[_Task]:
    """Cancels tasks; returns those that have not ended after some seconds."""
    waiting = set(tasks)
    for task in waiting:
        task.cancel()
    if not waiting:
        return waiting
    _, stuck = await asyncio.wait(waiting, timeout=timeout_s)
    return stuck
