"""The one writer of a database: commits that wait together share one transaction.

Making a commit durable costs a flush of the disk; so everything that queued up
while the last flush ran is written in one transaction, each piece of work under a
savepoint of its own, and acknowledged after the one flush.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, field
from itertools import islice
from queue import Empty, SimpleQueue
from threading import Lock, Thread
from typing import Any, TypeVar

from oms_core.errors import ServiceUnavailable
from sqlalchemy import Connection

from svc_datakernel.adapters.sql.forecasts import Forecast, Foresee

_T = TypeVar("_T")
_MOST_AT_ONCE = 256
_LONGEST_GROUP_S = 0.02
_MOST_ATTEMPTS = 5


class OutcomeUnknown(ServiceUnavailable):
    """The connection broke while a transaction was being made durable."""


class TransactionConflict(ServiceUnavailable):
    """The database ended a transaction for the sake of another one; it can be run again."""


@dataclass(slots=True, eq=False)
class _Job:
    work: Callable[[Connection], Any]
    foresee: Foresee | None
    future: Future[Any] = field(default_factory=Future[Any])


@dataclass(slots=True)
class _Group:
    """Work that shares a transaction, and what has become of it."""

    deadline: float
    waiting: list[_Job]
    attempted: list[_Job] = field(default_factory=list[_Job])
    answered: list[tuple[_Job, Any, Exception | None]] = field(
        default_factory=list["tuple[_Job, Any, Exception | None]"]
    )

    @property
    def is_full(self) -> bool:
        """Whether the transaction should end."""
        return len(self.attempted) >= _MOST_AT_ONCE or time.monotonic() > self.deadline


class GroupWriter:
    """Runs pieces of work one after another in a thread of its own, each all or nothing."""

    def __init__(
        self,
        transaction: Callable[[Sequence[Forecast]], AbstractContextManager[Connection]],
        database: str,
        *,
        driver_errors: tuple[type[Exception], ...],
        on_commit: Callable[[], None],
        savepoint: Callable[[Connection], AbstractContextManager[Any]] = Connection.begin_nested,
        prepare: Callable[[Connection, Sequence[Forecast]], None] | None = None,
    ) -> None:
        """Starts nothing yet.

        Args:
            transaction: Begins one with the write lock in hand; leaving it makes it durable,
                or raises what went wrong as one of the kernel's errors. It raises
                `OutcomeUnknown` where it can't tell whether the transaction is durable,
                `TransactionConflict` where the same work may be run again. Is told what will
                be asked, as far as that was foreseen.
            driver_errors: What a failing statement raises.
            on_commit: Called from the writer's thread after each durable transaction; never raises.
            savepoint: Undoes what is done within it when that raises.
            prepare: Where it is worth to foresee what work asks: asks that for work that comes
                to a transaction later.
        """
        self._transaction = transaction
        self._driver_errors = driver_errors
        self._database = database
        self._on_commit = on_commit
        self._savepoint = savepoint
        self._prepare = prepare
        self._put_back: deque[_Job] = deque()
        self._jobs: SimpleQueue[_Job | None] = SimpleQueue()
        self._lock = Lock()
        self._thread: Thread | None = None
        self._is_closed = False
        self._has_seen_end = False

    def submit(
        self, work: Callable[[Connection], _T], foresee: Foresee | None = None
    ) -> Future[_T]:
        """Queues work. The future is done once the work is durable, or has left no trace.

        Cancelling the future takes the work back as long as it has not begun.

        Args:
            foresee: Tells what the work will ask.
        """
        job = _Job(work, foresee)
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
        while (job := self._next()) is not None:
            if self._prepare is None and self._jobs.empty():
                self._run_alone(job)
            else:
                self._run_group(job)

    def _next(self) -> _Job | None:
        """The work to be done next, waited for; None at the end."""
        while self._put_back or not self._has_seen_end:
            job = self._put_back.popleft() if self._put_back else self._begun(self._jobs.get())
            if job is not None:
                return job
        return None

    def _next_waiting(self) -> Iterator[_Job]:
        """The work that waits now."""
        while self._put_back:
            yield self._put_back.popleft()
        with suppress(Empty):
            while not self._has_seen_end:
                job = self._begun(self._jobs.get_nowait())
                if job is not None:
                    yield job

    def _begun(self, job: _Job | None) -> _Job | None:
        """A job that can't be taken back any more; None for the end, and for one that was."""
        if job is None:
            self._has_seen_end = True
            return None
        return job if job.future.set_running_or_notify_cancel() else None

    def _run_alone(self, job: _Job) -> None:
        try:
            value = self._run(job)
        except Exception as exc:  # noqa: BLE001 - handed to whoever waits for the work
            job.future.set_exception(exc)
            return
        job.future.set_result(value)
        self._on_commit()

    def _run(self, job: _Job) -> Any:
        for attempt in range(1, _MOST_ATTEMPTS + 1):
            try:
                with self._transaction(()) as conn:
                    return job.work(conn)
            except TransactionConflict:
                if attempt == _MOST_ATTEMPTS:
                    raise
        raise AssertionError("unreachable")

    def _run_group(self, first: _Job) -> None:
        group = _Group(time.monotonic() + _LONGEST_GROUP_S, [first])
        if self._prepare is not None:
            self._fill(group, _MOST_AT_ONCE)
        try:
            with self._transaction(_forecasts(group.waiting)) as conn:
                self._attempt_all(conn, group)
        except OutcomeUnknown as exc:
            for job in group.attempted:
                job.future.set_exception(exc)
            return
        except Exception:  # noqa: BLE001 - each gets its own answer, or the same error, alone
            # One that can't be stored must not take the others with it.
            for job in group.attempted or [group.waiting.pop(0)]:
                self._run_alone(job)
            return
        finally:
            self._put_back.extend(group.waiting)
        for job, value, error in group.answered:
            if error is None:
                job.future.set_result(value)
            else:
                job.future.set_exception(error)
        self._on_commit()

    def _attempt_all(self, conn: Connection, group: _Group) -> None:
        """Does what fits into one transaction: nobody's small commit waits for many large ones."""
        while group.waiting:
            job = group.waiting.pop(0)
            group.attempted.append(job)
            group.answered.append((job, *self._attempt(conn, job)))
            if group.is_full:
                return
            if not group.waiting:
                self._fill(group, 1 if self._prepare is None else _MOST_AT_ONCE)
                if group.waiting and self._prepare is not None:
                    self._prepare(conn, _forecasts(group.waiting))

    def _fill(self, group: _Group, most: int) -> None:
        group.waiting.extend(islice(self._next_waiting(), most - len(group.waiting)))

    def _attempt(self, conn: Connection, job: _Job) -> tuple[Any, Exception | None]:
        """Runs one piece of work; what it raises undoes it alone. A failure of the
        database itself is raised, since it may have ended the whole transaction."""
        try:
            with self._savepoint(conn):
                return job.work(conn), None
        except self._driver_errors:
            raise
        except Exception as exc:  # noqa: BLE001 - handed to whoever waits for the work
            return None, exc


def _forecasts(jobs: Sequence[_Job]) -> list[Forecast]:
    return [job.foresee() for job in jobs if job.foresee is not None]
