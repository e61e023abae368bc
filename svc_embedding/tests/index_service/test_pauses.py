"""A task that is cancelled in the moment in which its work fails ends."""

from __future__ import annotations

import asyncio

import pytest
from svc_embedding.adapters.search.pauses import Pauses


async def test_a_cancellation_that_a_task_group_forgot_is_seen():
    begun = asyncio.Event()

    async def fail() -> None:
        begun.set()
        raise ValueError

    async def work() -> None:
        pauses = Pauses()
        while True:
            try:
                async with asyncio.TaskGroup() as group:
                    group.create_task(fail())
            except* ValueError as error:
                pauses.tell("failed", error)
            await pauses.wait()

    task = asyncio.create_task(work())
    await begun.wait()
    task.cancel()
    async with asyncio.timeout(30):
        with pytest.raises(asyncio.CancelledError):
            await task
