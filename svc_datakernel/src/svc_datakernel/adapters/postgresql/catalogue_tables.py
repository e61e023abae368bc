"""The list of databases on a server, and where the tables of each are.

    oms_kernel       the list itself
    oms_db_<key>     the tables of one database, as `adapters/sql/tables.py` describes them
    oms_gone_<key>   what is left of a deleted one until nobody reads it any more

A key is never used twice, so that a database made anew is never taken for the one before.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from oms_core.errors import ServiceUnavailable, Unimplemented
from oms_core.restoring import RESTORING_SCHEMA
from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Identity,
    Integer,
    MetaData,
    Table,
    Text,
    bindparam,
    delete,
    insert,
    select,
    text,
    update,
)
from sqlalchemy.schema import CreateSchema, CreateTable

from svc_datakernel.adapters.sql import creation
from svc_datakernel.adapters.sql.dialect import AnyRow
from svc_datakernel.adapters.sql.queries import Query
from svc_datakernel.adapters.sql.tables import answers, branch_moves, metadata
from svc_datakernel.domain.model import Database, DatabaseModel

SCHEMA: Final = "oms_kernel"
GONE: Final = "oms_gone_"
_CATALOGUE_VERSION: Final = 1
_text = Text(collation="C")

_catalogue = MetaData(schema=SCHEMA)
_about = Table("about", _catalogue, Column("catalogue_version", Integer, primary_key=True))
databases = Table(
    "databases",
    _catalogue,
    Column("id", _text, primary_key=True),
    Column("key", BigInteger, Identity(always=True), nullable=False, unique=True),
    # Version of the tables in its schema.
    Column("format", Integer, nullable=False),
    Column("display_name", _text, nullable=False),
    Column("description", _text, nullable=False),
    Column("kind", _text, nullable=False),
    Column("create_time_us", BigInteger, nullable=False),
    Column("model", Integer, nullable=False),
    Column("base_iri", _text, nullable=False),
    Column("schema_iri", _text, nullable=False),
    Column("origin", _text, nullable=False),
)


def _add_answers_and_moves(conn: Connection) -> None:
    """Format 2: answers of requests, and moves of branches."""
    creation.create_tables(conn, (answers, branch_moves), has_foreign_keys=False)


# Entry n brings tables of format n + 1 to format n + 2, within a transaction that finds them.
# New ones are made as they are, in the latest format; never change an entry that was released.
MIGRATIONS: Final[Sequence[Callable[[Connection], None]]] = (_add_answers_and_moves,)

_BY_ID = select(databases).where(databases.c.id == bindparam("database"))
_PAGE = (
    select(databases)
    .where(databases.c.id > bindparam("after"))
    .order_by(databases.c.id)
    .limit(bindparam("count"))
)
_LOCK = Query(
    select(databases.c.key, databases.c.format)
    .where(databases.c.id == bindparam("database"))
    .with_for_update()
)


class Place(NamedTuple):
    """Where a database's tables are, and what the database is."""

    key: int
    format: int
    description: Database

    @property
    def schema(self) -> str:
        """Name of the schema."""
        return schema_of(self.key)


def values(database: Database, version: int) -> dict[str, str | int]:
    """A row of the catalogue but for its key."""
    return {
        "id": database.id,
        "format": version,
        "display_name": database.display_name,
        "description": database.description,
        "kind": database.kind,
        "create_time_us": database.create_time_us,
        "model": database.model.value,
        "base_iri": database.base_iri,
        "schema_iri": database.schema_iri,
        "origin": database.origin,
    }


def schema_of(key: int | str) -> str:
    """Name of a database's schema."""
    return f"oms_db_{key}"


def latest_format() -> int:
    """The version of the tables that this program writes."""
    return 1 + len(MIGRATIONS)


def prepare(conn: Connection) -> None:
    """Makes the catalogue where there is none. Another kernel may do the same right now:
    one of the two fails and can try again."""
    conn.execute(CreateSchema(SCHEMA, if_not_exists=True))
    for table in _catalogue.sorted_tables:
        conn.execute(CreateTable(table, if_not_exists=True))
    if conn.execute(select(_about)).first() is None:
        conn.execute(insert(_about).values(catalogue_version=_CATALOGUE_VERSION))


def check_version(conn: Connection) -> None:
    """Makes sure that this program can use the catalogue.

    Raises:
        Unimplemented: a later program wrote it.
    """
    version = conn.execute(select(_about.c.catalogue_version)).scalar_one()
    if version > _CATALOGUE_VERSION:
        _refuse("the catalogue of databases", version, _CATALOGUE_VERSION)


