"""Background tasks of a server."""

import asyncio
import contextlib

from oms_rpc.workers import Workers
from structlog.testing import capture_logs


async def test_worker_that_returns_is_done():
    done = asyncio.Event()

    async def once():
        done.set()

    workers = Workers()
    workers.add("once", once)
    workers.start()
    await done.wait()
    await workers.stop()


async def test_worker_does_not_run_before_the_start():
    ran = []

    async def work():
        ran.append(1)

    workers = Workers()
    workers.add("w", work)
    await asyncio.sleep(0)
    assert ran == []
    await workers.stop()


async def test_worker_added_later_runs_at_once():
    done = asyncio.Event()

    async def work():
        done.set()

    workers = Workers()
    workers.start()
    workers.add("late", work)
    await done.wait()
    await workers.stop()


async def test_stop_waits_for_cleaning_up_and_logs_what_fails_there():
    started, cleaned = asyncio.Event(), []

    async def careful():
        try:
            started.set()
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            cleaned.append(1)
            raise ValueError("lock was lost")

    workers = Workers()
    workers.add("careful", careful)
    with capture_logs() as lines:
        workers.start()
        await started.wait()
        stopping = asyncio.create_task(workers.stop())
        await asyncio.wait_for(stopping, 60)
    assert cleaned == [1]
    assert [line["worker"] for line in lines] == ["careful"]


async def test_worker_that_ignores_its_cancellation_does_not_hold_up_the_stop():
    started, release = asyncio.Event(), asyncio.Event()

    async def stubborn():
        while not release.is_set():
            try:
                started.set()
                await release.wait()
            except asyncio.CancelledError:
                continue

    workers = Workers()
    workers.add("stubborn", stubborn)
    workers.start()
    await started.wait()
    with capture_logs() as lines:
        await workers.stop(timeout_s=0.01)
    assert [line["event"] for line in lines] == ["worker did not stop"]
    release.set()
    await asyncio.sleep(0)


async def test_worker_that_forgot_its_cancellation_is_told_again():
    started, ended = asyncio.Event(), []

    async def forgetful():
        with contextlib.suppress(asyncio.CancelledError):
            started.set()
            await asyncio.Event().wait()
        try:
            await asyncio.Event().wait()
        finally:
            ended.append(1)

    workers = Workers()
    workers.add("forgetful", forgetful)
    workers.start()
    await started.wait()
    with capture_logs() as lines:
        await workers.stop(timeout_s=0.01)
    assert ended == [1]
    assert [line["event"] for line in lines] == ["worker did not stop"]
