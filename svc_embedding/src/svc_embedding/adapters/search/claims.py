"""Which replica does which part of the background work."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Collection
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Final, Protocol, TypeAlias

from oms_postgres import AdvisoryLocks, PostgresSchema

_PURPOSE: Final = "oms embedding"
_TIMEOUT_S: Final = 5.0


class Claims(Protocol):
    """The parts that this replica does."""

    held: set[str]

    async def take(self, names: Collection[str]) -> set[str]:
        """Takes parts that nobody does; the new ones."""
        ...

    async def release(self, name: str) -> None:
        """Leaves a part to others."""
        ...


ClaimsSession: TypeAlias = Callable[[], AbstractAsyncContextManager[Claims]]
"""Opens claims, which end with it."""


class _AllClaims:
    """Claims of the only replica there is."""

    def __init__(self) -> None:
        self.held: set[str] = set()

    async def take(self, names: Collection[str]) -> set[str]:
        taken = set(names) - self.held
        self.held |= taken
        return taken

    async def release(self, name: str) -> None:
        self.held.discard(name)


@asynccontextmanager
async def alone() -> AsyncGenerator[Claims]:
    """For an index that one process has to itself."""
    yield _AllClaims()


def among_replicas(schema: PostgresSchema) -> ClaimsSession:
    """For an index that replicas share."""

    @asynccontextmanager
    async def claims() -> AsyncGenerator[Claims]:
        async with schema.session() as session:
            yield AdvisoryLocks(session, _PURPOSE, timeout_s=_TIMEOUT_S)

    return claims
