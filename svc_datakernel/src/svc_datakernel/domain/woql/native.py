"""Literals as values that can be taken apart and put in order.

The order is TerminusDB's, which sorts any two values: free variables, numbers, strings,
names (nodes, booleans), then compounds by number of parts, name, and parts. A literal is
a compound of its value and its datatype, so that literals follow nodes, and numbers of
different types are ordered by value.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction
from functools import lru_cache
from typing import Any, Final, NamedTuple, TypeAlias

from svc_datakernel.domain.graph.terms import STANDARD_PREFIXES, Literal, Node
from svc_datakernel.domain.woql import numbers
from svc_datakernel.domain.woql.terms import Json, Term, Var, deref


class Compound(NamedTuple):
    """A value of several parts, such as `date(2024, 1, 2, 0)`."""

    name: str
    parts: tuple[Any, ...]


class Name(NamedTuple):
    """A value that is a name: a node's IRI, or true and false."""

    text: str


Native: TypeAlias = int | Fraction | float | str | Name | Compound

_ZONE = r"(Z|[+-]\d\d:\d\d)?"
_PATTERNS: Final = {
    "xsd:date": ("date", re.compile(rf"(-?\d{{4,}})-(\d\d)-(\d\d){_ZONE}")),
    "xsd:gYear": ("gyear", re.compile(rf"(-?\d{{4,}}){_ZONE}")),
    "xsd:gYearMonth": ("gyear_month", re.compile(rf"(-?\d{{4,}})-(\d\d){_ZONE}")),
    "xsd:gMonth": ("gmonth", re.compile(rf"--(\d\d){_ZONE}")),
    "xsd:gMonthDay": ("gmonth_day", re.compile(rf"--?(\d\d)-(\d\d){_ZONE}")),
    "xsd:gDay": ("gday", re.compile(rf"---(\d\d){_ZONE}")),
}
_DATE_TIME: Final = re.compile(
    r"(-?\d{4,})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:Z|[+-]\d\d:\d\d)?"
)
_TIME: Final = re.compile(r"(\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:Z|[+-]\d\d:\d\d)?")
_DURATION: Final = re.compile(
    r"(-?)P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?"
)
DURATION_TYPES: Final = frozenset({"xsd:duration", "xsd:dayTimeDuration", "xsd:yearMonthDuration"})
DATE_TIME_TYPES: Final = frozenset({"xsd:dateTime", "xsd:dateTimeStamp"})


@lru_cache(maxsize=8192)
def native(literal: Literal) -> Native:
    """The value of a literal; a string where its datatype has no other."""
    datatype, lexical = literal.datatype, literal.lexical
    if datatype in numbers.NUMERIC_TYPES:
        return numbers.number_of(literal)
    if datatype == "xsd:boolean":
        return Name(lexical)
    if datatype in _PATTERNS:
        return _calendar(*_PATTERNS[datatype], lexical)
    parse = _PARSERS.get(datatype)
    return lexical if parse is None else parse(lexical)


def _calendar(name: str, pattern: re.Pattern[str], lexical: str) -> Native:
    found = pattern.fullmatch(lexical)
    if found is None:
        return lexical
    *parts, zone = found.groups()
    return Compound(name, (*map(int, parts), _offset_seconds(zone)))


def _offset_seconds(zone: str | None) -> int:
    if not zone or zone == "Z":
        return 0
    seconds = int(zone[1:3]) * 3600 + int(zone[4:6]) * 60
    return seconds if zone[0] == "+" else -seconds


def _date_time(lexical: str) -> Native:
    found = _DATE_TIME.fullmatch(lexical)
    if found is None:
        return lexical
    nanoseconds = int((found[7] or "").ljust(9, "0")[:9])
    return Compound("date_time", (*(int(found[n]) for n in range(1, 7)), nanoseconds))


def _time(lexical: str) -> Native:
    found = _TIME.fullmatch(lexical)
    if found is None:
        return lexical
    seconds = numbers.simplified(Fraction(f"{found[3]}.{found[4] or 0}"))
    return Compound("time", (int(found[1]), int(found[2]), seconds))


def _duration(lexical: str) -> Native:
    found = _DURATION.fullmatch(lexical)
    if found is None:
        return lexical
    whole = [int(found[n] or 0) for n in range(2, 7)]
    seconds = numbers.simplified(Fraction(found[7] or 0))
    return Compound("duration", (-1 if found[1] else 1, *whole, seconds))


_PARSERS: Final[dict[str, Callable[[str], Native]]] = {
    **dict.fromkeys(DATE_TIME_TYPES, _date_time),
    "xsd:time": _time,
    **dict.fromkeys(DURATION_TYPES, _duration),
}


def order_key(term: Term) -> tuple[Any, ...]:
    """A key that sorts terms in the standard order."""
    term = deref(term)
    if type(term) is Var:
        return (0, term.name, id(term))
    if isinstance(term, Node):
        return (3, full_iri(term.iri))
    if isinstance(term, Literal):
        return _literal_key(term)
    if isinstance(term, Json):
        return _json_key(term.value)
    if type(term) is list:
        return _list_key(term)
    assert type(term) is dict
    pairs = [part for key in sorted(term) for part in ((3, key), order_key(term[key]))]
    return (4, 2 * len(term) + 1, "dict", *pairs)


def _literal_key(literal: Literal) -> tuple[Any, ...]:
    if literal.language:
        return (4, 2, "@", (2, literal.lexical), (3, literal.language))
    return (4, 2, "^^", native_key(native(literal)), (3, full_iri(literal.datatype)))


def native_key(value: Native) -> tuple[Any, ...]:
    """A key for the value of a literal alone."""
    if isinstance(value, Compound):
        return (4, len(value.parts), value.name, *map(native_key, value.parts))
    if isinstance(value, Name):
        return (3, value.text)
    if isinstance(value, str):
        return (2, value)
    # Equal numbers of different kinds: a double comes before the exact one.
    return (1, value, 0 if isinstance(value, float) else 1)


def _json_key(value: object) -> tuple[Any, ...]:
    if isinstance(value, bool) or value is None:
        return (3, "null" if value is None else str(value).lower())
    if isinstance(value, str):
        return (2, value)
    assert isinstance(value, int | Fraction | float)
    return native_key(value)


def _list_key(items: list[Any]) -> tuple[Any, ...]:
    key: tuple[Any, ...] = (3, "[]")
    for item in reversed(items):
        key = (4, 2, "[|]", order_key(item), key)
    return key


def full_iri(compact: str) -> str:
    """A compact IRI with its standard prefix written out; what is relative stays so."""
    prefix, colon, rest = compact.partition(":")
    base = STANDARD_PREFIXES.get(prefix) if colon else None
    return compact if base is None else base + rest


def text_of(value: Native) -> str:
    """A value as TerminusDB writes it in messages and ids: `19r10`, `date(2024,1,2,0)`."""
    if isinstance(value, Compound):
        return f"{value.name}({','.join(map(text_of, value.parts))})"
    if isinstance(value, Name):
        return value.text
    if isinstance(value, Fraction):
        return f"{value.numerator}r{value.denominator}"
    if isinstance(value, float):
        return repr(value)
    return str(value)