def check_whole(conn: Connection) -> None:
    """Makes sure that what is there is no half of a backup.

    Raises:
        ServiceUnavailable: a restore is under way, or was interrupted.
    """
    found = text("SELECT 1 FROM pg_namespace WHERE nspname = :name")
    if conn.execute(found, {"name": RESTORING_SCHEMA}).first() is not None:
        raise ServiceUnavailable(
            "the server holds half of a backup; run `oms-backup restore` again",
            metadata={"service": "postgresql"},
        )


def find(conn: Connection, database: str) -> Place | None:
    """Where a database is; None where there is none of that id."""
    row = conn.execute(_BY_ID, {"database": database}).one_or_none()
    return None if row is None else _to_place(row)


def page(conn: Connection, *, after: str, kind: str, limit: int) -> Sequence[Database]:
    """Databases in the order of ids; an empty kind means all."""
    statement = _PAGE.where(databases.c.kind == kind) if kind else _PAGE
    rows = conn.execute(statement, {"after": after, "count": limit})
    return [_to_place(row).description for row in rows]


def lock(conn: Connection, database: str) -> tuple[int, int] | None:
    """Takes a database's write lock until the transaction ends: its key and format now.

    The lock is that of the row, which a deletion needs as well. None where there is no row.
    """
    row = _LOCK.row(conn, {"database": database})
    return None if row is None else (row[0], row[1])


def ask_lock(conn: Connection, database: str) -> Any:
    """As `lock`, without waiting for the answer: a cursor to fetch it from."""
    return _LOCK.ask(conn, {"database": database})


def create(conn: Connection, database: Database, author: str) -> None:
    """Writes a new database. Of two at the same time, the second one waits and fails."""
    row = values(database, latest_format())
    made = conn.execute(insert(databases).values(row).returning(databases.c.key))
    schema = schema_of(made.scalar_one())
    conn.execute(CreateSchema(schema))
    look_in(conn, schema)
    # Checking references would cost a lookup and a row lock each, and removing rows a scan of
    # whole tables. `upkeep.py` checks them all at once when asked.
    creation.create_tables(conn, metadata.sorted_tables, has_foreign_keys=False)
    creation.fill_new(conn, database, author)


def describe(conn: Connection, database: str, changes: Mapping[str, str]) -> Place | None:
    """Changes descriptions, here and in the database's own tables; see `creation.describe`.

    None where there is no database of that id.
    """
    locked = lock(conn, database)
    if locked is None:
        return None
    if changes:
        conn.execute(update(databases).where(databases.c.id == database).values(dict(changes)))
        look_in(conn, schema_of(locked[0]))
        creation.describe(conn, changes)
    return find(conn, database)


def remove(conn: Connection, database: str) -> int | None:
    """Takes a database out of the list, and its tables out of sight: two rows, whatever its
    size. Reads that go on are not disturbed. Its key, or None where there was none."""
    gone = delete(databases).where(databases.c.id == database).returning(databases.c.key)
    key = conn.execute(gone).scalar_one_or_none()
    if key is not None:
        conn.exec_driver_sql(f'ALTER SCHEMA "{schema_of(key)}" RENAME TO "{GONE}{key}"')
    return key


def migrate(conn: Connection, database: str) -> None:
    """Brings a database's tables to the present format, under its write lock."""
    locked = lock(conn, database)
    if locked is None:
        return
    key, version = locked
    look_in(conn, schema_of(key))
    for step in MIGRATIONS[version - 1 :]:
        step(conn)
    conn.execute(update(databases).where(databases.c.id == database).values(format=latest_format()))


def check_format(database: str, version: int) -> None:
    """Makes sure that this program can use tables of a version.

    Raises:
        Unimplemented: a later program wrote them.
    """
    if version > latest_format():
        _refuse(f"database {database!r}", version, latest_format())


def look_in(conn: Connection, schema: str) -> None:
    """Makes the rest of a transaction look for tables in a schema."""
    conn.exec_driver_sql(f'SET LOCAL search_path TO "{schema}"')


def _to_place(row: AnyRow) -> Place:
    description = Database(
        id=row.id,
        display_name=row.display_name,
        description=row.description,
        kind=row.kind,
        create_time_us=row.create_time_us,
        model=DatabaseModel(row.model),
        base_iri=row.base_iri,
        schema_iri=row.schema_iri,
        origin=row.origin,
    )
    return Place(row.key, row.format, description)


def _refuse(what: str, found: int, known: int) -> None:
    raise Unimplemented(
        f"{what} has format {found}, and this program knows formats up to {known}; "
        "use the program that wrote it, or a later one",
        metadata={"capability": f"kernel-format-{found}"},
    )
