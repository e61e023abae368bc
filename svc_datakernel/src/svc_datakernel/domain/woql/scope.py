"""The variables of a query by name, in the order in which they are met."""

from __future__ import annotations

from collections.abc import Sequence

from svc_datakernel.domain.woql.terms import Var


class Scope:
    """Which names are known at a place of a query. The latest comes first, as TerminusDB keeps
    them: the order of an answer's variables follows from that."""

    def __init__(self) -> None:
        self._found: list[tuple[str, Var]] = []
        self._made: list[Var] = []

    def variable(self, name: str) -> Var:
        """The variable of a name, a new one where the name is not known here."""
        for known, variable in self._found:
            if known == name:
                return variable
        made = Var(name)
        self._made.append(made)
        self._found.insert(0, (name, made))
        return made

    @property
    def made(self) -> Sequence[Var]:
        """Every variable that was made so far, also those that are not known any more."""
        return self._made

    def visible(self) -> list[tuple[str, Var]]:
        """The names that are known, the latest first."""
        return list(self._found)

    def restrict(self, names: Sequence[str]) -> None:
        """Forgets all names but these; those before that are unknown are passed over."""
        known = dict(self._found)
        self._found = [(name, known[name]) for name in names if name in known][::-1]

    def set_visible(self, names: Sequence[tuple[str, Var]]) -> None:
        """Goes back to the names of an earlier moment."""
        self._found = list(names)

    def merge(self, other: Sequence[tuple[str, Var]]) -> None:
        """Adds the names of another branch of an Or; one name stays one variable."""
        known = dict(self._found)
        for name, variable in other:
            mine = known.setdefault(name, variable)
            if mine is not variable and variable.bound is None:
                # For good, not for one solution: it is not on the run's trail.
                variable.bound = mine
        self._found = sorted(known.items(), key=lambda pair: pair[0])

    def names(self) -> list[str]:
        """Names in the order of an answer."""
        return [name for name, _ in reversed(self._found)]
