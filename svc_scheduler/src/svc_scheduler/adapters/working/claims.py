"""Which runs a worker has: taken, kept and ended in PostgreSQL, several at once.

Each attempt has a fencing token of its own. What is reported under another one than the run has is
not written: somebody else has the run, or it has ended.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import orjson
from oms_postgres import PostgresSchema

from svc_scheduler.adapters.jobs.definitions import KnownJob, KnownJobs
from svc_scheduler.adapters.jobs.store import CHANGED_JOBS, known_jobs
from svc_scheduler.adapters.postgres.rows import fetch_all, fetch_one, json_text
from svc_scheduler.adapters.runs.keys import RunKey
from svc_scheduler.adapters.runs.writing import promote
from svc_scheduler.domain.runs.model import State

if TYPE_CHECKING:
    from psycopg import AsyncConnection

    Connection = AsyncConnection[Any]

MAX_LOST: Final = 5
"""After so many workers that ended with it a run fails: it may be what ends them."""
# Numbers of states as in `State`. An attempt whose worker died is noted by who takes its place.
_CLAIM: Final = """
WITH found AS (
    SELECT runs.job_uid, runs.id FROM runs
    JOIN jsonb_to_recordset(%(keys)s::jsonb) AS wanted (uid bigint, id text)
        ON runs.job_uid = wanted.uid AND runs.id = wanted.id
    WHERE state = 3 OR (state = 4 AND lease_until < clock_timestamp())
    ORDER BY runs.job_uid, runs.id FOR UPDATE OF runs SKIP LOCKED
)
UPDATE runs SET state = 4, state_reason = '', worker = %(worker)s,
    fencing_token = nextval('fencing_tokens'), attempt = attempt + 1,
    lost = lost + CASE WHEN state = 4 THEN 1 ELSE 0 END,
    attempts = CASE WHEN state = 4 THEN {append} ELSE attempts END,
    lease_until = clock_timestamp() + %(lease)s, attempt_time = clock_timestamp(),
    start_time = coalesce(start_time, clock_timestamp()), update_time = clock_timestamp(),
    revision = runs.revision + 1
FROM found, jobs
WHERE runs.job_uid = found.job_uid AND runs.id = found.id AND jobs.uid = runs.job_uid
RETURNING runs.job_uid, runs.id AS run_id, runs.attempt, runs.lost, runs.given_back,
    runs.fencing_token,
    runs.fire_time, runs.create_time, runs.parameters, runs.is_cancelled, jobs.id AS job_id,
    jobs.revision AS job_revision, clock_timestamp() AS now
""".replace(
    "{append}",
    "(CASE WHEN jsonb_array_length(attempts) >= 100 THEN attempts - 0 ELSE attempts END) || "
    "jsonb_build_object('number', attempt, 'worker', worker, 'fencing_token', fencing_token, "
    "'start', extract(epoch FROM attempt_time), 'end', extract(epoch FROM clock_timestamp()), "
    "'error', jsonb_build_object('code', 'ABORTED', 'reason', '', 'message', "
    "'the worker gave no sign of life'))",
)
_STATES_OF: Final = """
SELECT runs.job_uid, runs.id, runs.state,
    extract(epoch FROM lease_until - clock_timestamp())::float8 AS lease_left
FROM runs JOIN jsonb_to_recordset(%s::jsonb) AS wanted (uid bigint, id text)
    ON runs.job_uid = wanted.uid AND runs.id = wanted.id
"""
_EXTEND: Final = """
UPDATE runs SET lease_until = clock_timestamp() + %s
FROM jsonb_to_recordset(%s::jsonb) AS held (uid bigint, id text, token bigint)
WHERE runs.job_uid = held.uid AND runs.id = held.id AND runs.fencing_token = held.token
    AND runs.state = 4
RETURNING runs.job_uid, runs.id, runs.is_cancelled
"""
_BEAT: Final = """
INSERT INTO workers (id, host, start_time, heartbeat_time, run_count, capacity)
VALUES (%s, %s, clock_timestamp(), clock_timestamp(), %s, %s)
ON CONFLICT (id) DO UPDATE SET heartbeat_time = clock_timestamp(), run_count = excluded.run_count
RETURNING is_draining
"""
_LOCK_JOBS: Final = (
    "SELECT uid, revision, failures_in_a_row FROM jobs WHERE uid = ANY(%s) ORDER BY uid FOR UPDATE"
)
_END: Final = """
UPDATE runs SET
    state = CASE WHEN given.state < 4 AND is_cancelled THEN 7 ELSE given.state END,
    given_back = given_back + CASE WHEN given.state = 3 THEN 1 ELSE 0 END,
    state_reason = given.reason, worker = '', lease_until = NULL,
    begin_time = coalesce(clock_timestamp() + make_interval(secs => given.delay_s), begin_time),
    result = given.result, error = given.error,
    attempts = (CASE WHEN jsonb_array_length(attempts) >= 100 THEN attempts - 0 ELSE attempts END)
        || jsonb_build_array(given.attempt || jsonb_build_object('start',
            extract(epoch FROM attempt_time), 'end', extract(epoch FROM clock_timestamp()))),
    end_time = CASE WHEN given.state > 4 OR is_cancelled THEN clock_timestamp() END,
    queue_time = clock_timestamp(), update_time = clock_timestamp(), revision = revision + 1
