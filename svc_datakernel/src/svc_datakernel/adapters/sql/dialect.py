"""The few places where SQL databases differ."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from itertools import chain
from typing import Any, Literal, TypeAlias, TypeVar

import orjson
from sqlalchemy import (
    ColumnElement,
    Connection,
    Dialect,
    Row,
    Select,
    Table,
    Text,
    cast,
    func,
    insert,
)

from svc_datakernel.adapters.sql import deferring

_T = TypeVar("_T")

# A row and a statement of whatever columns: their types are told by what is built from them.
AnyRow: TypeAlias = Row[*tuple[Any, ...]]
AnySelect: TypeAlias = Select[*tuple[Any, ...]]

# Ids in one IN list: large enough to hide a statement's cost, small for every driver's limit.
IDS_AT_ONCE = 512

_ROWS_AT_ONCE = 30  # that SQLite inserts with one statement
_PATTERN_ROWS_AT_ONCE = 120  # the same, where most of their values are not sent again


@dataclass(frozen=True, slots=True)
class Each:
    """In a pattern of rows: a value of the item, by its place."""

    place: int


@dataclass(frozen=True, slots=True)
class Shared:
    """In a pattern of rows: a value that is the same for all items, by its place."""

    place: int


Entry: TypeAlias = Each | Shared | int | Literal[""] | None
Pattern: TypeAlias = tuple[tuple[Entry, ...], ...]
"""Rows to insert for an item, in the order of the table's columns."""


def insert_pattern(
    conn: Connection,
    table: Table,
    pattern: Pattern,
    shared: Sequence[Any],
    items: Sequence[tuple[Any, ...]],
) -> None:
    """Inserts the same rows for each of some items, as `insert_rows` with `keeps_known` would.

    On SQLite a value is sent once, in however many rows it is: that is most of the work.
    """
    if conn.dialect.name != "sqlite":
        insert_rows(conn, table, _patterned(pattern, shared, items), keeps_known=True)
        return
    widths = (len(shared), len(items[0]) if items else 0)
    at_once = max(1, _PATTERN_ROWS_AT_ONCE // len(pattern))
    whole = len(items) - len(items) % at_once
    cursor: Any = conn.connection.cursor()
    for count, some in ((at_once, items[:whole]), (1, items[whole:])):
        if some:
            text = _pattern_text(conn.dialect, table, pattern, widths, count)
            cursor.executemany(text, _joined(some, count, tuple(shared)))
    cursor.close()


def _patterned(
    pattern: Pattern, shared: Sequence[Any], items: Sequence[tuple[Any, ...]]
) -> list[tuple[Any, ...]]:
    def value(entry: Entry, item: tuple[Any, ...]) -> Any:
        if isinstance(entry, Each):
            return item[entry.place]
        return shared[entry.place] if isinstance(entry, Shared) else entry

    return [tuple(value(entry, item) for entry in row) for item in items for row in pattern]


def insert_rows(
    conn: Connection,
    table: Table,
    rows: Sequence[tuple[Any, ...]],
    *,
    ignore_existing: bool = False,
    keeps_known: bool = False,
) -> None:
    """Inserts rows, whose values are in the order of the table's columns.

    Goes to the driver with the rows as they are: SQLAlchemy's own handling of
    parameters would cost three times what the insert itself does. The driver's errors
    come as they are; where rows are sent later, with a later statement.

    Args:
        keeps_known: The caller keeps what the transaction knows (`known.py`) up to date.
    """
    if not rows:
        return
    deferral = deferring.of(conn)
    if deferral is not None:
        deferral.insert(table, rows, ignore_existing=ignore_existing)
        if not keeps_known:
            deferral.known.forget()
        return
    text = _insert_text(conn.dialect, table, ignore_existing=ignore_existing)
    if conn.dialect.name == "sqlite":
        many = _many_rows_text(conn.dialect, table, ignore_existing=ignore_existing)
        whole = len(rows) - len(rows) % _ROWS_AT_ONCE
        cursor: Any = conn.connection.cursor()
        cursor.executemany(many, _joined(rows[:whole], _ROWS_AT_ONCE))
        cursor.executemany(text, rows[whole:])
        cursor.close()
    else:
        conn.exec_driver_sql(text, list(rows))


def _joined(
    rows: Sequence[tuple[Any, ...]], count: int, first: tuple[Any, ...] = ()
) -> list[tuple[Any, ...]]:
    """The parameters of each statement that inserts so many rows, others in front of them."""
    return [
        tuple(chain(first, *rows[start : start + count])) for start in range(0, len(rows), count)
    ]


def text_member_equals(
    conn: Connection, json: ColumnElement[bytes], key: str, text: str
) -> ColumnElement[bool] | None:
    """A condition that a JSON object's member is this text; None where that is not safe."""
    is_plain = orjson.dumps(key) == b'"' + key.encode() + b'"'
    if conn.dialect.name != "sqlite" or not is_plain or "\x00" in text:
        return None
    return func.json_extract(cast(json, Text), f'$."{key}"') == text


def in_chunks(items: Sequence[_T]) -> Iterator[Sequence[_T]]:
    """Slices of a size fit for an IN list."""
    for start in range(0, len(items), IDS_AT_ONCE):
        yield items[start : start + IDS_AT_ONCE]


@lru_cache(maxsize=64)
def _many_rows_text(dialect: Dialect, table: Table, *, ignore_existing: bool) -> str:
    """SQLite's statement for several rows: half of what a row costs is running its statement."""
    head, _, row = _insert_text(dialect, table, ignore_existing=ignore_existing).partition("VALUES")
    row, conflict, rest = row.partition(" ON CONFLICT")
    if not ignore_existing:
        # Without this SQLite would write down how to undo a statement that fails half-way;
        # its transaction or savepoint is given up anyway.
        head = head.replace("INSERT", "INSERT OR FAIL", 1)
    return f"{head}VALUES {', '.join([row] * _ROWS_AT_ONCE)}{conflict}{rest}"


@lru_cache(maxsize=256)
def _pattern_text(
    dialect: Dialect, table: Table, pattern: Pattern, widths: tuple[int, int], count: int
) -> str:
    """SQLite's statement for a number of items: first the shared values, then item after item.

    Args:
        widths: How many values are shared, and how many each item has.
    """
    shared, each = widths

    def sql(entry: Entry, item: int) -> str:
        if isinstance(entry, Shared):
            return f"?{entry.place + 1}"
        if isinstance(entry, Each):
            return f"?{shared + item * each + entry.place + 1}"
        return "NULL" if entry is None else "''" if entry == "" else str(entry)

    head = _insert_text(dialect, table, ignore_existing=False).partition("VALUES")[0]
    rows = [
        f"({', '.join(sql(entry, item) for entry in row)})"
        for item in range(count)
        for row in pattern
    ]
    return f"{head.replace('INSERT', 'INSERT OR FAIL', 1)}VALUES {', '.join(rows)}"


@lru_cache(maxsize=64)
def _insert_text(dialect: Dialect, table: Table, *, ignore_existing: bool) -> str:
    if not ignore_existing:
        return str(insert(table).compile(dialect=dialect))
    # Only the one that is used: PostgreSQL's takes a fourteenth of the monolith's start.
    flavour = import_module(f"sqlalchemy.dialects.{dialect.name}")
    return str(flavour.insert(table).on_conflict_do_nothing().compile(dialect=dialect))
