"""JSON of documents as terms, and back."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from svc_datakernel.domain.canonical_json import Number
from svc_datakernel.domain.graph.terms import Literal, Node
from svc_datakernel.domain.woql import numbers
from svc_datakernel.domain.woql.names import Names
from svc_datakernel.domain.woql.run import as_json
from svc_datakernel.domain.woql.terms import Json, Term, deref


def from_json(value: Any) -> Term:
    """A parsed JSON value as a term; numbers as `canonical_json.Number`."""
    if isinstance(value, dict):
        return {key: from_json(item) for key, item in value.items()}
    if isinstance(value, list):
        return [from_json(item) for item in value]
    if isinstance(value, Number):
        return Json(numbers.simplified(Fraction(value)))
    return Json(value)


def to_json(term: Term, names: Names) -> Any:
    """A term as JSON for a document: literals as plain values, nodes by name.

    Numbers become `canonical_json.Number`; a free variable becomes None.
    """
    term = deref(term)
    if type(term) is dict:
        return {key: to_json(item, names) for key, item in term.items()}
    if type(term) is list:
        return [to_json(item, names) for item in term]
    if isinstance(term, Node):
        return names.shown(term.iri)
    if isinstance(term, Literal) and term.language:
        return {"@language": term.language, "@value": term.lexical}
    plain = as_json(term)
    return _scalar(plain.value) if isinstance(plain, Json) else None


def _scalar(value: str | int | Fraction | float | bool | None) -> Any:
    if isinstance(value, float):
        return Number(numbers.float_text(value))
    if isinstance(value, int | Fraction) and not isinstance(value, bool):
        return Number(numbers.shown_decimal(numbers.decimal_text(value)))
    return value
