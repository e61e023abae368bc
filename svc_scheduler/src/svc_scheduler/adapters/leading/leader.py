"""The leader: of several replicas the one that records what is due."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib import import_module
from typing import TYPE_CHECKING, Final

from oms_core.errors import OmsError, ServiceUnavailable
from oms_core.logging import get_logger
from oms_core.pauses import Pauses
from oms_core.tasks import in_own_task, raise_if_cancelled
from oms_postgres import PostgresSchema

from svc_scheduler.adapters import metrics
from svc_scheduler.adapters.jobs.store import CHANGED_JOBS
from svc_scheduler.adapters.leading.dispatching import Dispatching
from svc_scheduler.adapters.leading.due_index import DueIndex
from svc_scheduler.adapters.leading.lease import Lease, LeaseLost, Term
from svc_scheduler.adapters.leading.recorder import Recorded, Recorder, hold_term
from svc_scheduler.adapters.leading.shared_clock import SharedClock
from svc_scheduler.adapters.postgres.rows import fetch_all
from svc_scheduler.adapters.redis import RedisConnection
from svc_scheduler.adapters.runs.keys import QueuedRun, RunKey
from svc_scheduler.adapters.runs.queue import RunQueue

if TYPE_CHECKING:
    from svc_scheduler.adapters.leading.due_clock import DueClock

_DUE_CLOCK: Final = "svc_scheduler.adapters.leading.due_clock"
_MOST_AT_ONCE: Final = 500
_BEGIN_EVERY_S: Final = 0.2
_SWEEP_EVERY_S: Final = 1.0
_OVERDUE: Final = timedelta(seconds=1)
_STRANDED: Final = timedelta(seconds=30)
_ABANDONED: Final = timedelta(seconds=2)
_FORGET_EVERY_S: Final = 60.0
_TIMES: Final = "SELECT uid, next_fire_time FROM jobs WHERE uid = ANY(%s)"


@dataclass(frozen=True, slots=True)
class LeaderTools:
    """What the leader works with.

    Args:
        keep_runs: How long runs that ended are kept.
    """

    schema: PostgresSchema
    redis: RedisConnection
    lease: Lease
    clock: SharedClock
    recorder: Recorder
    dispatching: Dispatching
    queue: RunQueue
    keep_runs: timedelta


class Leader:
    """Leads whenever no other replica does. One of them runs in each."""

    def __init__(self, tools: LeaderTools) -> None:
        self._tools = tools
        self._log = get_logger()

    async def run(self) -> None:
        """Waits to lead, leads, and waits again, until it is cancelled."""
        # APScheduler looks through all installed packages when it is imported, which would hold
        # up the start of the process, and the event loop.
        clocks = await asyncio.to_thread(import_module, _DUE_CLOCK)
        while True:
            raise_if_cancelled()
            term = await self._tools.lease.acquire()
            self._log.info("scheduler leads", token=term.token)
            metrics.led(term.token)
            try:
                raise_if_cancelled()  # drivers may forget one on the way to the lease
                await in_own_task(_Leading(self._tools, term, clocks.DueClock).run())
            except* (OmsError, LeaseLost) as group:
                why = "; ".join(sorted({str(each) for each in _leaves(group)}))
                self._log.warning("scheduler leads no more", token=term.token, why=why)
            finally:
                metrics.led(0)
                await self._tools.lease.release()


class _Leading:
    """One term."""

    def __init__(self, tools: LeaderTools, term: Term, due_clock: type[DueClock]) -> None:
        self._tools = tools
        self._term = term
        self._alarm = due_clock(tools.clock, self._notice)
        self._index = DueIndex(tools.redis, tools.schema, tools.clock, self._alarm, term)
        self._due: dict[int, None] = {}
        self._has_due = asyncio.Event()
        self._unsent: dict[RunKey, QueuedRun] = {}

    async def run(self) -> None:
        """Leads until the lease is lost or a store is away for long."""
        tools = self._tools
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(tools.lease.keep())
                await self._begin(group)
                group.create_task(self._record())
                group.create_task(self._every(_BEGIN_EVERY_S, self._begin_runs))
                group.create_task(self._every(_SWEEP_EVERY_S, self._sweep))
                group.create_task(self._every(_FORGET_EVERY_S, self._forget))
        finally:
            self._alarm.stop()
            with contextlib.suppress(ServiceUnavailable):
                await self._index.drop()

    async def _begin(self, group: asyncio.TaskGroup) -> None:
        """Listens for changes before it reads, so that none falls in between."""
        async with self._tools.schema.connection() as connection:
            await hold_term(connection, self._term, self._tools.clock)
        listening: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        group.create_task(self._follow_changes(listening))
        await listening
        await self._index.load_soon()
        self._alarm.start()
        group.create_task(self._index.keep())

    def _notice(self, uid: int) -> None:
        self._due[uid] = None
        self._has_due.set()

    async def _follow_changes(self, listening: asyncio.Future[None]) -> None:
        async with self._tools.schema.session() as session:
            await session.execute(f"LISTEN {CHANGED_JOBS}")
            listening.set_result(None)
            async for notice in session.notifies():
                changed = {int(notice.payload)}
                async with self._tools.schema.connection() as connection:
                    rows = await fetch_all(connection, _TIMES, [list(changed)])
                times: dict[int, datetime | None] = dict.fromkeys(changed)
                await self._index.put(times | {r["uid"]: r["next_fire_time"] for r in rows})

    async def _record(self) -> None:
        pauses = Pauses()
        while True:
            raise_if_cancelled()
            await self._has_due.wait()
            self._has_due.clear()
            while batch := [uid for uid, _ in zip(self._due, range(_MOST_AT_ONCE), strict=False)]:
                for uid in batch:
                    del self._due[uid]
                try:
                    recorded = await self._tools.recorder.record(self._term, batch)
                except ServiceUnavailable as exc:
                    # It is due still, whatever became of the transaction.
                    for uid in batch:
                        self._due[uid] = None
                    pauses.tell("what is due can't be recorded", exc)
                    await pauses.wait()
                    continue
                pauses.begin()
                await self._follow_up(recorded)

    async def _follow_up(self, recorded: Recorded) -> None:
        metrics.recorded(recorded.lateness_s)
        await self._send(recorded.queued)
        await self._index.put(recorded.next)

    async def _send(self, runs: Sequence[QueuedRun]) -> None:
        if not runs:
            return
        try:
            await self._tools.queue.put(runs)
        except ServiceUnavailable:
            # They are recorded, so they only come later.
            self._unsent |= {run.key: run for run in runs}

    async def _begin_runs(self) -> None:
        unsent, self._unsent = self._unsent, {}
        await self._send(list(unsent.values()))
        while runs := await self._tools.dispatching.begin(self._term):
            await self._send(runs)

    async def _sweep(self) -> None:
        dispatching = self._tools.dispatching
        for uid in await dispatching.overdue(self._term, _OVERDUE):
            self._notice(uid)
        await self._send(await dispatching.abandoned(self._term, _ABANDONED))
        await self._send(await dispatching.stranded(self._term, _STRANDED))

    async def _forget(self) -> None:
        while await self._tools.dispatching.forget(self._term, self._tools.keep_runs):
            raise_if_cancelled()

    async def _every(self, seconds: float, work: Callable[[], Awaitable[None]]) -> None:
        """Does something again and again; PostgreSQL that is away is waited for."""
        pauses = Pauses()
        while True:
            raise_if_cancelled()
            try:
                await work()
                pauses.begin()
            except ServiceUnavailable as exc:
                pauses.tell("the leader waits", exc)
                await pauses.wait()
            await asyncio.sleep(seconds)


def _leaves(group: BaseExceptionGroup[BaseException]) -> list[BaseException]:
    found: list[BaseException] = []
    for each in group.exceptions:
        found += _leaves(each) if isinstance(each, BaseExceptionGroup) else [each]
    return found
