"""Jobs in PostgreSQL.

Whoever changes a job says so to the leader within the transaction, so that it never misses one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from oms.scheduler.v1 import job_pb2 as pb
from oms_core.errors import LimitExceeded, ResourceAlreadyExists, ResourceNotFound, StaleEtag
from oms_postgres import PostgresSchema

from svc_scheduler.adapters.jobs.definitions import JobRecord, KnownJob, KnownJobs, restored
from svc_scheduler.adapters.postgres.rows import fetch_all, fetch_one, json_value, server_time

if TYPE_CHECKING:
    from psycopg import AsyncConnection

    Connection = AsyncConnection[Any]

CHANGED_JOBS: Final = "oms_scheduler_jobs"
"""Channel of PostgreSQL that tells uids of jobs whose next time changed."""
MAX_JOBS: Final = 1_000_000
_COLUMNS: Final = (
    "uid, id, revision, definition, secrets, is_paused, state_reason, next_fire_time, "
    "next_begin_time, failures_in_a_row, author, author_roles, created_by, create_time, "
    "update_time"
)
_KNOWN: Final = "uid, id, revision, definition, secrets, author, author_roles"


@dataclass(frozen=True, slots=True)
class Times:
    """The next time of a job and when its run begins; None: there is none."""

    fire: datetime | None = None
    begin: datetime | None = None


@dataclass(frozen=True, slots=True)
class JobChange:
    """What a change makes of a job. None: that part stays as it is.

    Args:
        definition: The new settings as JSON.
        secrets: The new values of headers, sealed; `b""`: there are none.
        author: Who it is from now on, with roles.
        is_paused: Together with `state_reason`.
    """

    definition: Mapping[str, Any] | None = None
    labels: Mapping[str, str] | None = None
    secrets: bytes | None = field(default=None, repr=False)
    author: tuple[str, Sequence[str]] | None = None
    is_paused: bool | None = None
    state_reason: str = ""
    times: Times | None = None
    forgets_failures: bool = False


@dataclass(frozen=True, slots=True)
class NewJob:
    """A job to be created."""

    id: str
    definition: Mapping[str, Any]
    labels: Mapping[str, str]
    secrets: bytes | None = field(repr=False)
    is_paused: bool
    state_reason: str
    times: Times
    author: str
    author_roles: Sequence[str]
    now: datetime


@dataclass(frozen=True, slots=True)
class JobQuery:
    """Which jobs.

    Args:
        after: Ids greater than this one.
        state: None: any.
    """

    after: str
    limit: int
    state: int | None = None
    id_prefix: str = ""
    labels: Mapping[str, str] = field(default_factory=dict[str, str])


class JobStore:
    """The jobs of a deployment."""

    def __init__(self, schema: PostgresSchema) -> None:
        self._schema = schema

    async def now(self) -> datetime:
        """PostgreSQL's time, by which jobs fire."""
        return await server_time(self._schema)

    async def create(self, job: NewJob) -> JobRecord:
        """Adds a job.

        Raises:
            ResourceAlreadyExists: there is one of that id.
            LimitExceeded: there are as many as there may be.
        """
        values: dict[str, object] = {
            "id": job.id,
            "definition": json_value(job.definition),
            "labels": json_value(dict(job.labels)),
            "secrets": job.secrets,
            "is_paused": job.is_paused,
            "state_reason": job.state_reason,
            "next_fire_time": job.times.fire,
            "next_begin_time": job.times.begin,
            "author": job.author,
            "author_roles": list(job.author_roles),
            "created_by": job.author,
            "create_time": job.now,
            "update_time": job.now,
        }
        names, marks = ", ".join(values), ", ".join(["%s"] * len(values))
        query = (
            f"INSERT INTO jobs ({names}) VALUES ({marks}) "  # noqa: S608 - columns
            f"ON CONFLICT (id) DO NOTHING RETURNING {_COLUMNS}"
        )
        async with self._schema.connection() as connection:
            await _check_room(connection)
            row = await fetch_one(connection, query, list(values.values()))
            if row is None:
                raise ResourceAlreadyExists.of("job", f"jobs/{job.id}")
            await _announce(connection, row["uid"])
        return record_of(row)

    async def get(self, job_id: str) -> JobRecord:
        """A job.

        Raises:
            ResourceNotFound: there is none.
        """
        async with self._schema.connection() as connection:
            return await get_job(connection, job_id)

    async def list(self, query: JobQuery) -> list[JobRecord]:
        """Jobs by id."""
        conditions, values = ["id > %s"], list[object]([query.after])
        if query.id_prefix:
            conditions.append("starts_with(id, %s)")
            values.append(query.id_prefix)
        if query.labels:
            conditions.append("labels @> %s")
            values.append(json_value(dict(query.labels)))
        if query.state is not None:
            conditions.append(_STATES[query.state])
        where = " AND ".join(conditions)
        text = f"SELECT {_COLUMNS} FROM jobs WHERE {where} ORDER BY id LIMIT %s"  # noqa: S608 - ours
        async with self._schema.connection() as connection:
            return [
                record_of(row) for row in await fetch_all(connection, text, [*values, query.limit])
            ]

    async def change(
        self, job_id: str, etag: str, change: Callable[[JobRecord], JobChange], now: datetime
    ) -> JobRecord:
        """Changes a job, while nobody else can.

        Args:
            etag: Empty: whatever it is.
            change: Called once, with the job as it is. Quick.
        Raises:
            ResourceNotFound: there is none.
            StaleEtag: it changed since the etag was read.
        """
        async with self._schema.connection() as connection:
            record = await get_job(connection, job_id, lock=True)
            _check_etag(record, etag)
            values = {"revision": record.revision + 1, **_assigned(change(record), now)}
            assignments = ", ".join(f"{name} = %s" for name in values)
            query = f"UPDATE jobs SET {assignments} WHERE uid = %s RETURNING {_COLUMNS}"  # noqa: S608 - columns
            row = await fetch_one(connection, query, [*values.values(), record.uid])
            assert row is not None
            await _announce(connection, record.uid)
        return record_of(row)

    async def delete(self, job_id: str, etag: str) -> None:
        """Deletes a job with its runs.

        Raises:
            ResourceNotFound: there is none.
            StaleEtag: it changed since the etag was read.
        """
        async with self._schema.connection() as connection:
            record = await get_job(connection, job_id, lock=True)
            _check_etag(record, etag)
            await connection.execute("DELETE FROM jobs WHERE uid = %s", [record.uid])
            await _announce(connection, record.uid)


