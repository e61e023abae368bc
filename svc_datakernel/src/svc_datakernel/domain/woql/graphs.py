"""Where triples come from: the instance graph, the schema graph, or both."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Flag, auto
from typing import Final

from svc_datakernel.domain.graph.schema_classes import classes_of
from svc_datakernel.domain.graph.schema_triples import triples_of_schema
from svc_datakernel.domain.graph.terms import Pattern, Triple
from svc_datakernel.domain.graph.view import GraphView
from svc_datakernel.domain.woql import errors
from svc_datakernel.domain.woql.capabilities import Deltas


class Graphs(Flag):
    """Which graphs a pattern is looked for in."""

    INSTANCE = auto()
    SCHEMA = auto()


_NAMED: Final = {
    "instance": Graphs.INSTANCE,
    "schema": Graphs.SCHEMA,
    "*": Graphs.INSTANCE | Graphs.SCHEMA,
}


def parse_graphs(text: str) -> Graphs:
    """Graphs by the name a query has for them, such as `instance`, `schema/*` or
    `{instance,schema}/main`.

    Raises:
        InvalidQuery: no such graph.
    """
    name = text.partition("/")[0]
    parts = name.strip("{}").split(",") if name.startswith("{") else [name]
    found = Graphs(0)
    for part in parts:
        if part.strip() not in _NAMED:
            raise errors.term_error(
                f"there is no graph {text!r}; there are instance and schema", f'from("{text}")'
            )
        found |= _NAMED[part.strip()]
    return found


class TripleSource:
    """The triples of some graphs of a commit."""

    def __init__(self, view: GraphView, graphs: Graphs) -> None:
        self.view = view
        self.graphs = graphs
        self._schema: list[Triple] | None = None

    @property
    def is_instance_only(self) -> bool:
        """Whether it is the instance graph alone."""
        return self.graphs == Graphs.INSTANCE

    def triples(self, pattern: Pattern) -> Iterator[Triple]:
        """Triples that match, the instance graph's first."""
        if Graphs.INSTANCE in self.graphs:
            yield from self.view.triples(pattern)
        if Graphs.SCHEMA in self.graphs:
            yield from (t for t in self.schema() if _matches(t, pattern))

    def changed(self, pattern: Pattern, *, is_addition: bool) -> Iterator[Triple]:
        """Triples of the instance graph that the commit added or deleted.

        Raises:
            UnsupportedOperation: the backend does not know.
        """
        if not isinstance(self.view, Deltas):
            operator = "AddedTriple" if is_addition else "DeletedTriple"
            raise errors.unsupported(operator, "this backend does not keep what a commit changed")
        if Graphs.INSTANCE in self.graphs:
            yield from self.view.changed_triples(pattern, is_addition=is_addition)

    def count(self, pattern: Pattern, limit: int) -> int:
        """How many triples match, counted up to a limit."""
        found = 0
        if Graphs.INSTANCE in self.graphs:
            found = self.view.count_triples(pattern, limit=limit)
        if Graphs.SCHEMA in self.graphs:
            found += sum(_matches(t, pattern) for t in self.schema())
        return min(found, limit)

    def schema(self) -> list[Triple]:
        """All triples of the schema graph."""
        if self._schema is None:
            self._schema = triples_of_schema(classes_of(self.view))
        return self._schema


def _matches(triple: Triple, pattern: Pattern) -> bool:
    return (
        pattern.subject in (None, triple.subject)
        and pattern.predicate in (None, triple.predicate)
        and (pattern.object is None or pattern.object == triple.object)
    )
