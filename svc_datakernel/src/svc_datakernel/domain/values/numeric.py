"""Numbers: exact integers and decimals, IEEE doubles and floats."""

from __future__ import annotations

import math
import re
import struct
from decimal import Context, Decimal
from fractions import Fraction
from typing import Any, Final

from svc_datakernel.domain.canonical_json import Number
from svc_datakernel.domain.values.bad_value import BadValue

FRACTION_DIGITS: Final = 20
_MOST_DIGITS: Final = 10_000
_INTEGER: Final = re.compile(r"[+-]?[0-9]+")
_DECIMAL: Final = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_EXACT: Final = Context(prec=2 * _MOST_DIGITS)

RANGES: Final[dict[str, tuple[int | None, int | None]]] = {
    "xsd:integer": (None, None),
    "xsd:long": (-(2**63), 2**63 - 1),
    "xsd:int": (-(2**31), 2**31 - 1),
    "xsd:short": (-(2**15), 2**15 - 1),
    "xsd:byte": (-(2**7), 2**7 - 1),
    "xsd:unsignedLong": (0, 2**64 - 1),
    "xsd:unsignedInt": (0, 2**32 - 1),
    "xsd:unsignedShort": (0, 2**16 - 1),
    "xsd:unsignedByte": (0, 2**8 - 1),
    "xsd:positiveInteger": (1, None),
    "xsd:nonNegativeInteger": (0, None),
    "xsd:negativeInteger": (None, -1),
    "xsd:nonPositiveInteger": (None, 0),
}
"""Smallest and largest value of each integer type."""

FLOATS: Final = frozenset({"xsd:double", "xsd:float"})


def integer(datatype: str, value: str) -> str:
    """The canonical form of an integer, from a text or a `Number`; `2.0` is one, as a number."""
    if isinstance(value, Number) and not _INTEGER.fullmatch(value):
        text = decimal(datatype, value)
        if "." in text:
            raise BadValue(datatype, value, is_cast=True)
    else:
        text = value
    if not _INTEGER.fullmatch(text) or len(text) > _MOST_DIGITS:
        raise BadValue(datatype, value)
    text = _plain_integer(text)
    low, high = RANGES[datatype]
    if low is not None or high is not None:
        number = int(text) if len(text) <= 40 else (10**40 if text[0] != "-" else -(10**40))
        if (low is not None and number < low) or (high is not None and number > high):
            raise BadValue(datatype, value)
    return text


def _plain_integer(text: str) -> str:
    digits = text.lstrip("+-").lstrip("0") or "0"
    return f"-{digits}" if text[0] == "-" and digits != "0" else digits


def decimal(datatype: str, value: str) -> str:
    """The canonical form of a decimal: no zeros at the end, at most 20 digits after the point."""
    text = value.strip()
    if not _DECIMAL.fullmatch(text) or len(text) > _MOST_DIGITS:
        raise BadValue(datatype, value)
    number = Decimal(text)
    if not number:
        return "0"
    if abs(number.adjusted()) > _MOST_DIGITS:
        raise BadValue(datatype, value)
    exponent = number.as_tuple().exponent
    if isinstance(exponent, int) and exponent < -FRACTION_DIGITS:
        number = number.quantize(Decimal(1).scaleb(-FRACTION_DIGITS), "ROUND_HALF_UP", _EXACT)
    digits = f"{number:f}"
    if "." in digits:
        digits = digits.rstrip("0").rstrip(".")
    return "0" if digits == "-0" else digits


def floating(datatype: str, value: str) -> str:
    """The canonical form of a double or float."""
    text = value.strip()
    if not _DECIMAL.fullmatch(text):
        raise BadValue(datatype, value)
    number = float(text)
    if datatype == "xsd:float":
        try:
            number = struct.unpack("f", struct.pack("f", number))[0]
        except OverflowError as exc:
            raise BadValue(datatype, value) from exc
    if math.isinf(number):
        raise BadValue(datatype, value)
    return float_text(number)


def float_text(value: float) -> str:
    """The shortest text that reads back as the same double; whole values as integers."""
    if value == math.floor(value) and abs(value) < 1e15:
        return str(int(value))
    return repr(value)


def number_of(datatype: str, lexical: str) -> Fraction | float:
    """What a literal of a numeric type stands for, exact unless it is a double or float."""
    if datatype in FLOATS:
        return float(lexical.replace("INF", "inf"))
    return Fraction(lexical)


def shown(datatype: str, lexical: str) -> Any:
    """A number as it is shown in a document; doubles always with a fraction or an exponent."""
    if datatype in FLOATS:
        if lexical in ("INF", "-INF", "NaN"):
            return lexical
        return Number(lexical if "." in lexical or "e" in lexical else f"{lexical}.0")
    if "/" in lexical:
        return Number(decimal(datatype, _rounded(Fraction(lexical))))
    return Number(lexical)


def _rounded(value: Fraction) -> str:
    scaled = abs(value) * 10**FRACTION_DIGITS
    digits = str((2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator))
    digits = digits.rjust(FRACTION_DIGITS + 1, "0")
    sign = "-" if value < 0 else ""
    return f"{sign}{digits[:-FRACTION_DIGITS]}.{digits[-FRACTION_DIGITS:]}"
