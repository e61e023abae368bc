"""A database as a script for psql, which makes it anew on any server with a catalogue.

    psql --set ON_ERROR_STOP=1 --file backup.sql <url>

The script is one transaction: a database of the same id must not be there.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from sqlalchemy import Connection, Table
from sqlalchemy.schema import CreateIndex, CreateTable

from svc_datakernel.adapters.postgresql import catalogue_tables as catalogue
from svc_datakernel.adapters.sql.tables import metadata
from svc_datakernel.domain.model import Database

_CHUNK_BYTES: Final = 256 * 1024


def script(conn: Connection, database: Database) -> Iterator[bytes]:
    """Yields the script, as of the transaction's snapshot."""
    yield _head(conn, database)
    for table in metadata.sorted_tables:
        ddl = CreateTable(table, include_foreign_key_constraints=())
        yield f"{str(ddl.compile(dialect=conn.dialect)).strip()};\n".encode()
        yield from _rows(conn, table)
        for index in sorted(table.indexes, key=lambda each: str(each.name)):
            yield f"{CreateIndex(index).compile(dialect=conn.dialect)};\n".encode()
    yield b"COMMIT;\n"


def _head(conn: Connection, database: Database) -> bytes:
    place = catalogue.find(conn, database.id)
    assert place is not None, "a database that is read is in the catalogue"
    row = catalogue.values(database, place.format)
    columns = ", ".join(row)
    literals = ", ".join(
        str(each) if isinstance(each, int) else _quoted(each) for each in row.values()
    )
    prefix = catalogue.schema_of("")
    return (
        f"-- Database {database.id}; restore with psql --set ON_ERROR_STOP=1\n"
        "BEGIN;\n"
        "SET LOCAL client_encoding = 'UTF8';\n"
        f"INSERT INTO {catalogue.SCHEMA}.databases ({columns})\n"
        f"VALUES ({literals}) RETURNING '{prefix}' || key AS oms_schema \\gset\n"
        'CREATE SCHEMA :"oms_schema";\n'
        'SET LOCAL search_path TO :"oms_schema";\n'
    ).encode()


def _rows(conn: Connection, table: Table) -> Iterator[bytes]:
    columns = ", ".join(f'"{column.name}"' for column in table.columns)
    yield f"COPY {table.name} ({columns}) FROM stdin;\n".encode()
    driver: Any = conn.connection.dbapi_connection
    waiting = bytearray()
    with driver.cursor().copy(f"COPY {table.name} ({columns}) TO STDOUT") as rows:
        for row in rows:
            waiting += row
            if len(waiting) >= _CHUNK_BYTES:
                yield bytes(waiting)
                waiting.clear()
    yield bytes(waiting) + b"\\.\n"


def _quoted(text: str) -> str:
    """An SQL literal; psql replaces no variables within one."""
    escaped = text.replace("\\", "\\\\").replace("'", "''")
    return f"E'{escaped}'"
