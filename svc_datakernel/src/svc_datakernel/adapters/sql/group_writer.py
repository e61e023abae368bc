"""The one writer of a database: commits that wait together share one transaction.

Making a commit durable costs a flush of the disk; so everything that queued up
while the last flush ran is written in one transaction, each piece of work under a
savepoint of its own, and acknowledged after the one flush.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from threading import Lock, Thread
from typing import Any, TypeVar

from oms_core.errors import ServiceUnavailable
from sqlalchemy import Connection

_T = TypeVar("_T")
_MOST_AT_ONCE = 256
_LONGEST_GROUP_S = 0.02
_MOST_ATTEMPTS = 5


class OutcomeUnknown(ServiceUnavailable):
    """The connection broke while a transaction was being made durable."""


class TransactionConflict(ServiceUnavailable):
    """The database ended a transaction for the sake of another one; it can be run again."""


@dataclass(slots=True)
class _Job:
    work: Callable[[Connection], Any]
    future: Future[Any] = field(default_factory=Future[Any])


class GroupWriter:
    """Runs pieces of work one after another in a thread of its own, each all or nothing."""

    def __init__(
        self,
        transaction: Callable[[], AbstractContextManager[Connection]],
        database: str,
        *,
        driver_errors: tuple[type[Exception], ...],
        on_commit: Callable[[], None],
        savepoint: Callable[[Connection], AbstractContextManager[Any]] = Connection.begin_nested,
    ) -> None:
        """Starts nothing yet.

        Args:
            transaction: Begins one with the write lock in hand; leaving it makes it durable,
                or raises what went wrong as one of the kernel's errors. It raises
                `OutcomeUnknown` where it can't tell whether the transaction is durable,
                `TransactionConflict` where the same work may be run again.
            driver_errors: What a failing statement raises.
            on_commit: Called from the writer's thread after each durable transaction; never raises.
            savepoint: Undoes what is done within it when that raises.
        """
        self._transaction = transaction
        self._driver_errors = driver_errors
        self._database = database
        self._on_commit = on_commit
        self._savepoint = savepoint
        self._jobs: SimpleQueue[_Job | None] = SimpleQueue()
        self._lock = Lock()
        self._thread: Thread | None = None
        self._is_closed = False
        self._has_seen_end = False

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
        while (job := self._jobs.get()) is not None:
            if not job.future.set_running_or_notify_cancel():
                continue
            if self._jobs.empty():
                self._run_alone(job)
            else:
                self._run_group(job)
            if self._has_seen_end:
                return

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
                with self._transaction() as conn:
                    return job.work(conn)
            except TransactionConflict:
                if attempt == _MOST_ATTEMPTS:
                    raise
        raise AssertionError("unreachable")

    def _run_group(self, first: _Job) -> None:
        answered: list[tuple[_Job, Any, Exception | None]] = []
        attempted: list[_Job] = []
        try:
            with self._transaction() as conn:
                for job in self._waiting(first):
                    attempted.append(job)
                    answered.append((job, *self._attempt(conn, job)))
        except OutcomeUnknown as exc:
            for job in attempted:
                job.future.set_exception(exc)
            return
        except Exception:  # noqa: BLE001 - each gets its own answer, or the same error, alone
            # One that can't be stored must not take the others with it.
            for job in attempted or [first]:
                self._run_alone(job)
            return
        for job, value, error in answered:
            if error is None:
                job.future.set_result(value)
            else:
                job.future.set_exception(error)
        self._on_commit()

    def _waiting(self, first: _Job) -> Iterator[_Job]:
        """What fits into one transaction: nobody's small commit waits for many large ones."""
        yield first
        began = time.monotonic()
        for _ in range(_MOST_AT_ONCE - 1):
            if time.monotonic() - began > _LONGEST_GROUP_S:
                return
            try:
                job = self._jobs.get_nowait()
            except Empty:
                return
            if job is None:
                self._has_seen_end = True
                return
            if job.future.set_running_or_notify_cancel():
                yield job

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
