"""Tasks whose count of cancellations can be trusted."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

_T = TypeVar("_T")


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
