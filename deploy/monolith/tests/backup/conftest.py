"""Places with data, and empty ones, on real servers; without services."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from threading import Thread

import pytest
from oms_core.clock import SystemClock
from oms_monolith.backup import postgres, streams
from oms_monolith.backup.archive import Archive
from oms_monolith.backup.creating import SERVICE_SCHEMAS, create
from oms_monolith.backup.errors import StoreFailed
from oms_monolith.backup.places import Places
from oms_postgres import PostgresSchema, migrations_in
from oms_security import ensure_administrator
from oms_testing.nats import KillableNats
from oms_testing.postgresql import new_database, running_postgresql
from pydantic import SecretStr
from svc_datakernel.backends import open_store
from svc_datakernel.domain.model import Database
from svc_datakernel.domain.operations import CommitDraft, Operation, OperationKind

AUTHOR = "t (t)|verified|ts:2026-01-01T00:00:00Z"


@dataclass(frozen=True)
class Made:
    """An archive of a place that had something of everything.

    Attributes:
        heads: Of the database `shop`.
        rows: By table.
        data_dir: Of the place.
    """

    path: Path
    heads: dict[str, str]
    rows: dict[str, int]
    data_dir: Path

    @property
    def archive(self) -> Archive:
        """To be read."""
        return Archive(self.path)


@pytest.fixture(scope="package")
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running_postgresql(tmp_path_factory.mktemp("postgresql")) as address:
        yield address


@pytest.fixture(scope="package")
def nats(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A broker on an event loop of its own: a test's ends with the test."""
    loop = asyncio.new_event_loop()
    thread = Thread(target=loop.run_forever, daemon=True)
    thread.start()
    broker = KillableNats(tmp_path_factory.mktemp("nats"))
    asyncio.run_coroutine_threadsafe(broker.start(), loop).result(60)
    yield broker.url
    asyncio.run_coroutine_threadsafe(broker.kill(), loop).result(60)
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


@pytest.fixture(scope="package")
def making(
    postgresql: str, nats: str, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str], Made]:
    """Makes the archive of a kernel's backend at the first wish; it is shared, so copy it before
    it is changed."""

    @cache
    def make(backend: str) -> Made:
        folder = tmp_path_factory.mktemp(backend)
        return asyncio.run(_make(folder, backend, postgresql, nats))

    return make


async def _make(folder: Path, backend: str, postgresql_url: str, nats_url: str) -> Made:
    async with new_database(postgresql_url) as url:
        kernel = url if backend == "postgresql" else ""
        places = place(folder / "full", url, nats_url, kernel)
        ensure_administrator(places.data_dir)
        await no_streams(places)
        await _fill_kernel(places)
        await _fill_postgresql(places)
        await _fill_nats(places)
        await create(places, folder / "archive")
        return Made(folder / "archive", await heads(places), await rows(url), places.data_dir)


@pytest.fixture(params=["sqlite", "postgresql"])
def made(request: pytest.FixtureRequest, making: Callable[[str], Made]) -> Made:
    """The archive; of a kernel on SQLite unless a test asks for both."""
    return making(request.param)


@pytest.fixture
async def empty(made: Made, tmp_path: Path, postgresql: str, nats: str) -> AsyncIterator[Places]:
    """A place to restore into."""
    async with new_database(postgresql) as url:
        is_postgresql = bool(made.archive.manifest.of_kind("kernel-postgresql"))
        places = place(tmp_path / "empty", url, nats, url if is_postgresql else "")
        await no_streams(places)
        yield places


async def rows(url: str) -> dict[str, int]:
    """How many rows each table of the suite has."""
    async with postgres.connected(url) as conn:
        return await postgres.count_rows(conn, await postgres.schemas_like(conn, ["oms_%"]))


async def heads(places: Places) -> dict[str, str]:
    """The branches of `shop`, whose history verifies."""
    store = open_store(places.kernel, SystemClock())
    try:
        assert (await store.verify("shop")).faults == []
        return {b.name: b.head for b in await store.list_branches("shop", after="", limit=10)}
    finally:
        await store.close()


async def no_streams(places: Places) -> None:
    """Empties the broker."""
    async with streams.connected(places.nats) as client:
        for stream in (*await streams.names(client), "OTHERS"):
            with suppress(StoreFailed):
                await streams.delete(client, stream)


async def _fill_kernel(places: Places, database: str = "shop", commits: int = 20) -> None:
    """Makes a database with a branch, and commits."""
    store = open_store(places.kernel, SystemClock())
    try:
        await store.create_database(Database(database, database, "", "test", 0), AUTHOR)
        for number in range(commits):
            body = b'{"n":%d}' % number
            write = Operation(OperationKind.UPSERT, f"Thing/{number % 7}", "Thing", body)
            await store.create_commit(database, "main", CommitDraft([write], AUTHOR))
    finally:
        await store.close()


async def _fill_postgresql(places: Places) -> None:
    for name, package in SERVICE_SCHEMAS.items():
        schema = PostgresSchema(places.postgres, name, migrations_in(package))
        async with schema.connection() as connection:
            if name == "oms_events":
                await connection.execute(
                    "INSERT INTO relay_positions VALUES "
                    "('shop', 'test', 'shop', 'p', false, 3, 'then')"
                )
            if name == "oms_embedding":
                # As an index makes one for each generation.
                await connection.execute("CREATE TABLE entries_1 (id text, vector vector(3))")
                await connection.execute("INSERT INTO entries_1 VALUES ('a', '[1,2,3]')")
        await schema.close()


async def _fill_nats(places: Places) -> None:
    async with streams.connected(places.nats) as client:
        js = client.jetstream()
        await js.add_stream(name="OMS_EV_events", subjects=["oms.ev.events.>"])
        await js.add_stream(name="OMS_EV_brief", subjects=["oms.ev.brief.>"], storage="memory")
        await js.add_stream(name="OTHERS", subjects=["others"])
        for number in range(50):
            await js.publish("oms.ev.events.a", b"%d " % number * 2000)
        await js.purge_stream("OMS_EV_events", seq=11)
        reader = await js.pull_subscribe("oms.ev.events.>", durable="reader")
        for message in await reader.fetch(7):
            await message.ack_sync()
        await reader.unsubscribe()


def place(data_dir: Path, database: str, nats: str, kernel: str) -> Places:
    """A place with a new data directory."""
    data_dir.mkdir(mode=0o700)
    places = Places.of(data_dir, {"DATABASE_URL": database, "NATS_URL": nats})
    return replace(places, kernel=places.kernel.model_copy(update={"url": SecretStr(kernel)}))