FROM jsonb_to_recordset(%s::jsonb) AS given (uid bigint, id text, token bigint, state smallint,
    reason text, delay_s float8, result jsonb, error jsonb, attempt jsonb)
WHERE runs.job_uid = given.uid AND runs.id = given.id AND runs.fencing_token = given.token
    AND runs.state = 4
RETURNING runs.job_uid, runs.id, runs.state
"""
_LOG: Final = (
    "INSERT INTO run_logs (job_uid, run_id, attempt, lines, dropped) "
    "VALUES (%s, %s, %s, %s::jsonb, %s) ON CONFLICT DO NOTHING"
)
_COUNT_FAILURES: Final = (
    "UPDATE jobs SET failures_in_a_row = given.failures "
    "FROM unnest(%s::bigint[], %s::int[]) AS given (uid, failures) WHERE jobs.uid = given.uid"
)
_PAUSE: Final = (
    "UPDATE jobs SET is_paused = true, state_reason = %s, next_fire_time = NULL, "
    "next_begin_time = NULL, revision = revision + 1 WHERE uid = %s"
)


@dataclass(frozen=True, slots=True)
class Claim:
    """A run that this worker has.

    Args:
        fire_time: The time of the schedule, or that of the record.
        is_cancelled: Whether it is to be cancelled.
        lost: How many attempts ended with their worker.
        given_back: How many ended because their worker was stopped.
        now: PostgreSQL's time.
    """

    key: RunKey
    job: KnownJob
    attempt: int
    lost: int
    given_back: int
    fencing_token: int
    fire_time: datetime
    parameters: Mapping[str, Any] | None
    is_cancelled: bool
    now: datetime

    @property
    def name(self) -> str:
        """The run's resource name."""
        return f"jobs/{self.job.id}/runs/{self.key.id}"


@dataclass(frozen=True, slots=True)
class Report:
    """How an attempt ended.

    Args:
        state: PENDING: it is to be repeated after `delay`; QUEUED: by another worker, at once.
        result: JSON text.
        error: Code, reason and message.
        lines: Times in seconds since 1970, and texts.
    """

    claim: Claim
    worker: str
    state: State
    reason: str = ""
    delay: timedelta | None = None
    result: str | None = None
    error: Mapping[str, str] | None = None
    lines: Sequence[tuple[float, str]] = field(default=())
    dropped_lines: int = 0


