"""The functions that every engine has: sections 3.5.1 and 3.5.2, and the casts.

Characters are Unicode code points, and their places count from 1.
"""

from __future__ import annotations

from typing import Final

from svc_events.domain.cesql.errors import ErrorKind
from svc_events.domain.cesql.functions import Function, FunctionError, FunctionTable
from svc_events.domain.events.values import MAX_INTEGER

# What has Unicode's property White_Space. Python's own strip() also takes U+001C to U+001F, which
# are control characters.
_WHITE_SPACE: Final = (
    "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000"
)


def _concat(*texts: str) -> str:
    return "".join(texts)


def _concat_with(delimiter: str, *texts: str) -> str:
    return delimiter.join(texts)


def _trim(text: str) -> str:
    return text.strip(_WHITE_SPACE)


def _left(text: str, count: int) -> str:
    if count < 0:
        raise FunctionError(f"LEFT can't take {count} characters", text)
    return text[:count]


def _right(text: str, count: int) -> str:
    if count < 0:
        raise FunctionError(f"RIGHT can't take {count} characters", text)
    return text[max(len(text) - count, 0) :]


def _substring_from(text: str, place: int) -> str:
    return _substring(text, place, MAX_INTEGER)


def _substring(text: str, place: int, count: int) -> str:
    if count < 0:
        raise FunctionError(f"SUBSTRING can't take {count} characters")
    if not -len(text) <= place <= len(text):
        raise FunctionError(f"SUBSTRING finds no place {place} in {len(text)} characters")
    if place == 0:
        return ""
    begin = place - 1 if place > 0 else len(text) + place
    return text[begin : begin + count]


def _absolute(number: int) -> int:
    if abs(number) > MAX_INTEGER:
        raise FunctionError(f"ABS of {number} is beyond 32 bits", MAX_INTEGER, kind=ErrorKind.MATH)
    return abs(number)


def _same(value: bool | int | str) -> bool | int | str:
    """A cast: the argument was already brought to the parameter's type."""
    return value


BUILTINS: Final = FunctionTable(
    (
        Function("LENGTH", (str,), int, len),
        Function("CONCAT", (), str, _concat, rest=str),
        Function("CONCAT_WS", (str,), str, _concat_with, rest=str),
        Function("LOWER", (str,), str, str.lower),
        Function("UPPER", (str,), str, str.upper),
        Function("TRIM", (str,), str, _trim),
        Function("LEFT", (str, int), str, _left),
        Function("RIGHT", (str, int), str, _right),
        Function("SUBSTRING", (str, int), str, _substring_from),
        Function("SUBSTRING", (str, int, int), str, _substring),
        Function("ABS", (int,), int, _absolute),
        Function("INT", (int,), int, _same),
        Function("BOOL", (bool,), bool, _same),
        Function("STRING", (str,), str, _same),
    )
)
