"""A worker: takes runs from the queue, carries them out, and tells that it lives."""

from __future__ import annotations

import asyncio
import contextlib
import heapq
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from oms_core.clock import Clock
from oms_core.errors import ServiceUnavailable
from oms_core.logging import get_logger
from oms_core.pauses import Pauses
from oms_core.tasks import raise_if_cancelled
from oms_nats import ConsumerGone, Puller

from svc_scheduler.adapters import metrics
from svc_scheduler.adapters.runs.keys import RunKey
from svc_scheduler.adapters.runs.queue import QUEUE, RunQueue, consumer_of, key_of
from svc_scheduler.adapters.working.attempt import AttemptRunner
from svc_scheduler.adapters.working.claims import Claim, Claims, Report
from svc_scheduler.domain.jobs.model import Priority
from svc_scheduler.domain.runs.model import State

if TYPE_CHECKING:
    from nats.aio.msg import Msg

_BEATS: Final = 4
"""Signs of life within a lease."""
_MARGIN: Final = 0.1
"""Part of a lease that is left unused: it takes a moment to end an attempt."""
_MOST_AT_ONCE: Final = 100
_NAK_S: Final = 1.0
_LAST_WORDS_S: Final = 5.0
_STOPPED: Final = {"code": "CANCELLED", "reason": "", "message": "its worker was stopped"}


@dataclass(slots=True, eq=False)
class _Held:
    """A run that the worker has."""

    claim: Claim
    message: Msg
    valid_until: float
    task: asyncio.Task[None] | None = None
    is_cancelled: bool = False


