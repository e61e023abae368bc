"""What a backup of the kernel's databases needs to know about them, without a kernel that runs."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import NullPool, create_engine

from svc_datakernel.adapters.sql.tables import branches, commits
from svc_datakernel.adapters.sqlite.errors import DRIVER_ERRORS
from svc_datakernel.adapters.sqlite.file_format import latest_version
from svc_datakernel.adapters.sqlite.folder import FILE_NAME, NAME
from svc_datakernel.adapters.sqlite.verifying import verify_file

if TYPE_CHECKING:
    from psycopg import AsyncConnection

__all__ = ["CATALOGUE_SCHEMA", "FILE_NAME", "SCHEMAS", "StoredDatabase", "known_format"]

CATALOGUE_SCHEMA: Final = "oms_kernel"
SCHEMAS: Final = (CATALOGUE_SCHEMA, "oms_db_%")
"""The kernel's schemas in PostgreSQL, as patterns in which `_` is itself."""

_WAIT_S: Final = 60
_HEADS: Final = (
    f"SELECT b.name, c.id FROM {{place}}{branches.name} b "  # noqa: S608 - names of our tables
    f"JOIN {{place}}{commits.name} c ON c.sequence = b.head ORDER BY b.name"
)


@dataclass(frozen=True, slots=True)
class StoredDatabase:
    """A database as it is in a backup.

    Args:
        format: Version of its tables.
        heads: Commit of each branch.
    """

    format: int
    heads: Mapping[str, str]


def known_format(*, is_postgresql: bool) -> int:
    """The latest format of tables that this version reads."""
    if not is_postgresql:
        return latest_version()
    from svc_datakernel.adapters.postgresql.catalogue_tables import latest_format

    return latest_format()


def databases_in(folder: Path) -> list[str]:
    """The databases of a folder, in order."""
    if not folder.is_dir():
        return []
    found = (path.parent.name for path in folder.glob(f"*/{FILE_NAME}"))
    return sorted(name for name in found if NAME.fullmatch(name))


def copy_file(folder: Path, database: str, to: Path) -> bool:
    """Copies a database that is in use, as of one moment, without bringing it to another format.

    Returns:
        Whether there is one: it may have been deleted meanwhile.
    Raises:
        sqlite3.Error: the file is damaged, or there is no room.
    """
    path = folder / database / FILE_NAME
    try:
        source = sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True, timeout=_WAIT_S)
    except sqlite3.OperationalError:
        if path.exists():
            raise
        return False
    with closing(source), closing(sqlite3.connect(to)) as target:
        # In one step: a copy in several would begin anew with each commit in between.
        source.backup(target)
    return True


def read_file(path: Path) -> StoredDatabase:
    """Reads a copy that nobody writes to, and writes nothing beside it.

    Raises:
        sqlite3.DatabaseError: it is no SQLite file, or no kernel's.
    """
    with closing(_open_copy(path)) as conn:
        (version,) = conn.execute("PRAGMA user_version").fetchone()
        rows = conn.execute(_HEADS.format(place="")).fetchall()
    return StoredDatabase(version, {name: commit.hex() for name, commit in rows})


def faults_of_file(path: Path, database: str) -> list[str]:
    """Computes every hash of a copy anew: what is wrong with it. The copy has the latest format."""
    engine = create_engine("sqlite://", creator=lambda: _open_copy(path), poolclass=NullPool)
    try:
        with engine.connect() as conn:
            return [fault.message for fault in verify_file(conn, database).faults]
    except DRIVER_ERRORS as exc:
        return [str(exc)]
    finally:
        engine.dispose()


async def read_schemas(conn: AsyncConnection[Any]) -> dict[str, StoredDatabase]:
    """Reads every database in PostgreSQL as of the state that a connection sees; by their ids."""
    cursor = await conn.execute("SELECT to_regclass('oms_kernel.databases') IS NULL")
    row = await cursor.fetchone()
    if row is None or row[0]:
        return {}
    cursor = await conn.execute("SELECT id, key, format FROM oms_kernel.databases ORDER BY id")
    found: dict[str, StoredDatabase] = {}
    for name, key, version in await cursor.fetchall():
        cursor = await conn.execute(_HEADS.format(place=f"oms_db_{int(key)}.").encode())
        heads = {branch: commit.hex() for branch, commit in await cursor.fetchall()}
        found[name] = StoredDatabase(version, heads)
    return found


def _open_copy(path: Path) -> sqlite3.Connection:
    # Immutable: a copy of a file with a write-ahead log would be given one when it is opened.
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)
