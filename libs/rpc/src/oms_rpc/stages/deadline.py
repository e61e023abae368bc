"""Bounds the time a call may take."""

from __future__ import annotations

import asyncio
from typing import Any

from oms_core.errors import DeadlineExceeded

from oms_rpc.method import Method, Run
from oms_rpc.parts import Parts
from oms_rpc.rpc import Rpc


def stage(method: Method, parts: Parts, run_next: Run) -> Run:
    """Cancels the handler at the caller's deadline, or at the server's where that is earlier.

    A stream of responses without a deadline may run for ever.
    """
    if method.is_health and not method.streams_responses:
        return run_next
    default = None if method.streams_responses else parts.default_deadline_s
    maximum = float("inf") if method.streams_responses else parts.max_deadline_s

    async def run(rpc: Rpc, request: Any) -> Any:
        remaining = rpc.context.time_remaining()
        if remaining is None:
            remaining = default
        if remaining is None:
            return await run_next(rpc, request)
        loop = asyncio.get_running_loop()
        rpc.call.deadline = deadline = loop.time() + min(remaining, maximum)
        # A handle costs a microsecond; `wait_for` would cost a task.
        timer = loop.call_at(deadline, _expire, rpc)
        try:
            return await run_next(rpc, request)
        finally:
            timer.cancel()

    return run


def _expire(rpc: Rpc) -> None:
    rpc.interrupt(DeadlineExceeded("the call's deadline passed before it was done"))
