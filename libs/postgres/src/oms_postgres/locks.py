"""Which replica does what: advisory locks of PostgreSQL, held by one session.

They end with the session, so when a replica dies another one takes its work over. They save work
only: that nothing is done twice has to follow from how it is written.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from oms_core.errors import ServiceUnavailable

if TYPE_CHECKING:
    from psycopg import AsyncConnection

    Connection: TypeAlias = AsyncConnection[Any]

_TAKE: Final = (
    "SELECT name FROM unnest(%s::text[]) AS name "
    "WHERE pg_try_advisory_lock(hashtextextended(%s || ' ' || name, 0))"
)
_RELEASE: Final = (
    "SELECT pg_advisory_unlock(hashtextextended(%s || ' ' || name, 0)) "
    "FROM unnest(ARRAY[%s]) AS name"
)


class AdvisoryLocks:
    """The locks that one session holds."""

    def __init__(self, session: Connection, purpose: str, *, timeout_s: float) -> None:
        """Holds none yet.

        Args:
            session: Autocommits; the locks live as long as it does.
            purpose: Tells these locks from those of others, such as `oms relay`.
            timeout_s: Longest wait for PostgreSQL, after which the session counts as lost.
        """
        self._session = session
        self._purpose = purpose
        self._timeout_s = timeout_s
        self.held: set[str] = set()

    async def take(self, names: Collection[str]) -> set[str]:
        """Takes those locks that nobody has; asks even when there is none to take, so that a lost
        session is noticed. Returns the new ones.

        Raises:
            ServiceUnavailable: the session is lost, and all locks with it.
        """
        wanted = sorted(set(names) - self.held)
        rows = await self._ask(_TAKE, [wanted, self._purpose])
        taken = {name for (name,) in rows}
        self.held |= taken
        return taken

    async def release(self, name: str) -> None:
        """Lets a lock go.

        Raises:
            ServiceUnavailable: the session is lost, and all locks with it.
        """
        self.held.discard(name)
        await self._ask(_RELEASE, [self._purpose, name])

    async def _ask(self, statement: str, values: list[Any]) -> list[Any]:
        try:
            async with asyncio.timeout(self._timeout_s):
                cursor = await self._session.execute(statement.encode(), values)
                return await cursor.fetchall()
        except TimeoutError as exc:
            raise ServiceUnavailable(
                "PostgreSQL did not answer in time", metadata={"service": "postgresql"}
            ) from exc
