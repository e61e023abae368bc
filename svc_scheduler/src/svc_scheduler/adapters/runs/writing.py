"""Statements that record runs, for several jobs at once.

Who calls these holds the rows of the jobs, in the order of their uids, so that a run that waits
and the end of the one it waits for can't miss each other.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from svc_scheduler.adapters.postgres.rows import fetch_all, json_text
from svc_scheduler.adapters.runs.keys import QueuedRun, RunKey
from svc_scheduler.domain.jobs.model import JobSettings
from svc_scheduler.domain.runs.arranging import Arrangement, Planned
from svc_scheduler.domain.runs.model import Cause, State
from svc_scheduler.domain.runs.overlaps import Other, promoted

if TYPE_CHECKING:
    from psycopg import AsyncConnection

    Connection = AsyncConnection[Any]

# Numbers of states as in `State`.
_INSERT: Final = """
INSERT INTO runs (job_uid, id, cause, state, state_reason, priority, fire_time, begin_time,
    missed_count, parameters, queue_time, create_time, end_time, update_time)
SELECT job_uid, id, cause, state, state_reason, priority, fire_time, begin_time, missed_count,
    parameters,
    CASE WHEN state = 3 THEN clock_timestamp() END,
    clock_timestamp(),
    CASE WHEN state > 4 THEN clock_timestamp() END,
    clock_timestamp()
FROM jsonb_to_recordset(%s::jsonb) AS given (place int, job_uid bigint, id text, cause smallint,
    state smallint, state_reason text, priority smallint, fire_time timestamptz,
    begin_time timestamptz, missed_count int, parameters jsonb)
ORDER BY place
ON CONFLICT (job_uid, id) DO NOTHING
RETURNING job_uid, id, state, priority
"""
_END: Final = """
UPDATE runs SET state = %s, state_reason = %s, end_time = clock_timestamp(), worker = '',
    lease_until = NULL, update_time = clock_timestamp(), revision = revision + 1
WHERE job_uid = %s AND id = ANY(%s) AND state < 5
"""
_CANCEL: Final = """
UPDATE runs SET is_cancelled = true, update_time = clock_timestamp(), revision = revision + 1
WHERE job_uid = %s AND id = ANY(%s) AND state = 4
"""
_OPEN: Final = (
    "SELECT job_uid, id, state FROM runs WHERE job_uid = ANY(%s) AND state < 5 "
    "ORDER BY job_uid, number"
)
_PROMOTE: Final = """
UPDATE runs SET state = 1, state_reason = '', update_time = clock_timestamp(),
    revision = revision + 1
WHERE job_uid = %s AND id = ANY(%s) AND state = 2
"""


@dataclass(frozen=True, slots=True)
class Recording:
    """Runs of one job that are to be recorded."""

    job_uid: int
    cause: Cause
    priority: int
    arrangement: Arrangement
    parameters: Mapping[str, Any] | None = None


async def open_runs(connection: Connection, jobs: Collection[int]) -> dict[int, list[Other]]:
    """The runs of jobs that are not done, in the order they were recorded."""
    found: dict[int, list[Other]] = {uid: [] for uid in jobs}
    if found:
        for row in await fetch_all(connection, _OPEN, [list(found)]):
            found[row["job_uid"]].append(Other(row["id"], State(row["state"])))
    return found


async def record(
    connection: Connection, recordings: Sequence[Recording], *, queued_until: datetime | None = None
) -> list[QueuedRun]:
    """Records runs and what becomes of others for their sake. What is there already stays.

    Args:
        queued_until: Runs that may begin until then are queued at once; None: none is.
    Returns:
        The queued ones, which are to be put into the queue after the transaction.
    """
    rows = [
        _row(each, run, queued_until) for each in recordings for run in each.arrangement.planned
    ]
    if not rows:
        return []
    for place, row in enumerate(rows):
        row["place"] = place
    inserted = await fetch_all(connection, _INSERT, [json_text(rows)])
    for each in recordings:
        await _affect_others(connection, each)
    return [
        QueuedRun(RunKey(row["job_uid"], row["id"]), row["priority"], 1)
        for row in inserted
        if row["state"] == State.QUEUED
    ]


async def promote(connection: Connection, jobs: Mapping[int, JobSettings]) -> None:
    """Lets waiting runs begin for which there is room."""
    for uid, others in (await open_runs(connection, jobs.keys())).items():
        if ids := promoted(jobs[uid], others):
            await connection.execute(_PROMOTE, [uid, list(ids)])


async def end_runs(
    connection: Connection, job_uid: int, ids: Collection[str], state: State, reason: str
) -> None:
    """Ends runs that are not done, at once: what their workers report later is refused."""
    if ids:
        await connection.execute(_END, [int(state), reason, job_uid, sorted(ids)])


async def cancel_runs(connection: Connection, job_uid: int, ids: Collection[str]) -> None:
    """Lets workers know that runs are to be cancelled."""
    if ids:
        await connection.execute(_CANCEL, [job_uid, sorted(ids)])


async def _affect_others(connection: Connection, recording: Recording) -> None:
    plan, uid = recording.arrangement, recording.job_uid
    reason = "a later run stands for it"
    await end_runs(connection, uid, plan.ended, State.CANCELLED, reason)
    await end_runs(connection, uid, plan.skipped, State.SKIPPED, reason)
    await cancel_runs(connection, uid, plan.cancelled - plan.ended)


def _row(recording: Recording, run: Planned, queued_until: datetime | None) -> dict[str, object]:
    is_queued = (
        run.state is State.PENDING and queued_until is not None and run.begin <= queued_until
    )
    return {
        "job_uid": recording.job_uid,
        "id": run.id,
        "cause": int(recording.cause),
        "state": int(State.QUEUED if is_queued else run.state),
        "state_reason": run.reason,
        "priority": int(recording.priority),
        "fire_time": run.time,
        "begin_time": run.begin,
        "missed_count": run.missed_count,
        "parameters": recording.parameters,
    }
