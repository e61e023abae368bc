"""Migrations: SQL files of a package, `0001_what_it_does.sql`, applied once and in order."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING, Any

from oms_core.errors import ServiceUnavailable
from oms_core.restoring import RESTORING_SCHEMA

if TYPE_CHECKING:
    from psycopg import AsyncConnection

_FILE = re.compile(r"(\d{4})_([a-z0-9_]+)\.sql")


class MigrationChanged(RuntimeError):
    """A migration that was applied reads otherwise now, or is unknown to this version."""


@dataclass(frozen=True, slots=True)
class Migration:
    """One step of a schema. Its SQL never changes once it was released."""

    version: int
    name: str
    sql: str

    @property
    def checksum(self) -> str:
        """The SHA-256 of its SQL, in hexadecimal digits."""
        return hashlib.sha256(self.sql.encode()).hexdigest()


def migrations_in(package: str) -> Sequence[Migration]:
    """The migrations of a package, in order.

    Raises:
        ValueError: their numbers are not 1, 2, 3, …
    """
    files = [(file, _FILE.fullmatch(file.name)) for file in resources.files(package).iterdir()]
    found = [
        Migration(int(match[1]), match[2], file.read_text(encoding="utf-8"))
        for file, match in files
        if match
    ]
    found.sort(key=lambda migration: migration.version)
    if [migration.version for migration in found] != list(range(1, len(found) + 1)):
        raise ValueError(f"the migrations of {package} are not numbered 1, 2, 3, …")
    return found


async def migrate(
    connection: AsyncConnection[Any], schema: str, migrations: Sequence[Migration]
) -> int:
    """Brings a schema up to date in one transaction; how many steps that took.

    Processes that start together wait for each other.

    Raises:
        MigrationChanged: see there.
        ServiceUnavailable: a backup is being restored into the database, or was in part.
    """
    from psycopg import sql

    name = sql.Identifier(schema)
    async with connection.transaction():
        await connection.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"oms migrations {schema}"]
        )
        await _refuse_unfinished_restore(connection)
        await connection.execute(sql.SQL("CREATE SCHEMA IF NOT EXISTS {}").format(name))
        await connection.execute(sql.SQL("SET LOCAL search_path TO {}, public").format(name))
        await connection.execute(
            "CREATE TABLE IF NOT EXISTS schema_migrations (version int PRIMARY KEY, "
            "name text NOT NULL, checksum text NOT NULL, "
            "applied_at timestamptz NOT NULL DEFAULT now())"
        )
        cursor = await connection.execute("SELECT version, checksum FROM schema_migrations")
        applied = dict(await cursor.fetchall())
        _check(schema, applied, migrations)
        missing = [each for each in migrations if each.version not in applied]
        for migration in missing:
            await connection.execute(migration.sql.encode())
            await connection.execute(
                "INSERT INTO schema_migrations (version, name, checksum) VALUES (%s, %s, %s)",
                [migration.version, migration.name, migration.checksum],
            )
    return len(missing)


async def _refuse_unfinished_restore(connection: AsyncConnection[Any]) -> None:
    cursor = await connection.execute(
        "SELECT 1 FROM pg_namespace WHERE nspname = %s", [RESTORING_SCHEMA]
    )
    if await cursor.fetchone() is not None:
        raise ServiceUnavailable(
            "PostgreSQL holds half of a backup; run `oms-backup restore` again",
            metadata={"service": "postgresql"},
        )


def _check(schema: str, applied: dict[int, str], migrations: Sequence[Migration]) -> None:
    known = {migration.version: migration for migration in migrations}
    for version, checksum in sorted(applied.items()):
        migration = known.get(version)
        if migration is None:
            raise MigrationChanged(
                f"schema {schema!r} has migration {version}, which this version does not know; "
                "run a newer version"
            )
        if migration.checksum != checksum:
            raise MigrationChanged(
                f"migration {version} ({migration.name}) of schema {schema!r} was applied with "
                "other SQL than it has now; add a new migration instead of changing one"
            )
