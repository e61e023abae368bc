"""A real PostgreSQL for tests: one server for each process, a database of its own for each test."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event, Thread
from uuid import uuid4

import psycopg
from oms_devstack import running_stack
from psycopg import conninfo

_START_TIMEOUT_S = 60
_MEMORY = Path("/dev/shm")
_ROOM_BYTES = 4 * 2**30


@contextmanager
def running_postgresql(folder: Path) -> Generator[str]:
    """Runs a server beside the tests' event loops; its data may not survive a crash.

    Yields:
        Address of a database of the superuser's.
    """
    with _quick_folder(folder) as place:
        server = _Server(place)
        server.start()
        try:
            yield server.address()
        finally:
            server.stop()


@contextmanager
def _quick_folder(folder: Path) -> Generator[Path]:
    """A folder in memory, if there is room; else the one given.

    Databases that come and go are hundreds of files each, which take ext4 longer than PostgreSQL.
    """
    if not _MEMORY.is_dir() or shutil.disk_usage(_MEMORY).free < _ROOM_BYTES:
        yield folder
        return
    with TemporaryDirectory(prefix="oms-tests-", dir=_MEMORY) as place:
        yield Path(place)


@asynccontextmanager
async def new_database(server: str) -> AsyncGenerator[str]:
    """Makes a database, and drops it at the end whoever still uses it; yields its address."""
    name = f"test_{uuid4().hex}"
    async with await psycopg.AsyncConnection.connect(server, autocommit=True) as connection:
        # A fifth of the time that the default template takes, to which somebody may be connected.
        await connection.execute(f"CREATE DATABASE {name} TEMPLATE template0".encode())
        try:
            yield _address(server, name)
        finally:
            await connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


def _address(server: str, name: str) -> str:
    given = conninfo.conninfo_to_dict(server)
    login = f"{given['user']}:{given['password']}"
    return f"postgresql://{login}@{given['host']}:{given['port']}/{name}"


class _Server(Thread):
    """The event loop that the server's process belongs to: tests have a new one each."""

    def __init__(self, folder: Path) -> None:
        super().__init__(name="postgresql-for-tests", daemon=True)
        self._folder = folder
        self._is_up = Event()
        self._url = ""
        self._error: BaseException | None = None
        self._loop = asyncio.new_event_loop()
        self._over = asyncio.Event()

    def run(self) -> None:
        try:
            self._loop.run_until_complete(self._serve())
        except BaseException as exc:  # noqa: BLE001 - raised where the server is waited for
            self._error = exc
        finally:
            self._is_up.set()
            self._loop.close()

    def address(self) -> str:
        """Waits until the server runs."""
        if not self._is_up.wait(_START_TIMEOUT_S):
            raise TimeoutError("PostgreSQL did not start")
        if self._error is not None:
            raise self._error
        return self._url

    def stop(self) -> None:
        """Stops the server, and waits for that."""
        if self.is_alive():
            self._loop.call_soon_threadsafe(self._over.set)
            self.join()

    async def _serve(self) -> None:
        async with running_stack(self._folder, only={"postgresql"}, is_durable=False) as stack:
            self._url = stack.urls["DATABASE_URL"]
            self._is_up.set()
            await self._over.wait()
