"""Tells watchers which runs changed: one look at PostgreSQL for all watchers of this process."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any, Final

from oms_core.errors import LimitExceeded, ServiceUnavailable
from oms_core.pauses import Pauses

from svc_scheduler.adapters.runs.store import RunStore

_POLL_S: Final = 0.5
_MOST: Final = 5_000
_OVERLAP: Final = timedelta(seconds=5)
"""How long a transaction may take from the time it notes to when it is seen."""
_MAX_WAITING: Final = 20_000

Row = dict[str, Any]


class Watch:
    """What one watcher has not seen yet: of each run its latest columns."""

    def __init__(self, job_id: str | None) -> None:
        self._job_id = job_id
        self._rows: dict[tuple[int, str], Row] = {}
        self._has_some = asyncio.Event()
        self._is_slow = False

    def offer(self, row: Row) -> None:
        """A run changed."""
        if self._job_id is not None and row["job_id"] != self._job_id:
            return
        key = (row["job_uid"], row["id"])
        # Behind the others, as it changed after them.
        self._rows.pop(key, None)
        self._rows[key] = row
        self._is_slow = self._is_slow or len(self._rows) > _MAX_WAITING
        self._has_some.set()

    async def next(self) -> Row:
        """The next run that changed.

        Raises:
            LimitExceeded: the watcher is too slow for what changes.
        """
        while not self._rows:
            self._has_some.clear()
            await self._has_some.wait()
        if self._is_slow:
            raise LimitExceeded(
                f"more than {_MAX_WAITING} changed runs wait to be read; watch again",
                metadata={"limit": "watched_runs"},
                retry_after_s=1.0,
            )
        return self._rows.pop(next(iter(self._rows)))


class RunWatching:
    """The watchers of this process. Looks while there are any; `run` is its worker."""

    def __init__(self, store: RunStore) -> None:
        self._store = store
        self._watches: set[Watch] = set()
        self._has_watches = asyncio.Event()

    @asynccontextmanager
    async def watch(self, job_id: str | None) -> AsyncGenerator[Watch]:
        """Watches the runs of a job, or of all.

        Raises:
            ResourceNotFound: there is no such job.
        """
        watch = Watch(job_id)
        self._watches.add(watch)
        self._has_watches.set()
        try:
            for row in await self._store.open(job_id, _MOST):
                watch.offer(row)
            yield watch
        finally:
            self._watches.discard(watch)

    async def run(self) -> None:
        """Looks for changes until it is cancelled."""
        while True:
            while not self._watches:
                self._has_watches.clear()
                await self._has_watches.wait()
            await self._follow()

    async def _follow(self) -> None:
        pauses = Pauses()
        since: datetime | None = None
        seen: dict[tuple[int, str], int] = {}
        while self._watches:
            try:
                since = since or await self._store.now()
                rows = await self._store.changed(since - _OVERLAP, _MOST)
                pauses.begin()
            except ServiceUnavailable as exc:
                pauses.tell("changes of runs can't be read", exc)
                await pauses.wait()
                continue
            latest = {(row["job_uid"], row["id"]): row["revision"] for row in rows}
            for row in rows:
                if seen.get((row["job_uid"], row["id"])) != row["revision"]:
                    for watch in self._watches:
                        watch.offer(row)
            seen = latest
            if rows:
                since = max(since, rows[-1]["update_time"])
            if len(rows) < _MOST:
                await asyncio.sleep(_POLL_S)
