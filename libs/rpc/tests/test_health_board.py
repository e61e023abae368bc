"""Readiness checks of a server that stops."""

import asyncio

from oms_core.clock import SystemClock
from oms_rpc.health import HealthBoard, ReadyCheck


async def test_checks_under_way_end_with_the_worker_that_made_them() -> None:
    begun, ended = asyncio.Event(), asyncio.Event()

    async def check() -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    board = HealthBoard(SystemClock(), timeout_s=60, interval_s=60)
    board.add_service("events")
    board.add_check(ReadyCheck("events/nats", check, is_required=False))
    await board.set_starting()
    await board.set_started()
    worker = asyncio.create_task(board.keep_checking())
    await begun.wait()
    worker.cancel()
    await asyncio.wait([worker])
    assert ended.is_set()
