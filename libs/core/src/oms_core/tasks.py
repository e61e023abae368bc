"""Tasks whose cancellations can be trusted, and ending them for certain.

`asyncio.wait_for` of Python 3.11, which the NATS client uses, forgets a cancellation that comes
together with the result (https://github.com/python/cpython/issues/81839). So loops ask whether they
were cancelled (`raise_if_cancelled`), and who cancels insists (`end`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, Final, TypeVar

_T = TypeVar("_T")

_INSIST_AFTER_S: Final = 8.0
"""Longer than deliveries under way are given to finish."""


async def in_own_task(work: Coroutine[Any, Any, _T]) -> _T:
    """Runs what uses a `TaskGroup` apart from the caller's task.

    Before Python 3.13 a group leaves a cancellation counted in the task that entered it when one of
    its tasks failed, and forgets one from outside that comes in that moment. In a task of its
    own neither touches the caller: its `cancelling()` counts those from outside alone. The caller's
    cancellation is passed on, and waits for the end of the work.

    Source: https://github.com/python/cpython/issues/116720.
    """
    return await asyncio.create_task(work)


def raise_if_cancelled() -> None:
    """Raises CancelledError in a task that was cancelled and whose cancellation was forgotten."""
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError


async def end(*tasks: asyncio.Task[Any]) -> None:
    """Cancels tasks and waits until each has cleaned up. What they raise is left in them."""
    pending = set(tasks)
    while pending:
        for task in pending:
            task.cancel()
        _, pending = await asyncio.wait(pending, timeout=_INSIST_AFTER_S)
    for task in tasks:
        if not task.cancelled():
            task.exception()
