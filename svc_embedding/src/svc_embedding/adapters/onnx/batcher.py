"""Threads that run a model, and the queue before them."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence
from time import perf_counter
from typing import Final, TypeAlias

import numpy as np
from oms_core.errors import LimitExceeded, ServiceUnavailable

from svc_embedding.adapters.onnx.metrics import ModelStats
from svc_embedding.adapters.onnx.niceness import yield_to_others
from svc_embedding.adapters.onnx.running import Runner
from svc_embedding.adapters.onnx.tokenizing import Encoded
from svc_embedding.domain.batching import INTERACTIVE_FIRST, BatchQueue, Entry, Job
from svc_embedding.domain.embedding import Matrix, Priority

Lanes: TypeAlias = Sequence[Priority]

ONE_THREAD: Final[Sequence[Lanes]] = (INTERACTIVE_FIRST,)
"""For a device that runs one batch after the other."""
TWO_THREADS: Final[Sequence[Lanes]] = ((Priority.INTERACTIVE,), (Priority.BULK,))
"""For the CPU, where the system gives the cores to whom somebody waits for."""

_FIRST_RATE: Final = 2000.0
_SMOOTHING: Final = 0.1
_SHORTEST_RETRY_S: Final = 0.1
_LONGEST_RETRY_S: Final = 60.0


class _Call(Job):
    """A call that waits for its vectors."""

    __slots__ = ("future", "left", "loop", "vectors")

    def __init__(self, lane: Priority, count: int) -> None:
        super().__init__(lane)
        self.loop = asyncio.get_running_loop()
        self.future: asyncio.Future[Matrix] = self.loop.create_future()
        self.left = count
        self.vectors: Matrix | None = None


_Place: TypeAlias = "tuple[int, Encoded]"


class Batcher:
    """Runs a model on threads of its own. `close` it.

    Args:
        run: Called on the threads.
        lanes: For each thread those that it serves.
    """

    def __init__(
        self,
        run: Runner,
        *,
        lanes: Sequence[Lanes],
        batch_tokens: int,
        queue_tokens: int,
        stats: ModelStats,
    ) -> None:
        self._run = run
        self._queue = BatchQueue[_Place](batch_tokens=batch_tokens, queue_tokens=queue_tokens)
        self._changed = threading.Condition()
        self._is_closed = False
        self._rate = _FIRST_RATE
        self._stats = stats
        self._threads = [
            threading.Thread(target=self._serve, args=(each,), name="embedding", daemon=True)
            for each in lanes
        ]
        for thread in self._threads:
            thread.start()

    async def run(self, texts: Sequence[Encoded], lane: Priority) -> Matrix:
        """The model's output for texts, in their order. When cancelled, what waits is dropped.

        Raises:
            LimitExceeded: the queue is full; carries when to try again.
            ServiceUnavailable: it was closed.
        """
        call = _Call(lane, len(texts))
        entries = [Entry(call, len(text.ids), (row, text)) for row, text in enumerate(texts)]
        with self._changed:
            if self._is_closed:
                raise _closed()
            if not self._queue.offer(call, entries):
                raise self._full()
            self._stats.waiting = self._queue.waiting
            self._changed.notify_all()
        try:
            return await call.future
        finally:
            with self._changed:
                self._queue.drop(call)
                self._stats.waiting = self._queue.waiting

    def close(self) -> None:
        """Ends the threads when they have run what waits. Blocking, idempotent."""
        with self._changed:
            self._is_closed = True
            self._changed.notify_all()
        for thread in self._threads:
            thread.join()

    def _full(self) -> LimitExceeded:
        waiting = self._queue.waiting
        seconds = min(max(waiting / self._rate, _SHORTEST_RETRY_S), _LONGEST_RETRY_S)
        self._stats.refused += 1
        return LimitExceeded(
            f"{waiting} tokens wait for the model already; try again in {seconds:.1f} s",
            metadata={"limit": "queue_tokens"},
            retry_after_s=seconds,
        )

    def _serve(self, lanes: Lanes) -> None:
        if Priority.INTERACTIVE not in lanes:
            yield_to_others()
        while batch := self._next(lanes):
            began = perf_counter()
            outcome = self._outcome(batch)
            self._note(batch, perf_counter() - began)
            self._deliver(batch, outcome)
            # What was delivered belongs to its callers alone while this thread waits.
            del batch, outcome

    def _next(self, lanes: Lanes) -> list[Entry[_Place]]:
        with self._changed:
            while not (batch := self._queue.take(lanes)) and not self._is_closed:
                self._changed.wait()
            self._stats.waiting = self._queue.waiting
            return batch

    def _outcome(self, batch: Sequence[Entry[_Place]]) -> Matrix | Exception:
        try:
            return self._run([entry.payload[1] for entry in batch])
        except Exception as exc:  # noqa: BLE001 - it is raised where the call is awaited
            return exc

    def _note(self, batch: Sequence[Entry[_Place]], seconds: float) -> None:
        tokens = sum(entry.length for entry in batch)
        self._stats.ran(len(batch), tokens, len(batch) * batch[0].length, seconds)
        self._rate += _SMOOTHING * (tokens / max(seconds, 1e-6) - self._rate)

    def _deliver(self, batch: Sequence[Entry[_Place]], outcome: Matrix | Exception) -> None:
        done: dict[_Call, None] = {}
        # Two threads may have rows of the same call.
        with self._changed:
            for place, entry in enumerate(batch):
                call = entry.job
                assert isinstance(call, _Call)
                if call.is_dropped:
                    continue
                if isinstance(outcome, Exception):
                    done[call] = None
                    continue
                if call.vectors is None:
                    call.vectors = np.empty((call.left, outcome.shape[1]), np.float32)
                call.vectors[entry.payload[0]] = outcome[place]
                call.left -= 1
                if call.left == 0:
                    done[call] = None
        for call in done:
            call.loop.call_soon_threadsafe(_resolve, call, outcome)


def _resolve(call: _Call, outcome: Matrix | Exception) -> None:
    if call.future.done():
        return
    if isinstance(outcome, Exception):
        call.future.set_exception(outcome)
    else:
        assert call.vectors is not None
        call.future.set_result(call.vectors)


def _closed() -> ServiceUnavailable:
    return ServiceUnavailable(
        "the model is being unloaded; try again",
        metadata={"service": "embedding"},
        retry_after_s=_SHORTEST_RETRY_S,
    )
