"""Makes the tables of a new database, its first commit, and the record of what it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlalchemy import Connection, Table, select, update
from sqlalchemy.schema import CreateIndex, CreateTable

from svc_datakernel.adapters.sql import appending, marks
from svc_datakernel.adapters.sql.dialect import insert_rows
from svc_datakernel.adapters.sql.tables import meta
from svc_datakernel.domain.model import Database, DatabaseModel

INCOMPLETE = "incomplete"
"""Name in `meta` while a copy has not arrived as a whole: it may be sent again."""


def create_tables(
    conn: Connection, tables: Iterable[Table], *, has_foreign_keys: bool = True
) -> None:
    """Makes tables with their indexes; `MetaData.sorted_tables` makes all in the right order."""
    for table in tables:
        chosen = None if has_foreign_keys else ()
        conn.execute(CreateTable(table, include_foreign_key_constraints=chosen))
        # Which index SQLite chooses among equals depends on the order of their creation.
        for index in sorted(table.indexes, key=lambda each: str(each.name)):
            conn.execute(CreateIndex(index))


def fill_new(conn: Connection, database: Database, author: str) -> None:
    """Writes what a database is, and its root commit, into empty tables."""
    values = {
        "database_id": database.id,
        "display_name": database.display_name,
        "description": database.description,
        "kind": database.kind,
        "create_time_us": str(database.create_time_us),
        "model": str(database.model.value),
        "base_iri": database.base_iri,
        "schema_iri": database.schema_iri,
    }
    if database.origin:
        values |= {marks.ORIGIN: database.origin, INCOMPLETE: "1"}
    insert_rows(conn, meta, list(values.items()))
    appending.append_root(
        conn,
        database=database.origin or database.id,
        author=author,
        message="Create database",
        now_us=database.create_time_us,
    )


def describe(conn: Connection, changes: Mapping[str, str]) -> Database:
    """Changes what is recorded about a database.

    Args:
        changes: New values of `display_name`, `description` and `kind`; one left out stays.
    """
    for name, value in changes.items():
        conn.execute(update(meta).where(meta.c.name == name).values(value=value))
    found = description(conn)
    assert found is not None, "a database says what it is from its creation on"
    return found


def description(conn: Connection) -> Database | None:
    """What the database is; None where it does not say."""
    values = {row.name: row.value for row in conn.execute(select(meta))}
    if "database_id" not in values:
        return None
    return Database(
        id=values["database_id"],
        display_name=values["display_name"],
        description=values["description"],
        kind=values["kind"],
        create_time_us=int(values["create_time_us"]),
        # What files of the first version do not say.
        model=DatabaseModel(int(values.get("model", DatabaseModel.JSON))),
        base_iri=values.get("base_iri", ""),
        schema_iri=values.get("schema_iri", ""),
        origin=values.get(marks.ORIGIN, ""),
    )
