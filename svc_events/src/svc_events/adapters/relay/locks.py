"""Which replica relays which database: advisory locks of PostgreSQL, held by one session.

They end with the session, so when a replica dies another one takes its databases over. They save
work only: that nothing is written twice follows from how the stream is written.
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
    "WHERE pg_try_advisory_lock(hashtextextended('oms relay ' || name, 0))"
)
_RELEASE: Final = (
    "SELECT pg_advisory_unlock(hashtextextended('oms relay ' || name, 0)) "
    "FROM unnest(%s::text[]) AS name"
)


class DatabaseLocks:
    """The locks that one session holds."""

    def __init__(self, session: Connection, *, timeout_s: float) -> None:
        """Holds none yet.

        Args:
            timeout_s: Longest wait for PostgreSQL, after which the session counts as lost.
        """
        self._session = session
        self._timeout_s = timeout_s
        self.held: set[str] = set()

    async def take(self, names: Collection[str]) -> set[str]:
        """Takes the locks of those databases that nobody has; asks even when there is none to
        take, so that a lost session is noticed. Returns the new ones.

        Raises:
            ServiceUnavailable: the session is lost, and all locks with it.
        """
        wanted = sorted(set(names) - self.held)
        rows = await self._ask(_TAKE, wanted)
        taken = {name for (name,) in rows}
        self.held |= taken
        return taken

    async def release(self, name: str) -> None:
        """Lets a lock go.

        Raises:
            ServiceUnavailable: the session is lost, and all locks with it.
        """
        self.held.discard(name)
        await self._ask(_RELEASE, [name])

    async def _ask(self, statement: str, names: list[str]) -> list[Any]:
        try:
            async with asyncio.timeout(self._timeout_s):
                cursor = await self._session.execute(statement.encode(), [names])
                return await cursor.fetchall()
        except TimeoutError as exc:
            raise ServiceUnavailable(
                "PostgreSQL did not answer in time", metadata={"service": "postgresql"}
            ) from exc
