"""Groups of tasks that fail, in tasks that go on or are cancelled in that moment."""

from __future__ import annotations

import asyncio
import contextlib

import pytest
from oms_core.tasks import in_own_task, raise_if_cancelled


async def _group(failing: asyncio.Event) -> None:
    """A group whose task fails after an event."""

    async def fail() -> None:
        await failing.wait()
        raise LookupError

    async with asyncio.TaskGroup() as group:
        group.create_task(fail())
        group.create_task(asyncio.Event().wait())


async def test_a_failure_is_no_cancellation() -> None:
    failing = asyncio.Event()
    failing.set()
    for _ in range(3):
        with pytest.raises(ExceptionGroup):
            await in_own_task(_group(failing))
        raise_if_cancelled()


@pytest.mark.parametrize("is_failing_first", [True, False])
async def test_a_cancellation_in_the_moment_of_a_failure_is_seen(is_failing_first: bool) -> None:
    failing = asyncio.Event()
    goes_on: list[bool] = []

    async def follow() -> None:
        while True:
            with contextlib.suppress(ExceptionGroup):
                await in_own_task(_group(failing))
            raise_if_cancelled()
            goes_on.append(True)

    task = asyncio.create_task(follow())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    for act in (failing.set, task.cancel) if is_failing_first else (task.cancel, failing.set):
        act()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not goes_on


async def test_the_result_comes_back() -> None:
    assert await in_own_task(asyncio.sleep(0, "result")) == "result"
