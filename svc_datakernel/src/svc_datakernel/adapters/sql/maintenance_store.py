"""Care of SQL databases that are in use."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from typing import Final, TypeVar

from oms_core.clock import Clock
from sqlalchemy import Connection, func, select

from svc_datakernel.adapters.sql import commits, compaction, leases
from svc_datakernel.adapters.sql import tables as t
from svc_datakernel.adapters.sql.databases import Databases, OpenDatabase
from svc_datakernel.adapters.sql.verification import MOST_FAULTS, derived_faults
from svc_datakernel.domain.replication import Compaction, Statistics

_T = TypeVar("_T")
_LONGEST_PAUSE_S: Final = 0.1


class SqlMaintenance:
    """`Maintenance` on SQL databases; see `domain/replication.py` for its methods."""

    def __init__(self, databases: Databases, clock: Clock) -> None:
        """Borrows the databases: who made them closes them."""
        self._databases = databases
        self._clock = clock
        self._compacting: dict[str, asyncio.Lock] = {}

    async def compact(self, database: str, *, is_dry_run: bool) -> Compaction:
        async with self._databases.use(database) as opened:
            before = await opened.upkeep.size_bytes()
            if is_dry_run:
                count = await opened.read_long(
                    lambda conn: compaction.count_unreached(conn, now_us=self._now_us())
                )
                # Those of commits still to be removed are not known without removing them.
                orphans = await opened.read_long(compaction.find_orphans)
                after = max(0, before - orphans.size_bytes)
                return Compaction(count, len(orphans.keys), before, after)
            async with self._compacting.setdefault(database, asyncio.Lock()):
                removed = await self._remove_commits(opened)
                contents = await self._remove_contents(opened)
                await self._sweep(opened)
                await opened.upkeep.reclaim()
            return Compaction(removed, contents, before, await opened.upkeep.size_bytes())

    async def backup(self, database: str) -> AsyncGenerator[bytes]:
        async with self._databases.use(database) as opened:
            parts = opened.upkeep.backup()
            async with aclosing(parts):  # pyright: ignore[reportArgumentType]
                async for part in parts:
                    yield part

    async def check_database(self, database: str) -> Sequence[str]:
        def check(conn: Connection) -> list[str]:
            # What is derived can't be read from a damaged file.
            found = list(opened.upkeep.structure_faults(conn))
            if not found:
                found = [
                    f"{fault.message} (document {fault.document_id!r}, commit {fault.commit_id!r})"
                    for fault in derived_faults(conn)
                ]
            return found[:MOST_FAULTS]

        async with self._databases.use(database) as opened:
            return await opened.read_long(check)

    async def statistics(self, database: str) -> Statistics:
        async with self._databases.use(database) as opened:
            counts = await opened.read_long(_counts)
            return Statistics(*counts, await opened.upkeep.size_bytes())

    async def _remove_commits(self, opened: OpenDatabase) -> int:
        await self._piece(opened, lambda conn: leases.remove_expired(conn, now_us=self._now_us()))
        last = await opened.read(commits.last_sequence)
        total = 0
        while count := await self._piece(
            opened,
            lambda conn: compaction.remove_commits(conn, upto=last, now_us=self._now_us()),
        ):
            total += count
        while await self._piece(opened, compaction.clear_changes):
            pass
        return total

    async def _remove_contents(self, opened: OpenDatabase) -> int:
        # Contents of a large commit arrive before it does.
        if await opened.read_long(lambda conn: leases.is_any(conn, now_us=self._now_us())):
            return 0
        orphans = await opened.read_long(compaction.find_orphans)
        total = 0
        for start in range(0, len(orphans.keys), compaction.CONTENTS_AT_ONCE):
            keys = orphans.keys[start : start + compaction.CONTENTS_AT_ONCE]
            total += await self._piece(
                opened,
                lambda conn, keys=keys: compaction.remove_contents(
                    conn, orphans, keys, now_us=self._now_us()
                ),
            )
        return total

    async def _sweep(self, opened: OpenDatabase) -> None:
        after: int | None = -1
        while after is not None:
            after = await self._piece(
                opened, lambda conn, after=after: compaction.sweep_triples(conn, after=after)
            )

    async def _piece(self, opened: OpenDatabase, work: Callable[[Connection], _T]) -> _T:
        began = time.monotonic()
        done = await opened.upkeep.maintain(work)
        # Commits get at least half of the time.
        await asyncio.sleep(min(time.monotonic() - began, _LONGEST_PAUSE_S))
        return done

    def _now_us(self) -> int:
        now = self._clock.now()
        return int(now.timestamp()) * 1_000_000 + now.microsecond


def _counts(conn: Connection) -> tuple[int, int, int, int, int]:
    sizes = select(func.count(), func.coalesce(func.sum(t.contents.c.size), 0))
    contents, size = conn.execute(sizes.select_from(t.contents)).one()
    commit_count, branch_count = (
        conn.execute(select(func.count()).select_from(table)).scalar_one()
        for table in (t.commits, t.branches)
    )
    documents = conn.execute(select(func.count(t.changes.c.document.distinct()))).scalar_one()
    return commit_count, branch_count, documents, contents, int(size)