class Worker:
    """Works until it is cancelled. Several may run anywhere.

    Args:
        worker: Its id, unlike that of any other.
        capacity: Most runs at once.
        grace_s: How long runs under way may go on when it is cancelled, in seconds; then they are
            given back.
    """

    def __init__(
        self,
        claims: Claims,
        queue: RunQueue,
        runner: AttemptRunner,
        clock: Clock,
        *,
        worker: str,
        capacity: int,
        grace_s: float,
    ) -> None:
        self._claims = claims
        self._queue = queue
        self._runner = runner
        self._clock = clock
        self._worker = worker
        self._capacity = capacity
        self._grace_s = grace_s
        self._waiting: list[tuple[int, int, Msg]] = []
        self._has_some = asyncio.Event()
        self._arrivals = 0
        self._held: dict[RunKey, _Held] = {}
        self._reports: asyncio.Queue[tuple[_Held, Report]] = asyncio.Queue()
        self._has_room = asyncio.Event()
        self._is_draining = False
        self._log = get_logger()

    async def run(self) -> None:
        """Works; see there. Ends with the first of its tasks that fails."""
        # What an earlier try had is taken over after its lease.
        self._held.clear()
        taking = asyncio.create_task(self._take_runs())
        helpers = [
            asyncio.create_task(each)
            for each in (self._report(), self._beat(), self._drop_expired())
        ]
        try:
            done, _ = await asyncio.wait([taking, *helpers], return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            taking.cancel()
            await asyncio.wait([taking])
            await self._finish()
            for task in helpers:
                task.cancel()
            await asyncio.wait(helpers)
            with contextlib.suppress(ServiceUnavailable):
                await self._claims.leave(self._worker)

    async def _take_runs(self) -> None:
        async with asyncio.TaskGroup() as group:
            for priority in Priority:
                group.create_task(self._pull(priority))
            group.create_task(self._begin_runs())

    async def _pull(self, priority: Priority) -> None:
        """Brings messages of a priority here, again whenever the broker was away."""
        pauses = Pauses(consumer=consumer_of(priority))
        while True:
            raise_if_cancelled()
            puller = Puller(self._queue.connection, QUEUE, consumer_of(priority))
            try:
                await self._queue.ensure()
                await puller.open()
                await self._pull_on(puller, priority, pauses)
            except ConsumerGone as exc:
                await self._queue.forget()
                pauses.tell("runs can't be taken", exc)
                await pauses.wait()
            except ServiceUnavailable as exc:
                pauses.tell("runs can't be taken", exc)
                await pauses.wait()
            finally:
                await puller.close()

    async def _pull_on(self, puller: Puller, priority: Priority, pauses: Pauses) -> None:
        while True:
            raise_if_cancelled()
            while self._room() <= 0:
                self._has_room.clear()
                await self._has_room.wait()
            message = await puller.next(lambda arrived: max(1, self._room() - arrived))
            pauses.begin()
            self._arrivals += 1
            heapq.heappush(self._waiting, (-priority, self._arrivals, message))
            self._has_some.set()

    def _room(self) -> int:
        if self._is_draining:
            return 0
        return self._capacity - len(self._held) - len(self._waiting)

    async def _begin_runs(self) -> None:
        pauses = Pauses()
        while True:
            raise_if_cancelled()
            while not self._waiting:
                self._has_some.clear()
                await self._has_some.wait()
            while len(self._held) >= self._capacity:
                self._has_room.clear()
                await self._has_room.wait()
            most = min(_MOST_AT_ONCE, self._capacity - len(self._held), len(self._waiting))
            messages = [heapq.heappop(self._waiting)[2] for _ in range(most)]
            try:
                await self._begin(messages)
                pauses.begin()
            except ServiceUnavailable as exc:
                await self._give_back(messages)
                pauses.tell("runs can't be claimed", exc)
                await pauses.wait()

    async def _begin(self, messages: Sequence[Msg]) -> None:
        found: dict[RunKey, Msg] = {}
        for message in messages:
            key = key_of(message.data)
            if key is None or key in found or key in self._held:
                await _quietly(message.ack())
            else:
                found[key] = message
        if not found:
            return
        began = self._clock.monotonic()
        claims = await self._claims.take(self._worker, found.keys())
        for claim in claims:
            valid_until = self._valid_until(began)
            held = _Held(claim, found.pop(claim.key), valid_until)
            self._held[claim.key] = held
            held.task = asyncio.create_task(self._attempt(held))
        metrics.RUNNING.set(len(self._held))
        if found:
            await self._put_off(found)

    async def _put_off(self, refused: dict[RunKey, Msg]) -> None:
        """Somebody has these runs, or they need nobody."""
        for key, wait in (await self._claims.waits(refused.keys())).items():
            message = refused[key]
            await _quietly(message.ack() if wait is None else message.nak(delay=wait + _NAK_S))

    async def _give_back(self, messages: Sequence[Msg]) -> None:
        for message in messages:
            await _quietly(message.nak(delay=_NAK_S))

    async def _attempt(self, held: _Held) -> None:
        try:
            report = await self._runner.run(held.claim, lambda: held.is_cancelled)
        except asyncio.CancelledError:
            # The worker stops, or somebody else has the run.
            report = Report(
                held.claim, self._worker, State.QUEUED, "its worker was stopped", error=_STOPPED
            )
        self._reports.put_nowait((held, report))

    async def _report(self) -> None:
        """Writes how attempts ended, as many at once as there are."""
        pauses = Pauses()
        while True:
            batch = [await self._reports.get()]
            while len(batch) < _MOST_AT_ONCE and not self._reports.empty():
                batch.append(self._reports.get_nowait())
            while True:
                try:
                    written = await self._claims.end([report for _, report in batch])
                    break
                except ServiceUnavailable as exc:
                    pauses.tell("results can't be written", exc)
                    await pauses.wait()
            pauses.begin()
            for held, report in batch:
                await self._let_go(held, report, is_written=held.claim.key in written)

    async def _let_go(self, held: _Held, report: Report, *, is_written: bool) -> None:
        if not is_written:
            metrics.STALE.inc()
            self._log.warning("result is refused", run=held.claim.name, worker=self._worker)
        if self._held.get(held.claim.key) is held:
            del self._held[held.claim.key]
        metrics.RUNNING.set(len(self._held))
        self._has_room.set()
        is_back = is_written and report.state is State.QUEUED
        await _quietly(held.message.nak() if is_back else held.message.ack())

    async def _beat(self) -> None:
        pauses = Pauses()
        while True:
            try:
                await self._tell_life()
                pauses.begin()
            except ServiceUnavailable as exc:
                pauses.tell("no sign of life can be given", exc)
            await asyncio.sleep(self._claims.lease.total_seconds() / _BEATS)

    async def _tell_life(self) -> None:
        began = self._clock.monotonic()
        count = len(self._held)
        host = socket.gethostname()
        is_draining = await self._claims.beat(self._worker, host, count, self._capacity)
        if self._is_draining and not is_draining:
            self._has_room.set()
        self._is_draining = is_draining
        held = list(self._held.values())
        kept = await self._claims.extend([each.claim for each in held])
        for each in held:
            is_cancelled = kept.get(each.claim.key)
            if is_cancelled is None:
                self._drop(each)
                continue
            each.valid_until = self._valid_until(began)
            if is_cancelled and not each.is_cancelled and each.task is not None:
                each.is_cancelled = True
                each.task.cancel()
            await _quietly(each.message.in_progress())
        for _, _, message in list(self._waiting):
            await _quietly(message.in_progress())

    def _valid_until(self, began: float) -> float:
        return began + self._claims.lease.total_seconds() * (1 - _MARGIN)

    async def _drop_expired(self) -> None:
        """Ends what others may have taken over: its effects would come twice.

        Waits for nobody, least of all for PostgreSQL.
        """
        while True:
            await asyncio.sleep(self._claims.lease.total_seconds() * _MARGIN / 2)
            now = self._clock.monotonic()
            for each in self._held.values():
                if each.valid_until < now:
                    self._drop(each)

    def _drop(self, held: _Held) -> None:
        if held.task is not None and not held.task.done():
            self._log.warning("run is somebody else's", run=held.claim.name, worker=self._worker)
            held.task.cancel()

    async def _finish(self) -> None:
        """Lets runs under way end, then gives back what is left."""
        while self._waiting:
            await _quietly(self._waiting.pop()[2].nak())
        tasks = [each.task for each in self._held.values() if each.task is not None]
        if tasks:
            _, pending = await asyncio.wait(tasks, timeout=self._grace_s)
            for task in pending:
                task.cancel()
            if pending:
                await asyncio.wait(pending, timeout=_LAST_WORDS_S)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_LAST_WORDS_S):
                while self._held:
                    self._has_room.clear()
                    await self._has_room.wait()


async def _quietly(answer: object) -> None:
    """Sends an answer to the broker; if it is away it asks again by itself."""
    from nats.errors import Error

    with contextlib.suppress(Error, TimeoutError):
        await answer  # pyright: ignore[reportGeneralTypeIssues] - a coroutine
