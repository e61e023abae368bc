"""What a writing transaction has still to send: rows of many commits go in one statement a table.

The pieces of work of a group write one after another. Nothing is sent before a statement
has to be waited for that may depend on it, or the transaction ends. So a piece that
fails mostly has nothing to undo on the server; only where some of it was sent is there
a savepoint before it.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, TypeAlias

from sqlalchemy import Table

from svc_datakernel.adapters.postgresql.arrays import array_type
from svc_datakernel.adapters.postgresql.errors import DRIVER_ERRORS
from svc_datakernel.adapters.sql.known import Known

_MOST_ROWS: Final = 20_000
_READS: Final = ("SELECT", "WITH", "(SELECT", "DECLARE", "FETCH", "CLOSE")

Send: TypeAlias = Callable[..., None]


@dataclass(slots=True)
class _Insert:
    table: Table
    ignore_existing: bool
    rows: list[tuple[Any, ...]]

    def send(self, send: Send) -> None:
        sql, arrays = _insertion(self.table, ignore_existing=self.ignore_existing)
        columns = zip(*self.rows, strict=True)
        send(sql, [make(column) for make, column in zip(arrays, columns, strict=True)])


@dataclass(slots=True)
class _Run:
    sql: str
    values: Any
    key: object

    def send(self, send: Send) -> None:
        send(self.sql, self.values)


class _Batch:
    """Statements by table, for those of different tables never depend on each other."""

    def __init__(self) -> None:
        self.tables: dict[str, list[_Insert | _Run]] = {}
        self.row_count = 0

    def add(self, table: str, order: _Insert | _Run) -> None:
        orders = self.tables.setdefault(table, [])
        last = orders[-1] if orders else None
        if isinstance(order, _Insert):
            self.row_count += len(order.rows)
            if isinstance(last, _Insert) and last.ignore_existing == order.ignore_existing:
                last.rows += order.rows
                return
        elif isinstance(last, _Run) and order.key is not None and last.key == order.key:
            orders.pop()
        orders.append(order)

    def send(self, send: Send) -> None:
        """Sends everything; there is nothing left then."""
        tables, self.tables, self.row_count = self.tables, {}, 0
        for orders in tables.values():
            for order in orders:
                order.send(send)


class Outbox:
    """A `Deferral` of one transaction on one connection, used by one thread."""

    def __init__(self, send: Send) -> None:
        """Sends nothing yet.

        Args:
            send: Sends a statement without waiting for it.
        """
        self.known = Known()
        self._send = send
        self._finished = _Batch()
        self._piece: _Batch | None = None
        self._has_savepoint = False

    def insert(
        self, table: Table, rows: Sequence[tuple[Any, ...]], *, ignore_existing: bool
    ) -> None:
        self._add(table.name, _Insert(table, ignore_existing, list(rows)))

    def run(self, sql: str, values: Any, *, table: str, key: object) -> None:
        self._add(table, _Run(sql, values, key))

    def make_way(self, sql: str) -> None:
        """Sends what another statement may depend on, before that is sent."""
        self.send()
        if not sql.startswith(_READS):
            if self._piece is not None:
                self._save()
            self.known.forget()

    def send(self) -> None:
        """Sends everything."""
        self._finished.send(self._send)
        if self._piece is not None and self._piece.tables:
            self._save()
            self._piece.send(self._send)
        self.known.all_sent()

    @contextmanager
    def piece(self) -> Generator[None]:
        """One piece of work: undone when it raises, unless the transaction is lost anyway."""
        self._piece, self._has_savepoint = _Batch(), False
        try:
            yield
        except DRIVER_ERRORS:
            raise
        except BaseException:
            self._undo(self._piece)
            raise
        finally:
            piece, self._piece = self._piece, None
        for table, orders in piece.tables.items():
            for order in orders:
                self._finished.add(table, order)
        if self._has_savepoint:
            self._send("RELEASE SAVEPOINT work")

    def _undo(self, piece: _Batch) -> None:
        if self._has_savepoint:
            self._send("ROLLBACK TO SAVEPOINT work")
        if self._has_savepoint or piece.tables:
            # What it wrote was taken for a fact.
            self.known.forget()

    def _save(self) -> None:
        if not self._has_savepoint:
            self._send("SAVEPOINT work")
            self._has_savepoint = True

    def _add(self, table: str, order: _Insert | _Run) -> None:
        batch = self._finished if self._piece is None else self._piece
        batch.add(table, order)
        if batch.row_count > _MOST_ROWS:
            self.send()


@lru_cache(maxsize=64)
def _insertion(
    table: Table, *, ignore_existing: bool
) -> tuple[str, list[Callable[[Sequence[Any]], bytes]]]:
    """The statement that inserts rows from an array for each column, and what makes the arrays."""
    names = ", ".join(f'"{column.name}"' for column in table.columns)
    types = [array_type(column.type) for column in table.columns]
    values = ", ".join(f"%s::{name}" for name, _ in types)
    conflict = " ON CONFLICT DO NOTHING" if ignore_existing else ""
    sql = f"INSERT INTO {table.name} ({names}) SELECT * FROM unnest({values}){conflict}"  # noqa: S608 - own tables
    return sql, [make for _, make in types]
