"""When each job is due: all of them in Redis, those of the next minute in this process.

The index belongs to one term and is made from PostgreSQL when the term begins, so a Redis that
forgot it, or holds one of an earlier leader, does no harm. It saves memory, and nothing depends on
it being right: whether a job is due is decided by its row, and what the index lacks is found by a
look at the rows that are overdue.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from oms_postgres import PostgresSchema

from svc_scheduler.adapters.leading.lease import Term
from svc_scheduler.adapters.leading.shared_clock import SharedClock
from svc_scheduler.adapters.postgres.rows import fetch_all
from svc_scheduler.adapters.redis import RedisConnection

if TYPE_CHECKING:
    from svc_scheduler.adapters.leading.due_clock import DueClock

_PREFIX: Final = "oms:scheduler:due:"
_HORIZON: Final = timedelta(seconds=60)
_REFILL_S: Final = 15.0
_KEEP_S: Final = 3600
_CHUNK: Final = 5_000
_SOON: Final = "SELECT uid, next_fire_time FROM jobs WHERE next_fire_time <= %s"
_ALL: Final = (
    "SELECT uid, next_fire_time FROM jobs WHERE uid > %s AND next_fire_time IS NOT NULL "
    "ORDER BY uid LIMIT %s"
)


class DueIndex:
    """The index of one term."""

    def __init__(
        self,
        redis: RedisConnection,
        schema: PostgresSchema,
        clock: SharedClock,
        alarm: DueClock,
        term: Term,
    ) -> None:
        self._redis = redis
        self._schema = schema
        self._clock = clock
        self._alarm = alarm
        self._key = f"{_PREFIX}{term.token}"
        self._horizon = datetime.min.replace(tzinfo=UTC)

    async def load_soon(self) -> None:
        """Puts what is due, and soon will be, before the clock. Straight from PostgreSQL."""
        self._horizon = self._clock.now() + _HORIZON
        async with self._schema.connection() as connection:
            rows = await fetch_all(connection, _SOON, [self._horizon])
        self._alarm.fill({row["uid"]: row["next_fire_time"] for row in rows})

    async def keep(self) -> None:
        """Copies all times to Redis, then brings those of the next minute here, again and again.

        Raises:
            ServiceUnavailable: Redis or PostgreSQL can't be reached.
        """
        await self._copy_all()
        while True:
            await asyncio.sleep(_REFILL_S)
            await self._refill()

    async def put(self, times: Mapping[int, datetime | None]) -> None:
        """Sets when jobs are due, by uid; None: not at all.

        Raises:
            ServiceUnavailable: Redis can't be reached; the clock was told nevertheless.
        """
        self._alarm.put(
            {uid: time if time and time <= self._horizon else None for uid, time in times.items()}
        )
        scores = {str(uid): time.timestamp() for uid, time in times.items() if time}
        gone = [str(uid) for uid, time in times.items() if time is None]
        async with self._redis.pipeline() as pipe:
            if scores:
                pipe.zadd(self._key, scores)
            if gone:
                pipe.zrem(self._key, *gone)
            await pipe.execute()

    async def drop(self) -> None:
        """Removes it from Redis; what is left ends by itself."""
        async with self._redis.pipeline() as pipe:
            pipe.unlink(self._key)
            await pipe.execute()

    async def _copy_all(self) -> None:
        last = 0
        while True:
            async with self._schema.connection() as connection:
                rows = await fetch_all(connection, _ALL, [last, _CHUNK])
            if not rows:
                return
            last = rows[-1]["uid"]
            async with self._redis.pipeline() as pipe:
                # Not over what was put meanwhile, which is newer.
                scores = {str(row["uid"]): row["next_fire_time"].timestamp() for row in rows}
                pipe.zadd(self._key, scores, nx=True)
                pipe.expire(self._key, _KEEP_S)
                await pipe.execute()

    async def _refill(self) -> None:
        # Set before it is read: what is put meanwhile goes before the clock by itself.
        before, self._horizon = self._horizon, self._clock.now() + _HORIZON
        horizon = self._horizon
        async with self._redis.pipeline() as pipe:
            pipe.zrangebyscore(
                self._key,
                f"({before.timestamp()}",
                horizon.timestamp(),
                withscores=True,
            )
            pipe.expire(self._key, _KEEP_S)
            found = (await pipe.execute())[0]
        self._alarm.fill({int(uid): datetime.fromtimestamp(score, UTC) for uid, score in found})
