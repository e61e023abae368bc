"""Looking for triples."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from svc_datakernel.domain.graph.terms import Literal, Node, Object, Pattern, Triple
from svc_datakernel.domain.woql import errors, literals
from svc_datakernel.domain.woql.comparing import less
from svc_datakernel.domain.woql.context import Context
from svc_datakernel.domain.woql.goals.control import shown_terms
from svc_datakernel.domain.woql.graphs import TripleSource
from svc_datakernel.domain.woql.native import order_key
from svc_datakernel.domain.woql.run import Run
from svc_datakernel.domain.woql.syntax import Source
from svc_datakernel.domain.woql.terms import Term, Var, deref


def pattern_of(subject: Term, predicate: Term, thing: Term) -> Pattern | None:
    """What to look for, with the variables' values of this moment; None where nothing can match:
    a literal as a subject, or a list."""
    subject, predicate, thing = deref(subject), deref(predicate), deref(thing)
    if not isinstance(subject, Node | Var) or not isinstance(predicate, Node | Var):
        return None
    if not isinstance(thing, Node | Literal | Var):
        return None
    if isinstance(thing, Literal):
        thing = literals.stored(thing)
    return Pattern(
        subject.iri if isinstance(subject, Node) else None,
        predicate.iri if isinstance(predicate, Node) else None,
        None if isinstance(thing, Var) else thing,
    )


class Triples:
    """Triples that match, in the graph or in what its commit changed."""

    def __init__(
        self, context: Context, source: TripleSource, kind: Source, terms: Sequence[Term]
    ) -> None:
        self.context = context
        self.source = source
        self.kind = kind
        self.terms = tuple(terms)

    def solve(self, run: Run) -> Iterator[None]:
        subject, predicate, thing = self.terms
        pattern = pattern_of(subject, predicate, thing)
        if pattern is None:
            return
        for triple in self._found(pattern):
            run.step()
            mark = run.mark()
            if bind_triple(run, self.terms, triple):
                yield
            run.undo(mark)

    def _found(self, pattern: Pattern) -> Iterator[Triple]:
        if self.kind is Source.PRESENT:
            return self.source.triples(pattern)
        return self.source.changed(pattern, is_addition=self.kind is Source.ADDED)

    def explain(self) -> dict[str, Any]:
        return {
            "step": self.kind.value,
            "graph": str(self.source.graphs.name).lower(),
            "pattern": shown_terms(self.terms, self.context),
        }


def bind_triple(run: Run, terms: Sequence[Term], triple: Triple) -> bool:
    """Binds the variables of a pattern to a triple's parts."""
    return (
        run.unify(terms[0], Node(triple.subject))
        and run.unify(terms[1], Node(triple.predicate))
        and _is_or_becomes(run, terms[2], triple.object)
    )


def _is_or_becomes(run: Run, term: Term, thing: Object) -> bool:
    """Whether a term is what was found by it, which may have fewer digits, or is bound to it."""
    term = deref(term)
    if isinstance(term, Literal) and isinstance(thing, Literal):
        return literals.stored(term) == thing
    return run.unify(term, thing)


class TripleSlice:
    """Triples whose object is of the type of `low`, not below it, and below `high`; by object."""

    def __init__(
        self,
        context: Context,
        source: TripleSource,
        terms: Sequence[Term],
        bounds: tuple[Term, Term],
        *,
        is_reversed: bool,
    ) -> None:
        self._context = context
        self._source = source
        self._terms = terms
        self._bounds = bounds
        self._is_reversed = is_reversed

    def solve(self, run: Run) -> Iterator[None]:
        low, high = map(deref, self._bounds)
        unbound = [term.name for term in (low, high) if type(term) is Var]
        if unbound:
            raise errors.unbound("TripleSlice", unbound)
        pattern = pattern_of(self._terms[0], self._terms[1], Var("object"))
        if pattern is None or not isinstance(low, Literal) or not isinstance(high, Literal):
            return
        found = self._between(run, pattern, low, high)
        for triple in found:
            run.step()
            mark = run.mark()
            if bind_triple(run, self._terms, triple):
                yield
            run.undo(mark)
        run.hold(-len(found))

    def _between(self, run: Run, pattern: Pattern, low: Literal, high: Literal) -> list[Triple]:
        found: list[Triple] = []
        for triple in self._source.triples(pattern):
            run.step()
            thing = triple.object
            if not isinstance(thing, Literal) or thing.datatype != low.datatype:
                continue
            if not less(thing, low) and less(thing, high):
                run.hold(1)
                found.append(triple)
        # Equal objects keep the order of their subjects, in both directions.
        found.sort(key=lambda triple: order_key(triple.object), reverse=self._is_reversed)
        return found

    def explain(self) -> dict[str, Any]:
        return {
            "step": "TripleSliceRev" if self._is_reversed else "TripleSlice",
            "pattern": shown_terms([*self._terms, *self._bounds], self._context),
        }


class TripleNeighbour:
    """A triple's object, with the next or previous one among the triples of its kind."""

    def __init__(
        self,
        context: Context,
        source: TripleSource,
        terms: Sequence[Term],
        neighbour: Term,
        *,
        is_next: bool,
    ) -> None:
        self._context = context
        self._source = source
        self._terms = terms
        self._neighbour = neighbour
        self._is_next = is_next

    def solve(self, run: Run) -> Iterator[None]:
        known, asked = self._terms[2], self._neighbour
        is_forward = self._is_next
        if type(deref(known)) is Var:
            known, asked, is_forward = asked, known, not is_forward
        reference = deref(known)
        if type(reference) is Var:
            names = [v.name for v in map(deref, (known, asked)) if type(v) is Var]
            raise errors.unbound("TripleNext" if self._is_next else "TriplePrevious", names)
        if not isinstance(reference, Literal):
            return
        for group in self._groups(run, reference).values():
            beyond = [t for t in group if _is_beyond(t.object, reference, is_forward=is_forward)]
            if not beyond:
                continue
            pick = min if is_forward else max
            best = pick(beyond, key=lambda triple: order_key(triple.object))
            mark = run.mark()
            if (
                run.unify(self._terms[0], Node(best.subject))
                and run.unify(self._terms[1], Node(best.predicate))
                and run.unify(asked, best.object)
            ):
                yield
            run.undo(mark)

    def _groups(self, run: Run, reference: Literal) -> dict[tuple[str, str], list[Triple]]:
        groups: dict[tuple[str, str], list[Triple]] = {}
        pattern = pattern_of(self._terms[0], self._terms[1], Var("object"))
        for triple in self._source.triples(pattern) if pattern is not None else ():
            run.step()
            thing = triple.object
            if isinstance(thing, Literal) and thing.datatype == reference.datatype:
                groups.setdefault((triple.subject, triple.predicate), []).append(triple)
        return groups

    def explain(self) -> dict[str, Any]:
        return {
            "step": "TripleNext" if self._is_next else "TriplePrevious",
            "pattern": shown_terms([*self._terms, self._neighbour], self._context),
        }


def _is_beyond(thing: Object, reference: Literal, *, is_forward: bool) -> bool:
    return less(reference, thing) if is_forward else less(thing, reference)
