"""How much of a caller's time its handler gets."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest
from oms_rpc.stages import deadline


async def _time_of_handler(*, remaining: float | None, is_local: bool) -> float:
    loop = asyncio.get_running_loop()
    stopped = loop.time()
    loop.time = lambda: stopped

    async def handler(rpc: Any, request: Any) -> float:
        return rpc.call.deadline - stopped

    method: Any = SimpleNamespace(is_health=False, streams_responses=False)
    parts: Any = SimpleNamespace(
        default_deadline_s=60.0,
        max_deadline_s=3600.0,
        in_flight=SimpleNamespace(sweep_later=lambda loop: None),
    )
    rpc: Any = SimpleNamespace(
        is_local=is_local,
        call=SimpleNamespace(deadline=None),
        context=SimpleNamespace(time_remaining=lambda: remaining),
    )
    return await deadline.stage(method, parts, handler)(rpc, None)


@pytest.mark.parametrize(
    ("remaining", "is_local", "expected"),
    [
        (100.0, False, 99.9),  # the answer of a late call needs time for its way back
        (1.0, False, 0.95),
        (1.0, True, 1.0),  # nothing closes a local call from outside
        (None, False, 60.0),  # nobody waits for the default's end
    ],
)
async def test_a_late_call_is_answered_before_its_transport_is_closed(
    remaining: float | None, is_local: bool, expected: float
) -> None:
    got = await _time_of_handler(remaining=remaining, is_local=is_local)
    assert got == pytest.approx(expected)
