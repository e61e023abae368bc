"""Casts between datatypes, as TerminusDB allows them."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any, Final

from svc_datakernel.domain.canonical_json import Number as JsonNumber
from svc_datakernel.domain.graph.terms import Literal
from svc_datakernel.domain.woql import errors, literals, numbers
from svc_datakernel.domain.woql.native import full_iri, native, text_of

_BOUNDS: Final[dict[str, tuple[int | None, int | None]]] = {
    "xsd:byte": (-(2**7), 2**7 - 1),
    "xsd:short": (-(2**15), 2**15 - 1),
    "xsd:int": (-(2**31), 2**31 - 1),
    "xsd:long": (-(2**63), 2**63 - 1),
    "xsd:unsignedByte": (0, 2**8 - 1),
    "xsd:unsignedShort": (0, 2**16 - 1),
    "xsd:unsignedInt": (0, 2**32 - 1),
    "xsd:unsignedLong": (0, 2**64 - 1),
    "xsd:positiveInteger": (1, None),
    "xsd:nonNegativeInteger": (0, None),
    "xsd:negativeInteger": (None, -1),
    "xsd:nonPositiveInteger": (None, 0),
    "xsd:integer": (None, None),
}


def parse_literal(datatype: str, text: str) -> Literal:
    """A literal of a datatype, from text.

    Raises:
        InvalidQuery: the text is not of that datatype, or the datatype is unknown.
    """
    if not literals.is_known(datatype):
        raise errors.unfit("Value", f"{datatype!r} is no known datatype")
    found = literals.canonical(datatype, text)
    if found is None:
        raise errors.bad_cast(text, full_iri(datatype))
    return found


def parse_data(value: Any, datatype: str) -> Literal:
    """A literal of a query, `{"@type": datatype, "@value": value}`, in canonical form."""
    datatype = _compact_type(datatype)
    if isinstance(value, JsonNumber):
        return _from_json_number(value, datatype)
    if isinstance(value, bool):
        value = "true" if value else "false"
    if not isinstance(value, str):
        raise errors.unfit("Value", "a literal's @value is a string, number or boolean")
    return parse_literal(datatype, value)


def _from_json_number(value: JsonNumber, datatype: str) -> Literal:
    if datatype in numbers.NUMERIC_TYPES or datatype == "xsd:string":
        return parse_literal(datatype, value)
    if not literals.is_known(datatype):
        raise errors.unfit("Value", f"{datatype!r} is no known datatype")
    return cast(parse_literal("xsd:decimal", value), datatype)


def _compact_type(datatype: str) -> str:
    for prefix, iri in literals.PREFIXES.items():
        if datatype.startswith(iri):
            return f"{prefix}:{datatype[len(iri) :]}"
    return datatype


def cast(literal: Literal, datatype: str) -> Literal:
    """A literal as one of another datatype.

    Args:
        datatype: Compact IRI of a known datatype.
    Raises:
        InvalidQuery: it can't be cast.
    """
    source = literal.datatype
    if literal.language:
        return _from_string(literal.lexical, datatype)
    if source == datatype:
        return literal
    if datatype == "xsd:string":
        return Literal("xsd:string", shown_lexical(literal))
    if literals.is_text(source):
        return _from_string(literal.lexical, datatype)
    if source in numbers.NUMERIC_TYPES:
        return _from_number(literal, datatype)
    raise _refused(literal, datatype)


def shown_lexical(literal: Literal) -> str:
    """The text that a literal becomes: exact numbers with at most twenty digits."""
    if literal.datatype == "xsd:decimal":
        return numbers.shown_decimal(literal.lexical)
    if literal.datatype in numbers.FLOAT_TYPES:
        value = numbers.number_of(literal)
        assert isinstance(value, float)
        is_whole = math.isfinite(value) and value.is_integer()
        return f"{int(value)}.0" if is_whole else numbers.float_text(value)
    return literal.lexical


def _from_string(text: str, datatype: str) -> Literal:
    if datatype == "xsd:decimal":
        # Exponents are no decimals in XSD, but TerminusDB takes them in a cast.
        plain = text.strip()
        if "/" not in plain and "_" not in plain:
            try:
                return numbers.decimal(Fraction(plain))
            except ValueError:
                pass
        raise errors.bad_cast(text, full_iri(datatype))
    return parse_literal(datatype, text)


def _from_number(literal: Literal, datatype: str) -> Literal:
    value = numbers.number_of(literal)
    if datatype in _BOUNDS:
        return _integer(literal, value, datatype)
    if datatype in numbers.FLOAT_TYPES:
        return numbers.double(value, datatype)
    if datatype == "xsd:decimal":
        return numbers.decimal(value)
    if datatype == "xsd:gYear" and isinstance(value, int):
        return parse_literal(datatype, f"{'-' if value < 0 else ''}{abs(value):04}")
    raise _refused(literal, datatype)


def _integer(literal: Literal, value: numbers.Number, datatype: str) -> Literal:
    least, most = _BOUNDS[datatype]
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    is_in = isinstance(value, int) and (least is None or value >= least)
    if not is_in or (most is not None and value > most):
        raise errors.bad_cast(text_of(native(literal)), full_iri(datatype))
    return Literal(datatype, str(value))


def _refused(literal: Literal, datatype: str) -> Exception:
    shown = f"{text_of(native(literal))}^^{full_iri(literal.datatype)}"
    return errors.bad_cast(shown, full_iri(datatype))
