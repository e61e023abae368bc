"""Schemas and their migrations on a real PostgreSQL."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from oms_core.errors import ServiceUnavailable
from oms_postgres import Migration, MigrationChanged, PostgresSchema, PostgresSettings
from oms_postgres.__main__ import migrate
from oms_testing.postgresql import new_database, running_postgresql
from pydantic import SecretStr

FIRST = Migration(1, "things", "CREATE TABLE things (id int PRIMARY KEY)")
SECOND = Migration(2, "names", "ALTER TABLE things ADD name text; INSERT INTO things VALUES (7)")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder: Path = tmp_path_factory.mktemp("postgresql")
    with running_postgresql(folder) as address:
        yield address


@pytest.fixture
async def url(server: str) -> AsyncIterator[str]:
    async with new_database(server) as address:
        yield address


def _schema(url: str, *migrations: Migration, timeout_s: float = 10) -> PostgresSchema:
    settings = PostgresSettings(url=SecretStr(url), timeout_s=timeout_s)
    return PostgresSchema(settings, "oms_things", migrations)


async def test_tables_are_found_without_their_schema(url: str) -> None:
    schema = _schema(url, FIRST, SECOND)
    async with schema.connection() as connection:
        cursor = await connection.execute("SELECT id FROM things")
        assert await cursor.fetchall() == [(7,)]
        cursor = await connection.execute("SELECT count(*) FROM oms_things.schema_migrations")
        assert await cursor.fetchone() == (2,)
        assert (schema.in_use, schema.limit) == (1, PostgresSettings().pool_size)
    assert schema.in_use == 0
    await schema.close()


def test_pools_are_as_large_as_either_variable_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POSTGRESQL_POOL_SIZE", "7")
    assert PostgresSettings().pool_size == 7
    monkeypatch.setenv("OMS_POSTGRESQL_SERVICE_POOL", "3")
    assert PostgresSettings().pool_size == 3


async def test_only_missing_migrations_are_applied(url: str) -> None:
    for migrations in ((FIRST,), (FIRST, SECOND), (FIRST, SECOND)):
        schema = _schema(url, *migrations)
        await schema.check()
        await schema.close()
    schema = _schema(url, FIRST, SECOND)
    async with schema.connection() as connection:
        cursor = await connection.execute("SELECT count(*) FROM things")
        assert await cursor.fetchone() == (1,)
    await schema.close()


async def test_processes_that_start_together_migrate_once(url: str) -> None:
    schemas = [_schema(url, FIRST, SECOND) for _ in range(5)]
    await asyncio.gather(*(schema.check() for schema in schemas))
    async with schemas[0].connection() as connection:
        cursor = await connection.execute("SELECT count(*) FROM things")
        assert await cursor.fetchone() == (1,)
    for schema in schemas:
        await schema.close()


@pytest.mark.parametrize(
    ("then", "message"),
    [
        ((Migration(1, "things", "SELECT 1"),), "migration 1 .things. of schema 'oms_things'"),
        ((FIRST,), "has migration 2, which this version does not know"),
    ],
)
async def test_another_history_is_refused(
    url: str, then: tuple[Migration, ...], message: str
) -> None:
    first = _schema(url, FIRST, SECOND)
    await first.check()
    await first.close()
    with pytest.raises(MigrationChanged, match=message):
        await _schema(url, *then).check()


async def test_a_migration_that_fails_leaves_nothing(url: str) -> None:
    broken = Migration(2, "broken", "CREATE TABLE half (id int); SELECT no_such_function()")
    with pytest.raises(Exception, match="no_such_function"):
        await _schema(url, FIRST, broken).check()
    schema = _schema(url, FIRST)
    async with schema.connection() as connection:
        cursor = await connection.execute("SELECT to_regclass('half') IS NULL")
        assert await cursor.fetchone() == (True,)
    await schema.close()


async def test_an_error_rolls_back(url: str) -> None:
    schema = _schema(url, FIRST)

    async def insert_and_fail() -> None:
        async with schema.connection() as connection:
            await connection.execute("INSERT INTO things VALUES (1)")
            raise KeyError

    with pytest.raises(KeyError):
        await insert_and_fail()
    async with schema.connection() as connection:
        cursor = await connection.execute("SELECT count(*) FROM things")
        assert await cursor.fetchone() == (0,)
    await schema.close()


async def test_without_an_address_it_is_unavailable() -> None:
    with pytest.raises(ServiceUnavailable, match="DATABASE_URL is not set"):
        await _schema("").check()


async def test_a_server_that_is_away_is_unavailable_without_its_address(
    unused_tcp_port: int,
) -> None:
    schema = _schema(f"postgresql://oms:secret@127.0.0.1:{unused_tcp_port}/oms", timeout_s=0.5)
    with pytest.raises(ServiceUnavailable) as caught:
        await schema.check()
    assert "secret" not in caught.value.message
    assert caught.value.retry_after_s == 1.0


async def test_a_job_migrates_and_says_when_it_can_not(
    url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("oms_postgres.__main__.migrations_in", lambda package: [FIRST])
    monkeypatch.setenv("DATABASE_URL", url)
    assert await migrate("oms_things", "a.package") == 0
    schema = _schema(url, FIRST)
    async with schema.connection() as connection:
        await connection.execute("SELECT id FROM things")
    await schema.close()
    monkeypatch.setattr("oms_postgres.__main__.migrations_in", lambda package: [])
    assert await migrate("oms_things", "a.package") == 1
    assert "oms_things was not migrated" in capsys.readouterr().err


async def test_who_comes_after_the_end_opens_nothing(url: str) -> None:
    schema = _schema(url, FIRST)
    opening = asyncio.create_task(schema.check())
    await asyncio.sleep(0)
    await schema.close()
    await asyncio.wait([opening])
    with pytest.raises(ServiceUnavailable, match="closed"):
        await schema.check()
