"""The leader's alarm clock: APScheduler wakes it when jobs are due.

APScheduler keeps the timer. What it takes for jobs are entries of the index, each of which is due
once: when a job is due is worked out by the domain and recorded in PostgreSQL first, and comes
back as a new entry. So neither its cron trigger nor its pickling stores are used.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from apscheduler.executors.base import BaseExecutor
from apscheduler.job import Job
from apscheduler.jobstores.base import BaseJobStore, JobLookupError
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.base import BaseTrigger

from svc_scheduler.adapters.leading.shared_clock import SharedClock

_LONGEST_SLEEP: Final = timedelta(seconds=1)
"""After it the clock is looked at again, so that one that was set is noticed."""
_ALIAS: Final = "index"


class DueClock:
    """Tells which jobs are due. Runs on the event loop that starts it.

    Args:
        tell: Gets the uid of a job that is due, within the loop; quick. It is not told again
            unless it is put again.
    """

    def __init__(self, clock: SharedClock, tell: Callable[[int], None]) -> None:
        self._store = _IndexStore(clock)
        self._scheduler = AsyncIOScheduler(timezone="UTC")
        self._scheduler.add_jobstore(self._store, _ALIAS)
        self._scheduler.add_executor(_Telling(tell), _ALIAS)
        self._store.executor = _ALIAS

    def __len__(self) -> int:
        return len(self._store)

    def start(self) -> None:
        """Begins to tell."""
        self._scheduler.start()

    def stop(self) -> None:
        """Tells no more. Idempotent."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)

    def put(self, times: Mapping[int, datetime | None]) -> None:
        """Sets when jobs are due, by uid; None: not at all."""
        if self._store.put(times) and self._scheduler.running:
            self._scheduler.wakeup()

    def fill(self, times: Mapping[int, datetime]) -> None:
        """Sets when jobs are due, unless it is set."""
        self.put({uid: time for uid, time in times.items() if uid not in self._store.times})


class _Once(BaseTrigger):
    """One instant: what comes behind it is another entry."""

    def get_next_fire_time(self, previous_fire_time: Any, now: Any) -> None:
        """None: there is none."""


class _Telling(BaseExecutor):
    """Hands jobs over instead of running them."""

    def __init__(self, tell: Callable[[int], None]) -> None:
        super().__init__()
        self._tell = tell

    def submit_job(self, job: Any, run_times: Any) -> None:
        # Past the count of instances: what is handed over never tells here that it ended.
        self._do_submit_job(job, run_times)

    def _do_submit_job(self, job: Any, run_times: Any) -> None:
        self._tell(int(job.id))


class _IndexStore(BaseJobStore):
    """Entries in the order of their times: a heap, in which old times of an entry stay behind."""

    def __init__(self, clock: SharedClock) -> None:
        super().__init__()
        self._clock = clock
        self.times: dict[int, datetime] = {}
        self._heap: list[tuple[datetime, int]] = []
        self.executor = ""

    def __len__(self) -> int:
        return len(self.times)

    def put(self, times: Mapping[int, datetime | None]) -> bool:
        """Whether the first time may be another one now."""
        first = self._heap[0][0] if self._heap else None
        for uid, time in times.items():
            if time is None:
                self.times.pop(uid, None)
            elif self.times.get(uid) != time:
                self.times[uid] = time
                heapq.heappush(self._heap, (time, uid))
        if len(self._heap) > 2 * len(self.times) + 1000:
            self._heap = [(time, uid) for uid, time in self.times.items()]
            heapq.heapify(self._heap)
        return bool(self._heap) and self._heap[0][0] != first

    def get_due_jobs(self, now: datetime) -> Any:
        """Takes out what is due by the shared clock, whatever this machine's says."""
        shared = self._clock.now()
        found: list[Any] = []
        while (head := self._head()) is not None and head[0] <= shared:
            heapq.heappop(self._heap)
            del self.times[head[1]]
            found.append(self._job(head[1], now))
        return found

    def get_next_run_time(self) -> Any:
        """When to look again, by this machine's clock."""
        now = datetime.now(UTC)
        head = self._head()
        wait = _LONGEST_SLEEP if head is None else head[0] - self._clock.now()
        return now + min(max(wait, timedelta()), _LONGEST_SLEEP)

    def lookup_job(self, job_id: str) -> Any:
        time = self.times.get(int(job_id))
        return None if time is None else self._job(int(job_id), time)

    def get_all_jobs(self) -> Any:
        return [self._job(uid, time) for uid, time in self.times.items()]

    def add_job(self, job: Any) -> None:
        self.put({int(job.id): job.next_run_time})

    def update_job(self, job: Any) -> None:
        if int(job.id) not in self.times:
            raise JobLookupError(job.id)
        self.put({int(job.id): job.next_run_time})

    def remove_job(self, job_id: str) -> None:
        # An entry that is due is out already, and may have been put again meanwhile.
        return

    def remove_all_jobs(self) -> None:
        self.times.clear()
        self._heap.clear()

    def shutdown(self) -> None:
        self.remove_all_jobs()

    def _head(self) -> tuple[datetime, int] | None:
        while self._heap and self.times.get(self._heap[0][1]) != self._heap[0][0]:
            heapq.heappop(self._heap)
        return self._heap[0] if self._heap else None

    def _job(self, uid: int, time: datetime) -> Any:
        job: Any = Job.__new__(Job)
        job._scheduler, job._jobstore_alias = self._scheduler, self._alias
        job.id, job.name, job.trigger, job.executor = str(uid), str(uid), _ONCE, self.executor
        job.coalesce, job.misfire_grace_time, job.max_instances = True, None, 1
        job.next_run_time = time
        return job


_ONCE: Final = _Once()
