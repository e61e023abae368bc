"""An evaluator of queries that is slow and obviously right."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from svc_datakernel.domain.graph.terms import Literal, Node, Object, Triple

Row = dict[str, Object]


def solve(query: Any, triples: list[Triple], row: Row) -> Iterator[Row]:
    """Rows of a query in JSON-LD, beginning with what is known."""
    kind = query["@type"]
    if kind == "Triple":
        yield from _triple(query, triples, row)
    elif kind == "And":
        rows = [row]
        for part in query["and"]:
            rows = [found for known in rows for found in solve(part, triples, known)]
        yield from rows
    elif kind == "Or":
        for part in query["or"]:
            yield from solve(part, triples, row)
    elif kind == "Optional":
        found = list(solve(query["query"], triples, row))
        yield from found or [row]
    elif kind == "Not":
        if not list(solve(query["query"], triples, row)):
            yield row
    else:
        raise AssertionError(kind)


def _triple(query: Any, triples: list[Triple], row: Row) -> Iterator[Row]:
    for triple in triples:
        known = dict(row)
        parts = (Node(triple.subject), Node(triple.predicate), triple.object)
        names = ("subject", "predicate", "object")
        if all(_fits(query[name], part, known) for name, part in zip(names, parts, strict=True)):
            yield known


def _fits(value: Any, part: Object, known: Row) -> bool:
    if "variable" in value:
        return known.setdefault(value["variable"], part) == part
    if "node" in value:
        return part == Node(value["node"])
    return part == Literal(value["data"]["@type"], str(value["data"]["@value"]))