async def get_job(connection: Connection, job_id: str, *, lock: bool = False) -> JobRecord:
    """A job.

    Args:
        lock: Nobody else changes it, nor records runs of it, until the transaction ends.
    Raises:
        ResourceNotFound: there is none.
    """
    query = f"SELECT {_COLUMNS} FROM jobs WHERE id = %s{' FOR UPDATE' if lock else ''}"  # noqa: S608 - columns
    row = await fetch_one(connection, query, [job_id])
    if row is None:
        raise ResourceNotFound.of("job", f"jobs/{job_id}")
    return record_of(row)


async def known_jobs(
    connection: Connection, known: KnownJobs, revisions: Mapping[int, int]
) -> dict[int, KnownJob]:
    """Jobs by uid, of these revisions or later ones; those that are gone are left out."""
    found = {uid: known.get(uid, revision) for uid, revision in revisions.items()}
    missing = [uid for uid, job in found.items() if job is None]
    if missing:
        query = f"SELECT {_KNOWN} FROM jobs WHERE uid = ANY(%s)"  # noqa: S608 - columns
        for row in await fetch_all(connection, query, [missing]):
            found[row["uid"]] = known.add(row)
    return {uid: job for uid, job in found.items() if job is not None}


def record_of(row: Mapping[str, Any]) -> JobRecord:
    """A job from its columns."""
    values: dict[str, Any] = {
        **row,
        "definition": restored(row["definition"]),
        "author_roles": tuple(row["author_roles"]),
    }
    return JobRecord(**values)


_STATES: Final[Mapping[int, str]] = {
    pb.JOB_STATE_ACTIVE: "NOT is_paused AND next_fire_time IS NOT NULL",
    pb.JOB_STATE_PAUSED: "is_paused",
    pb.JOB_STATE_ENDED: "NOT is_paused AND next_fire_time IS NULL",
}


def _assigned(change: JobChange, now: datetime) -> dict[str, object]:
    values: dict[str, object] = {}
    if change.definition is not None:
        values |= {"definition": json_value(change.definition), "update_time": now}
    if change.labels is not None:
        values["labels"] = json_value(dict(change.labels))
    if change.secrets is not None:
        values["secrets"] = change.secrets or None
    if change.author is not None:
        values |= {"author": change.author[0], "author_roles": list(change.author[1])}
    if change.is_paused is not None:
        values |= {"is_paused": change.is_paused, "state_reason": change.state_reason}
    if change.times is not None:
        values |= {"next_fire_time": change.times.fire, "next_begin_time": change.times.begin}
    if change.forgets_failures:
        values["failures_in_a_row"] = 0
    return values


def _check_etag(record: JobRecord, etag: str) -> None:
    if etag and etag != record.etag:
        raise StaleEtag.of(record.name, etag, record.etag)


async def _check_room(connection: Connection) -> None:
    # As PostgreSQL estimates it: counting a million rows for each new one would take too long.
    row = await fetch_one(
        connection, "SELECT reltuples::bigint AS n FROM pg_class WHERE oid = 'jobs'::regclass"
    )
    if row is not None and row["n"] >= MAX_JOBS:
        raise LimitExceeded(
            f"there are {MAX_JOBS} jobs, which is the most; delete one", metadata={"limit": "jobs"}
        )


async def _announce(connection: Connection, uid: int) -> None:
    await connection.execute("SELECT pg_notify(%s, %s)", [CHANGED_JOBS, str(uid)])
