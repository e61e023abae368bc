"""Runs, as callers ask for them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from oms_core.errors import ResourceNotFound
from oms_postgres import PostgresSchema

from svc_scheduler.adapters.jobs.definitions import KnownJob, KnownJobs
from svc_scheduler.adapters.jobs.store import get_job, known_jobs
from svc_scheduler.adapters.postgres.rows import fetch_all, fetch_one, server_time
from svc_scheduler.adapters.runs.rows import COLUMNS, TABLES
from svc_scheduler.adapters.runs.writing import (
    Recording,
    cancel_runs,
    end_runs,
    open_runs,
    promote,
    record,
)
from svc_scheduler.domain.jobs.model import JobSettings, Priority
from svc_scheduler.domain.runs.arranging import Arrangement, Planned, arrange
from svc_scheduler.domain.runs.model import Cause, State

if TYPE_CHECKING:
    from psycopg import AsyncConnection

    Connection = AsyncConnection[Any]

_GET: Final = f"SELECT {COLUMNS} FROM {TABLES} WHERE jobs.id = %s AND runs.id = %s"  # noqa: S608 - columns


@dataclass(frozen=True, slots=True)
class RunQuery:
    """Which runs.

    Args:
        job_id: None: those of every job.
        before: Runs recorded before this one, by number; None: from the newest.
        states: Empty: any.
        start: Recorded then or later.
        end: Recorded before then.
    """

    job_id: str | None
    limit: int
    before: int | None = None
    states: Sequence[int] = ()
    start: datetime | None = None
    end: datetime | None = None


class RunStore:
    """The runs of a deployment."""

    def __init__(self, schema: PostgresSchema, known: KnownJobs) -> None:
        self._schema = schema
        self._known = known

    async def get(self, job_id: str, run_id: str) -> Mapping[str, Any]:
        """The columns of a run, as `run_to_pb` takes them.

        Raises:
            ResourceNotFound: there is none.
        """
        async with self._schema.connection() as connection:
            return await _get(connection, job_id, run_id)

    async def logs(self, row: Mapping[str, Any]) -> dict[int, tuple[Sequence[Any], int]]:
        """What the attempts of a run told: lines and the number of dropped ones, by attempt."""
        query = "SELECT attempt, lines, dropped FROM run_logs WHERE job_uid = %s AND run_id = %s"
        async with self._schema.connection() as connection:
            rows = await fetch_all(connection, query, [row["job_uid"], row["id"]])
        return {each["attempt"]: (each["lines"], each["dropped"]) for each in rows}

    async def list(self, query: RunQuery) -> list[dict[str, Any]]:
        """Runs, newest first.

        Raises:
            ResourceNotFound: there is no such job.
        """
        conditions, values = ["true"], list[object]()
        async with self._schema.connection() as connection:
            if query.job_id is not None:
                job = await get_job(connection, query.job_id)
                conditions.append("runs.job_uid = %s")
                values.append(job.uid)
            for condition, value in (
                ("runs.number < %s", query.before),
                ("runs.state = ANY(%s)", list(query.states) or None),
                ("runs.create_time >= %s", query.start),
                ("runs.create_time < %s", query.end),
            ):
                if value is not None:
                    conditions.append(condition)
                    values.append(value)
            where = " AND ".join(conditions)
            text = (
                f"SELECT {COLUMNS} FROM {TABLES} WHERE {where} "  # noqa: S608 - ours
                "ORDER BY runs.number DESC LIMIT %s"
            )
            return await fetch_all(connection, text, [*values, query.limit])

    async def add(
        self,
        job_id: str,
        runs: Sequence[Planned],
        cause: Cause,
        *,
        parameters: Mapping[str, Any] | None = None,
        settings: JobSettings | None = None,
    ) -> dict[str, Any]:
        """Records runs of a job by its policy on overlaps. What is there already stays.

        Args:
            settings: In place of the job's own, for the policy.
        Returns:
            The columns of the last of them.
        Raises:
            ResourceNotFound: there is no such job.
        """
        async with self._schema.connection() as connection:
            job = await get_job(connection, job_id, lock=True)
            known = await self._one(connection, job.uid, job.revision)
            policy = settings or known.settings
            others = (await open_runs(connection, [job.uid]))[job.uid]
            there = await _there(connection, job.uid, [run.id for run in runs])
            new = [run for run in runs if run.id not in there]
            # A job that can't be read gets its runs too, and they tell why they failed.
            arrangement = arrange(policy, new, others) if policy else Arrangement(new)
            priority = policy.priority if policy else Priority.NORMAL
            recording = Recording(job.uid, cause, priority, arrangement, parameters)
            await record(connection, [recording])
            return await _get(connection, job_id, runs[-1].id)

    async def cancel(self, job_id: str, run_id: str) -> dict[str, Any]:
        """Cancels a run, if it is not done.

        Raises:
            ResourceNotFound: there is none.
        """
        async with self._schema.connection() as connection:
            job = await get_job(connection, job_id, lock=True)
            row = await _get(connection, job_id, run_id)
            if row["state"] == State.RUNNING:
                await cancel_runs(connection, job.uid, [run_id])
            elif row["state"] < State.RUNNING:
                await end_runs(connection, job.uid, [run_id], State.CANCELLED, "cancelled")
                known = await self._one(connection, job.uid, job.revision)
                if known.settings is not None and not known.settings.is_unlimited:
                    await promote(connection, {job.uid: known.settings})
            return await _get(connection, job_id, run_id)

    async def now(self) -> datetime:
        """PostgreSQL's time, by which runs are recorded."""
        return await server_time(self._schema)

    async def changed(self, since: datetime, limit: int) -> list[dict[str, Any]]:
        """Runs that changed since then, in the order of their changes."""
        query = (
            f"SELECT {COLUMNS} FROM {TABLES} WHERE runs.update_time >= %s "  # noqa: S608 - columns
            "ORDER BY runs.update_time LIMIT %s"
        )
        async with self._schema.connection() as connection:
            return await fetch_all(connection, query, [since, limit])

    async def open(self, job_id: str | None, limit: int) -> list[dict[str, Any]]:
        """Runs that are not done, oldest first.

        Raises:
            ResourceNotFound: there is no such job.
        """
        condition, values = "", list[object]()
        async with self._schema.connection() as connection:
            if job_id is not None:
                condition = "runs.job_uid = %s AND "
                values.append((await get_job(connection, job_id)).uid)
            query = (
                f"SELECT {COLUMNS} FROM {TABLES} WHERE {condition} state < 5 "  # noqa: S608 - ours
                "ORDER BY runs.number LIMIT %s"
            )
            return await fetch_all(connection, query, [*values, limit])

    async def _one(self, connection: Connection, uid: int, revision: int) -> KnownJob:
        return (await known_jobs(connection, self._known, {uid: revision}))[uid]


async def _get(connection: Connection, job_id: str, run_id: str) -> dict[str, Any]:
    row = await fetch_one(connection, _GET, [job_id, run_id])
    if row is None:
        raise ResourceNotFound.of("run", f"jobs/{job_id}/runs/{run_id}")
    return row


async def _there(connection: Connection, uid: int, ids: Collection[str]) -> set[str]:
    query = "SELECT id FROM runs WHERE job_uid = %s AND id = ANY(%s)"
    return {row["id"] for row in await fetch_all(connection, query, [uid, list(ids)])}
