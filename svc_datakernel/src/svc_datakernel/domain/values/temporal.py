"""Dates, times and durations, canonical.

A time and a dateTime are kept in UTC: `12:30:00+09:00` is `03:30:00Z`, and one without an
offset is taken as UTC. A day that its month does not have counts on into the next one. Dates
and parts of dates keep their offset, except that one of zero is left out.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction
from typing import Final

from svc_datakernel.domain.values.bad_value import BadValue

_YEAR = r"([+-]?[0-9]+)"
_ZONE = r"(Z|[+-][0-9]{2}:[0-9]{2}(?::[0-9]{2})?)?"
_CLOCK = r"([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:\.([0-9]{1,9}))?)?"
_DATE_TIME: Final = re.compile(rf"{_YEAR}-([0-9]{{2}})-([0-9]{{2}})[T ]{_CLOCK}{_ZONE}")
_TIME: Final = re.compile(_CLOCK + _ZONE)
_DATE: Final = re.compile(rf"{_YEAR}-([0-9]{{2}})-([0-9]{{2}}){_ZONE}")
_GYEAR: Final = re.compile(_YEAR + _ZONE)
_GYEAR_MONTH: Final = re.compile(rf"{_YEAR}-([0-9]{{2}}){_ZONE}")
_GMONTH: Final = re.compile(rf"--([0-9]{{2}}){_ZONE}")
_GMONTH_DAY: Final = re.compile(rf"--?([0-9]{{2}})-([0-9]{{2}}){_ZONE}")
_GDAY: Final = re.compile(rf"---([0-9]{{2}}){_ZONE}")
_NUMBER = r"([0-9]+)"
_DURATION: Final = re.compile(
    rf"([+-]?)P(?:{_NUMBER}Y)?(?:{_NUMBER}M)?(?:{_NUMBER}D)?"
    rf"(?:T(?:{_NUMBER}H)?(?:{_NUMBER}M)?(?:([0-9]+(?:\.[0-9]+)?)S)?)?"
)
_SECONDS_A_DAY: Final = 86_400
_MOST_YEAR_DIGITS: Final = 9


def _match(pattern: re.Pattern[str], datatype: str, value: str) -> re.Match[str]:
    found = pattern.fullmatch(value)
    if found is None:
        raise BadValue(datatype, value)
    return found


def _offset_s(zone: str | None) -> int:
    if not zone or zone == "Z":
        return 0
    hours, minutes, *seconds = map(int, zone[1:].split(":"))
    offset = hours * 3600 + minutes * 60 + sum(seconds)
    return -offset if zone[0] == "-" else offset


def _zone(zone: str | None) -> str:
    return f"{zone[0]}{zone[1:6]}" if zone and _offset_s(zone) else ""


def _year(datatype: str, value: str, year: str) -> str:
    digits = year.lstrip("+-").lstrip("0")
    if len(digits) > _MOST_YEAR_DIGITS:
        raise BadValue(datatype, value)
    return ("-" if year[0] == "-" and digits else "") + digits.rjust(4, "0")


def _fraction(nanoseconds: str | None) -> str:
    """A fraction of a second in thousandths, millionths or billionths."""
    digits = (nanoseconds or "").ljust(9, "0")
    for count in (0, 3, 6):
        if not int(digits[count:]):
            return f".{digits[:count]}" if count else ""
    return f".{digits}"


def _days(year: int, month: int, day: int) -> int:
    """Days since the first of March of the year 0, in the Gregorian calendar."""
    year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
    if month < 3:
        year, month = year - 1, month + 12
    return (
        365 * year + year // 4 - year // 100 + year // 400 + (153 * (month - 3) + 2) // 5 + day - 1
    )


def _civil(days: int) -> tuple[int, int, int]:
    era, rest = divmod(days, 146_097)
    year = (rest - rest // 1_460 + rest // 36_524 - rest // 146_096) // 365
    in_year = rest - (365 * year + year // 4 - year // 100)
    month = (5 * in_year + 2) // 153
    day = in_year - (153 * month + 2) // 5 + 1
    return year + era * 400 + (month >= 10), month + 3 if month < 10 else month - 9, day


def date_time(datatype: str, value: str) -> str:
    """A dateTime in UTC."""
    year, month, day, hour, minute, second, fraction, zone = _match(
        _DATE_TIME, datatype, value
    ).groups()
    if datatype == "xsd:dateTimeStamp" and zone is None:
        raise BadValue(datatype, value)
    _year(datatype, value, year)
    seconds = int(hour) * 3600 + int(minute) * 60 + int(second or 0) - _offset_s(zone)
    more_days, seconds = divmod(seconds, _SECONDS_A_DAY)
    civil = _civil(_days(int(year), int(month), int(day)) + more_days)
    date = f"{_padded(civil[0])}-{civil[1]:02}-{civil[2]:02}"
    return f"{date}T{_clock(seconds)}{_fraction(fraction)}Z"


def _padded(year: int) -> str:
    return f"{year:04}" if year >= 0 else f"-{-year:04}"


def _clock(seconds: int) -> str:
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def time(datatype: str, value: str) -> str:
    """A time of day in UTC."""
    hour, minute, second, fraction, zone = _match(_TIME, datatype, value).groups()
    is_midnight = (hour, int(minute), int(second or 0)) == ("24", 0, 0)
    if (int(hour) > 23 and not is_midnight) or int(minute) > 59 or int(second or 0) > 60:
        raise BadValue(datatype, value)
    seconds = int(hour) * 3600 + int(minute) * 60 + int(second or 0) - _offset_s(zone)
    return f"{_clock(seconds % _SECONDS_A_DAY)}{_fraction(fraction)}Z"


def date(datatype: str, value: str) -> str:
    """A date."""
    year, month, day, zone = _match(_DATE, datatype, value).groups()
    return f"{_year(datatype, value, year)}-{month}-{day}{_zone(zone)}"


def g_year(datatype: str, value: str) -> str:
    """A year."""
    year, zone = _match(_GYEAR, datatype, value).groups()
    return _year(datatype, value, year) + _zone(zone)


def g_year_month(datatype: str, value: str) -> str:
    """A month of a year."""
    year, month, zone = _match(_GYEAR_MONTH, datatype, value).groups()
    return f"{_year(datatype, value, year)}-{month}{_zone(zone)}"


def g_month(datatype: str, value: str) -> str:
    """A month of any year."""
    month, zone = _match(_GMONTH, datatype, value).groups()
    return f"--{month}{_zone(zone)}"


def g_month_day(datatype: str, value: str) -> str:
    """A day of any year; also read with one dash in front."""
    month, day, zone = _match(_GMONTH_DAY, datatype, value).groups()
    return f"--{month}-{day}{_zone(zone)}"


def g_day(datatype: str, value: str) -> str:
    """A day of any month."""
    day, zone = _match(_GDAY, datatype, value).groups()
    return f"---{day}{_zone(zone)}"


def duration(datatype: str, value: str) -> str:
    """A duration, without the parts that are zero."""
    sign, *parts = _match(_DURATION, datatype, value).groups()
    dated, timed = parts[:3], parts[3:]
    if datatype == "xsd:yearMonthDuration" and any(part is not None for part in (dated[2], *timed)):
        raise BadValue(datatype, value)
    if datatype == "xsd:dayTimeDuration" and any(part is not None for part in dated[:2]):
        raise BadValue(datatype, value)
    if value.endswith(("P", "T")):
        raise BadValue(datatype, value)
    date_part = "".join(map(_part, dated, "YMD"))
    time_part = "".join(map(_part, timed, "HMS"))
    if not date_part and not time_part:
        return "P0D"
    return f"{'-' if sign == '-' else ''}P{date_part}{'T' if time_part else ''}{time_part}"


def _part(number: str | None, unit: str) -> str:
    text = (number or "").lstrip("0")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
        text = f"0{text}" if text.startswith(".") else text
    return f"{text}{unit}" if text else ""


CANONICAL: Final[dict[str, Callable[[str, str], str]]] = {
    "xsd:dateTime": date_time,
    "xsd:dateTimeStamp": date_time,
    "xsd:time": time,
    "xsd:date": date,
    "xsd:gYear": g_year,
    "xsd:gYearMonth": g_year_month,
    "xsd:gMonth": g_month,
    "xsd:gMonthDay": g_month_day,
    "xsd:gDay": g_day,
    "xsd:duration": duration,
    "xsd:dayTimeDuration": duration,
    "xsd:yearMonthDuration": duration,
}


def order_key(datatype: str, lexical: str) -> tuple[Fraction, ...]:
    """A key that sorts canonical values of one of these datatypes in time."""
    if datatype.endswith("uration"):
        return _duration_key(lexical)
    text = lexical.removesuffix("Z")
    zone = re.search(r"(?<=[0-9])[+-][0-9]{2}:[0-9]{2}$", text)
    offset = _offset_s(zone.group()) if zone else 0
    text = text[: zone.start()] if zone else text
    sign, text = (-1, text[1:]) if text.startswith("-") and text[1:2] != "-" else (1, text)
    numbers = [Fraction(each) for each in re.findall(r"[0-9]+(?:\.[0-9]+)?", text)]
    return (sign * numbers[0], *numbers[1:], Fraction(-offset))


def _duration_key(lexical: str) -> tuple[Fraction, ...]:
    sign, *parts = _match(_DURATION, "xsd:duration", lexical).groups()
    year, month, day, hour, minute, second = (Fraction(part or 0) for part in parts)
    seconds = ((day * 24 + hour) * 60 + minute) * 60 + second
    # A month counts as the 30.436875 days it has on average.
    total = (year * 12 + month) * Fraction(2_629_746) + seconds
    return (-total if sign == "-" else total,)
