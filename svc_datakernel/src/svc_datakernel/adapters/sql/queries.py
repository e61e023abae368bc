"""Statements written with SQLAlchemy and run by the driver itself.

Running a statement through SQLAlchemy costs some 40 µs, the statement itself
5 µs. Where a call consists of such statements they are compiled once, and from
then on only their parameters are put in order. What comes back are plain tuples;
the driver's errors come as they are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from sqlalchemy import ClauseElement, Connection, Dialect, Table
from sqlalchemy.sql.compiler import SQLCompiler

from svc_datakernel.adapters.sql import deferring


class _Slot(NamedTuple):
    """Where a value comes from: a parameter, an item of a list, or the statement itself."""

    name: str
    item: int | None
    constant: Any


class _Text(NamedTuple):
    sql: str
    names: Sequence[str]
    slots: Sequence[_Slot]


_NO_PIPELINE: Final = 0  # libpq's PQ_PIPELINE_OFF
_IN_TRANSACTION: Final = 2  # libpq's PQTRANS_INTRANS


class Query:
    """A statement to be run often. Safe for threads."""

    def __init__(
        self,
        statement: ClauseElement,
        *,
        lists: Sequence[str] = (),
        postgresql: ClauseElement | None = None,
    ) -> None:
        """Compiles nothing yet.

        Args:
            lists: Names of the expanding parameters, those behind an IN; never empty lists.
            postgresql: The same in words that PostgreSQL plans better.
        """
        self._statement = statement
        self._variants = {} if postgresql is None else {"postgresql": postgresql}
        self._lists = tuple(lists)
        self._texts: dict[tuple[Any, ...], _Text] = {}

    def rows(
        self, conn: Connection, parameters: Mapping[str, Any], *, is_settled: bool = False
    ) -> list[Any]:
        """Runs it and fetches every row.

        Args:
            is_settled: Nothing that the transaction has still to send bears on it.
        """
        cursor = self._execute(conn, parameters, is_settled=is_settled)
        try:
            return cursor.fetchall()
        finally:
            cursor.close()

    def pages(
        self, conn: Connection, parameters: Mapping[str, Any], size: int
    ) -> Iterator[list[Any]]:
        """Runs it and fetches rows as they are asked for, at most `size` at once."""
        cursor = self._execute(conn, parameters, is_long=True)
        try:
            while page := cursor.fetchmany(size):
                yield page
        finally:
            cursor.close()

    def row(
        self, conn: Connection, parameters: Mapping[str, Any], *, is_settled: bool = False
    ) -> Any:
        """Runs it and fetches the first row; None when there is none. See `rows`."""
        cursor = self._execute(conn, parameters, is_settled=is_settled)
        try:
            return cursor.fetchone()
        finally:
            cursor.close()

    def later(
        self,
        conn: Connection,
        parameters: Mapping[str, Any],
        *,
        table: Table,
        key: object = None,
    ) -> None:
        """Runs it for its effect; later where the transaction defers, and so do failures.

        The caller keeps what the transaction knows (`known.py`) up to date.

        Args:
            table: The only one that it reads or writes.
            key: Of two runs with the same key and none between them, the second is enough.
        """
        sql, values = self._bound(conn.dialect, parameters)
        deferral = deferring.of(conn)
        if deferral is not None:
            deferral.run(sql, values, table=table.name, key=key)
            return
        cursor = conn.connection.cursor()
        cursor.execute(sql, values)
        cursor.close()

    def ask(self, conn: Connection, parameters: Mapping[str, Any]) -> Any:
        """Sends it with the next statement that is waited for; a cursor to fetch from then.

        Only where the transaction defers statements.
        """
        sql, values = self._bound(conn.dialect, parameters)
        cursor: Any = conn.connection.cursor()
        cursor.execute_later(sql, values)
        return cursor

    def _execute(
        self,
        conn: Connection,
        parameters: Mapping[str, Any],
        *,
        is_long: bool = False,
        is_settled: bool = False,
    ) -> Any:
        sql, values = self._bound(conn.dialect, parameters)
        cursor: Any = _long_cursor(conn) if is_long else conn.connection.cursor()
        if is_settled:
            cursor.execute_past(sql, values)
        else:
            cursor.execute(sql, values)
        return cursor

    def _bound(self, dialect: Dialect, parameters: Mapping[str, Any]) -> tuple[str, Any]:
        """The statement and its parameters, as the driver takes them."""
        given = dict(parameters)
        for name in self._lists:
            given[name] = _padded(given[name])
        key = (dialect.name, *(len(given[name]) for name in self._lists))
        text = self._texts.get(key)
        if text is None:
            text = self._texts[key] = self._compile(dialect, given)
        values = [
            slot.constant
            if not slot.name
            else given[slot.name]
            if slot.item is None
            else given[slot.name][slot.item]
            for slot in text.slots
        ]
        return text.sql, values if dialect.positional else dict(
            zip(text.names, values, strict=True)
        )

    def _compile(self, dialect: Dialect, given: Mapping[str, Any]) -> _Text:
        statement = self._variants.get(dialect.name, self._statement)
        compiled: Any = statement.compile(dialect=dialect)
        assert isinstance(compiled, SQLCompiler)
        state = compiled.construct_expanded_state(dict(given))
        names = state.positiontup if dialect.positional else list(state.parameters)
        items = {
            f"{name}_{number}": (name, number - 1)
            for name in self._lists
            for number in range(1, len(given[name]) + 1)
        }
        slots: list[_Slot] = []
        for name in names or ():
            if name in items:
                slots.append(_Slot(*items[name], None))
            elif name in given:
                slots.append(_Slot(name, None, None))
            else:
                slots.append(_Slot("", None, state.parameters[name]))
        return _Text(state.statement, list(names or ()), slots)


def _long_cursor(conn: Connection) -> Any:
    """A cursor that does not fetch everything at once: the server keeps the rest."""
    if conn.dialect.name != "postgresql":
        return conn.connection.cursor()
    driver: Any = conn.connection.dbapi_connection
    number = conn.info["cursors"] = conn.info.get("cursors", 0) + 1
    name = f"pages_{number}"
    # Writers keep a pipeline open, which the driver's own cursors of this kind are not for.
    return (
        driver.cursor(name) if driver.info.pipeline_status == 0 else _DeclaredCursor(driver, name)
    )


class _DeclaredCursor:
    """A cursor that the server keeps, on a PostgreSQL connection with an open pipeline."""

    def __init__(self, driver: Any, name: str) -> None:
        self._driver = driver
        self._cursor = driver.cursor()
        self._name = name

    def execute(self, sql: str, values: Any) -> None:
        """Declares it; nothing is read yet."""
        self._cursor.execute(f"DECLARE {self._name} NO SCROLL CURSOR FOR {sql}", values)

    def fetchmany(self, size: int) -> list[Any]:
        """The next rows."""
        self._cursor.execute(f"FETCH FORWARD {size} FROM {self._name}")
        return self._cursor.fetchall()

    def close(self) -> None:
        """Gives it back; one of a failed transaction is gone with that."""
        if self._driver.info.transaction_status == _IN_TRANSACTION:
            self._cursor.execute(f"CLOSE {self._name}")
        self._cursor.close()


def _padded(items: Sequence[Any]) -> Sequence[Any]:
    """A list of a power of two items, the last one repeated: few lengths, few statements."""
    missing = (1 << (len(items) - 1).bit_length()) - len(items)
    return [*items, *([items[-1]] * missing)] if missing else items
