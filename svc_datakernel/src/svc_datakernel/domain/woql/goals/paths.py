"""Routes through the graph.

Each route is a solution, also where several end at the same node. A route never leaves a
node twice by the same predicate, so that circles end; only its last step to a node that
was asked for may, along an edge that it has not taken yet.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final, NamedTuple

from svc_datakernel.domain.graph.terms import Literal, Node, Object, Pattern
from svc_datakernel.domain.woql import errors, syntax
from svc_datakernel.domain.woql.capabilities import PathRepetition, Repetition
from svc_datakernel.domain.woql.context import Context
from svc_datakernel.domain.woql.goals.control import shown_terms
from svc_datakernel.domain.woql.graphs import TripleSource
from svc_datakernel.domain.woql.run import Run
from svc_datakernel.domain.woql.terms import Term, Var, deref

# Nested patterns go deeper into Python's own stack with each step.
MOST_NESTED_STEPS: Final = 100
_EDGE_TYPE: Final = "http://terminusdb.com/schema/woql#"


class Step(NamedTuple):
    """A step of a route: the edge as it was walked, and the steps before it."""

    start: Object
    predicate: str
    end: Object
    before: Step | None
    length: int


class Route(NamedTuple):
    """Where a route begins and ends (None: anywhere, of no steps yet), and its last step."""

    start: Object | None
    end: Object | None
    last: Step | None


class Path:
    """Routes of a pattern between two nodes.

    Args:
        terms: Subject and object.
        path: Receives the edges; None when nobody asks for them.
    """

    def __init__(
        self,
        context: Context,
        source: TripleSource,
        pattern: syntax.PathPattern,
        terms: tuple[Term, Term],
        path: Term | None,
    ) -> None:
        self._context = context
        self._source = source
        self._pattern = pattern
        self._terms = terms
        self._path = path

    def solve(self, run: Run) -> Iterator[None]:
        start, end = map(_end_of, self._terms)
        is_backwards = start is None and end is not None
        pattern = inverted(self._pattern) if is_backwards else self._pattern
        begin, target = (end, None) if is_backwards else (start, end)
        asked = self._repetition(pattern, begin, target)
        if asked is None:
            routes = _Walker(run, self._context, self._source).walk(pattern, begin, target, None)
        else:
            routes = self._found(run, asked, pattern)
        for route in routes:
            run.step()
            mark = run.mark()
            if self._bind(run, route, is_backwards=is_backwards):
                yield
            run.undo(mark)

    def _repetition(
        self, pattern: syntax.PathPattern, begin: Object | None, target: Object | None
    ) -> Repetition | None:
        """The whole path as something that the backend can follow; None where it is more."""
        is_plain = self._path is None and self._source.is_instance_only
        if not is_plain or not isinstance(self._source.view, PathRepetition):
            return None
        if not isinstance(pattern, syntax.Repeat) or not isinstance(begin, Node):
            return None
        hop = pattern.part
        if not isinstance(hop, syntax.Hop) or hop.predicate is None:
            return None
        if hop.is_inverse and isinstance(target, Literal):
            return None
        least, most = _bounds(pattern)
        predicate = Node(self._context.names.property(hop.predicate).iri)
        return Repetition(begin, predicate, hop.is_inverse, max(least, 1), most, target)

    def _found(self, run: Run, asked: Repetition, pattern: syntax.PathPattern) -> Iterator[Route]:
        view = self._source.view
        assert isinstance(pattern, syntax.Repeat)
        assert isinstance(view, PathRepetition)
        if _bounds(pattern)[0] == 0 and asked.end in (None, asked.start):
            yield Route(asked.start, asked.start, None)
        if asked.most != 0:
            for end in view.repeat(asked, run.is_over):
                yield Route(asked.start, end, None)
        run.check_deadline()

    def _bind(self, run: Run, route: Route, *, is_backwards: bool) -> bool:
        subject, thing = self._terms
        start, end = (route.end, route.start) if is_backwards else (route.start, route.end)
        if start is None and end is None:
            if not run.unify(subject, thing):
                return False
        elif not (_give(run, subject, start) and _give(run, thing, end)):
            return False
        return self._path is None or run.unify(self._path, _edges(route.last))

    def explain(self) -> dict[str, Any]:
        plan: dict[str, Any] = {
            "step": "Path",
            "between": shown_terms(self._terms, self._context),
            "pattern": pattern_text(self._pattern),
        }
        start, end = map(_end_of, self._terms)
        begins = (self._pattern, start, end) if start else (inverted(self._pattern), end, None)
        asked = self._repetition(*begins)
        view = self._source.view
        if asked is not None and isinstance(view, PathRepetition):
            plan["sql"] = view.explain_repeat(asked)
        return plan


def _end_of(term: Term) -> Object | None:
    term = deref(term)
    if type(term) is Var:
        return None
    if isinstance(term, Node | Literal):
        return term
    raise errors.unfit("Path", "a path is between nodes")


def _give(run: Run, term: Term, value: Object | None) -> bool:
    return value is None or run.unify(term, value)


def _edges(last: Step | None) -> list[Any]:
    found: list[Any] = []
    while last is not None:
        found.append(
            {
                "@type": Node(f"{_EDGE_TYPE}Edge"),
                f"{_EDGE_TYPE}subject": last.start,
                f"{_EDGE_TYPE}predicate": Node(last.predicate),
                f"{_EDGE_TYPE}object": last.end,
            }
        )
        last = last.before
    return found[::-1]


def inverted(pattern: syntax.PathPattern) -> syntax.PathPattern:
    """The pattern of the same routes walked from their ends."""
    if isinstance(pattern, syntax.Hop):
        return syntax.Hop(pattern.predicate, is_inverse=not pattern.is_inverse)
    if isinstance(pattern, syntax.Repeat):
        return syntax.Repeat(inverted(pattern.part), pattern.least, pattern.most, pattern.has_star)
    parts = tuple(inverted(part) for part in reversed(pattern.parts))
    return syntax.Sequence(parts) if isinstance(pattern, syntax.Sequence) else syntax.Choice(parts)


def pattern_text(pattern: syntax.PathPattern) -> str:
    """A pattern in the notation of WOQL's clients, such as `(next>,<boss)+`."""
    if isinstance(pattern, syntax.Hop):
        name = pattern.predicate or "."
        return f"<{name}" if pattern.is_inverse else f"{name}>"
    if isinstance(pattern, syntax.Sequence):
        return f"({','.join(map(pattern_text, pattern.parts))})"
    if isinstance(pattern, syntax.Choice):
        return f"({'|'.join(map(pattern_text, pattern.parts))})"
    inner = pattern_text(pattern.part)
    if pattern.most is None:
        return f"{inner}{'*' if pattern.has_star else '+'}"
    return f"{inner}{{{pattern.least},{pattern.most}}}"


