"""Which datatypes there are, and the canonical form of a literal."""

from __future__ import annotations

from fractions import Fraction
from typing import Final

from svc_datakernel.domain import values
from svc_datakernel.domain.graph.terms import STANDARD_PREFIXES, Literal
from svc_datakernel.domain.woql import numbers

PREFIXES: Final = STANDARD_PREFIXES


def is_known(datatype: str) -> bool:
    """Whether there is such a datatype."""
    return datatype in values.DATATYPES


def is_text(datatype: str) -> bool:
    """Whether a datatype is one of strings."""
    return values.is_kind_of(datatype, "xsd:string")


def canonical(datatype: str, text: str) -> Literal | None:
    """A literal in canonical form; None when the text is not of its datatype.

    A decimal keeps every digit, and a float that of a double, as long as it is in a query.
    """
    try:
        found = values.canonical(datatype, text)
        if datatype == "xsd:decimal":
            return numbers.decimal(Fraction(text))
        if datatype == "xsd:float":
            return numbers.double(float(text), datatype)
    except ValueError:
        return None
    return Literal(datatype, found)


def stored(literal: Literal) -> Literal:
    """A literal as a graph keeps it: with the digits that its datatype has room for."""
    if literal.datatype == "xsd:decimal" and "/" in literal.lexical:
        return Literal(literal.datatype, numbers.shown_decimal(literal.lexical))
    if literal.datatype == "xsd:float":
        return Literal(literal.datatype, values.canonical(literal.datatype, literal.lexical))
    return literal
