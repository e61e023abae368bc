"""IsA and Subsumption."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from svc_datakernel.domain.graph.terms import RDF_TYPE, Literal, Node, Pattern
from svc_datakernel.domain.woql import literals, numbers
from svc_datakernel.domain.woql.context import Context
from svc_datakernel.domain.woql.operators.signature import Arguments, Operator
from svc_datakernel.domain.woql.run import Run
from svc_datakernel.domain.woql.terms import Term, Var, deref


def _is_a(run: Run, context: Context, args: Arguments) -> Iterator[None]:
    element, kind = deref(args[0]), deref(args[1])
    if isinstance(element, Literal):
        if isinstance(kind, Node) and _is_of_datatype(element, kind.iri):
            yield
        return
    for node, found in _instances(run, context, element, kind):
        run.step()
        mark = run.mark()
        if run.unify(element, Node(node)) and run.unify(kind, Node(found)):
            yield
        run.undo(mark)


def _is_of_datatype(literal: Literal, datatype: str) -> bool:
    if literal.language:
        return datatype in ("rdf:langString", "rdfs:Literal")
    if datatype in (literal.datatype, "rdfs:Literal"):
        return True
    if datatype == "xsd:decimal":
        return literal.datatype in numbers.RATIONAL_TYPES
    if datatype == "xsd:integer":
        return literal.datatype in numbers.INTEGER_TYPES
    return datatype == "xsd:string" and literals.is_text(literal.datatype)


def _instances(run: Run, context: Context, element: Term, kind: Term) -> Iterator[tuple[str, str]]:
    subject = element.iri if isinstance(element, Node) else None
    if isinstance(kind, Node):
        yield from _instances_of(run, context, subject, kind.iri)
        return
    if type(kind) is not Var:
        return
    for triple in context.view.triples(Pattern(subject, RDF_TYPE)):
        found = triple.object
        if isinstance(found, Node) and found.iri in context.classes:
            yield triple.subject, found.iri
            yield from ((triple.subject, parent) for parent in context.classes.supers(found.iri))


def _instances_of(
    run: Run, context: Context, subject: str | None, kind: str
) -> Iterator[tuple[str, str]]:
    values = context.classes.enum_values(kind)
    if values is not None:
        yield from ((value, kind) for value in values if subject in (None, value))
        return
    if kind not in context.classes:
        return
    for name in context.classes.subsumed(kind):
        run.step()
        for triple in context.view.triples(Pattern(subject, RDF_TYPE, Node(name))):
            yield triple.subject, kind


def _subsumption(run: Run, context: Context, args: Arguments) -> Iterator[None]:
    child, parent = deref(args[0]), deref(args[1])
    mark = run.mark()
    if run.unify(child, parent):
        yield
    run.undo(mark)
    for lower, upper in _pairs(context, child):
        run.step()
        mark = run.mark()
        if lower != upper and run.unify(child, Node(lower)) and run.unify(parent, Node(upper)):
            yield
        run.undo(mark)


def _pairs(context: Context, child: Term) -> Iterator[tuple[str, str]]:
    if isinstance(child, Node):
        return ((child.iri, parent) for parent in context.classes.supers(child.iri))
    return context.classes.pairs()


OPERATORS: Final[Mapping[str, Operator]] = {"IsA": _is_a, "Subsumption": _subsumption}
