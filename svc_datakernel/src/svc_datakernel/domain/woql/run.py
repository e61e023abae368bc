"""One evaluation of a query: its bindings, its limits, and what it wants written.

Variables are bound in place; what a step bound is taken back when the next solution is
asked of it, so that a query holds one row at a time.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from oms_core.errors import DeadlineExceeded

from svc_datakernel.domain.graph.terms import Literal
from svc_datakernel.domain.woql import errors, numbers
from svc_datakernel.domain.woql.native import native
from svc_datakernel.domain.woql.numbers import Number
from svc_datakernel.domain.woql.terms import (
    Json,
    Term,
    Var,
    deref,
    free_variables,
    resolved,
)

# Between looks at the clock: so many steps take well under a millisecond.
_STEPS_PER_LOOK: Final = 256
_FREE: Final = object()


@dataclass(frozen=True, slots=True)
class Limits:
    """What a query may use.

    Args:
        timeout_s: Longest time, in seconds.
        most_rows: Most rows of a query that writes, or that are passed over for a page.
        most_values: Most values held at a time for ordering, grouping and the like.
    """

    timeout_s: float = 60.0
    most_rows: int = 10_000_000
    most_values: int = 5_000_000


class Run:
    """The state of an evaluation. Used by one thread, from one generator at a time."""

    __slots__ = ("_deadline", "_held", "_limits", "_steps", "_trail", "at_row_end")

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._deadline = time.monotonic() + limits.timeout_s
        self._trail: list[Var] = []
        self._steps = 0
        self._held = 0
        # What is to be done once a row is complete: writes, and checks that had to wait.
        self.at_row_end: list[Callable[[], bool]] = []

    def step(self) -> None:
        """Counts a step. Called wherever a query can go round.

        Raises:
            DeadlineExceeded: the query's time is over.
        """
        self._steps += 1
        if self._steps % _STEPS_PER_LOOK == 1:
            self.check_deadline()

    def is_over(self) -> bool:
        """Whether the query's time is over."""
        return time.monotonic() >= self._deadline

    def check_deadline(self) -> None:
        """Looks at the clock.

        Raises:
            DeadlineExceeded: the query's time is over.
        """
        if self.is_over():
            raise DeadlineExceeded(
                f"the query took longer than {self._limits.timeout_s:g} s; narrow it, or give it "
                "a longer timeout",
                metadata={"timeout_s": f"{self._limits.timeout_s:g}"},
            )

    def hold(self, values: int) -> None:
        """Counts values that are kept beyond the row at hand; negative to let go of them.

        Raises:
            LimitExceeded: more than the query may hold.
        """
        self._held += values
        if self._held > self._limits.most_values:
            raise errors.over_limit("held values", self._limits.most_values)

    def check_rows(self, rows: int) -> None:
        """Raises LimitExceeded when a query has more rows than it may."""
        if rows > self._limits.most_rows:
            raise errors.over_limit("rows", self._limits.most_rows)

    def mark(self) -> int:
        """Where `undo` goes back to."""
        return len(self._trail)

    def undo(self, mark: int) -> None:
        """Frees the variables that were bound since a mark."""
        trail = self._trail
        while len(trail) > mark:
            trail.pop().bound = None

    def bind(self, variable: Var, term: Term) -> None:
        """Binds a free variable."""
        variable.bound = term
        self._trail.append(variable)

    def unify(self, left: Term, right: Term) -> bool:
        """Makes two terms the same, binding what is free in them. False when they differ:
        what was bound by then is for the caller to undo."""
        left, right = deref(left), deref(right)
        if type(left) is Var:
            return left is right or self._become(left, right)
        if type(right) is Var:
            return self._become(right, left)
        if type(left) is list or type(left) is dict:
            return type(left) is type(right) and self._unify_parts(left, right)
        return type(left) is type(right) and left == right

    def _become(self, variable: Var, term: Term) -> bool:
        """Binds a free variable, unless it would then hold itself."""
        if (type(term) is list or type(term) is dict) and variable in free_variables(term):
            return False
        self.bind(variable, term)
        return True

    def _unify_parts(self, left: Any, right: Any) -> bool:
        self.step()
        if len(left) != len(right):
            return False
        if type(left) is list:
            return all(map(self.unify, left, right))
        return left.keys() == right.keys() and all(
            self.unify_json(value, right[key]) for key, value in left.items()
        )

    def unify_json(self, left: Term, right: Term) -> bool:
        """As `unify`, inside of dictionaries: there a literal is its plain JSON value."""
        return self.unify(as_json(left), as_json(right))

    def give_text(self, text: str, term: Term) -> bool:
        """Makes a term a string, or checks that it is this one, whatever its type."""
        term = deref(term)
        if type(term) is Var:
            self.bind(term, Literal("xsd:string", text))
            return True
        return (
            isinstance(term, Literal) and (term.lexical if term.language else native(term)) == text
        )

    def give_number(self, value: Number, term: Term) -> bool:
        """Makes a term a decimal, or checks that it is this number, whatever its type."""
        term = deref(term)
        if type(term) is Var:
            self.bind(term, numbers.decimal(value))
            return True
        if not isinstance(term, Literal) or term.datatype not in numbers.NUMERIC_TYPES:
            return False
        found = native(term)
        return found == value and isinstance(found, float) == isinstance(value, float)

    def give_texts(self, texts: Sequence[str], term: Term) -> bool:
        """Makes a term a list of strings."""
        term = deref(term)
        if type(term) is Var:
            self.bind(term, [Literal("xsd:string", text) for text in texts])
            return True
        if type(term) is not list or len(term) != len(texts):
            return False
        return all(self.give_text(text, item) for text, item in zip(texts, term, strict=True))

    def when_row_ends(self, action: Callable[[], bool]) -> Iterator[None]:
        """One solution, with something to be done once its row is complete. An action that
        answers False drops the row."""
        self.at_row_end.append(action)
        try:
            yield
        finally:
            self.at_row_end.pop()

    def end_row(self) -> bool:
        """Does what waited for the row to be complete, in order."""
        return all(action() for action in tuple(self.at_row_end))


def as_json(term: Term) -> Term:
    """A literal as the plain value that it is in a document; other terms as they are."""
    term = deref(term)
    if not isinstance(term, Literal):
        return term
    if term.datatype in numbers.NUMERIC_TYPES:
        return Json(numbers.number_of(term))
    if term.datatype == "xsd:boolean":
        return Json(term.lexical == "true")
    return Json(term.lexical)


def snapshot(variables: Sequence[Var]) -> list[Any]:
    """What variables are bound to now, safe from later undoing."""
    found: list[Any] = []
    for variable in variables:
        value = resolved(variable)
        found.append(_FREE if type(value) is Var else value)
    return found


def restore(run: Run, variables: Sequence[Var], values: Sequence[Any]) -> None:
    """Binds variables as they were in a snapshot; those bound since then stay as they are."""
    for variable, value in zip(variables, values, strict=True):
        if value is not _FREE and type(deref(variable)) is Var:
            run.unify(variable, value)
