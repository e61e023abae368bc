"""The file: its connections' settings, its version, and the way from older versions to this one."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

from oms_core.errors import DataCorrupted, Unimplemented
from sqlalchemy import Connection, Engine, QueuePool, create_engine, event

from svc_datakernel.adapters.sql.creation import create_tables
from svc_datakernel.adapters.sql.tables import (
    answers,
    branch_moves,
    long_values,
    metadata,
    predicates,
    tags,
    triples,
)

APPLICATION_ID: Final = 0x4F4D534B  # "OMSK"
_LARGEST_IDLE_LOG_BYTES: Final = 64 * 1024 * 1024
_PAGE_BYTES: Final = 4096
# Pages that many commits change are then copied from the log once, not with each commit.
_PAGES_BETWEEN_CHECKPOINTS: Final = _LARGEST_IDLE_LOG_BYTES // _PAGE_BYTES
_BUSY_TIMEOUT_MS: Final = 10_000
# What a commit of 5,000 documents changes among a million, without writing pages out half-way.
_WRITER_CACHE_KIB: Final = 64 * 1024
_READER_CACHE_KIB: Final = 8 * 1024


def _add_graph_tables(conn: Connection) -> None:
    """Version 2: tags, and the index of graph databases."""
    create_tables(conn, (tags, triples, predicates, long_values))


def _add_answers_and_moves(conn: Connection) -> None:
    """Version 3: answers of requests, and moves of branches."""
    create_tables(conn, (answers, branch_moves))


# Entry n brings a file of version n + 1 to version n + 2. New files are made by the tables
# as they are, in the latest version; never change an entry that was released.
MIGRATIONS: Final[Sequence[Callable[[Connection], None]]] = (
    _add_graph_tables,
    _add_answers_and_moves,
)


def latest_version() -> int:
    """The version of the format that this program writes."""
    return 1 + len(MIGRATIONS)


def open_engine(path: Path, *, is_writer: bool, connections: int = 1) -> Engine:
    """An engine on an existing file, with up to so many connections.

    The writer begins its transactions with the write lock in hand: a transaction
    that first reads and then writes would fail on a change made in between.
    """
    engine = create_engine(
        "sqlite://",
        creator=lambda: _connect(path, _WRITER_CACHE_KIB if is_writer else _READER_CACHE_KIB),
        poolclass=QueuePool,
        pool_size=connections,
        max_overflow=0,
    )
    begin = "BEGIN IMMEDIATE" if is_writer else "BEGIN"

    @event.listens_for(engine, "begin")
    def _begin(conn: Connection) -> None:  # pyright: ignore[reportUnusedFunction]
        driver: Any = conn.connection.dbapi_connection
        driver.execute(begin)

    return engine


def initialise(conn: Connection) -> None:
    """Brings an empty file to the present version, within the caller's transaction."""
    conn.exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID}")
    create_tables(conn, metadata.sorted_tables)
    _set_version(conn)


def check_version(reader: Engine, writer: Engine, path: Path) -> None:
    """Makes sure that this program can use a file, migrating an older one.

    Only a migration takes the write lock.

    Raises:
        Unimplemented: a later program wrote it.
        DataCorrupted: it is no file of a kernel.
    """
    with reader.connect() as conn:
        application = conn.exec_driver_sql("PRAGMA application_id").scalar_one()
        version = conn.exec_driver_sql("PRAGMA user_version").scalar_one()
    if application != APPLICATION_ID or version < 1:
        raise DataCorrupted(
            f"{path.name} is no database of a data kernel; move it out of the folder",
            metadata={"database": path.stem},
        )
    if version > latest_version():
        raise Unimplemented(
            f"{path.name} has format {version}, and this program knows formats up to "
            f"{latest_version()}; use the program that wrote it, or a later one",
            metadata={"capability": f"kernel-format-{version}"},
        )
    if version < latest_version():
        with writer.begin() as conn:
            # Another process may have been faster.
            _migrate(conn, conn.exec_driver_sql("PRAGMA user_version").scalar_one())


def _migrate(conn: Connection, version: int) -> None:
    for step in MIGRATIONS[version - 1 :]:
        step(conn)
    _set_version(conn)


def _set_version(conn: Connection) -> None:
    conn.exec_driver_sql(f"PRAGMA user_version = {latest_version()}")


def _connect(path: Path, cache_kib: int) -> sqlite3.Connection:
    # Mode rw: a file that was deleted must not come back empty. Transactions are
    # begun by the engine's own event, so the driver begins none.
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode=rw",
        uri=True,
        isolation_level=None,
        check_same_thread=False,
        timeout=_BUSY_TIMEOUT_MS / 1000,
        cached_statements=256,
    )
    settings: dict[str, Any] = {
        "journal_mode": "WAL",
        "synchronous": "FULL",  # an acknowledged commit survives a power cut
        "foreign_keys": "ON",
        "cache_size": -cache_kib,
        "temp_store": "MEMORY",
        "journal_size_limit": _LARGEST_IDLE_LOG_BYTES,
        "wal_autocheckpoint": _PAGES_BETWEEN_CHECKPOINTS,
        "trusted_schema": "OFF",
    }
    if path.stat().st_size == 0:
        # Before the first page is written. Later it would take the write lock each time.
        connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
    for name, value in settings.items():
        connection.execute(f"PRAGMA {name} = {value}")
    return connection
