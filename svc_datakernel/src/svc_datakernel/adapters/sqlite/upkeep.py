"""Care of one SQLite file while it is in use."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from collections.abc import AsyncGenerator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final, TypeVar

from oms_core.ids import new_reference_id
from sqlalchemy import Connection, Engine, event

from svc_datakernel.adapters.sql.verification import set_aside
from svc_datakernel.adapters.sqlite.errors import typed_errors
from svc_datakernel.adapters.sqlite.file_format import open_engine
from svc_datakernel.adapters.sqlite.turns import Turns
from svc_datakernel.adapters.sqlite.verifying import structure_faults

_T = TypeVar("_T")
_PAGES_AT_ONCE: Final = 1000
_PAUSE_S: Final = 0.01
_CHUNK_BYTES: Final = 256 * 1024
_INCREMENTAL: Final = 2
_MOST_REWRITTEN_BYTES: Final = 64 * 1024 * 1024
COPYING: Final = ".creating-"
"""How folders begin that a stopped program leaves, and the next one removes after an hour."""


class SqliteUpkeep:
    """`Upkeep` of a file. Its connections are opened for a task and closed after it."""

    def __init__(self, path: Path, name: str, threads: ThreadPoolExecutor, turns: Turns) -> None:
        """Opens nothing.

        Args:
            threads: Where long work runs; not closed here.
            turns: Shared with whoever else writes to the file.
        """
        self._turns = turns
        self._path = path
        self._name = name
        self._threads = threads

    async def maintain(self, work: Callable[[Connection], _T]) -> _T:
        def run() -> _T:
            engine = self._engine()
            try:
                with self._turns, typed_errors(self._name), engine.begin() as conn:
                    return work(conn)
            finally:
                engine.dispose()

        return await self._in_thread(run)

    async def reclaim(self) -> None:
        if await self._in_thread(self._has_incremental_vacuum):
            for _ in range(await self._in_thread(self._free_parts)):
                await self._in_thread(self._give_back_some)
                # Commits that wait get their turn between two steps.
                await asyncio.sleep(_PAUSE_S)
        elif await self.size_bytes() <= _MOST_REWRITTEN_BYTES:
            await self._in_thread(self._rewrite)

    async def size_bytes(self) -> int:
        return await self._in_thread(self._size)

    def structure_faults(self, conn: Connection) -> Sequence[str]:
        found = [fault.message for fault in structure_faults(conn)]
        if found:
            return found
        aside = set_aside(conn)
        return [
            f"row {row} of {table} refers to a missing row of {parent}"
            for table, row, parent, _ in conn.exec_driver_sql("PRAGMA foreign_key_check")
            if table != "changes" or not any(start <= row < end for start, end in aside)
        ]

    async def backup(self) -> AsyncGenerator[bytes]:
        folder = self._path.parent.parent / f"{COPYING}{new_reference_id()}"
        await self._in_thread(folder.mkdir)
        try:
            await self._in_thread(lambda: self._copy(folder / self._path.name))
            file = await self._in_thread(lambda: (folder / self._path.name).open("rb"))
            try:
                while chunk := await self._in_thread(lambda: file.read(_CHUNK_BYTES)):
                    yield chunk
            finally:
                await self._in_thread(file.close)
        finally:
            await self._in_thread(lambda: shutil.rmtree(folder, ignore_errors=True))

    def _engine(self) -> Engine:
        engine = open_engine(self._path, is_writer=True)

        @event.listens_for(engine, "connect")
        def _connect(driver: Any, _: object) -> None:  # pyright: ignore[reportUnusedFunction]
            driver.execute("PRAGMA foreign_keys = OFF")

        return engine

    def _on_file(self, work: Callable[[sqlite3.Connection], _T]) -> _T:
        engine = self._engine()
        try:
            with typed_errors(self._name):
                pooled = engine.raw_connection()
                try:
                    driver: Any = pooled.driver_connection
                    return work(driver)
                finally:
                    pooled.close()
        finally:
            engine.dispose()

    def _has_incremental_vacuum(self) -> bool:
        return self._on_file(
            lambda driver: driver.execute("PRAGMA auto_vacuum").fetchone()[0] == _INCREMENTAL
        )

    def _free_parts(self) -> int:
        """How many steps it takes to cut off what is free now."""
        (count,) = self._on_file(lambda driver: driver.execute("PRAGMA freelist_count").fetchone())
        return -(-count // _PAGES_AT_ONCE)

    def _give_back_some(self) -> None:
        def cut(driver: sqlite3.Connection) -> None:
            # As a script: `execute` takes a single step of it, which is a single page.
            driver.executescript(f"PRAGMA incremental_vacuum({_PAGES_AT_ONCE})")

        with self._turns:
            self._on_file(cut)

    def _rewrite(self) -> None:
        def rewrite(driver: sqlite3.Connection) -> None:
            driver.execute("PRAGMA auto_vacuum = INCREMENTAL")
            driver.execute("VACUUM")

        with self._turns:
            self._on_file(rewrite)

    def _copy(self, to: Path) -> None:
        target = sqlite3.connect(to)
        try:
            # In one step: a copy in several would begin anew with each commit in between.
            self._on_file(lambda driver: driver.backup(target))
        finally:
            target.close()

    def _size(self) -> int:
        def pages(driver: sqlite3.Connection) -> int:
            (count,) = driver.execute("PRAGMA page_count").fetchone()
            (size,) = driver.execute("PRAGMA page_size").fetchone()
            return count * size

        return self._on_file(pages)

    async def _in_thread(self, work: Callable[[], _T]) -> _T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)