class _Walker:
    def __init__(self, run: Run, context: Context, source: TripleSource) -> None:
        self._run = run
        self._context = context
        self._source = source
        self._depth = 0

    def walk(
        self,
        pattern: syntax.PathPattern,
        start: Object | None,
        target: Object | None,
        before: Step | None,
    ) -> Iterator[Route]:
        """Routes of a pattern from a start, to a target where there is one."""
        if isinstance(pattern, syntax.Hop):
            return self._hop(pattern, start, target, before)
        if isinstance(pattern, syntax.Sequence):
            return self._sequence(pattern.parts, start, target, before)
        if isinstance(pattern, syntax.Choice):
            return self._choice(pattern.parts, start, target, before)
        return self._repeat(pattern, start, target, before)

    def _choice(
        self,
        parts: Sequence[syntax.PathPattern],
        start: Object | None,
        target: Object | None,
        before: Step | None,
    ) -> Iterator[Route]:
        for part in parts:
            yield from self.walk(part, start, target, before)

    def _sequence(
        self,
        parts: Sequence[syntax.PathPattern],
        start: Object | None,
        target: Object | None,
        before: Step | None,
    ) -> Iterator[Route]:
        if len(parts) == 1:
            yield from self.walk(parts[0], start, target, before)
            return
        for route in self.walk(parts[0], start, None, before):
            for rest in self._sequence(parts[1:], route.end, target, route.last):
                first = route.start if route.start is not None else rest.start
                yield Route(first, rest.end, rest.last)

    def _hop(
        self,
        hop: syntax.Hop,
        start: Object | None,
        target: Object | None,
        before: Step | None,
    ) -> Iterator[Route]:
        predicate = self._predicate(hop)
        if start is not None and _was_taken(before, start, predicate, target):
            return
        subject, thing = (target, start) if hop.is_inverse else (start, target)
        if isinstance(subject, Literal):
            return
        pattern = Pattern(None if subject is None else subject.iri, predicate, thing)
        length = 1 if before is None else before.length + 1
        for triple in self._source.triples(pattern):
            self._run.step()
            ends: tuple[Object, Object] = (Node(triple.subject), triple.object)
            first, last = ends[::-1] if hop.is_inverse else ends
            yield Route(first, last, Step(first, triple.predicate, last, before, length))

    def _predicate(self, hop: syntax.Hop) -> str | None:
        return None if hop.predicate is None else self._context.names.property(hop.predicate).iri

    def _repeat(
        self,
        repeat: syntax.Repeat,
        start: Object | None,
        target: Object | None,
        before: Step | None,
    ) -> Iterator[Route]:
        least, most = _bounds(repeat)
        if least == 0 and (target is None or start is None or start == target):
            here = start if start is not None else target
            yield Route(here, here, before)
        if most == 0:
            return
        walk = self._flat if isinstance(repeat.part, syntax.Hop) else self._nested
        yield from walk(repeat.part, (max(least, 1), most), Route(start, start, before), target)

    def _flat(
        self,
        part: syntax.PathPattern,
        bounds: tuple[int, int | None],
        begin: Route,
        target: Object | None,
    ) -> Iterator[Route]:
        """Repeats of one hop, without going deeper into Python's stack for each."""
        least, most = bounds
        pending: list[Iterator[Route]] = [iter((begin,))]
        while pending:
            route = next(pending[-1], None)
            if route is None:
                pending.pop()
                continue
            steps = len(pending)
            if steps >= least and target is not None:
                yield from self._on(part, route, target)
            if most is not None and steps >= most and target is not None:
                continue
            found = list(self._on(part, route, None))
            if steps >= least and target is None:
                yield from found
            if most is None or steps < most:
                pending.append(iter(found))

    def _on(self, part: syntax.PathPattern, route: Route, target: Object | None) -> Iterator[Route]:
        for found in self.walk(part, route.end, target, route.last):
            start = route.start if route.start is not None else found.start
            yield Route(start, found.end, found.last)

    def _nested(
        self,
        part: syntax.PathPattern,
        bounds: tuple[int, int | None],
        begin: Route,
        target: Object | None,
    ) -> Iterator[Route]:
        least, most = bounds
        self._depth += 1
        try:
            if self._depth > MOST_NESTED_STEPS:
                raise errors.over_limit("steps of a nested path", MOST_NESTED_STEPS)
            if least <= 1:
                yield from self._on(part, begin, target)
            if most == 1:
                return
            rest = (max(least - 1, 1), None if most is None else most - 1)
            for route in self._on(part, begin, None):
                if route.last is not begin.last:
                    yield from self._nested(part, rest, route, target)
        finally:
            self._depth -= 1


def _bounds(repeat: syntax.Repeat) -> tuple[int, int | None]:
    """Least and most repeats. As TerminusDB counts, a most below the least is none at all."""
    if repeat.most is None:
        return repeat.least, None
    if repeat.least < 0 or (repeat.least == 0 and repeat.most < 0):
        return 1, 0
    if repeat.least == 0:
        return 0, repeat.most
    return repeat.least, repeat.most if repeat.most >= repeat.least else None


def _was_taken(
    step: Step | None, start: Object, predicate: str | None, target: Object | None
) -> bool:
    while step is not None:
        if (
            step.start == start
            and (predicate is None or step.predicate == predicate)
            and (target is None or step.end == target)
        ):
            return True
        step = step.before
    return False
