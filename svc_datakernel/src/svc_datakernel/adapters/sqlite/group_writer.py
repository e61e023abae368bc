"""The one writer of a database: commits that wait together share one transaction.

Making a commit durable costs a flush of the disk; so everything that queued up
while the last flush ran is written in one transaction, each piece of work under a
savepoint of its own, and acknowledged after the one flush.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from threading import Lock, Thread
from typing import Any, TypeVar

from oms_core.errors import ServiceUnavailable
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from svc_datakernel.adapters.sqlite.errors import typed_errors

_T = TypeVar("_T")
_MOST_AT_ONCE = 256


@dataclass(slots=True)
class _Job:
    work: Callable[[Connection], Any]
    future: Future[Any] = field(default_factory=Future[Any])


class GroupWriter:
    """Runs pieces of work one after another in a thread of its own, each all or nothing."""

    def __init__(self, engine: Engine, database: str, on_commit: Callable[[], None]) -> None:
        """Starts nothing yet.

        Args:
            engine: One whose transactions begin with the write lock.
            on_commit: Called from the writer's thread after each durable transaction.
        """
        self._engine = engine
        self._database = database
        self._on_commit = on_commit
        self._jobs: SimpleQueue[_Job | None] = SimpleQueue()
        self._lock = Lock()
        self._thread: Thread | None = None
        self._is_closed = False

    def submit(self, work: Callable[[Connection], _T]) -> Future[_T]:
        """Queues work. The future is done once the work is durable, or has left no trace.

        Cancelling the future takes the work back as long as it has not begun.
        """
        job = _Job(work)
        with self._lock:
            if self._is_closed:
                raise ServiceUnavailable(
                    f"database {self._database!r} is closing; try again",
                    metadata={"service": "datakernel"},
                )
            if self._thread is None:
                name = f"kernel-writer-{self._database}"
                self._thread = Thread(target=self._serve, name=name, daemon=True)
                self._thread.start()
            self._jobs.put(job)
        return job.future

    def close(self) -> None:
        """Finishes what is queued, then stops. Blocks until then."""
        with self._lock:
            self._is_closed = True
            thread = self._thread
            self._jobs.put(None)
        if thread is not None:
            thread.join()

    def _serve(self) -> None:
        while True:
            jobs, is_last = self._next_jobs()
            running = [job for job in jobs if job.future.set_running_or_notify_cancel()]
            if running:
                self._run(running)
            if is_last:
                return

    def _next_jobs(self) -> tuple[list[_Job], bool]:
        """Everything that waits, at least one; and whether the end was reached."""
        jobs: list[_Job] = []
        job = self._jobs.get()
        while job is not None:
            jobs.append(job)
            if len(jobs) == _MOST_AT_ONCE:
                return jobs, False
            try:
                job = self._jobs.get_nowait()
            except Empty:
                return jobs, False
        return jobs, True

    def _run(self, jobs: Sequence[_Job]) -> None:
        try:
            with typed_errors(self._database), self._engine.begin() as conn:
                answers = [_attempt(conn, job, is_alone=len(jobs) == 1) for job in jobs]
        except Exception as exc:  # noqa: BLE001 - handed to whoever waits for the work
            if len(jobs) == 1:
                jobs[0].future.set_exception(exc)
                return
            # One that can't be stored must not take the others with it.
            for job in jobs:
                self._run([job])
            return
        self._on_commit()
        for job, (value, error) in zip(jobs, answers, strict=True):
            if error is None:
                job.future.set_result(value)
            else:
                job.future.set_exception(error)


def _attempt(conn: Connection, job: _Job, *, is_alone: bool) -> tuple[Any, Exception | None]:
    """Runs one piece of work; what it raises undoes it alone. A failure of the
    database itself is raised, since it may have ended the whole transaction."""
    if is_alone:
        return job.work(conn), None
    try:
        with conn.begin_nested():
            return job.work(conn), None
    except DBAPIError:
        raise
    except Exception as exc:  # noqa: BLE001 - handed to whoever waits for the work
        return None, exc
