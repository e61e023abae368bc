"""OrderBy, GroupBy and the other operators that keep rows before they go on."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from svc_datakernel.domain.woql.goals.control import Wrapper
from svc_datakernel.domain.woql.goals.goal import Goal
from svc_datakernel.domain.woql.native import order_key
from svc_datakernel.domain.woql.run import Run, restore, snapshot
from svc_datakernel.domain.woql.terms import Term, Var, resolved


class _Row(NamedTuple):
    """A kept solution: its sort keys, its bindings, and what waits for its end."""

    keys: list[tuple[Any, ...]]
    values: list[Any]
    at_row_end: list[Callable[[], bool]]


class OrderBy(Wrapper):
    """The goal's solutions in order.

    Args:
        ordering: Variables, each with whether it descends; the first one counts most.
        variables: All that the goal may bind.
    """

    step = "OrderBy"

    def __init__(
        self, goal: Goal, ordering: Sequence[tuple[Var, bool]], variables: Sequence[Var]
    ) -> None:
        super().__init__(goal)
        self._ordering = ordering
        self._variables = variables

    def solve(self, run: Run) -> Iterator[None]:
        rows = self._rows(run)
        size = len(rows) * (len(self._variables) + 1)
        try:
            for place in reversed(range(len(self._ordering))):
                rows.sort(key=lambda row: row.keys[place], reverse=self._ordering[place][1])
                run.check_deadline()
            for row in rows:
                run.step()
                yield from _again(run, self._variables, row)
        finally:
            run.hold(-size)

    def _rows(self, run: Run) -> list[_Row]:
        rows: list[_Row] = []
        waiting = len(run.at_row_end)
        for _ in self.goal.solve(run):
            run.hold(len(self._variables) + 1)
            keys = [order_key(variable) for variable, _ in self._ordering]
            rows.append(_Row(keys, snapshot(self._variables), run.at_row_end[waiting:]))
        return rows

    def details(self) -> dict[str, Any]:
        return {
            "ordering": [
                f"?{v.name} {'desc' if is_down else 'asc'}" for v, is_down in self._ordering
            ]
        }


def _again(run: Run, variables: Sequence[Var], row: _Row) -> Iterator[None]:
    mark, waiting = run.mark(), len(run.at_row_end)
    restore(run, variables, row.values)
    run.at_row_end.extend(row.at_row_end)
    try:
        yield
    finally:
        del run.at_row_end[waiting:]
    run.undo(mark)


class Distinct(Wrapper):
    """The goal's solutions, without those whose variables have the values of an earlier one."""

    step = "Distinct"

    def __init__(self, goal: Goal, variables: Sequence[Var]) -> None:
        super().__init__(goal)
        self._variables = variables

    def solve(self, run: Run) -> Iterator[None]:
        seen: set[Any] = set()
        try:
            for _ in self.goal.solve(run):
                key = tuple(order_key(variable) for variable in self._variables)
                if key not in seen:
                    run.hold(len(self._variables) + 1)
                    seen.add(key)
                    yield
        finally:
            run.hold(-len(seen) * (len(self._variables) + 1))

    def details(self) -> dict[str, Any]:
        return {"variables": [f"?{variable.name}" for variable in self._variables]}


class Count(Wrapper):
    """How many solutions the goal has."""

    step = "Count"

    def __init__(self, goal: Goal, count: Term) -> None:
        super().__init__(goal)
        self._count = count

    def solve(self, run: Run) -> Iterator[None]:
        total = 0
        for _ in self.goal.solve(run):
            run.step()
            total += 1
        mark = run.mark()
        if run.give_number(total, self._count):
            yield
        run.undo(mark)


class Collect(Wrapper):
    """One solution, with a list of the template's values."""

    step = "Collect"

    def __init__(self, goal: Goal, template: Term, into: Term) -> None:
        super().__init__(goal)
        self._template = template
        self._into = into

    def solve(self, run: Run) -> Iterator[None]:
        found: list[Any] = []
        for _ in self.goal.solve(run):
            run.hold(size_of(self._template))
            found.append(resolved(self._template))
        mark = run.mark()
        if run.unify(self._into, found):
            yield
        run.undo(mark)
        run.hold(-len(found) * size_of(self._template))


class GroupBy(Wrapper):
    """A solution for each combination of values of some variables, with a list of the
    template's values in it; by these values in order. None where the goal has none."""

    step = "GroupBy"

    def __init__(self, goal: Goal, by: Sequence[Var], template: Term, grouped: Term) -> None:
        super().__init__(goal)
        self._by = by
        self._template = template
        self._grouped = grouped

    def solve(self, run: Run) -> Iterator[None]:
        groups: dict[Any, tuple[list[Any], list[Any]]] = {}
        held = 0
        for _ in self.goal.solve(run):
            size = size_of(self._template) + len(self._by)
            run.hold(size)
            held += size
            key = tuple(order_key(variable) for variable in self._by)
            group = groups.setdefault(key, (snapshot(self._by), []))
            group[1].append(resolved(self._template))
        for key in sorted(groups):
            values, found = groups[key]
            mark = run.mark()
            restore(run, self._by, values)
            if run.unify(self._grouped, found):
                yield
            run.undo(mark)
        run.hold(-held)

    def details(self) -> dict[str, Any]:
        return {"group_by": [f"?{variable.name}" for variable in self._by]}


def size_of(template: Term) -> int:
    """About how many values a template keeps for each row."""
    return len(template) + 1 if type(template) is list else 2
