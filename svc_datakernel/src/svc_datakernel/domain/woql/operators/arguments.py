"""What functions of strings and lists take: values as text, and which of them they refuse."""

from __future__ import annotations

from fractions import Fraction

from svc_datakernel.domain.graph.terms import Literal, Node
from svc_datakernel.domain.woql import errors, numbers
from svc_datakernel.domain.woql.context import Context
from svc_datakernel.domain.woql.native import Compound, Name, native, text_of
from svc_datakernel.domain.woql.terms import Json, Term, Var, deref


class NoAnswer(Exception):
    """A value with which a function has no solution: TerminusDB can't turn it back into a term."""


def text_argument(term: Term, operator: str, context: Context) -> str:
    """An argument as text.

    Raises:
        InvalidQuery: it is unbound, or has no text.
        NoAnswer: a boolean, or a plain value out of a document.
    """
    term = deref(term)
    if type(term) is Var:
        raise errors.unbound(operator, [term.name])
    if isinstance(term, Node):
        return context.names.full(term.iri)
    if isinstance(term, Json):
        raise NoAnswer
    if not isinstance(term, Literal):
        raise errors.unfit(operator, "a list or dictionary is no text")
    return literal_text(term, operator)


def literal_text(literal: Literal, operator: str) -> str:
    """A literal's value as text; numbers as TerminusDB writes them, such as `3r2`."""
    if literal.language:
        return literal.lexical
    value = native(literal)
    if isinstance(value, Name):
        raise NoAnswer
    if isinstance(value, Compound):
        raise errors.unfit(operator, f"{literal.lexical!r} is no text; cast it to xsd:string")
    return text_of(value)


def integer_argument(term: Term) -> int | None:
    """An argument as a whole number; None when it is unbound.

    Raises:
        NoAnswer: it is bound, to anything else.
    """
    term = deref(term)
    if type(term) is Var:
        return None
    if isinstance(term, Literal) and term.datatype in numbers.RATIONAL_TYPES:
        found = numbers.number_of(term)
        if isinstance(found, int):
            return found
    raise NoAnswer


def list_argument(term: Term, operator: str) -> list[Term]:
    """An argument as a list.

    Raises:
        InvalidQuery: it is unbound, or no list.
    """
    term = deref(term)
    if type(term) is Var:
        raise errors.unbound(operator, [term.name])
    if type(term) is not list:
        raise errors.type_error(shown(term), "list")
    return term


def shown(term: Term) -> str:
    """A value as an error names it."""
    if isinstance(term, Literal):
        value = native(term)
        return f'"{value}"' if isinstance(value, str) else text_of(value)
    if isinstance(term, Json):
        value = term.value
        return f'"{value}"' if isinstance(value, str) else str(value)
    return term.iri if isinstance(term, Node) else "a dictionary"


def as_number(term: Term, operator: str) -> numbers.Number:
    """A value in arithmetic: a number, or the code of a string's one character.

    Raises:
        InvalidQuery: it is unbound, or neither.
    """
    term = deref(term)
    if type(term) is Var:
        raise errors.unbound(operator, [term.name])
    value = term.value if isinstance(term, Json) else term
    if isinstance(value, Literal):
        value = value.lexical if value.language else native(value)
    if isinstance(value, str) and len(value) == 1:
        return ord(value)
    if isinstance(value, int | Fraction | float) and not isinstance(value, bool):
        return value
    raise errors.type_error(shown(term) if not isinstance(term, list) else "a list", "evaluable")
