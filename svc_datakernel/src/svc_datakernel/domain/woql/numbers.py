"""Literals that are numbers: exact rationals, and IEEE doubles where a query asks for them."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Final, TypeAlias

from svc_datakernel.domain.graph.terms import Literal

Number: TypeAlias = int | Fraction | float

INTEGER_TYPES: Final = frozenset(
    f"xsd:{name}"
    for name in (
        "integer",
        "long",
        "int",
        "short",
        "byte",
        "positiveInteger",
        "negativeInteger",
        "nonPositiveInteger",
        "nonNegativeInteger",
        "unsignedLong",
        "unsignedInt",
        "unsignedShort",
        "unsignedByte",
    )
)
RATIONAL_TYPES: Final = INTEGER_TYPES | {"xsd:decimal"}
FLOAT_TYPES: Final = frozenset({"xsd:double", "xsd:float"})
NUMERIC_TYPES: Final = RATIONAL_TYPES | FLOAT_TYPES
FRACTION_DIGITS: Final = 20


def number_of(literal: Literal) -> Number:
    """The number that a literal of a numeric type stands for; integers as `int`."""
    if literal.datatype in INTEGER_TYPES:
        return int(literal.lexical)
    if literal.datatype in FLOAT_TYPES:
        return _float_of(literal.lexical)
    return simplified(Fraction(literal.lexical))


def simplified(value: Number) -> Number:
    """A whole fraction as an integer, anything else as it is."""
    if isinstance(value, Fraction) and value.denominator == 1:
        return value.numerator
    return value


def decimal(value: Number) -> Literal:
    """An xsd:decimal. A double keeps the digits that it is written with."""
    if isinstance(value, float):
        value = Fraction(repr(value))
    return Literal("xsd:decimal", decimal_text(value))


def double(value: Number, datatype: str = "xsd:double") -> Literal:
    """An xsd:double or xsd:float in canonical form: whole values without a fraction."""
    return Literal(datatype, float_text(float(value)))


def decimal_text(value: int | Fraction) -> str:
    """Exact digits where there is an end to them, else `numerator/denominator`."""
    if isinstance(value, int) or value.denominator == 1:
        return str(int(value))
    twos = fives = 0
    rest = value.denominator
    while rest % 2 == 0:
        rest, twos = rest // 2, twos + 1
    while rest % 5 == 0:
        rest, fives = rest // 5, fives + 1
    digits = max(twos, fives)
    if rest != 1 or digits > FRACTION_DIGITS:
        return f"{value.numerator}/{value.denominator}"
    return _fixed(value, digits)


def shown_decimal(lexical: str) -> str:
    """A decimal's lexical form as it leaves a query: at most twenty digits, rounded."""
    if "/" not in lexical:
        return lexical
    text = _fixed(Fraction(lexical), FRACTION_DIGITS)
    return text.rstrip("0").rstrip(".")


def float_text(value: float) -> str:
    """The shortest text that reads back as the same double; whole values as integers."""
    if math.isinf(value):
        return "INF" if value > 0 else "-INF"
    if math.isnan(value):
        return "NaN"
    if value == math.floor(value) and abs(value) < 1e15:
        return str(int(value))
    return repr(value)


def _fixed(value: Fraction, digits: int) -> str:
    scaled = abs(value) * 10**digits
    rounded = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    text = str(rounded).rjust(digits + 1, "0")
    sign = "-" if value < 0 and rounded else ""
    return f"{sign}{text[:-digits]}.{text[-digits:]}" if digits else f"{sign}{text}"


def _float_of(lexical: str) -> float:
    return float({"INF": "inf", "-INF": "-inf"}.get(lexical, lexical))
