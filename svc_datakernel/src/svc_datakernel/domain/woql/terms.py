"""What a variable of a query can hold.

A term is a node or literal of the graph, a list, a dictionary, a bare JSON value (what
stands in a document), or a variable that nothing is known of yet. A decimal that no
finite fraction can write, such as 1/3, has the lexical form `1/3` here; it becomes
twenty digits where it leaves the query.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any, NamedTuple, TypeAlias

from svc_datakernel.domain.graph.terms import Literal, Node


class Json(NamedTuple):
    """A scalar as it stands in a document: a string, exact number, boolean, or None."""

    value: str | int | Fraction | float | bool | None


class Var:
    """A variable: free, or bound to a term (which may be a variable again)."""

    __slots__ = ("bound", "name")

    def __init__(self, name: str) -> None:
        self.name = name
        self.bound: Term | None = None

    def __repr__(self) -> str:
        return f"?{self.name}"


Term: TypeAlias = "Var | Node | Literal | Json | list[Any] | dict[str, Any]"


def deref(term: Term) -> Term:
    """Follows bound variables to what they stand for: a value, or a free variable."""
    while type(term) is Var:
        bound = term.bound
        if bound is None:
            return term
        term = bound
    return term


def resolved(term: Term) -> Term:
    """Copies a term with every bound variable replaced, however deep; free ones stay."""
    term = deref(term)
    if type(term) is list:
        return [resolved(item) for item in term]
    if type(term) is dict:
        return {key: resolved(value) for key, value in term.items()}
    return term


def is_ground(term: Term) -> bool:
    """Whether no variable in a term is free."""
    term = deref(term)
    if type(term) is list:
        return all(is_ground(item) for item in term)
    if type(term) is dict:
        return all(is_ground(value) for value in term.values())
    return type(term) is not Var


def free_variables(term: Term) -> list[Var]:
    """The free variables in a term, each once, from left to right."""
    found: dict[int, Var] = {}
    _collect_free(term, found)
    return list(found.values())


def _collect_free(term: Term, found: dict[int, Var]) -> None:
    term = deref(term)
    if type(term) is Var:
        found.setdefault(id(term), term)
    elif type(term) is list:
        for item in term:
            _collect_free(item, found)
    elif type(term) is dict:
        for value in term.values():
            _collect_free(value, found)
