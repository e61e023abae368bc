"""Many things under way at once, their results in order."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterable, Awaitable, Callable
from typing import Any, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


async def pipelined(
    items: AsyncIterable[Item], work: Callable[[Item], Awaitable[Result]], *, limit: int
) -> AsyncGenerator[Result]:
    """The result of `work` for each item, in the order of the items.

    Close it: what is under way then is cancelled and awaited.

    Args:
        limit: Most items whose results were not taken yet; no further one is read then.
    Raises:
        Exception: what `items` or `work` raised, after the results of all items before.
    """
    waiting: asyncio.Queue[asyncio.Task[Result] | None] = asyncio.Queue()
    room = asyncio.Semaphore(limit)
    tasks: set[asyncio.Task[Result]] = set()

    async def run(item: Item) -> Result:
        return await work(item)

    async def feed() -> None:
        failure: Exception | None = None
        try:
            await room.acquire()
            async for item in items:
                task = asyncio.create_task(run(item))
                tasks.add(task)
                waiting.put_nowait(task)
                await room.acquire()
        except Exception as exc:  # noqa: BLE001 - raised when what came before is answered
            failure = exc
        # Not when it is cancelled: nobody takes from the queue then.
        waiting.put_nowait(None)
        if failure is not None:
            raise failure

    feeding = asyncio.create_task(feed())
    try:
        while (task := await waiting.get()) is not None:
            yield await task
            tasks.discard(task)
            room.release()
        await feeding
    finally:
        await _end([feeding, *tasks])


async def _end(tasks: list[asyncio.Task[Any]]) -> None:
    for task in tasks:
        task.cancel()
    # Errors of those that nobody waits for any more are not of interest.
    await asyncio.gather(*tasks, return_exceptions=True)
