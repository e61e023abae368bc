"""Bounds the time a call may take."""

from __future__ import annotations

import asyncio
from typing import Any

from oms_rpc.method import Method, Run
from oms_rpc.parts import Parts
from oms_rpc.rpc import Rpc

_RESERVED_SHARE = 0.05
_MOST_RESERVED_S = 0.1


def stage(method: Method, parts: Parts, run_next: Run) -> Run:
    """Sets the caller's deadline, or the server's where that is earlier.

    A stream of responses without a deadline may run for ever. Handlers beyond their
    deadline are cancelled by one sweep over the calls in flight: a timer of its own
    would cost every call several microseconds, and `wait_for` a task.

    A call over the network ends a little before its deadline, by a twentieth of the time
    and at most 0.1 s. At the deadline itself the transport closes the call, and an answer
    that comes then would reach the caller, or a gateway on the way, without its details.
    """
    if method.is_health and not method.streams_responses:
        return run_next
    default = None if method.streams_responses else parts.default_deadline_s
    maximum = float("inf") if method.streams_responses else parts.max_deadline_s
    in_flight = parts.in_flight

    async def run(rpc: Rpc, request: Any) -> Any:
        remaining = rpc.context.time_remaining()
        if remaining is None:
            remaining = default
        elif not rpc.is_local:
            remaining -= min(_MOST_RESERVED_S, remaining * _RESERVED_SHARE)
        if remaining is not None:
            loop = asyncio.get_running_loop()
            rpc.call.deadline = loop.time() + min(remaining, maximum)
            in_flight.sweep_later(loop)
        return await run_next(rpc, request)

    return run
