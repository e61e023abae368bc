"""The folder of databases: one folder a database, each with one SQLite file.

`<folder>/<database>/kernel.sqlite3` (and SQLite's own `-wal` and `-shm` beside it).
The folder is the list of databases: nothing else has to agree with it. Creating
and deleting are one rename of a folder, so that a crash leaves all or nothing.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import shutil
import time
from collections import OrderedDict
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Final

from oms_core.errors import OmsError, ResourceAlreadyExists, ResourceNotFound, ServiceUnavailable
from oms_core.ids import new_reference_id
from oms_core.logging import get_logger

from svc_datakernel.adapters.sql.creation import describe, fill_new
from svc_datakernel.adapters.sqlite.database_file import DatabaseFile, Threads
from svc_datakernel.adapters.sqlite.errors import typed_errors
from svc_datakernel.adapters.sqlite.file_format import initialise, open_engine
from svc_datakernel.adapters.sqlite.file_stamp import FileIdentity, FileStamp, stamp_of
from svc_datakernel.domain.model import Database

FILE_NAME: Final = "kernel.sqlite3"
NAME: Final = re.compile(r"[a-z][a-z0-9-]{0,62}")
_GONE: Final = ".deleted-"
_COMING: Final = ".creating-"
_CREATION_TAKES_AT_MOST_S: Final = 3600
_MOST_STREAMS: Final = 16  # at once, over all databases; others wait


class Folder:
    """Opens, lists, creates and deletes databases. Must be used from one event loop."""

    def __init__(self, root: Path, *, readers: int, most_open: int) -> None:
        """Creates the folder if needed, and clears away what a deletion left behind.

        Args:
            readers: Most reads at once, over all databases.
            most_open: Most idle databases to keep open.
        """
        self._pools = Threads.start(readers, _MOST_STREAMS)
        self.threads = self._pools.short
        self._root = root
        self._most_open = most_open
        self._files: OrderedDict[str, DatabaseFile] = OrderedDict()
        self._known: dict[str, tuple[FileStamp, Database]] = {}
        self._opening = asyncio.Lock()
        root.mkdir(parents=True, exist_ok=True)
        _clear_away(root)

    @asynccontextmanager
    async def use(self, database: str) -> AsyncGenerator[DatabaseFile]:
        """Opens a database, or goes on with the open one; it stays open meanwhile.

        Raises:
            ResourceNotFound: there is none of that id.
        """
        file = self._files.get(database)
        if file is None or file.identity != self._identity(database):
            async with self._opening:
                file = await self._open(database)
        file.users += 1
        try:
            yield file
        finally:
            file.users -= 1
            if self._files.get(database) is not file and file.users == 0:
                await file.close()

    async def get(self, database: str) -> Database:
        """What a database is.

        Raises:
            ResourceNotFound: there is none of that id.
        """
        return await self._at(database, self._stamp(database))

    async def _at(self, database: str, stamp: FileStamp) -> Database:
        # An inode is used again once its file is gone, but not with the same time of change.
        known = self._known.get(database)
        if known is not None and known[0] == stamp:
            return known[1]
        async with self.use(database) as file:
            found = await file.describe()
            self._known[database] = (stamp, found)
            return found

    async def list(self, *, kind: str, after: str, limit: int) -> Sequence[Database]:
        """Up to `limit` databases with an id beyond `after`, in order; an empty kind means all.

        One that can't be told about is left out, and logged.
        """
        stamps = await asyncio.get_running_loop().run_in_executor(None, self._stamps, after)
        found: list[Database] = []
        for name, stamp in stamps:
            database = await self._describe(name, stamp)
            if database is not None and kind in ("", database.kind):
                found.append(database)
            if len(found) == limit:
                break
        return found

    async def _describe(self, database: str, stamp: FileStamp) -> Database | None:
        """What a database is; None where that can't be told, so that one does not hide all."""
        try:
            return await self._at(database, stamp)
        except ResourceNotFound:
            return None  # deleted since the folder was read
        except OmsError as exc:
            get_logger().error("database left out of a list", database=database, error=str(exc))
            return None

    async def create(self, database: Database, author: str) -> None:
        """Creates a database with its root commit.

        Raises:
            ResourceAlreadyExists: the id is taken.
        """
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(None, self._create, database, author)

    async def update(self, database: str, changes: Mapping[str, str]) -> Database:
        """Changes descriptions.

        Raises:
            ResourceNotFound: there is none of that id.
        """
        async with self.use(database) as file:
            await file.write(partial(describe, changes=changes))
            # A change in the log of SQLite does not show in the file's time, by which this and
            # other processes know whether what they read before still holds.
            await asyncio.get_running_loop().run_in_executor(None, os.utime, file.path)
            return await self.get(database)

    async def delete(self, database: str) -> None:
        """Deletes a database. Calls that are under way on it end with what they find.

        Raises:
            ResourceNotFound: there is none of that id.
        """
        self._identity(database)
        loop = asyncio.get_running_loop()
        async with self._opening:
            gone = await loop.run_in_executor(None, self._move_away, database)
            file = self._files.pop(database, None)
        if file is not None:
            file.signal.notify()
            if file.users == 0:
                await file.close()
        await loop.run_in_executor(None, lambda: shutil.rmtree(gone, ignore_errors=True))

    async def check(self) -> None:
        """Raises when the folder can't be written to."""
        if not os.access(self._root, os.R_OK | os.W_OK | os.X_OK):
            raise ServiceUnavailable(
                f"the folder of databases {self._root.name!r} can't be written to",
                metadata={"service": "datakernel"},
            )

    async def close(self) -> None:
        """Finishes what was begun, then closes every database and ends the threads."""
        files = list(self._files.values())
        self._files.clear()
        for file in files:
            await file.close()
        # Waits for reads, which must not hold up the loop.
        await asyncio.get_running_loop().run_in_executor(None, self._pools.shutdown)

    def _path(self, database: str) -> Path:
        return self._root / database / FILE_NAME

    def _identity(self, database: str) -> FileIdentity:
        return self._stamp(database).identity

    def _stamp(self, database: str) -> FileStamp:
        # The name becomes a path: nothing but an id may get here.
        if NAME.fullmatch(database):
            try:
                return stamp_of(self._path(database))
            except FileNotFoundError:
                pass
        raise ResourceNotFound.of("database", database)

    def _stamps(self, after: str) -> list[tuple[str, FileStamp]]:
        """The databases with an id beyond `after`, in order."""
        with os.scandir(self._root) as entries:
            names = sorted(entry.name for entry in entries if entry.name > after)
        found: list[tuple[str, FileStamp]] = []
        for name in names:
            with contextlib.suppress(ResourceNotFound):
                found.append((name, self._stamp(name)))
        return found

    async def _open(self, database: str) -> DatabaseFile:
        identity = self._identity(database)
        file = self._files.get(database)
        if file is not None and file.identity == identity:
            return file
        if file is not None:  # another process deleted the database and created it anew
            del self._files[database]
            if file.users == 0:
                await file.close()
        file = DatabaseFile(self._path(database), database, self._pools)
        try:
            await file.open()
        except BaseException:
            await file.close()
            raise
        self._files[database] = file
        await self._close_idle()
        return file

    async def _close_idle(self) -> None:
        idle = [name for name, file in self._files.items() if file.users == 0]
        # The last one was just opened for a caller that has not counted itself in yet.
        for name in idle[:-1]:
            if len(self._files) <= self._most_open:
                return
            await self._files.pop(name).close()

    def _create(self, database: Database, author: str) -> None:
        final = self._root / database.id
        if not NAME.fullmatch(database.id) or final.exists():
            raise ResourceAlreadyExists.of("database", database.id)
        draft = self._root / f"{_COMING}{new_reference_id()}"
        draft.mkdir()
        try:
            _write_new_file(draft / FILE_NAME, database, author)
            draft.rename(final)
        except OSError as exc:
            # A folder that is not empty is never replaced: somebody else was faster.
            if final.exists():
                raise ResourceAlreadyExists.of("database", database.id) from exc
            raise
        finally:
            shutil.rmtree(draft, ignore_errors=True)
        _flush_folder(final)
        _flush_folder(self._root)

    def _move_away(self, database: str) -> Path:
        gone = self._root / f"{_GONE}{new_reference_id()}"
        try:
            (self._root / database).rename(gone)
        except FileNotFoundError as exc:
            raise ResourceNotFound.of("database", database) from exc
        _flush_folder(self._root)
        return gone


def _clear_away(root: Path) -> None:
    """Removes what deletions and creations left behind that did not finish."""
    long_ago = time.time() - _CREATION_TAKES_AT_MOST_S
    for left in root.glob(f"{_GONE}*"):
        shutil.rmtree(left, ignore_errors=True)
    for left in root.glob(f"{_COMING}*"):
        # Another process may be creating a database right now.
        if left.stat().st_mtime < long_ago:
            shutil.rmtree(left, ignore_errors=True)


def _write_new_file(path: Path, database: Database, author: str) -> None:
    path.touch()
    engine = open_engine(path, is_writer=True)
    try:
        with typed_errors(database.id), engine.begin() as conn:
            initialise(conn)
            fill_new(conn, database, author)
    finally:
        engine.dispose()


def _flush_folder(folder: Path) -> None:
    """Makes renames in a folder durable."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
