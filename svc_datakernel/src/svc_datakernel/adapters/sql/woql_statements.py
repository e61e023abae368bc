"""Statements that find several patterns of triples at once: one for each shape of a join.

Values are always parameters. On SQLite the tables are joined in the order of the patterns,
which the query has chosen by how much each matches; its planner knows nothing of that.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Final, NamedTuple, TypeAlias

from sqlalchemy import ColumnElement, Join, and_, bindparam, select
from sqlalchemy.ext.compiler import compiles

from svc_datakernel.adapters.sql.dialect import AnySelect
from svc_datakernel.adapters.sql.graph_triples import visible
from svc_datakernel.adapters.sql.queries import Query
from svc_datakernel.adapters.sql.tables import predicates, triples
from svc_datakernel.domain.graph.terms import Node
from svc_datakernel.domain.woql.capabilities import JoinPattern, Slot

# A part of a pattern: the number of a variable, None for a value, "node" for an object that
# is a node, or "any" for one of several.
Part: TypeAlias = "int | str | None"
Shape: TypeAlias = tuple[tuple[Part, Part, Part], ...]

OBJECT: Final = ("value", "node", "datatype")


class JoinQuery(NamedTuple):
    """A statement, and which columns of its rows hold what.

    Args:
        statement: The same, to be shown.
        slots: For each variable the place of its first column, and how many it has: one for
            a key, three for an object.
        owners: Places of the columns with each triple's owner.
    """

    query: Query
    statement: AnySelect
    slots: Sequence[tuple[int, int]]
    owners: Sequence[int]


class _InOrder(Join):
    """A join that is done in the order it is written in."""

    inherit_cache = True


@compiles(_InOrder, "sqlite")
def _in_order(element: Any, compiler: Any, **options: Any) -> str:
    options = {**options, "asfrom": True, "from_linter": None}
    left = compiler.process(element.left, **options)
    right = compiler.process(element.right, **options)
    options.pop("asfrom")
    return f"{left} CROSS JOIN {right} ON {compiler.process(element.onclause, **options)}"


def shape_of(patterns: Sequence[JoinPattern]) -> Shape:
    """What of some patterns their statement depends on."""
    return tuple((_part(p.subject), _part(p.predicate), _object_part(p)) for p in patterns)


def _part(term: Any) -> Part:
    return term.number if isinstance(term, Slot) else None


def _object_part(pattern: JoinPattern) -> Part:
    if pattern.any_of:
        return "any"
    if isinstance(pattern.object, Slot):
        return pattern.object.number
    return "node" if isinstance(pattern.object, Node) else None


@lru_cache(maxsize=1024)
def join_query(shape: Shape, slots: int, is_single: bool) -> JoinQuery:
    """The statement of a shape."""
    tables: list[Any] = [triples.alias(f"t{n}") for n in range(len(shape))]
    known: dict[int, tuple[ColumnElement[Any], ...]] = {}
    joined: Any = None
    for number, (table, parts) in enumerate(zip(tables, shape, strict=True)):
        conditions = _conditions(table, number, parts, known, is_single=is_single)
        on = and_(*conditions)
        joined = (table, on) if joined is None else _joined(joined, table, on)
    columns = [column for n in range(slots) for column in known[n]]
    owners = [table.c.owner for table in tables]
    statement = select(*columns, *owners)
    statement = _from(statement, joined)
    places: list[tuple[int, int]] = []
    at = 0
    for n in range(slots):
        places.append((at, len(known[n])))
        at += len(known[n])
    keys = [table.c[name] for table in tables for name in ("subject", "predicate", *OBJECT)]
    query = Query(statement, lists=_lists(shape), postgresql=statement.order_by(*keys))
    return JoinQuery(query, statement, places, range(at, at + len(owners)))


def _joined(left: Any, table: Any, on: ColumnElement[bool]) -> Any:
    before, where = left
    return _InOrder(before, table, on), where


def _from(statement: Any, joined: Any) -> Any:
    tables, where = joined
    return statement.select_from(tables).where(where)


def _lists(shape: Shape) -> list[str]:
    return [f"c{number}" for number, parts in enumerate(shape) if parts[2] == "any"]


def _conditions(
    table: Any,
    number: int,
    parts: tuple[Part, Part, Part],
    known: dict[int, tuple[ColumnElement[Any], ...]],
    *,
    is_single: bool,
) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [visible(table, is_single=is_single)]
    for name, part in zip(("subject", "predicate"), parts, strict=False):
        column = table.c[name]
        if not isinstance(part, int):
            found.append(column == bindparam(f"{name[0]}{number}"))
        elif part in known:
            found += _same_key(column, known[part])
        else:
            known[part] = (column,)
    found += _object_conditions(table, number, parts[2], known)
    if not isinstance(parts[0], int) or not isinstance(parts[1], int):
        return found
    if parts[0] in known and isinstance(parts[2], int):
        return found
    # The index of objects begins with the predicate, and there are few of those.
    return [*found, table.c.predicate.in_(select(predicates.c.key))]


def _same_key(column: Any, known: tuple[ColumnElement[Any], ...]) -> list[ColumnElement[bool]]:
    # Of an object it is the node: 0 in literals, which is no key.
    return [column == (known[0] if len(known) == 1 else known[1])]


def _object_conditions(
    table: Any, number: int, part: Part, known: dict[int, tuple[ColumnElement[Any], ...]]
) -> list[ColumnElement[bool]]:
    columns = tuple(table.c[name] for name in OBJECT)
    if part == "any":
        nodes = table.c.node.in_(bindparam(f"c{number}", expanding=True))
        return [table.c.value == "", nodes, table.c.datatype == 0]
    if not isinstance(part, int):
        names = (f"{name[0]}{number}" for name in ("value", "node", "datatype"))
        return [column == bindparam(name) for column, name in zip(columns, names, strict=True)]
    if part not in known:
        known[part] = columns
        return []
    before = known[part]
    if len(before) == 1:
        return [table.c.value == "", table.c.node == before[0], table.c.datatype == 0]
    return [mine == other for mine, other in zip(columns, before, strict=True)]
