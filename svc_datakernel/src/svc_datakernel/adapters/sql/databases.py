"""What a SQL database server or file offers the store: databases, and work on connections."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager
from typing import Protocol, TypeVar

from sqlalchemy import Connection

from svc_datakernel.adapters.sql.comparing import ComparisonCache
from svc_datakernel.adapters.sql.forecasts import Foresee
from svc_datakernel.adapters.sql.graph_schema_keys import SchemaKeys
from svc_datakernel.adapters.sql.upkeep import Upkeep
from svc_datakernel.domain.model import Database, Verification

_T = TypeVar("_T")


class Signal(Protocol):
    """Wakes those who wait for commits, whichever process makes them."""

    def next_change(self) -> asyncio.Event:
        """An event set with the next news; to be taken before looking, or one may be missed."""
        ...

    async def wait(self, event: asyncio.Event) -> None:
        """Waits for an event of `next_change`."""
        ...


class OpenDatabase(Protocol):
    """A database in use."""

    @property
    def description(self) -> Database:
        """What the database is."""
        ...

    @property
    def comparisons(self) -> ComparisonCache:
        """Differences computed before, by commits."""
        ...

    @property
    def schema_keys(self) -> SchemaKeys:
        """Schema graphs seen before, by commits; for a graph database."""
        ...

    @property
    def upkeep(self) -> Upkeep:
        """Takes care of what holds the database."""
        ...

    @property
    def signal(self) -> Signal:
        """Tells of new commits."""
        ...

    async def read(self, work: Callable[[Connection], _T]) -> _T:
        """Runs `work` in a thread on one consistent state; interrupted when nobody waits
        for it any more."""
        ...

    async def read_long(self, work: Callable[[Connection], _T]) -> _T:
        """As `read`, on a thread that short reads do not wait for: for streams."""
        ...

    async def write(self, work: Callable[[Connection], _T], foresee: Foresee | None = None) -> _T:
        """Runs `work` under the write lock; durable once this returns, traceless if it raises.

        A caller that goes away takes back work that has not begun; begun work goes on.
        Work may be run again from the start when the database asks for that.

        Args:
            foresee: Tells what the work will ask, where that is worth to be known before; on
                the writer's thread, outside any transaction. Never raises.
        """
        ...

    def verify(self, conn: Connection) -> Verification:
        """Checks the history and what holds it, as far as the backend can tell."""
        ...


class Databases(Protocol):
    """Opens, lists, creates and deletes databases. Must be used from one event loop."""

    @property
    def threads(self) -> ThreadPoolExecutor:
        """Where reads run, and whatever else may take a while."""
        ...

    def use(self, database: str) -> AbstractAsyncContextManager[OpenDatabase]:
        """Opens a database, or goes on with the open one; it stays open meanwhile.

        Raises:
            ResourceNotFound: there is none of that id.
        """
        ...

    async def get(self, database: str) -> Database:
        """What a database is.

        Raises:
            ResourceNotFound: there is none of that id.
        """
        ...

    async def list(self, *, kind: str, after: str, limit: int) -> Sequence[Database]:
        """Up to `limit` databases with an id beyond `after`, in order; an empty kind means all.

        One that can't be told about is left out, and logged.
        """
        ...

    async def create(self, database: Database, author: str) -> None:
        """Creates a database with its root commit.

        Raises:
            ResourceAlreadyExists: the id is taken.
        """
        ...

    async def update(self, database: str, changes: Mapping[str, str]) -> Database:
        """Changes descriptions by `creation.describe`; every process sees them from now on.

        Raises:
            ResourceNotFound: there is none of that id.
        """
        ...

    async def delete(self, database: str) -> None:
        """Deletes a database. Calls that are under way on it end with what they find.

        Raises:
            ResourceNotFound: there is none of that id.
        """
        ...

    async def check(self) -> None:
        """Raises when databases can't be used right now."""
        ...

    async def close(self) -> None:
        """Finishes what was begun, then lets go of everything, the threads too."""
        ...
