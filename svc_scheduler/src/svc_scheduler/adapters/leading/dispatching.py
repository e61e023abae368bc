"""What the leader looks after besides the times of schedules: runs whose moment has come, runs
whose worker or message was lost, and runs that nobody needs any more."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from oms_postgres import PostgresSchema

from svc_scheduler.adapters.leading.lease import Term
from svc_scheduler.adapters.leading.recorder import hold_term
from svc_scheduler.adapters.leading.shared_clock import SharedClock
from svc_scheduler.adapters.postgres.rows import fetch_all
from svc_scheduler.adapters.runs.keys import QueuedRun, RunKey

_MOST: Final = 500
# Numbers of states as in `State`.
_BEGIN: Final = """
UPDATE runs SET state = 3, queue_time = clock_timestamp(), update_time = clock_timestamp(),
    revision = revision + 1
FROM (SELECT job_uid, id FROM runs WHERE state = 1 AND begin_time <= %s
    ORDER BY begin_time LIMIT %s FOR UPDATE SKIP LOCKED) AS found
WHERE runs.job_uid = found.job_uid AND runs.id = found.id
RETURNING runs.job_uid, runs.id, runs.priority, runs.attempt
"""
_STRANDED: Final = """
UPDATE runs SET queue_time = clock_timestamp()
FROM (SELECT job_uid, id FROM runs WHERE state = 3 AND queue_time <= %s
    ORDER BY queue_time LIMIT %s FOR UPDATE SKIP LOCKED) AS found
WHERE runs.job_uid = found.job_uid AND runs.id = found.id
RETURNING runs.job_uid, runs.id, runs.priority, runs.attempt
"""
_ABANDONED: Final = (
    "SELECT job_uid, id, priority, attempt FROM runs WHERE state = 4 AND lease_until <= %s LIMIT %s"
)
_OVERDUE: Final = "SELECT uid FROM jobs WHERE next_fire_time <= %s ORDER BY next_fire_time LIMIT %s"
_FORGET: Final = """
DELETE FROM runs USING (SELECT job_uid, id FROM runs WHERE state > 4 AND end_time < %s
    ORDER BY end_time LIMIT %s) AS old
WHERE runs.job_uid = old.job_uid AND runs.id = old.id
RETURNING 1
"""
_FORGET_WORKERS: Final = "DELETE FROM workers WHERE heartbeat_time < %s"
_DEAD_WORKERS: Final = timedelta(hours=1)


class Dispatching:
    """Looks for them, each time under the leader's term.

    Every method raises LeaseLost when another replica leads, and ServiceUnavailable while
    PostgreSQL can't be reached.
    """

    def __init__(self, schema: PostgresSchema, clock: SharedClock) -> None:
        self._schema = schema
        self._clock = clock

    async def begin(self, term: Term) -> list[QueuedRun]:
        """Marks runs whose time to begin has come as queued; they are to be put there."""
        return await self._runs(term, _BEGIN, timedelta())

    async def stranded(self, term: Term, age: timedelta) -> list[QueuedRun]:
        """Runs that have been queued for long. Their messages may be lost; to be put again."""
        return await self._runs(term, _STRANDED, age)

    async def abandoned(self, term: Term, age: timedelta) -> list[QueuedRun]:
        """Runs whose worker gave no sign of life for that long beyond its lease."""
        return await self._runs(term, _ABANDONED, age)

    async def overdue(self, term: Term, age: timedelta) -> list[int]:
        """Jobs whose time passed that long ago and is not recorded."""
        async with self._schema.connection() as connection:
            now = await hold_term(connection, term, self._clock)
            rows = await fetch_all(connection, _OVERDUE, [now - age, _MOST])
        return [row["uid"] for row in rows]

    async def forget(self, term: Term, age: timedelta) -> int:
        """Deletes some runs that ended that long ago; how many."""
        async with self._schema.connection() as connection:
            now = await hold_term(connection, term, self._clock)
            gone: list[Any] = await fetch_all(connection, _FORGET, [now - age, _MOST])
            await connection.execute(_FORGET_WORKERS, [now - _DEAD_WORKERS])
        return len(gone)

    async def _runs(self, term: Term, query: str, age: timedelta) -> list[QueuedRun]:
        async with self._schema.connection() as connection:
            now = await hold_term(connection, term, self._clock)
            rows = await fetch_all(connection, query, [now - age, _MOST])
        return [
            QueuedRun(RunKey(row["job_uid"], row["id"]), row["priority"], row["attempt"] + 1)
            for row in rows
        ]
