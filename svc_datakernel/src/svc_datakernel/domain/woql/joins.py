"""Runs of patterns that a backend can find together.

Patterns next to each other in an And, over the instance graph of a view with `PatternJoin`,
become one goal: what is bound when it is reached goes into the statement as values, the
rest comes out of it. Which pattern comes first is chosen by how many triples each matches.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from svc_datakernel.domain.graph.terms import RDF_TYPE, Literal, Node, Object, Pattern
from svc_datakernel.domain.woql import literals
from svc_datakernel.domain.woql.capabilities import JoinPattern, PatternJoin, Slot
from svc_datakernel.domain.woql.context import Context
from svc_datakernel.domain.woql.goals.control import Call, shown_terms
from svc_datakernel.domain.woql.goals.goal import Goal
from svc_datakernel.domain.woql.goals.triples import Triples
from svc_datakernel.domain.woql.run import Run
from svc_datakernel.domain.woql.syntax import Source
from svc_datakernel.domain.woql.terms import Term, Var, deref

# Patterns in one statement: a database joins no more tables than this well.
MOST_PATTERNS: Final = 12
# Counting further than this tells nothing about which pattern to begin with.
_COUNTED: Final = 128


class Shape:
    """A pattern of a join before its variables are looked at."""

    __slots__ = ("any_of", "terms")

    def __init__(self, terms: Sequence[Term], any_of: tuple[Node, ...] = ()) -> None:
        self.terms = tuple(terms)
        self.any_of = any_of


def joined(goals: Sequence[Goal], context: Context) -> list[Goal]:
    """Goals of a conjunction with runs of patterns put together."""
    found: list[Goal] = []
    run: list[tuple[Shape, Goal]] = []
    for goal in goals:
        shape = shape_of(goal, context)
        if shape is None or len(run) == MOST_PATTERNS:
            found.extend(_closed(run, context))
            run = []
        if shape is None:
            found.append(goal)
        else:
            run.append((shape, goal))
    return [*found, *_closed(run, context)]


def _closed(run: Sequence[tuple[Shape, Goal]], context: Context) -> list[Goal]:
    if len(run) < 2:
        return [goal for _, goal in run]
    return [Join(context, [shape for shape, _ in run])]


def shape_of(goal: Goal, context: Context) -> Shape | None:
    """A goal as a pattern; None where it is none that the backend can join."""
    if isinstance(goal, Triples):
        view = goal.source.view
        is_joinable = goal.kind is Source.PRESENT and goal.source.is_instance_only
        if is_joinable and view is context.view and isinstance(view, PatternJoin):
            return Shape(goal.terms) if _is_flat(goal.terms) else None
        return None
    if isinstance(goal, Call) and goal.name == "IsA" and isinstance(context.view, PatternJoin):
        return _class_shape(goal, context)
    return None


def _is_flat(terms: Sequence[Term]) -> bool:
    return all(isinstance(term, Var | Node | Literal) for term in terms)


def _class_shape(goal: Call, context: Context) -> Shape | None:
    element, kind = goal.arguments
    if not isinstance(element, Var | Node) or not isinstance(kind, Node):
        return None
    if kind.iri not in context.classes:
        return None
    names = tuple(Node(name) for name in context.classes.subsumed(kind.iri))
    return Shape((element, Node(RDF_TYPE), names[0]), names)


class Join:
    """Several patterns found by one statement."""

    def __init__(self, context: Context, shapes: Sequence[Shape]) -> None:
        self._context = context
        self._shapes = shapes

    def solve(self, run: Run) -> Iterator[None]:
        view = self._context.view
        assert isinstance(view, PatternJoin)
        prepared = self._prepared()
        if prepared is None:
            return
        patterns, variables = prepared
        for row in view.join(patterns, len(variables), run.is_over):
            run.step()
            mark = run.mark()
            for variable, value in zip(variables, row, strict=True):
                run.bind(variable, value)
            yield
            run.undo(mark)
        run.check_deadline()

    def _prepared(self) -> tuple[list[JoinPattern], list[Var]] | None:
        """The patterns with what is bound by now, in order; None where one can't match."""
        shapes = [
            Shape([_looked_for(term) for term in shape.terms], shape.any_of)
            for shape in self._shapes
        ]
        if not all(_can_match(shape) for shape in shapes):
            return None
        numbers: dict[int, int] = {}
        variables: list[Var] = []
        patterns: list[JoinPattern] = []
        for shape in self._ordered(shapes):
            parts: list[Any] = []
            for term in shape.terms:
                if type(term) is Var:
                    if id(term) not in numbers:
                        numbers[id(term)] = len(variables)
                        variables.append(term)
                    parts.append(Slot(numbers[id(term)]))
                else:
                    parts.append(term)
            patterns.append(JoinPattern(*parts, any_of=shape.any_of))
        return patterns, variables

    def _ordered(self, shapes: Sequence[Shape]) -> list[Shape]:
        """The pattern with the fewest matches first, then those that share its variables."""
        sizes = {id(shape): self._size(shape) for shape in shapes}
        rest, known = list(shapes), set[int]()
        found: list[Shape] = []
        while rest:
            best = min(
                rest, key=lambda shape: self._cost(shape, known, sizes[id(shape)], not found)
            )
            rest.remove(best)
            found.append(best)
            known.update(id(term) for term in best.terms if type(term) is Var)
        return found

    @staticmethod
    def _cost(shape: Shape, known: set[int], size: int, is_first: bool) -> tuple[int, int]:
        bound = sum(id(term) in known for term in shape.terms if type(term) is Var)
        return (0 if bound or is_first else 1, size if not bound else size // (100 * bound))

    def _size(self, shape: Shape) -> int:
        view = self._context.view
        subject, predicate, thing = shape.terms
        iri = subject.iri if isinstance(subject, Node) else None
        name = predicate.iri if isinstance(predicate, Node) else None
        value = thing if isinstance(thing, Node | Literal) else None
        wanted: Sequence[Object | None] = shape.any_of or (value,)
        return sum(view.count_triples(Pattern(iri, name, each), limit=_COUNTED) for each in wanted)

    def explain(self) -> dict[str, Any]:
        view = self._context.view
        assert isinstance(view, PatternJoin)
        prepared = self._prepared()
        plan: dict[str, Any] = {
            "step": "Join",
            "patterns": [shown_terms(shape.terms, self._context) for shape in self._shapes],
        }
        if prepared is not None:
            plan["sql"] = view.explain_join(prepared[0], len(prepared[1]))
        return plan


def _looked_for(term: Term) -> Term:
    term = deref(term)
    return literals.stored(term) if isinstance(term, Literal) else term


def _can_match(shape: Shape) -> bool:
    subject, predicate, thing = shape.terms
    return (
        isinstance(subject, Node | Var)
        and isinstance(predicate, Node | Var)
        and isinstance(thing, Node | Literal | Var)
    )
