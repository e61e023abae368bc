"""Makes an archive of everything, while the suite serves.

**The order is what keeps the stores in step.** The commit log is the outbox: what others know
comes from the kernel, so the kernel is copied last and is never behind them. Whoever follows a
store is copied before it:

1. the records of services in PostgreSQL, in one snapshot, and local vector indexes: how far each
   has read the streams and the kernel;
2. the streams: what those positions count in, at or beyond each of them;
3. the kernel: every commit that an event, a position or an index tells of.

After a restore each goes on from where it was, and does again what it had done between the steps;
that is what they do after a crash, too.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Final

from oms_security.administrator import ADMINISTRATOR_FILE, API_KEYS_FILE, JWT_SECRET_FILE
from svc_datakernel.backups import SCHEMAS as KERNEL_SCHEMAS
from svc_datakernel.backups import copy_file, databases_in, read_file, read_schemas
from svc_embedding.adapters.indexes.pgvector.index import MIGRATIONS as EMBEDDING_MIGRATIONS
from svc_embedding.adapters.indexes.pgvector.index import SCHEMA as EMBEDDING_SCHEMA

from oms_monolith.backup import postgres, streams
from oms_monolith.backup.archive import ArchiveWriter, Manifest, writing
from oms_monolith.backup.errors import NoRoom, NotBackedUp, StoreFailed
from oms_monolith.backup.places import Places

SERVICES: Final = "services"
FILES: Final = "files"
STREAMS: Final = "streams"
KERNEL: Final = "kernel"
KINDS: Final = (SERVICES, FILES, STREAMS, KERNEL)
"""What an archive may hold, in the order in which it is copied."""

SQLITE: Final = "kernel-sqlite"
POSTGRESQL: Final = "kernel-postgresql"
EMPTY_STREAM: Final = "stream-empty"

SERVICE_SCHEMAS: Final = {
    "oms_events": "svc_events.adapters.postgres.migrations",
    "oms_scheduler": "svc_scheduler.adapters.postgres.migrations",
    EMBEDDING_SCHEMA: EMBEDDING_MIGRATIONS,
}
"""Where the migrations of each schema are."""
SECRET_FILES: Final = (JWT_SECRET_FILE, API_KEYS_FILE, ADMINISTRATOR_FILE)
INDEXES: Final = "embedding/indexes"

_ATTEMPTS: Final = 3
_CHUNK_BYTES: Final = 256 * 1024
_VALKEY: Final = (
    "Valkey: it holds caches, leases and an index of due jobs, which are made anew from the rest"
)
_TERMINUSDB: Final = (
    "TerminusDB at TERMINUSDB_ENDPOINT: its API gives no copy of a database with its history; copy "
    "its storage folder while it is stopped, or push its databases to another TerminusDB"
)
_QDRANT: Final = (
    "Qdrant at OMS_QDRANT_URL: indexes can be filled again from the ontologies; its own "
    "snapshots keep the others"
)


async def create(
    places: Places,
    target: Path,
    *,
    only: Collection[str] = KINDS,
    is_terminusdb_left_out: bool = False,
) -> Manifest:
    """Writes an archive. Nothing is there unless all of it is.

    Args:
        target: Must not exist.
        only: Kinds to take; the others are noted as left out.
        is_terminusdb_left_out: Whether it is known that graph databases in TerminusDB are not
            taken.
    Raises:
        BackupError: see `errors.py`.
    """
    if places.kernel.terminusdb_endpoint and KERNEL in only and not is_terminusdb_left_out:
        raise NotBackedUp(f"{_TERMINUSDB}. Then say --without-terminusdb")
    with writing(target) as archive:
        archive.left_out += _left_out(places, only)
        if SERVICES in only and places.database_url:
            await _retried(lambda: _add_services(places.database_url, archive))
        if FILES in only:
            await asyncio.to_thread(_add_files, places, archive)
        if STREAMS in only and places.nats.servers:
            await _add_streams(places, archive)
        if KERNEL in only:
            await _add_kernel(places, archive)
        return archive.finish()


def _left_out(places: Places, only: Collection[str]) -> Sequence[str]:
    found = [_VALKEY]
    if places.kernel.terminusdb_endpoint:
        found.append(_TERMINUSDB)
    if places.indexes.qdrant_url:
        found.append(_QDRANT)
    return [*found, *(f"{kind}: not asked for" for kind in KINDS if kind not in only)]


async def _add_services(url: str, archive: ArchiveWriter) -> None:
    async with postgres.connected(url, is_snapshot=True) as conn:
        schemas = await postgres.schemas_like(conn, list(SERVICE_SCHEMAS))
        if not schemas:
            return
        with archive.part("postgresql/services.dump", SERVICES) as part:
            part.about["migrations"] = await _migrations(conn, schemas)
            await postgres.dump(url, conn, schemas, part)


async def _migrations(conn: postgres.Connection, schemas: Sequence[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for schema in schemas:
        statement = f"SELECT coalesce(max(version), 0) FROM {schema}.schema_migrations"  # noqa: S608
        row = await (await conn.execute(statement.encode())).fetchone()
        assert row is not None
        found[schema] = row[0]
    return found


def _add_files(places: Places, archive: ArchiveWriter) -> None:
    """Copies files as they are now: each of them is replaced as a whole or only appended to."""
    folder = places.data_dir / INDEXES
    indexes = sorted(folder.iterdir()) if folder.is_dir() else []
    for path in (*(places.data_dir / name for name in SECRET_FILES), *indexes):
        if path.name.startswith(".") or not path.is_file():
            continue
        name = f"files/{path.relative_to(places.data_dir)}"
        with path.open("rb") as file, archive.part(name, FILES) as part:
            part.about["mode"] = path.stat().st_mode & 0o777
            while data := file.read(_CHUNK_BYTES):
                part.write(data)


async def _add_streams(places: Places, archive: ArchiveWriter) -> None:
    async with streams.connected(places.nats) as client:
        for stream in await streams.names(client):
            in_memory = await streams.is_in_memory(client, stream)
            kind = EMPTY_STREAM if in_memory else STREAMS
            with archive.part(f"nats/{stream}.snapshot", kind) as part:
                if in_memory:
                    config = await streams.config_of(client, stream)
                    part.about |= {"stream": stream, "config": config}
                    archive.left_out.append(
                        f"messages of {stream}: it is kept in memory; it is made anew, empty"
                    )
                    continue
                part.about["creation"] = await streams.creation_of(client, stream)
                await streams.snapshot(client, stream, part)


async def _add_kernel(places: Places, archive: ArchiveWriter) -> None:
    if places.kernel.postgresql_url:
        url = places.kernel.postgresql_url
        await _retried(lambda: _add_kernel_schemas(url, archive))
        return
    folder = places.kernel.folder
    for database in await asyncio.to_thread(databases_in, folder):
        await asyncio.to_thread(_add_database, folder, database, archive)


def _add_database(folder: Path, database: str, archive: ArchiveWriter) -> None:
    name = f"kernel/{database}.sqlite3"
    try:
        part = archive.adopt(name, SQLITE, lambda path: copy_file(folder, database, path))
        if part is not None:
            part.about |= {"database": database, **asdict(read_file(archive.folder / name))}
    except sqlite3.Error as exc:
        if getattr(exc, "sqlite_errorname", "") == "SQLITE_FULL":
            raise NoRoom(f"there is no room left for {name}; what was written is removed") from exc
        raise StoreFailed(f"database {database!r} can't be copied: {exc}") from exc


async def _add_kernel_schemas(url: str, archive: ArchiveWriter) -> None:
    async with postgres.connected(url, is_snapshot=True) as conn:
        schemas = await postgres.schemas_like(conn, KERNEL_SCHEMAS)
        if not schemas:
            return
        found = await read_schemas(conn)
        with archive.part("postgresql/kernel.dump", POSTGRESQL) as part:
            part.about["databases"] = {name: asdict(each) for name, each in found.items()}
            await postgres.dump(url, conn, schemas, part)


async def _retried(add: Callable[[], Awaitable[None]]) -> None:
    """Tables that are dropped while they are dumped break a dump off; it begins anew."""
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            await add()
        except StoreFailed:
            if attempt == _ATTEMPTS:
                raise
        else:
            return
