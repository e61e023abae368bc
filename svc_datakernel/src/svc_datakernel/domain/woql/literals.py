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

    A decimal keeps every digit, also those that a document has no room for.
    """
    try:
        found = values.canonical(datatype, text)
        if datatype == "xsd:decimal":
            return numbers.decimal(Fraction(text))
    except ValueError:
        return None
    return Literal(datatype, found)
