"""The built-in data types: which values are of them, and how those compare."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any, Final

_MAX_DIGITS: Final = 1000
_MAX_DOUBLE: Final = Decimal("1.7976931348623157e308")
_MAX_FLOAT: Final = Decimal("3.4028234663852886e38")
_LANGUAGE = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*")
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_TIME = re.compile(r"\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)?")
_DURATION = re.compile(
    r"(-)?P(?=.)(?:(\d{1,9})Y)?(?:(\d{1,9})M)?(?:(\d{1,9})D)?"
    r"(?:T(?=.)(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,9}(?:\.\d{1,9})?)S)?)?"
)


class Unfit(ValueError):
    """A value is not of a data type."""


@dataclass(frozen=True, slots=True)
class DataType:
    """A data type.

    Attributes:
        name: As in the contract, such as `DATA_TYPE_DATE`.
        expected: What its values are, for people.
        key: What a value is compared by, hashable; raises ValueError for what is no value of
            the type.
        has_order: Whether keys can be ordered.
        is_text: Whether values are texts that can be searched.
        is_number: Whether values are numbers that can be added.
    """

    name: str
    expected: str
    key: Callable[[Any], Any]
    has_order: bool = True
    is_text: bool = False
    is_number: bool = False


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise Unfit
    return value


def _boolean(value: Any) -> bool:
    if not isinstance(value, bool):
        raise Unfit
    return value


def number(value: Any) -> int | Decimal:
    """A number, of at most 1,000 digits written out.

    Raises:
        ValueError: it is none, or longer.
    """
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise Unfit
    if isinstance(value, Decimal) and (
        not value.is_finite() or abs(value.adjusted()) > _MAX_DIGITS
    ):
        raise Unfit
    return value


def _integer(low: int | None, high: int | None) -> Callable[[Any], int]:
    def key(value: Any) -> int:
        whole = number(value)
        if whole != int(whole):
            raise Unfit
        if (low is not None and whole < low) or (high is not None and whole > high):
            raise Unfit
        return int(whole)

    return key


def _floating(most: Decimal) -> Callable[[Any], int | Decimal]:
    def key(value: Any) -> int | Decimal:
        found = number(value)
        if abs(found) > most:
            raise Unfit
        return found

    return key


def _language_text(value: Any) -> tuple[str, str]:
    match value:
        case {"language": str(language), "text": str(text)} if len(value) == 2:
            if _LANGUAGE.fullmatch(language):
                return text, language.lower()
        case _:
            pass
    raise Unfit


def _date(value: Any) -> date:
    if not isinstance(value, str) or not _DATE.fullmatch(value):
        raise Unfit
    return date.fromisoformat(value)


def _time(value: Any) -> tuple[float, int]:
    if not isinstance(value, str) or not _TIME.fullmatch(value):
        raise Unfit
    found = time.fromisoformat(value)
    offset = found.utcoffset()
    seconds = found.hour * 3600 + found.minute * 60 + found.second
    return seconds - (offset.total_seconds() if offset else 0.0), found.microsecond


def _date_time(value: Any) -> datetime:
    if not isinstance(value, str) or not _DATE.match(value) or value[10:11] != "T":
        raise Unfit
    if not _TIME.fullmatch(value[11:]):
        raise Unfit
    found = datetime.fromisoformat(value)
    try:
        # Without a zone it counts as UTC, so that every two can be compared.
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except OverflowError as exc:
        raise Unfit from exc


def _duration(value: Any) -> tuple[int, Decimal]:
    found = _DURATION.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise Unfit
    sign, years, months, days, hours, minutes, seconds = found.groups()
    factor = -1 if sign else 1
    whole = int(days or 0) * 86400 + int(hours or 0) * 3600 + int(minutes or 0) * 60
    return (
        factor * (int(years or 0) * 12 + int(months or 0)),
        factor * (whole + Decimal(seconds or 0)),
    )


def _binary(value: Any) -> bytes:
    try:
        return base64.b64decode(_text(value), validate=True)
    except binascii.Error as exc:
        raise Unfit from exc


def _any(value: Any) -> tuple[str, Any]:
    if isinstance(value, bool):
        return "boolean", value
    if isinstance(value, str):
        return "text", value
    if isinstance(value, dict):
        return "language_text", _language_text(value)
    return "number", number(value)


_LONG: Final = 1 << 63
_INT: Final = 1 << 31
_NUMERIC: Final = (
    ("INTEGER", "an integer", _integer(None, None)),
    ("LONG", "an integer of 64 bits", _integer(-_LONG, _LONG - 1)),
    ("INT", "an integer of 32 bits", _integer(-_INT, _INT - 1)),
    ("NON_NEGATIVE_INTEGER", "an integer of 0 or more", _integer(0, None)),
    ("POSITIVE_INTEGER", "an integer of 1 or more", _integer(1, None)),
    ("DECIMAL", "a number of at most 1,000 digits", number),
    ("FLOAT", "a number within ±3.4028235e38", _floating(_MAX_FLOAT)),
    ("DOUBLE", "a number within ±1.7976931e308", _floating(_MAX_DOUBLE)),
    ("YEAR", "a year as a number from -9999 to 9999", _integer(-9999, 9999)),
)
_OTHERS: Final = (
    DataType("STRING", "a text", _text, is_text=True),
    DataType("URI", "a text", _text, is_text=True),
    DataType("BINARY", "bytes as a text in base64", _binary, has_order=False),
    DataType(
        "LANG_STRING",
        "a text with its language",
        _language_text,
        is_text=True,
    ),
    DataType("BOOLEAN", "true or false", _boolean),
    DataType("DATE", "a date such as '2026-01-31'", _date),
    DataType("TIME", "a time such as '12:30:00' or '12:30:00Z'", _time),
    DataType("DATE_TIME", "a date and time such as '2026-01-31T12:30:00Z'", _date_time),
    DataType("DURATION", "a duration such as 'P1Y2M' or 'PT30M'", _duration, has_order=False),
    DataType(
        "ANY", "a text, a number, true or false, or a text with its language", _any, has_order=False
    ),
)
DATA_TYPES: Final = {
    f"DATA_TYPE_{name}": DataType(f"DATA_TYPE_{name}", expected, key, is_number=True)
    for name, expected, key in _NUMERIC
} | {
    f"DATA_TYPE_{t.name}": DataType(
        f"DATA_TYPE_{t.name}", t.expected, t.key, t.has_order, t.is_text, t.is_number
    )
    for t in _OTHERS
}
"""Every built-in data type by its name in the contract."""

CUSTOM: Final = DataType("custom datatype", "a text", _text, is_text=True)
"""A datatype that is none of the built-in ones: values are texts."""


def text_of(value: Any) -> str | None:
    """The text of a text or of a text in a language; None for anything else."""
    if isinstance(value, str):
        return value
    if isinstance(value, dict):
        found: Any = value.get("text")  # pyright: ignore[reportUnknownMemberType] - JSON
        return found if isinstance(found, str) else None
    return None


def shown(value: Any) -> str:
    """A value for a message: what it is and, cut off, what it says."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return f"the text {value[:60]!r}{'…' if len(value) > 60 else ''}"
    if isinstance(value, list):
        return f"a list of {len(value)}"  # pyright: ignore[reportUnknownArgumentType] - JSON
    if isinstance(value, dict):
        inner = text_of(value)
        return f"the text {inner[:60]!r} in a language" if inner is not None else "a JSON object"
    if value is None:
        return "null"
    return f"the number {str(value)[:60]}"
