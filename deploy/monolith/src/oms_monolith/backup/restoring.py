"""Restores an archive into an empty place, all or nothing.

A mark in the data directory and in PostgreSQL keeps services from starting between the first and
the last step. A restore that was killed leaves the mark; the next one removes what it finds, for
the place was empty when the mark was made, and begins anew.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from oms_core.clock import SystemClock
from oms_core.errors import OmsError
from oms_core.restoring import RESTORING_FILE
from oms_postgres import migrations_in
from oms_security.private_files import write_private
from svc_datakernel.backends import open_store
from svc_datakernel.backups import FILE_NAME, known_format, read_schemas
from svc_datakernel.backups import SCHEMAS as KERNEL_SCHEMAS
from svc_events.adapters.postgres.restoring import keep_positions

from oms_monolith.backup import postgres, streams
from oms_monolith.backup.archive import Archive, Part, sync_folder
from oms_monolith.backup.creating import (
    EMPTY_STREAM,
    FILES,
    INDEXES,
    POSTGRESQL,
    SECRET_FILES,
    SERVICE_SCHEMAS,
    SERVICES,
    SQLITE,
    STREAMS,
)
from oms_monolith.backup.errors import (
    ArchiveUnknown,
    NotConfigured,
    PlaceNotEmpty,
    RestoreDiffers,
)
from oms_monolith.backup.places import Places

_PAGE: Final = 1000
_MOST_FAULTS: Final = 5


@dataclass(slots=True)
class Restored:
    """What a restore made."""

    databases: dict[str, Mapping[str, str]] = field(default_factory=dict[str, Mapping[str, str]])
    commits: int = 0
    streams: list[str] = field(default_factory=list[str])
    rows: int = 0
    files: list[str] = field(default_factory=list[str])


def check_archive(archive: Archive) -> None:
    """Makes sure that every part is as it was written, and that this version can use it.

    Raises:
        ArchiveDamaged, ArchiveUnknown: it is not so.
    """
    archive.verify()
    for part in archive.manifest.of_kind(SERVICES):
        for schema, applied in part.about["migrations"].items():
            package = SERVICE_SCHEMAS.get(schema)
            if package is None or applied > len(migrations_in(package)):
                raise _unknown(f"schema {schema} with migration {applied}", archive)
    for part in archive.manifest.of_kind(SQLITE):
        if part.about["format"] > known_format(is_postgresql=False):
            raise _unknown(f"database {part.about['database']!r}", archive)
    for part in archive.manifest.of_kind(POSTGRESQL):
        for name, about in part.about["databases"].items():
            if about["format"] > known_format(is_postgresql=True):
                raise _unknown(f"database {name!r}", archive)


async def restore(archive: Archive, places: Places) -> Restored:
    """Restores, and compares what came with what was noted: hashes of every commit, heads, rows,
    and the state of streams.

    Raises:
        BackupError: see `errors.py`. What was restored by then can't be used, and is removed by
            the next restore.
    """
    await asyncio.to_thread(check_archive, archive)
    urls = _urls(archive, places)
    await _empty(archive, places, urls)
    await asyncio.to_thread(_mark, archive, places)
    async with _marked_databases(urls):
        restored = await _fill(archive, places)
    await asyncio.to_thread(_unmark, places)
    return restored


async def _fill(archive: Archive, places: Places) -> Restored:
    restored = Restored()
    for part in archive.manifest.of_kind(SERVICES):
        restored.rows += await _restore_schemas(places.database_url, archive, part)
    await _restore_streams(archive, places, restored)
    await _restore_kernel(archive, places, restored)
    for part in archive.manifest.of_kind(FILES):
        await asyncio.to_thread(_restore_file, archive, part, places.data_dir)
        restored.files.append(part.name.removeprefix("files/"))
    return restored


def _urls(archive: Archive, places: Places) -> list[str]:
    """The databases of PostgreSQL that are restored into."""
    manifest, urls = archive.manifest, list[str]()
    if manifest.of_kind(SERVICES):
        if not places.database_url:
            raise NotConfigured("the archive has records of services; set DATABASE_URL")
        urls.append(places.database_url)
    if manifest.of_kind(POSTGRESQL):
        if not places.kernel.postgresql_url:
            raise NotConfigured(
                "the archive has a kernel on PostgreSQL; set OMS_KERNEL_URL to postgresql://…"
            )
        urls.append(places.kernel.postgresql_url)
    if manifest.of_kind(SQLITE) and places.kernel.postgresql_url:
        raise NotConfigured(
            "the archive has a kernel on SQLite; leave OMS_KERNEL_URL out, or set it to sqlite:///…"
        )
    if (manifest.of_kind(STREAMS) or manifest.of_kind(EMPTY_STREAM)) and not places.nats.servers:
        raise NotConfigured("the archive has streams; set NATS_URL")
    return list(dict.fromkeys(urls))


async def _empty(archive: Archive, places: Places, urls: Sequence[str]) -> None:
    """Makes sure that the place is empty, once what an unfinished restore left is removed."""
    is_again = (places.data_dir / RESTORING_FILE).exists()
    patterns = [*SERVICE_SCHEMAS, *KERNEL_SCHEMAS]
    for url in urls:
        async with postgres.connected(url) as conn:
            await postgres.refuse_users(conn)
            found = await postgres.schemas_like(conn, patterns)
            if found and not await postgres.is_marked(conn):
                raise PlaceNotEmpty(f"PostgreSQL has schema {found[0]}; restore into an empty one")
            await postgres.drop(conn, found)
    await _empty_streams(archive, places, is_again=is_again)
    await asyncio.to_thread(_empty_folders, archive, places, is_again=is_again)


async def _empty_streams(archive: Archive, places: Places, *, is_again: bool) -> None:
    manifest = archive.manifest
    if not (manifest.of_kind(STREAMS) or manifest.of_kind(EMPTY_STREAM)):
        return
    async with streams.connected(places.nats) as client:
        for stream in await streams.names(client):
            if not is_again:
                raise PlaceNotEmpty(f"NATS has stream {stream}; restore into an empty one")
            await streams.delete(client, stream)


def _empty_folders(archive: Archive, places: Places, *, is_again: bool) -> None:
    wanted: list[Path] = []
    if archive.manifest.of_kind(SQLITE):
        wanted.append(places.kernel.folder)
    if archive.manifest.of_kind(FILES):
        wanted += [places.data_dir / INDEXES, *(places.data_dir / name for name in SECRET_FILES)]
    for path in wanted:
        if not path.exists() or (path.is_dir() and not any(path.iterdir())):
            continue
        if not is_again:
            raise PlaceNotEmpty(f"{path} is there already; restore into an empty place")
        shutil.rmtree(path) if path.is_dir() else path.unlink()


def _mark(archive: Archive, places: Places) -> None:
    content = {"archive": archive.manifest.id, "created_at": archive.manifest.created_at}
    write_private(places.data_dir / RESTORING_FILE, json.dumps(content) + "\n")


def _unmark(places: Places) -> None:
    (places.data_dir / RESTORING_FILE).unlink()
    sync_folder(places.data_dir)


@asynccontextmanager
async def _marked_databases(urls: Sequence[str]) -> AsyncGenerator[None]:
    """Marks databases; the marks stay when the block fails."""
    for url in urls:
        async with postgres.connected(url) as conn:
            await postgres.mark(conn)
    yield
    for url in urls:
        async with postgres.connected(url) as conn:
            await postgres.unmark(conn)


async def _restore_schemas(url: str, archive: Archive, part: Part) -> int:
    await postgres.restore(url, archive.path(part), part.about["extensions"])
    async with postgres.connected(url) as conn:
        rows = await postgres.count_rows(conn, part.about["schemas"])
    _compare(f"rows of {part.name}", part.about["rows"], rows)
    return sum(rows.values())


async def _restore_streams(archive: Archive, places: Places, restored: Restored) -> None:
    parts = archive.manifest.of_kind(STREAMS)
    empty = archive.manifest.of_kind(EMPTY_STREAM)
    if not (parts or empty):
        return
    async with streams.connected(places.nats) as client:
        for part in parts:
            stream: str = part.about["stream"]
            await streams.restore(client, part.about, archive.chunks(part, streams.CHUNK_BYTES))
            found = await streams.state_of(client, stream)
            noted = {name: part.about["state"].get(name, 0) for name in found}
            if not noted["messages"]:
                noted["first_seq"] = found["first_seq"]  # of a stream without messages it is either
            _compare(f"stream {stream}", noted, found)
            if archive.manifest.of_kind(SERVICES):
                # The server takes over numbers, not when the stream was made.
                made = zip(
                    part.about["creation"], await streams.creation_of(client, stream), strict=True
                )
                async with postgres.connected(places.database_url) as conn:
                    await keep_positions(conn, dict(made))
            restored.streams.append(stream)
        for part in empty:
            await streams.make_empty(client, part.about["config"])
            restored.streams.append(part.about["stream"])


async def _restore_kernel(archive: Archive, places: Places, restored: Restored) -> None:
    noted: dict[str, Mapping[str, str]] = {}
    for part in archive.manifest.of_kind(SQLITE):
        await asyncio.to_thread(_restore_database, archive, part, places.kernel.folder)
        noted[part.about["database"]] = part.about["heads"]
    for part in archive.manifest.of_kind(POSTGRESQL):
        url = places.kernel.postgresql_url
        restored.rows += await _restore_schemas(url, archive, part)
        about = part.about["databases"]
        async with postgres.connected(url) as conn:
            found = {name: each.heads for name, each in (await read_schemas(conn)).items()}
        _compare("databases of the kernel", {n: a["heads"] for n, a in about.items()}, found)
        noted |= found
    await _verify_histories(places, noted, restored)


async def _verify_histories(
    places: Places, noted: Mapping[str, Mapping[str, str]], restored: Restored
) -> None:
    """Opens each database as the kernel does, which migrates an older one, and computes every hash
    of its history anew."""
    if not noted:
        return
    # The kernel refuses a marked database, so the store is told that this is the restore.
    store = open_store(places.kernel, SystemClock(), is_restoring=True)
    try:
        for database, heads in noted.items():
            found = await store.verify(database)
            if found.faults:
                said = "; ".join(fault.message for fault in found.faults[:_MOST_FAULTS])
                raise RestoreDiffers(f"database {database!r} does not verify: {said}")
            _compare(f"branches of {database!r}", heads, await _heads(store, database))
            restored.databases[database] = heads
            restored.commits += found.commit_count
    except OmsError as exc:
        raise RestoreDiffers(f"the restored kernel can't be read: {exc}") from exc
    finally:
        await store.close()


async def _heads(store: Any, database: str) -> dict[str, str]:
    heads: dict[str, str] = {}
    after = ""
    while page := await store.list_branches(database, after=after, limit=_PAGE):
        heads |= {branch.name: branch.head for branch in page}
        after = page[-1].name
    return heads


def _restore_database(archive: Archive, part: Part, folder: Path) -> None:
    path = folder / part.about["database"] / FILE_NAME
    path.parent.mkdir(parents=True)
    _write(archive, part, path, mode=0o600)
    for changed in (path.parent, folder):
        sync_folder(changed)


def _restore_file(archive: Archive, part: Part, data_dir: Path) -> None:
    path = data_dir / part.name.removeprefix("files/")
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    _write(archive, part, path, mode=part.about["mode"])
    sync_folder(path.parent)


def _write(archive: Archive, part: Part, path: Path, *, mode: int) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        for chunk in archive.chunks(part):
            file.write(chunk)
        file.flush()
        os.fchmod(descriptor, mode & 0o777)
        os.fsync(descriptor)


def _compare(what: str, noted: Mapping[str, Any], found: Mapping[str, Any]) -> None:
    different = [key for key in {**noted, **found} if noted.get(key) != found.get(key)]
    if different:
        key = min(different)
        raise RestoreDiffers(
            f"{what}: {key} is {found.get(key)!r}, and was {noted.get(key)!r} in the backup"
        )


def _unknown(what: str, archive: Archive) -> ArchiveUnknown:
    return ArchiveUnknown(
        f"{what} was written by a later version ({archive.manifest.oms_version}) than this one "
        "knows; restore it with that version"
    )
