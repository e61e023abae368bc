"""What only the backend of a database knows to do for it while it is in use."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from typing import Protocol, TypeVar

from sqlalchemy import Connection

_T = TypeVar("_T")


class Upkeep(Protocol):
    """Takes care of an open database."""

    async def maintain(self, work: Callable[[Connection], _T]) -> _T:
        """Runs `work` as one transaction of its own, without checks of foreign keys.

        Those would read whole tables for each row that is removed. Never long: commits wait.
        """
        ...

    async def reclaim(self) -> None:
        """Gives back room that removed rows left, as far as that blocks nobody for long."""
        ...

    async def size_bytes(self) -> int:
        """Bytes on disk; 0 where the backend does not tell."""
        ...

    def structure_faults(self, conn: Connection) -> Sequence[str]:
        """What is wrong with the storage itself."""
        ...

    def backup(self) -> AsyncIterator[bytes]:
        """Streams a consistent copy, cut anywhere. Whoever takes it closes it (`aclosing`)."""
        ...
