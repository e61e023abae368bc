"""Records the times that are due as runs, once each."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from oms_core.logging import get_logger
from oms_postgres import PostgresSchema

from svc_scheduler.adapters.jobs.definitions import KnownJob, KnownJobs
from svc_scheduler.adapters.jobs.store import Times, known_jobs
from svc_scheduler.adapters.leading.lease import LeaseLost, Term
from svc_scheduler.adapters.leading.shared_clock import SharedClock
from svc_scheduler.adapters.postgres.rows import fetch_all, fetch_one, json_text
from svc_scheduler.adapters.runs.keys import QueuedRun
from svc_scheduler.adapters.runs.writing import Recording, open_runs, record
from svc_scheduler.domain.runs.arranging import Arrangement, arrange, planned_of
from svc_scheduler.domain.runs.misfires import Due, due
from svc_scheduler.domain.runs.model import Cause, scheduled_id

if TYPE_CHECKING:
    from psycopg import AsyncConnection

    Connection = AsyncConnection[Any]

# Held until the end of the transaction: the next leader's token waits for it.
_HOLD: Final = "SELECT token, clock_timestamp() AS now FROM leadership FOR SHARE"
_DUE: Final = (
    "SELECT uid, revision, next_fire_time FROM jobs "
    "WHERE uid = ANY(%s) AND next_fire_time IS NOT NULL ORDER BY uid FOR UPDATE"
)
_ADVANCE: Final = (
    "UPDATE jobs SET next_fire_time = given.fire, next_begin_time = given.begin "
    "FROM jsonb_to_recordset(%s::jsonb) AS given (uid bigint, fire timestamptz, begin timestamptz) "
    "WHERE jobs.uid = given.uid"
)

_LOOK_AGAIN: Final = timedelta(milliseconds=1)
_UNREADABLE: Final = timedelta(minutes=1)


@dataclass(slots=True)
class Recorded:
    """What a call recorded.

    Args:
        next: When each of the jobs is to be looked at again; None: not any more.
        queued: Runs to be put into the queue.
        lateness_s: How long after its time each run was recorded, in seconds.
    """

    next: dict[int, datetime | None] = field(default_factory=dict[int, "datetime | None"])
    queued: list[QueuedRun] = field(default_factory=list[QueuedRun])
    lateness_s: list[float] = field(default_factory=list[float])


async def hold_term(connection: Connection, term: Term, clock: SharedClock) -> datetime:
    """Makes sure that nobody else leads until the transaction ends; tells the time.

    Raises:
        LeaseLost: somebody else leads.
    """
    row = await fetch_one(connection, _HOLD)
    if row is None or row["token"] != term.token:
        raise LeaseLost(f"fencing token {term.token} is not the latest one")
    clock.observe(row["now"])
    return row["now"]


class Recorder:
    """Records for the leader."""

    def __init__(self, schema: PostgresSchema, known: KnownJobs, clock: SharedClock) -> None:
        self._schema = schema
        self._known = known
        self._clock = clock
        self._log = get_logger()

    async def record(self, term: Term, jobs: Collection[int]) -> Recorded:
        """Records what is due of jobs, in one transaction.

        Raises:
            LeaseLost: another replica leads; nothing was recorded.
            ServiceUnavailable: PostgreSQL can't be reached. It may have been recorded; doing it
                again records nothing twice.
        """
        result = Recorded(next=dict.fromkeys(jobs))
        async with self._schema.connection() as connection:
            now = await hold_term(connection, term, self._clock)
            rows = {
                row["uid"]: row for row in await fetch_all(connection, _DUE, [sorted(set(jobs))])
            }
            revisions = {uid: row["revision"] for uid, row in rows.items()}
            known = await known_jobs(connection, self._known, revisions)
            found = await asyncio.to_thread(_work_out, known, rows, now)
            await self._write(connection, known, found, now, result)
        for uid, row in rows.items():
            if uid not in found:
                is_readable = uid in known and known[uid].settings is not None
                pause = _LOOK_AGAIN if is_readable else _UNREADABLE
                result.next[uid] = max(row["next_fire_time"], now + pause)
        return result

    async def _write(
        self,
        connection: Connection,
        known: Mapping[int, KnownJob],
        found: Mapping[int, tuple[Due, datetime | None]],
        now: datetime,
        result: Recorded,
    ) -> None:
        firing = [uid for uid, (each, _) in found.items() if each.fires]
        limited = [
            uid for uid in firing if (settings := known[uid].settings) and not settings.is_unlimited
        ]
        others = await open_runs(connection, limited)
        recordings: list[Recording] = []
        for uid in firing:
            settings = known[uid].settings
            assert settings is not None
            fires = found[uid][0].fires
            planned = [planned_of(scheduled_id(fire.time), fire) for fire in fires]
            arrangement = (
                arrange(settings, planned, others[uid]) if uid in others else Arrangement(planned)
            )
            recordings.append(Recording(uid, Cause.SCHEDULE, settings.priority, arrangement))
            result.lateness_s += [(now - fire.time).total_seconds() for fire in fires]
        result.queued = await record(connection, recordings, queued_until=now)
        await self._advance(connection, found, result)

    async def _advance(
        self,
        connection: Connection,
        found: Mapping[int, tuple[Due, datetime | None]],
        result: Recorded,
    ) -> None:
        times = {uid: Times(each.next, begin) for uid, (each, begin) in found.items()}
        if not times:
            return
        rows = [{"uid": uid, "fire": t.fire, "begin": t.begin} for uid, t in times.items()]
        await connection.execute(_ADVANCE, [json_text(rows)])
        result.next |= {uid: each.fire for uid, each in times.items()}


def _work_out(
    known: Mapping[int, KnownJob], rows: Mapping[int, Mapping[str, Any]], now: datetime
) -> dict[int, tuple[Due, datetime | None]]:
    """What is due of each job, and when its next run begins. Takes long after an outage."""
    found: dict[int, tuple[Due, datetime | None]] = {}
    for uid, row in rows.items():
        job = known.get(uid)
        if job is None or job.settings is None or row["next_fire_time"] > now:
            continue
        each = due(job.settings, job.id, row["next_fire_time"], now)
        begin = None
        if each.next is not None and job.settings.schedule is not None:
            begin = job.settings.schedule.begin_of(job.id, each.next)
        found[uid] = (each, begin)
    return found
