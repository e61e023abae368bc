"""Texts with a form: names, tags, URIs, binary data, ranges and places."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

import orjson

from svc_datakernel.domain.canonical_json import parse_exact, write_exact
from svc_datakernel.domain.values import numeric, temporal
from svc_datakernel.domain.values.bad_value import BadValue

_POINT = r"\[\s*([^\[\],\s]+)\s*,\s*([^\[\],\s]+)\s*\]"
_PAIR: Final = re.compile(_POINT)
_POINTS: Final = re.compile(rf"\[\s*(?:{_POINT}(?:\s*,\s*{_POINT})*)?\s*\]")

PATTERNS: Final[dict[str, re.Pattern[str]]] = {
    "xsd:base64Binary": re.compile(
        r"(?:\s*[A-Za-z0-9+/]){4}(?:(?:\s*[A-Za-z0-9+/]){4})*"
        r"(?:(?:\s*[A-Za-z0-9+/]){2}\s*=\s*=|(?:\s*[A-Za-z0-9+/]){3}\s*=)?\s*"
        r"|(?:\s*[A-Za-z0-9+/]){2}\s*=\s*=\s*|(?:\s*[A-Za-z0-9+/]){3}\s*=\s*|"
    ),
    "xsd:hexBinary": re.compile(r"(?:[0-9a-fA-F]{2})*"),
    "xsd:anyURI": re.compile(r"[^\x00-\x20<>\"{}|\\^`]*"),
    "xsd:language": re.compile(r"[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*"),
    "xsd:normalizedString": re.compile(r"(?:[^<&]|&amp;|&lt;)*", re.DOTALL),
    "xsd:token": re.compile(r"(?:[^<&]|&amp;|&lt;)*", re.DOTALL),
    "xsd:NMTOKEN": re.compile(r"[\w.\-:]*"),
    "xsd:Name": re.compile(r"[^\W\d][\w.\-:]*|:[\w.\-:]*"),
    "xsd:NCName": re.compile(r"[^\W\d][\w.\-]*"),
    "xsd:ID": re.compile(r"[^\W\d][\w.\-]*"),
    "xsd:IDREF": re.compile(r"[^\W\d][\w.\-]*"),
    "xsd:ENTITY": re.compile(r"[^\W\d][\w.\-]*"),
    "xdd:email": re.compile(r"[^@\s]+@[A-Za-z0-9.\-]+"),
    "xdd:url": re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:[^\s]*"),
}


def formed(datatype: str, value: str) -> str:
    """A text that has the form its datatype asks for, as it is."""
    if not PATTERNS[datatype].fullmatch(value):
        raise BadValue(datatype, value)
    return value


def point(datatype: str, value: str) -> str:
    """A pair of decimals, `[37.5,127]`."""
    return _pair(datatype, value, numeric.decimal, "xsd:decimal", needs_two=True)


def points(datatype: str, value: str) -> str:
    """A line of points, `[[37.5,127],[38,127]]`."""
    if not _POINTS.fullmatch(value):
        raise BadValue(datatype, value)
    return f"[{','.join(point(datatype, each.group()) for each in _PAIR.finditer(value))}]"


def integer_range(datatype: str, value: str) -> str:
    """Two integers, or one that is both ends."""
    return _pair(datatype, value, numeric.integer, "xsd:integer")


def decimal_range(datatype: str, value: str) -> str:
    """Two decimals, or one that is both ends."""
    return _pair(datatype, value, numeric.decimal, "xsd:decimal")


def date_range(datatype: str, value: str) -> str:
    """Two dates, or one that is both ends."""
    return _pair(datatype, value, temporal.date, "xsd:date")


def year_range(datatype: str, value: str) -> str:
    """Two years, or one that is both ends."""
    return _pair(datatype, value, temporal.g_year, "xsd:gYear")


def _pair(
    datatype: str,
    value: str,
    canonical: Callable[[str, str], str],
    part: str,
    *,
    needs_two: bool = False,
) -> str:
    found = _PAIR.fullmatch(value)
    if found is None and needs_two:
        raise BadValue(datatype, value)
    ends = found.groups() if found else (value, value)
    try:
        first, last = (canonical(part, end) for end in ends)
    except BadValue as exc:
        raise BadValue(datatype, value) from exc
    return f"[{first},{last}]"


def interval(datatype: str, value: str) -> str:
    """`start/end`, `start/duration`, `duration/end` or all three; the ends dates or dateTimes."""
    parts = value.split("/")
    if not 2 <= len(parts) <= 3:
        raise BadValue(datatype, value)
    return "/".join(_component(datatype, value, part) for part in parts)


def _component(datatype: str, value: str, part: str) -> str:
    for kind in ("xsd:duration", "xsd:dateTime", "xsd:date"):
        try:
            return temporal.CANONICAL[kind](kind, part)
        except BadValue:
            continue
    raise BadValue(datatype, value)


def json_text(datatype: str, value: str) -> str:
    """A JSON value as a text, canonical."""
    try:
        return write_exact(parse_exact(value)).decode()
    except (ValueError, RecursionError, orjson.JSONEncodeError) as exc:
        raise BadValue(datatype, value) from exc


CANONICAL: Final[dict[str, Callable[[str, str], str]]] = {
    **dict.fromkeys(PATTERNS, formed),
    "xdd:coordinate": point,
    "xdd:coordinatePolygon": points,
    "xdd:coordinatePolyline": points,
    "xdd:integerRange": integer_range,
    "xdd:decimalRange": decimal_range,
    "xdd:dateRange": date_range,
    "xdd:gYearRange": year_range,
    "xdd:dateTimeInterval": interval,
    "xdd:json": json_text,
}
