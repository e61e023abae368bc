"""Values of the datatypes: read from JSON, brought into canonical form, compared, shown as JSON.

Equal values of one datatype have one lexical form, so that literals can be compared and
indexed as texts. Integers and decimals never pass through a float.
"""

from __future__ import annotations

from typing import Any

from svc_datakernel.domain.canonical_json import Number
from svc_datakernel.domain.graph.terms import Literal
from svc_datakernel.domain.values import numeric, temporal, textual
from svc_datakernel.domain.values.bad_value import BadValue
from svc_datakernel.domain.values.datatypes import DATATYPES, PARENTS, is_kind_of

__all__ = [
    "DATATYPES",
    "PARENTS",
    "BadValue",
    "canonical",
    "compare",
    "from_json",
    "is_kind_of",
    "is_numeric",
    "parse",
    "to_json",
]

_NUMERIC = {
    **dict.fromkeys(numeric.RANGES, numeric.integer),
    "xsd:decimal": numeric.decimal,
    **dict.fromkeys(numeric.FLOATS, numeric.floating),
}
_CANONICAL = {**temporal.CANONICAL, **textual.CANONICAL, **_NUMERIC}
_BOOLEANS = {"true": "true", "1": "true", "false": "false", "0": "false"}


def is_numeric(datatype: str) -> bool:
    """Whether values of a datatype are numbers."""
    return datatype in _NUMERIC


def canonical(datatype: str, text: str) -> str:
    """The canonical lexical form of a text; a `Number` is read as the number it is.

    Raises:
        BadValue: it is no value of the datatype.
    """
    if datatype == "xsd:boolean":
        found = _BOOLEANS.get(text)
        if found is None:
            raise BadValue(datatype, text)
        return found
    reader = _CANONICAL.get(datatype)
    return str(text) if reader is None else reader(datatype, text)


def parse(datatype: str, value: Any) -> Literal:
    """A literal of a datatype, from a JSON value: a text, a `Number` or int, true or false.

    A number is taken for a text where the datatype is one of texts.

    Raises:
        BadValue: it is no value of the datatype.
    """
    if isinstance(value, bool):
        if datatype not in ("xsd:boolean", "xsd:string", "xsd:anySimpleType"):
            raise BadValue(datatype, value)
        return Literal(datatype, "true" if value else "false")
    if isinstance(value, int):
        value = Number(value)
    if not isinstance(value, str):
        raise BadValue(datatype, value)
    if isinstance(value, Number) and datatype not in _NUMERIC:
        value = _number_as_text(datatype, value)
    return Literal(datatype, canonical(datatype, value))


def _number_as_text(datatype: str, value: Number) -> str:
    if datatype == "xsd:boolean" and value not in ("0", "1"):
        raise BadValue(datatype, value)
    if datatype in temporal.CANONICAL and datatype != "xsd:gYear":
        raise BadValue(datatype, value)
    return numeric.decimal("xsd:decimal", value)


def from_json(value: Any) -> Literal:
    """The literal that a plain JSON value stands for where nothing says a datatype."""
    if isinstance(value, Number | int) and not isinstance(value, bool):
        return parse("xsd:decimal", value)
    return parse("xsd:boolean" if isinstance(value, bool) else "xsd:string", value)


def to_json(literal: Literal) -> Any:
    """A literal as it is shown in a document; numbers as `Number`."""
    if literal.language:
        return {"@lang": literal.language, "@value": literal.lexical}
    if literal.datatype in _NUMERIC:
        return numeric.shown(literal.datatype, literal.lexical)
    if literal.datatype == "xsd:boolean":
        return literal.lexical == "true"
    return literal.lexical


def compare(left: Literal, right: Literal) -> int:
    """-1, 0 or 1: numbers by value, times in time, anything else as texts.

    Literals of datatypes that have nothing to do with each other are ordered by datatype.
    """
    if left.datatype in _NUMERIC and right.datatype in _NUMERIC:
        return _sign(
            numeric.number_of(left.datatype, left.lexical),
            numeric.number_of(right.datatype, right.lexical),
        )
    if left.datatype == right.datatype and left.datatype in temporal.CANONICAL:
        return _sign(
            temporal.order_key(left.datatype, left.lexical),
            temporal.order_key(right.datatype, right.lexical),
        )
    if is_kind_of(left.datatype, "xsd:string") and is_kind_of(right.datatype, "xsd:string"):
        return _sign(left.lexical, right.lexical)
    return _sign(tuple(left), tuple(right))


def _sign(left: Any, right: Any) -> int:
    return (left > right) - (left < right)
