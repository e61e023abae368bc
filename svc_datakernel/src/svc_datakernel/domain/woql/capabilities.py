"""What a view may offer beyond `GraphView`; a query asks for it and goes on without.

A backend adds these methods to its view where it can do them well.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple, Protocol, TypeAlias, runtime_checkable

from svc_datakernel.domain.graph.terms import Node, Object, Pattern, Triple
from svc_datakernel.domain.graph.view import GraphView
from svc_datakernel.domain.model import Revision


class Slot(NamedTuple):
    """A variable of a join, by number, from 0 in the order of first appearance."""

    number: int


class JoinPattern(NamedTuple):
    """One pattern of a join: each part a term or a variable.

    Args:
        subject: A node or a variable, as `predicate` is.
        any_of: The object has to be one of these; `object` is not looked at then.
    """

    subject: Node | Slot
    predicate: Node | Slot
    object: Object | Slot
    any_of: tuple[Node, ...] = ()


JoinRow: TypeAlias = Sequence[Object]


@runtime_checkable
class PatternJoin(Protocol):
    """Finds what matches several patterns at once."""

    def join(
        self, patterns: Sequence[JoinPattern], slots: int, is_over: Callable[[], bool]
    ) -> Iterator[JoinRow]:
        """Rows of terms, one for each slot, lazily. Every combination of triples that matches
        is a row, also where rows are equal. The order is the same whenever it is asked for
        the same patterns at the same commit. Patterns are taken in the order given.

        Args:
            is_over: Asked now and then between rows: it ends early, without an error, once
                that holds.
        """
        ...

    def explain_join(self, patterns: Sequence[JoinPattern], slots: int) -> str:
        """The statement that `join` would run."""
        ...


class Repetition(NamedTuple):
    """One predicate followed again and again.

    Args:
        is_inverse: It is followed from object to subject.
        least, most: How many steps a route has, at least 1; `most` None for any number.
        end: Where routes have to end; None for anywhere. A node when `is_inverse`.
    """

    start: Node
    predicate: Node
    is_inverse: bool
    least: int
    most: int | None
    end: Object | None


@runtime_checkable
class PathRepetition(Protocol):
    """Finds where routes along one predicate end."""

    def repeat(self, asked: Repetition, is_over: Callable[[], bool]) -> Iterator[Object]:
        """The end of each route, as often as there are routes to it, lazily. What a route is
        `goals/paths.py` says. The order is the same whenever it is asked at the same commit.

        Args:
            is_over: As for `PatternJoin.join`.
        """
        ...

    def explain_repeat(self, asked: Repetition) -> str:
        """The statement that `repeat` would run."""
        ...


@runtime_checkable
class Deltas(Protocol):
    """Knows what its commit changed."""

    def changed_triples(self, pattern: Pattern, *, is_addition: bool) -> Iterator[Triple]:
        """Triples that the commit added to its parent, or took away."""
        ...


@runtime_checkable
class OtherCommits(Protocol):
    """Reads other commits of the same database."""

    def view_at(self, revision: Revision) -> GraphView:
        """Another commit.

        Raises:
            ResourceNotFound: no such branch or commit.
        """
        ...

    def branch_names(self) -> Sequence[str]:
        """Names of the branches, in order."""
        ...


@runtime_checkable
class TimedStatements(Protocol):
    """Can end a statement that takes too long."""

    def limit_statements(self, seconds: float | None) -> None:
        """Ends each later statement that takes longer, with DeadlineExceeded.

        Args:
            seconds: Longest time of one statement; a shorter limit of the backend stays.
                None for the backend's own limit.
        """
        ...
