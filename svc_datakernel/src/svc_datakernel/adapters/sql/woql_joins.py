"""Finds several patterns of a query with one statement."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice, takewhile
from typing import Any, Final

from sqlalchemy import Connection

from svc_datakernel.adapters.sql import graph_terms
from svc_datakernel.adapters.sql.graph_triples import Sight
from svc_datakernel.adapters.sql.woql_statements import JoinQuery, join_query, shape_of
from svc_datakernel.domain.graph.terms import Literal, Node, Object
from svc_datakernel.domain.woql.capabilities import JoinPattern, JoinRow, Slot

_PAGE: Final = 64
_PAGES_TOGETHER: Final = 16
# Instructions of SQLite's machine between looks at the clock: well under a millisecond.
_STEPS_PER_LOOK: Final = 10_000


def join(
    conn: Connection,
    at: Sight,
    patterns: Sequence[JoinPattern],
    slots: int,
    is_over: Callable[[], bool],
) -> Iterator[JoinRow]:
    """Rows of terms: see `PatternJoin.join`."""
    parameters = _parameters(conn, patterns)
    if parameters is None:
        return
    found = join_query(shape_of(patterns), slots, at.is_single)
    yield from rows_of(conn, found, {**parameters, **at.parameters}, is_over)


def rows_of(
    conn: Connection,
    found: JoinQuery,
    parameters: Mapping[str, Any],
    is_over: Callable[[], bool],
) -> Iterator[JoinRow]:
    """Rows of terms that a statement finds, lazily, until the time is over."""
    reader = _Reader(conn, found)
    pages = found.query.pages(conn, parameters, _PAGE)
    for rows in _together(_until(conn, pages, is_over)):
        yield from reader.rows(rows)


def explain(conn: Connection, at: Sight, patterns: Sequence[JoinPattern], slots: int) -> str:
    """The statement of a join, without its values."""
    found = join_query(shape_of(patterns), slots, at.is_single)
    return str(found.statement.compile(dialect=conn.dialect))


def _until(
    conn: Connection, pages: Iterator[list[Any]], is_over: Callable[[], bool]
) -> Iterator[list[Any]]:
    """Pages until the time is over, also while a statement looks for the next row."""
    driver: Any = conn.connection.dbapi_connection
    if conn.dialect.name != "sqlite":
        yield from takewhile(lambda _: not is_over(), pages)
        return
    while True:
        driver.set_progress_handler(is_over, _STEPS_PER_LOOK)
        try:
            page = next(pages, None)
        except driver.OperationalError:
            if is_over():
                return
            raise
        finally:
            driver.set_progress_handler(None, 0)
        if page is None:
            return
        yield page


def _together(pages: Iterator[list[Any]]) -> Iterator[list[Any]]:
    """The first page alone, as often no more is asked for, then several at a time."""
    yield from islice(pages, 1)
    while rows := list(chain.from_iterable(islice(pages, _PAGES_TOGETHER))):
        yield rows


class _Reader:
    """Makes terms of rows."""

    def __init__(self, conn: Connection, found: JoinQuery) -> None:
        self._conn = conn
        self._slots = found.slots
        self._owners = found.owners
        self._iris: dict[int, str] = {}
        self._seen: set[Any] = set()

    def rows(self, page: Sequence[Any]) -> Iterator[JoinRow]:
        """The rows of a page, without those that are there because two documents hold the
        same subdocument."""
        long = graph_terms.lexicals_of(self._conn, self._values(page))
        self._learn(self._keys(page))
        for row in page:
            if any(row[place] for place in self._owners):
                key = tuple(row[: self._owners[0]])
                if key in self._seen:
                    continue
                self._seen.add(key)
            yield [self._term(row, place, width, long) for place, width in self._slots]

    def _values(self, page: Sequence[Any]) -> Iterator[str]:
        for place, width in self._slots:
            if width > 1:
                yield from (row[place] for row in page)

    def _keys(self, page: Sequence[Any]) -> Iterator[int]:
        for place, width in self._slots:
            for row in page:
                if width == 1:
                    yield row[place]
                else:
                    yield from row[place + 1 : place + 3]

    def _learn(self, keys: Iterable[int]) -> None:
        unknown = {key for key in keys if key} - self._iris.keys()
        if unknown:
            self._iris |= graph_terms.iris_of(self._conn, unknown)

    def _term(self, row: Any, place: int, width: int, long: Mapping[str, str]) -> Object:
        if width == 1:
            return Node(self._iris[row[place]])
        value, node, datatype = row[place : place + 3]
        if not datatype:
            return Node(self._iris[node])
        name, _, language = self._iris[datatype].partition("@")
        return Literal(name, long.get(value, value), language)


def _parameters(conn: Connection, patterns: Sequence[JoinPattern]) -> dict[str, Any] | None:
    """What the statement needs; None where no triple can match."""
    keys = graph_terms.keys_of(conn, dict.fromkeys(_names(patterns)))
    found: dict[str, Any] = {}
    for number, pattern in enumerate(patterns):
        for name, term in (("s", pattern.subject), ("p", pattern.predicate)):
            if isinstance(term, Node):
                found[f"{name}{number}"] = keys.get(term.iri)
        if pattern.any_of:
            listed = [keys[node.iri] for node in pattern.any_of if node.iri in keys]
            found[f"c{number}"] = listed or None
        elif not isinstance(pattern.object, Slot):
            found |= _object(number, pattern.object, keys)
    return None if any(value is None for value in found.values()) else found


def _names(patterns: Sequence[JoinPattern]) -> Iterator[str]:
    for pattern in patterns:
        for term in (pattern.subject, pattern.predicate, pattern.object, *pattern.any_of):
            if isinstance(term, Node):
                yield term.iri
            elif isinstance(term, Literal):
                yield graph_terms.datatype_name(term)


def _object(number: int, term: Object, keys: Mapping[str, int]) -> dict[str, Any]:
    if isinstance(term, Node):
        return {f"v{number}": "", f"n{number}": keys.get(term.iri), f"d{number}": 0}
    return {
        f"v{number}": graph_terms.value_of(term.lexical),
        f"n{number}": 0,
        f"d{number}": keys.get(graph_terms.datatype_name(term)),
    }
