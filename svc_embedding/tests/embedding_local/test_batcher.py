"""The threads of a model: order, priority, refusals, and callers that leave. No clock decides."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pytest
from oms_core.errors import LimitExceeded, ServiceUnavailable
from svc_embedding.adapters.onnx.batcher import ONE_THREAD, TWO_THREADS, Batcher
from svc_embedding.adapters.onnx.metrics import ModelStats
from svc_embedding.adapters.onnx.tokenizing import Encoded
from svc_embedding.domain.embedding import Priority, TokenCount

BULK, INTERACTIVE = Priority.BULK, Priority.INTERACTIVE
_PATIENCE_S = 60.0


class Gated:
    """A model that runs a batch whenever it is let, and echoes the first token of each text."""

    def __init__(self) -> None:
        self._permits = threading.Semaphore(0)
        self.began = threading.Semaphore(0)
        self.batches: list[list[int]] = []
        self.error: Exception | None = None

    def __call__(self, batch: Any) -> Any:
        self.batches.append([int(each.ids[0]) for each in batch])
        self.began.release()
        assert self._permits.acquire(timeout=_PATIENCE_S)
        if self.error is not None:
            raise self.error
        return np.array([[each.ids[0]] for each in batch], np.float32)

    def let(self, count: int = 1) -> None:
        self._permits.release(count)

    async def running(self) -> None:
        """Waits until one more batch has begun."""
        assert await asyncio.to_thread(self.began.acquire, timeout=_PATIENCE_S)


@contextmanager
def _batcher(run: Gated, lanes: Any = ONE_THREAD, *, most: int = 100) -> Iterator[Batcher]:
    batcher = Batcher(run, lanes=lanes, batch_tokens=8, queue_tokens=most, stats=ModelStats("test"))
    try:
        yield batcher
    finally:
        run.let(1000)
        batcher.close()


def _texts(*numbers: int, length: int = 4) -> list[Encoded]:
    return [Encoded(np.full(length, each, np.int32), TokenCount(length)) for each in numbers]


async def _until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(_PATIENCE_S):
        while not condition():  # noqa: ASYNC110 - set by threads
            await asyncio.sleep(0)


async def test_results_come_in_the_order_of_the_texts() -> None:
    run = Gated()
    run.let(100)
    with _batcher(run) as batcher:
        texts = [*_texts(1, length=2), *_texts(2, length=8), *_texts(3, length=3), *_texts(4)]
        assert (await batcher.run(texts, BULK))[:, 0].tolist() == [1, 2, 3, 4]
    assert len(run.batches) > 1


async def test_interactive_work_overtakes_bulk_work_that_waits() -> None:
    run = Gated()
    with _batcher(run) as batcher:
        bulk = asyncio.create_task(batcher.run(_texts(*range(10, 18)), BULK))
        await run.running()
        urgent = asyncio.create_task(batcher.run(_texts(1), INTERACTIVE))
        await _until(lambda: batcher._stats.waiting == 6 * 4 + 4)
        run.let(2)
        assert (await urgent)[:, 0].tolist() == [1]
        assert not bulk.done()
        assert run.batches[:2] == [[10, 11], [1]]
        run.let(100)
        assert len(await bulk) == 8


async def test_with_two_threads_nobody_waits_for_a_bulk_batch() -> None:
    run = Gated()
    with _batcher(run, TWO_THREADS) as batcher:
        bulk = asyncio.create_task(batcher.run(_texts(10), BULK))
        await run.running()
        urgent = asyncio.create_task(batcher.run(_texts(1), INTERACTIVE))
        # Both are being run at once.
        await run.running()
        run.let(2)
        await asyncio.gather(bulk, urgent)


async def test_a_full_queue_refuses_at_once_and_says_when_to_come_back() -> None:
    run = Gated()
    with _batcher(run, most=12) as batcher:
        first = asyncio.create_task(batcher.run(_texts(1), BULK))
        await run.running()
        second = asyncio.create_task(batcher.run(_texts(2, 3, 4), BULK))
        await _until(lambda: batcher._stats.waiting == 12)
        with pytest.raises(LimitExceeded) as caught:
            await batcher.run(_texts(5), INTERACTIVE)
        assert caught.value.metadata == {"limit": "queue_tokens"}
        assert 0.1 <= (caught.value.retry_after_s or 0) <= 60
        run.let(100)
        await asyncio.gather(first, second)
        assert (await batcher.run(_texts(5), INTERACTIVE))[0, 0] == 5


async def test_what_a_caller_left_is_not_run() -> None:
    run = Gated()
    with _batcher(run) as batcher:
        first = asyncio.create_task(batcher.run(_texts(1), BULK))
        await run.running()
        left = asyncio.create_task(batcher.run(_texts(*range(20, 30)), BULK))
        await _until(lambda: batcher._stats.waiting == 40)
        left.cancel()
        with pytest.raises(asyncio.CancelledError):
            await left
        assert batcher._stats.waiting == 0
        run.let(100)
        await first
        assert (await batcher.run(_texts(2), BULK))[0, 0] == 2
    assert run.batches == [[1], [2]]


async def test_a_failed_batch_fails_its_calls_and_no_other() -> None:
    run = Gated()
    run.error = ServiceUnavailable("no memory")
    with _batcher(run) as batcher:
        first = asyncio.create_task(batcher.run(_texts(1, 2, 3, 4), BULK))
        await run.running()
        run.let(1)
        with pytest.raises(ServiceUnavailable, match="no memory"):
            await first
        run.error = None
        run.let(100)
        assert (await batcher.run(_texts(9), BULK))[0, 0] == 9


async def test_a_closed_one_runs_what_waits_and_takes_nothing_more() -> None:
    run = Gated()
    with _batcher(run) as batcher:
        first = asyncio.create_task(batcher.run(_texts(*range(6)), BULK))
        await run.running()
        closing = asyncio.create_task(asyncio.to_thread(batcher.close))
        await _until(lambda: batcher._is_closed)
        with pytest.raises(ServiceUnavailable):
            await batcher.run(_texts(1), BULK)
        run.let(100)
        await closing
        assert len(await first) == 6
