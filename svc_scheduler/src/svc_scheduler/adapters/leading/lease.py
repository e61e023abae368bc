"""Who leads: a lease in Redis, and a fencing token from PostgreSQL.

The lease keeps two replicas from leading at once as long as clocks run evenly; the token is what
makes a second one harmless. Redis may forget everything: the next token is still the larger one.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Final

from oms_core.clock import Clock
from oms_core.errors import ServiceUnavailable
from oms_core.logging import get_logger
from oms_postgres import PostgresSchema

from svc_scheduler.adapters.redis import RedisConnection

_KEY: Final = "oms:scheduler:leader"
_RENEW: Final = (
    "if redis.call('GET', KEYS[1]) == ARGV[1] then "
    "return redis.call('PEXPIRE', KEYS[1], ARGV[2]) end return 0"
)
_RELEASE: Final = (
    "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0"
)
_BEGIN_TERM: Final = (
    "UPDATE leadership SET token = token + 1, leader = %s, lead_time = clock_timestamp() "
    "RETURNING token"
)
# Clocks of two machines run at slightly different speeds.
_MARGIN: Final = 0.1
_POLL_S: Final = 0.25
_RENEWALS: Final = 4
"""How often a lease is renewed within its time."""


class LeaseLost(Exception):
    """The replica does not lead any more."""


@dataclass(frozen=True, slots=True)
class Term:
    """The time that a replica leads, told by its token."""

    token: int


class Lease:
    """The lease of one replica.

    Args:
        redis: Answers within a fraction of `lease_s` or fails.
        lease_s: How long it lasts without being renewed, in seconds.
    """

    def __init__(
        self,
        redis: RedisConnection,
        schema: PostgresSchema,
        replica: str,
        clock: Clock,
        *,
        lease_s: float,
    ) -> None:
        self._redis = redis
        self._schema = schema
        self._replica = replica
        self._clock = clock
        self._lease_s = lease_s
        self._valid_until = 0.0
        self._log = get_logger()

    @property
    def is_valid(self) -> bool:
        """Whether nobody else can lead yet."""
        return self._clock.monotonic() < self._valid_until

    async def acquire(self) -> Term:
        """Waits until this replica leads."""
        while True:
            try:
                if await self._take():
                    return Term(await self._token())
            except ServiceUnavailable as exc:
                self._log.debug("no leader can be found", why=str(exc))
            await asyncio.sleep(_POLL_S)

    async def keep(self) -> None:
        """Renews the lease until it is lost.

        Raises:
            LeaseLost: somebody else may lead from now on.
        """
        while True:
            await asyncio.sleep(self._lease_s / _RENEWALS)
            began = self._clock.monotonic()
            try:
                if not await self._redis.ask(
                    lambda client: client.eval(_RENEW, 1, _KEY, self._replica, self._milliseconds)
                ):
                    raise LeaseLost("the lease has ended")
                self._extend(began)
            except ServiceUnavailable as exc:
                self._log.warning("lease can't be renewed", why=str(exc))
            if not self.is_valid:
                raise LeaseLost("the lease could not be renewed in time")

    async def holder(self) -> str:
        """Which replica holds the lease; empty: none does.

        Raises:
            ServiceUnavailable: Redis can't be reached.
        """
        found = await self._redis.ask(lambda client: client.get(_KEY))
        return found.decode() if found else ""

    async def release(self) -> None:
        """Lets another replica lead at once. Harmless when another one does."""
        self._valid_until = 0.0
        try:
            await self._redis.ask(lambda client: client.eval(_RELEASE, 1, _KEY, self._replica))
        except ServiceUnavailable as exc:
            self._log.debug("lease is left to end by itself", why=str(exc))

    @property
    def _milliseconds(self) -> int:
        return int(self._lease_s * 1000)

    async def _take(self) -> bool:
        began = self._clock.monotonic()
        taken = await self._redis.ask(
            lambda client: client.set(_KEY, self._replica, nx=True, px=self._milliseconds)
        )
        if taken:
            self._extend(began)
        return bool(taken)

    async def _token(self) -> int:
        try:
            async with self._schema.connection() as connection:
                cursor = await connection.execute(_BEGIN_TERM, [self._replica])
                row = await cursor.fetchone()
        except BaseException:
            # Who gets no token can't lead, and keeps nobody else from it.
            await self.release()
            raise
        assert row is not None
        return int(row[0])

    def _extend(self, began: float) -> None:
        self._valid_until = began + self._lease_s * (1 - _MARGIN)