class Claims:
    """The runs of workers.

    Args:
        lease: How long a worker has a run without a sign of life.
    """

    def __init__(self, schema: PostgresSchema, known: KnownJobs, *, lease: timedelta) -> None:
        self._schema = schema
        self._known = known
        self.lease = lease

    async def take(self, worker: str, keys: Collection[RunKey]) -> list[Claim]:
        """Takes runs that nobody has.

        Raises:
            ServiceUnavailable: PostgreSQL can't be reached. What may have been taken nevertheless
                is free again after the lease.
        """
        values = {
            "keys": json_text([{"uid": key.job_uid, "id": key.id} for key in keys]),
            "worker": worker,
            "lease": self.lease,
        }
        async with self._schema.connection() as connection:
            rows = await _all_named(connection, _CLAIM, values)
            revisions = {row["job_uid"]: row["job_revision"] for row in rows}
            jobs = await known_jobs(connection, self._known, revisions)
        return [_claim(row, jobs[row["job_uid"]]) for row in rows]

    async def waits(self, keys: Collection[RunKey]) -> dict[RunKey, float | None]:
        """How long until runs that could not be taken may be, in seconds; None: never."""
        async with self._schema.connection() as connection:
            wanted = json_text([{"uid": key.job_uid, "id": key.id} for key in keys])
            rows = await fetch_all(connection, _STATES_OF, [wanted])
        found: dict[RunKey, float | None] = dict.fromkeys(keys)
        for row in rows:
            key = RunKey(row["job_uid"], row["id"])
            if row["state"] == State.RUNNING:
                found[key] = max(0.0, row["lease_left"] or 0.0)
            elif row["state"] == State.QUEUED:
                found[key] = 0.0
        return found

    async def extend(self, claims: Sequence[Claim]) -> dict[RunKey, bool]:
        """Tells that runs are worked on. Those that are not the worker's any more are left out.

        Returns:
            Whether each is to be cancelled.
        """
        if not claims:
            return {}
        held = json_text([_key(each) for each in sorted(claims, key=_order)])
        async with self._schema.connection() as connection:
            rows = await fetch_all(connection, _EXTEND, [self.lease, held])
        return {RunKey(row["job_uid"], row["id"]): row["is_cancelled"] for row in rows}

    async def beat(self, worker: str, host: str, run_count: int, capacity: int) -> bool:
        """Tells that a worker lives. Whether it is to take no more runs."""
        async with self._schema.connection() as connection:
            row = await fetch_one(connection, _BEAT, [worker, host, run_count, capacity])
        return bool(row and row["is_draining"])

    async def leave(self, worker: str) -> None:
        """A worker is gone for good."""
        async with self._schema.connection() as connection:
            await connection.execute("DELETE FROM workers WHERE id = %s", [worker])

    async def end(self, reports: Sequence[Report]) -> set[RunKey]:
        """Writes how attempts ended, and lets runs begin that waited for them.

        Returns:
            Those that were written. The others were somebody else's by then.
        Raises:
            ServiceUnavailable: PostgreSQL can't be reached. Doing it again is harmless.
        """
        jobs = sorted({each.claim.key.job_uid for each in reports})
        async with self._schema.connection() as connection:
            locked = {row["uid"]: row for row in await fetch_all(connection, _LOCK_JOBS, [jobs])}
            ended = await fetch_all(connection, _END, [_text(reports)])
            states = {RunKey(row["job_uid"], row["id"]): State(row["state"]) for row in ended}
            await self._write_logs(connection, [r for r in reports if r.claim.key in states])
            known = await known_jobs(
                connection, self._known, {uid: row["revision"] for uid, row in locked.items()}
            )
            await _count_failures(connection, states, locked, known)
            limited = {key.job_uid for key, state in states.items() if state > State.RUNNING}
            await promote(
                connection,
                {
                    uid: settings
                    for uid in sorted(limited)
                    if (settings := known[uid].settings) and not settings.is_unlimited
                },
            )
        return set(states)

    async def _write_logs(self, connection: Connection, reports: Sequence[Report]) -> None:
        for each in reports:
            if each.lines:
                key, lines = each.claim.key, orjson.dumps(each.lines).decode()
                values = [key.job_uid, key.id, each.claim.attempt, lines, each.dropped_lines]
                await connection.execute(_LOG, values)


async def _count_failures(
    connection: Connection,
    states: Mapping[RunKey, State],
    locked: Mapping[int, Mapping[str, Any]],
    known: Mapping[int, KnownJob],
) -> None:
    counts = {uid: row["failures_in_a_row"] for uid, row in locked.items()}
    before = dict(counts)
    for key, state in states.items():
        if state is State.SUCCEEDED:
            counts[key.job_uid] = 0
        elif state is State.FAILED:
            counts[key.job_uid] += 1
    changed = {uid: count for uid, count in counts.items() if count != before[uid]}
    if not changed:
        return
    await connection.execute(_COUNT_FAILURES, [list(changed), list(changed.values())])
    for uid, count in changed.items():
        settings = known[uid].settings
        if settings and 0 < settings.pause_after_failures <= count:
            reason = f"{count} runs in a row failed"
            await connection.execute(_PAUSE, [reason, uid])
            await connection.execute("SELECT pg_notify(%s, %s)", [CHANGED_JOBS, str(uid)])


def _claim(row: Mapping[str, Any], job: KnownJob) -> Claim:
    return Claim(
        RunKey(row["job_uid"], row["run_id"]),
        job,
        row["attempt"],
        row["lost"],
        row["given_back"],
        row["fencing_token"],
        row["fire_time"] or row["create_time"],
        row["parameters"],
        row["is_cancelled"],
        row["now"],
    )


def _order(claim: Claim) -> RunKey:
    """Rows are locked in one order, or two that lock several could wait for each other."""
    return claim.key


def _text(reports: Sequence[Report]) -> str:
    ordered = sorted(reports, key=lambda report: _order(report.claim))
    return json_text([_row(each) for each in ordered])


def _key(claim: Claim) -> dict[str, object]:
    return {"uid": claim.key.job_uid, "id": claim.key.id, "token": claim.fencing_token}


def _row(report: Report) -> dict[str, object]:
    claim = report.claim
    attempt = {
        "number": claim.attempt,
        "worker": report.worker,
        "fencing_token": claim.fencing_token,
        "error": report.error,
    }
    return {
        **_key(claim),
        "state": int(report.state),
        "reason": report.reason,
        "delay_s": None if report.delay is None else report.delay.total_seconds(),
        "result": None if report.result is None else orjson.Fragment(report.result),
        "error": report.error,
        "attempt": attempt,
    }


async def _all_named(
    connection: Connection, query: str, values: Mapping[str, object]
) -> list[dict[str, Any]]:
    from psycopg.rows import dict_row

    async with connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(query.encode(), values)
        return await cursor.fetchall()
