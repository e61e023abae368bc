"""A graph as Turtle, one subject in memory at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Final

from svc_datakernel.domain.graph.reading.naming import Names
from svc_datakernel.domain.graph.reading.plans import plans_of
from svc_datakernel.domain.graph.requests import Graph
from svc_datakernel.domain.graph.schema_triples import triples_of_schema
from svc_datakernel.domain.graph.terms import Literal, Object, Pattern, Triple
from svc_datakernel.domain.graph.turtle.formatting import Formatter
from svc_datakernel.domain.graph.turtle.parsing import RawLiteral
from svc_datakernel.domain.graph.view import GraphView

_BEFORE: Final = ("rdf", "rdfs", "woql", "json", "xsd", "xdd", "vio", "sys", "api", "owl")
_TERMINUSDB: Final = "http://terminusdb.com/schema/"


def export(view: GraphView, graph: Graph) -> Iterator[bytes]:
    """Writes a graph as Turtle in UTF-8, ordered by subject: the declarations, then a subject at a
    time. The base is that of the graph; the other one has the prefix `scm` or `doc`."""
    plans = plans_of(view)
    is_schema = graph is Graph.SCHEMA
    triples: Iterable[Triple] = view.triples(Pattern())
    if is_schema:
        of_schema = triples_of_schema(plans.classes)
        triples = sorted(of_schema, key=lambda triple: plans.names.full(triple.subject))
    writer = _Writer(plans.names, Formatter(*_declared(plans.names, is_schema=is_schema)))
    return writer.written(triples)


def _declared(names: Names, *, is_schema: bool) -> tuple[str, dict[str, str]]:
    base, schema = names.base, names.schema
    standard = {name: names.full(f"{name}:") for name in _BEFORE}
    standard |= {name: f"{_TERMINUSDB}{name}#" for name in ("woql", "vio", "api")}
    other = {"doc": base} if is_schema else {"scm": schema}
    return (schema if is_schema else base), {**standard, **names.prefixes, **other}


class _Writer:
    def __init__(self, names: Names, formatter: Formatter) -> None:
        self._names = names
        self._formatter = formatter

    def written(self, triples: Iterable[Triple]) -> Iterator[bytes]:
        yield self._formatter.header().encode()
        for subject, group in groupby(triples, lambda triple: triple.subject):
            statements = [(self._names.full(at.predicate), self._object(at.object)) for at in group]
            yield self._formatter.subject(self._names.full(subject), statements).encode()

    def _object(self, term: Object) -> str | RawLiteral:
        if isinstance(term, Literal):
            return RawLiteral(term.lexical, self._names.full(term.datatype), term.language)
        return self._names.full(term.iri)
