"""Ending tasks for certain.

`asyncio.wait_for` of Python 3.11, which the NATS client uses, forgets a cancellation that comes
together with the result (https://github.com/python/cpython/issues/81839). So loops ask whether they
were cancelled (`raise_if_cancelled`), and who cancels insists.
"""

from __future__ import annotations

import asyncio
from typing import Any, Final

_INSIST_AFTER_S: Final = 8.0
"""Longer than deliveries under way are given to finish."""


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
