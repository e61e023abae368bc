"""Finds the databases there are, and relays those whose locks it gets."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Mapping
from typing import Any, Final

from oms_core.errors import OmsError, ResourceNotFound
from oms_core.logging import get_logger
from oms_core.pauses import Pauses
from oms_core.tasks import end, in_own_task, raise_if_cancelled
from oms_postgres import AdvisoryLocks, PostgresSchema

from svc_events.adapters.relay import metrics
from svc_events.adapters.relay.following import DatabaseRelay
from svc_events.adapters.relay.kernel_feed import KernelFeed
from svc_events.adapters.relay.metrics import RelayStats
from svc_events.adapters.relay.positions import RelayPositions
from svc_events.adapters.relay.stream import Overtaken
from svc_events.domain.relay.feed import SourceDatabase

_LOOK_S: Final = 0.5
"""Time between two looks for databases and free locks."""
_LOCKS: Final = "oms relay"
_LOCK_TIMEOUT_S: Final = 5.0


class RelayWorker:
    """The background task of the relay. Any number of replicas run it; each database has one."""

    def __init__(
        self,
        feed: KernelFeed,
        relay: DatabaseRelay,
        positions: RelayPositions,
        schema: PostgresSchema,
    ) -> None:
        self._feed = feed
        self._relay = relay
        self._positions = positions
        self._schema = schema
        self._log = get_logger()

    async def run(self) -> None:
        """Relays until it is cancelled, whatever goes away meanwhile."""
        pauses = Pauses()
        while True:
            try:
                async with self._schema.session() as session:
                    locks = AdvisoryLocks(session, _LOCKS, timeout_s=_LOCK_TIMEOUT_S)
                    await self._relay_while(locks, pauses)
            except OmsError as exc:
                pauses.tell("the relay waits", exc)
            await pauses.wait()

    async def _relay_while(self, locks: AdvisoryLocks, pauses: Pauses) -> None:
        """Relays while the session of the locks lives."""
        running = _Running()
        try:
            while True:
                raise_if_cancelled()
                databases = await self._feed.databases()
                names = await self._positions.names()
                await locks.take(databases.keys() | names)
                await self._adapt(running, locks, databases)
                pauses.begin()
                await asyncio.sleep(_LOOK_S)
        finally:
            await running.stop()

    async def _adapt(
        self, running: _Running, locks: AdvisoryLocks, databases: Mapping[str, SourceDatabase]
    ) -> None:
        """Starts, ends and begins anew what has to be."""
        for name in sorted(locks.held):
            database = databases.get(name)
            if database is None:
                await running.end(name)
                await self._bury(name)
                await locks.release(name)
            elif running.is_other(database):
                await running.end(name)
                running.start(database, self._keep_following(database))

    async def _bury(self, name: str) -> None:
        try:
            await self._relay.bury(name)
        except Overtaken:
            self._log.info("another replica relays this database", database=name)

    async def _keep_following(self, database: SourceDatabase) -> None:
        """Follows a database, again and again after errors, until it is cancelled."""
        pauses = Pauses(database=database.id)
        stats = RelayStats(database.id)
        metrics.show(stats)
        try:
            while True:
                raise_if_cancelled()
                try:
                    await in_own_task(self._relay.follow(database, stats))
                except ResourceNotFound as exc:
                    # The next look finds out what is there in its place.
                    pauses.tell("the database is gone or its history is another", exc)
                except Overtaken as exc:
                    pauses.tell("another replica relays this database", exc)
                except OmsError as exc:
                    pauses.tell("the relay of a database waits", exc)
                except Exception as exc:  # noqa: BLE001 - one database must not stop the others
                    self._log.error("the relay of a database failed", exc_info=exc, **pauses.fields)
                stats.restarts += 1
                stats.begin()
                await pauses.wait()
        finally:
            metrics.hide(database.id)


class _Running:
    """The tasks that follow databases."""

    def __init__(self) -> None:
        self._tasks: dict[str, tuple[SourceDatabase, asyncio.Task[None]]] = {}

    def is_other(self, database: SourceDatabase) -> bool:
        """Whether a database is not followed, or one of its name that it is not."""
        known = self._tasks.get(database.id)
        return known is None or known[0] != database

    def start(self, database: SourceDatabase, follow: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(follow, name=f"events/relay/{database.id}")
        self._tasks[database.id] = (database, task)

    async def end(self, name: str) -> None:
        known = self._tasks.pop(name, None)
        if known is not None:
            await end(known[1])

    async def stop(self) -> None:
        await end(*(task for _, task in self._tasks.values()))
        self._tasks.clear()
