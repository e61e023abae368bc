"""Who leads, who works and what waits, from PostgreSQL."""

from __future__ import annotations

from typing import Any, Final

from oms_core.errors import ResourceNotFound
from oms_postgres import PostgresSchema

from svc_scheduler.adapters.postgres.rows import fetch_all, fetch_one

# A leader that is gone is not told by its row: its runs would be recorded.
_LEADER: Final = "SELECT token, leader, lead_time FROM leadership"
_COUNTS: Final = """
SELECT
    greatest(0, extract(epoch FROM clock_timestamp() -
        (SELECT min(next_fire_time) FROM jobs)))::float8 AS lag_s,
    (SELECT count(*) FROM jobs WHERE next_fire_time IS NOT NULL) AS active_jobs,
    (SELECT count(*) FROM jobs WHERE is_paused) AS paused_jobs,
    (SELECT count(*) FROM runs WHERE state = 1) AS pending,
    (SELECT count(*) FROM runs WHERE state < 5 AND state = 2) AS waiting,
    (SELECT count(*) FROM runs WHERE state = 3) AS queued,
    (SELECT count(*) FROM runs WHERE state = 4) AS running
"""
_WORKER: Final = (
    "id, host, start_time, heartbeat_time, run_count, capacity, is_draining FROM workers"
)
_LIVING: Final = "heartbeat_time > clock_timestamp() - make_interval(secs => %s)"


class SchedulerStatus:
    """Reads it.

    Args:
        alive_s: A worker lives that gave a sign of life within that time, in seconds.
    """

    def __init__(self, schema: PostgresSchema, *, alive_s: float) -> None:
        self._schema = schema
        self._alive_s = alive_s

    async def read(self) -> tuple[dict[str, Any], dict[str, Any], list[dict[str, Any]]]:
        """The last leader, the counts, and the workers that live."""
        query = f"SELECT {_WORKER} WHERE {_LIVING} ORDER BY id"
        async with self._schema.connection() as connection:
            leader = await fetch_one(connection, _LEADER)
            counts = await fetch_one(connection, _COUNTS)
            workers = await fetch_all(connection, query, [self._alive_s])
        return leader or {}, counts or {}, workers

    async def drain(self, worker: str, *, is_draining: bool) -> dict[str, Any]:
        """Lets a worker take no more runs, or take them again.

        Raises:
            ResourceNotFound: no worker of that id lives.
        """
        query = (
            f"UPDATE workers SET is_draining = %s WHERE id = %s AND {_LIVING} "  # noqa: S608 - ours
            f"RETURNING {_WORKER.removesuffix(' FROM workers')}"
        )
        async with self._schema.connection() as connection:
            row = await fetch_one(connection, query, [is_draining, worker, self._alive_s])
        if row is None:
            raise ResourceNotFound.of("worker", f"workers/{worker}")
        return row
