"""Follows one predicate again and again with one recursive statement.

The recursion holds the nodes on the way, each with the nodes that its route has left so
far, as text (`>3>17>`): a route never leaves a node twice. The last step is taken outside
of it, where it may go to a literal, or to the node that was asked for along an edge that
the route has not taken yet. What one route is, domain/woql/goals/paths.py says.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import BigInteger, Connection, Integer, Text, bindparam, cast, literal, select

from svc_datakernel.adapters.sql import graph_terms
from svc_datakernel.adapters.sql.dialect import AnySelect
from svc_datakernel.adapters.sql.graph_triples import Sight, visible
from svc_datakernel.adapters.sql.queries import Query
from svc_datakernel.adapters.sql.tables import triples
from svc_datakernel.adapters.sql.woql_joins import rows_of
from svc_datakernel.adapters.sql.woql_statements import JoinQuery
from svc_datakernel.domain.graph.terms import Literal, Node, Object
from svc_datakernel.domain.woql.capabilities import Repetition

_ANY_NUMBER: Final = 1_000_000_000


def repeat(
    conn: Connection, at: Sight, asked: Repetition, is_over: Callable[[], bool]
) -> Iterator[Object]:
    """Ends of routes: see `PathRepetition.repeat`."""
    parameters = _parameters(conn, asked)
    if parameters is None:
        return
    found = _statement(asked.is_inverse, asked.end is not None, at.is_single)
    for (end,) in rows_of(conn, found, {**parameters, **at.parameters}, is_over):
        yield end


def explain(conn: Connection, at: Sight, asked: Repetition) -> str:
    """The statement, without its values."""
    found = _statement(asked.is_inverse, asked.end is not None, at.is_single)
    return str(found.statement.compile(dialect=conn.dialect))


@lru_cache(maxsize=8)
def _statement(is_inverse: bool, has_end: bool, is_single: bool) -> JoinQuery:
    on_the_way = select(
        cast(bindparam("start"), BigInteger).label("node"),
        cast(literal(">"), Text).label("left"),
        cast(literal(0), Integer).label("steps"),
    ).cte("on_the_way", recursive=True)
    here = cast(on_the_way.c.node, Text)
    was_left = on_the_way.c.left.like(literal("%>") + here + ">%")
    edge = triples.alias("edge")
    follows = _follows(edge, on_the_way, is_inverse=is_inverse, is_single=is_single)
    next_node = edge.c.subject if is_inverse else edge.c.node
    on_the_way = on_the_way.union_all(
        select(next_node, on_the_way.c.left + here + ">", on_the_way.c.steps + 1)
        .select_from(on_the_way.join(edge, follows))
        .where(~was_left, on_the_way.c.steps + 1 < bindparam("most"), _is_node(edge))
    )
    return _last_step(on_the_way, is_inverse=is_inverse, has_end=has_end, is_single=is_single)


def _last_step(on_the_way: Any, *, is_inverse: bool, has_end: bool, is_single: bool) -> JoinQuery:
    last = triples.alias("last")
    here = cast(on_the_way.c.node, Text)
    ends = (
        (literal("").label("value"), last.c.subject.label("node"), literal(0).label("datatype"))
        if is_inverse
        else (last.c.value, last.c.node, last.c.datatype)
    )
    conditions = [on_the_way.c.steps + 1 >= bindparam("least")]
    if has_end:
        route = on_the_way.c.left + here + ">"
        end = cast(bindparam("n"), Text)
        conditions += [
            (last.c.subject if is_inverse else last.c.node) == bindparam("n"),
            ~route.like(literal("%>") + here + ">" + end + ">%"),
        ]
        if not is_inverse:
            conditions += [last.c.value == bindparam("v"), last.c.datatype == bindparam("d")]
    else:
        conditions.append(~on_the_way.c.left.like(literal("%>") + here + ">%"))
    follows = _follows(last, on_the_way, is_inverse=is_inverse, is_single=is_single)
    # Two documents may hold the same subdocument, and so the same edge: it is one route.
    statement: AnySelect = (
        select(*ends, on_the_way.c.left, on_the_way.c.node.label("from_node"))
        .select_from(on_the_way.join(last, follows))
        .where(*conditions)
        .distinct()
    )
    ordered = statement.order_by(on_the_way.c.left, on_the_way.c.node, *ends)
    return JoinQuery(Query(statement, postgresql=ordered), statement, [(0, 3)], ())


def _follows(edge: Any, on_the_way: Any, *, is_inverse: bool, is_single: bool) -> Any:
    is_next = (edge.c.predicate == bindparam("p")) & visible(edge, is_single=is_single)
    if is_inverse:
        return is_next & (edge.c.node == on_the_way.c.node) & _is_node(edge)
    return is_next & (edge.c.subject == on_the_way.c.node)


def _is_node(edge: Any) -> Any:
    return (edge.c.value == "") & (edge.c.datatype == 0)


def _parameters(conn: Connection, asked: Repetition) -> dict[str, Any] | None:
    """What the statement needs; None where there can be no route."""
    names = [asked.start.iri, asked.predicate.iri]
    end = asked.end
    if end is not None:
        names.append(end.iri if isinstance(end, Node) else graph_terms.datatype_name(end))
    keys = graph_terms.keys_of(conn, dict.fromkeys(names))
    found: dict[str, Any] = {
        "start": keys.get(asked.start.iri),
        "p": keys.get(asked.predicate.iri),
        "least": asked.least,
        "most": _ANY_NUMBER if asked.most is None else asked.most,
    }
    if isinstance(end, Literal):
        datatype = keys.get(graph_terms.datatype_name(end))
        found |= {"v": graph_terms.value_of(end.lexical), "n": 0, "d": datatype}
    elif end is not None:
        found |= {"v": "", "n": keys.get(end.iri), "d": 0}
    return None if any(value is None for value in found.values()) else found
