"""And, Or, Not and the other operators around queries that keep no rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from svc_datakernel.domain.graph.terms import Literal
from svc_datakernel.domain.woql import errors, numbers
from svc_datakernel.domain.woql.context import Context
from svc_datakernel.domain.woql.goals.goal import DONE, Goal
from svc_datakernel.domain.woql.operators.signature import Operator
from svc_datakernel.domain.woql.rendering import json_text
from svc_datakernel.domain.woql.run import Run
from svc_datakernel.domain.woql.terms import Term, Var, deref


class Always:
    """One solution."""

    def solve(self, run: Run) -> Iterator[None]:
        yield

    def explain(self) -> dict[str, Any]:
        return {"step": "True"}


class Call:
    """An operator that only has values."""

    def __init__(
        self, name: str, operator: Operator, context: Context, arguments: Sequence[Term]
    ) -> None:
        self.name = name
        self.arguments = arguments
        self._operator = operator
        self._context = context

    def solve(self, run: Run) -> Iterator[None]:
        run.step()
        mark = run.mark()
        found = self._operator(run, self._context, self.arguments)
        if found is True:
            yield
        elif found is not False:
            yield from found
        run.undo(mark)

    def explain(self) -> dict[str, Any]:
        return {"step": self.name, "arguments": shown_terms(self.arguments, self._context)}


def shown_terms(terms: Sequence[Term], context: Context) -> list[str]:
    """Terms as a plan shows them: variables by name with a question mark."""
    return [
        f"?{found.name}" if type(found := deref(term)) is Var else json_text(term, context.names)
        for term in terms
    ]


class Conjunction:
    """All goals, from left to right: each is tried for every solution of those before it."""

    def __init__(self, goals: Sequence[Goal]) -> None:
        self._goals = tuple(goals)

    def solve(self, run: Run) -> Iterator[None]:
        goals, count = self._goals, len(self._goals)
        stack = [goals[0].solve(run)]
        try:
            while stack:
                run.step()
                if next(stack[-1], DONE) is DONE:
                    stack.pop()
                elif len(stack) == count:
                    yield
                else:
                    stack.append(goals[len(stack)].solve(run))
        finally:
            close_all(stack)

    def explain(self) -> dict[str, Any]:
        return {"step": "And", "steps": [goal.explain() for goal in self._goals]}


def close_all(stack: Sequence[Iterator[None]]) -> None:
    """Closes generators, the last one first."""
    for solutions in reversed(stack):
        close(solutions)


def close(solutions: Iterator[object]) -> None:
    """Closes a generator."""
    closing: Callable[[], None] | None = getattr(solutions, "close", None)
    if closing is not None:
        closing()


class Disjunction:
    """Each goal in turn."""

    def __init__(self, goals: Sequence[Goal]) -> None:
        self._goals = tuple(goals)

    def solve(self, run: Run) -> Iterator[None]:
        for goal in self._goals:
            yield from goal.solve(run)

    def explain(self) -> dict[str, Any]:
        return {"step": "Or", "steps": [goal.explain() for goal in self._goals]}


class Wrapper:
    """A goal around one other."""

    step = ""

    def __init__(self, goal: Goal) -> None:
        self.goal = goal

    def explain(self) -> dict[str, Any]:
        return {"step": self.step, **self.details(), "of": self.goal.explain()}

    def details(self) -> dict[str, Any]:
        """What else a plan tells of it."""
        return {}

    def first(self, run: Run) -> Iterator[None]:
        """The inner goal's first solution alone."""
        mark = run.mark()
        solutions = self.goal.solve(run)
        try:
            for _ in solutions:
                yield
                break
        finally:
            close(solutions)
            run.undo(mark)


class Not(Wrapper):
    """One solution where the goal has none."""

    step = "Not"

    def solve(self, run: Run) -> Iterator[None]:
        has_any = False
        for _ in self.first(run):
            has_any = True
        if not has_any:
            yield


class Once(Wrapper):
    """The goal's first solution."""

    step = "Once"

    def solve(self, run: Run) -> Iterator[None]:
        yield from self.first(run)


class Optional(Wrapper):
    """The goal's solutions, or one without any."""

    step = "Optional"

    def solve(self, run: Run) -> Iterator[None]:
        is_empty = True
        for _ in self.goal.solve(run):
            is_empty = False
            yield
        if is_empty:
            yield


class When(Wrapper):
    """The goal's solutions, and one more without."""

    step = "When"

    def solve(self, run: Run) -> Iterator[None]:
        yield from self.goal.solve(run)
        yield


class Limit(Wrapper):
    """The goal's first solutions."""

    step = "Limit"

    def __init__(self, goal: Goal, most: Term) -> None:
        super().__init__(goal)
        self._most = most

    def solve(self, run: Run) -> Iterator[None]:
        rest = row_count(self._most, "Limit")
        if rest <= 0:
            return
        mark = run.mark()
        solutions = self.goal.solve(run)
        try:
            for _ in solutions:
                yield
                rest -= 1
                if not rest:
                    break
        finally:
            close(solutions)
        run.undo(mark)

    def details(self) -> dict[str, Any]:
        return {"limit": _shown_count(self._most)}


class Start(Wrapper):
    """The goal's solutions without the first ones."""

    step = "Start"

    def __init__(self, goal: Goal, skipped: Term) -> None:
        super().__init__(goal)
        self._skipped = skipped

    def solve(self, run: Run) -> Iterator[None]:
        rest = row_count(self._skipped, "Start")
        if rest < 0:
            raise errors.unfit("Start", f"{rest} rows can't be left out")
        for _ in self.goal.solve(run):
            if rest:
                rest -= 1
                run.step()
            else:
                yield

    def details(self) -> dict[str, Any]:
        return {"start": _shown_count(self._skipped)}


def row_count(term: Term, operator: str) -> int:
    """A number of rows.

    Raises:
        InvalidQuery: it is unbound, or no whole number.
    """
    term = deref(term)
    if type(term) is Var:
        raise errors.unbound(operator, [term.name])
    if isinstance(term, Literal) and term.datatype in numbers.NUMERIC_TYPES:
        found = numbers.number_of(term)
        if isinstance(found, int):
            return found
    raise errors.type_error(str(getattr(term, "lexical", term)), "integer")


def _shown_count(term: Term) -> str:
    term = deref(term)
    return term.lexical if isinstance(term, Literal) else repr(term)
