"""Dates, times and durations: arithmetic in the proleptic Gregorian calendar, any year."""

from __future__ import annotations

from fractions import Fraction
from typing import Final

from svc_datakernel.domain.graph.terms import Literal
from svc_datakernel.domain.woql import numbers
from svc_datakernel.domain.woql.native import DATE_TIME_TYPES, Compound, native
from svc_datakernel.domain.woql.numbers import Number

DAY_SECONDS: Final = 86_400
_MONTH_DAYS: Final = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_NANOSECONDS: Final = 10**9


def is_leap(year: int) -> bool:
    """Whether a year has 366 days."""
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def days_in_month(year: int, month: int) -> int:
    """Days of a month, 1..12."""
    return 29 if month == 2 and is_leap(year) else _MONTH_DAYS[month - 1]


def day_number(year: int, month: int, day: int) -> int:
    """The Julian day number."""
    shift = (14 - month) // 12
    years, months = year + 4800 - shift, month + 12 * shift - 3
    leaps = years // 4 - years // 100 + years // 400
    return day + (153 * months + 2) // 5 + 365 * years + leaps - 32045


def date_of(number: int) -> tuple[int, int, int]:
    """Year, month and day of a Julian day number."""
    a = number + 32044
    b = (4 * a + 3) // 146097
    c = a - 146097 * b // 4
    d = (4 * c + 3) // 1461
    e = c - 1461 * d // 4
    m = (5 * e + 2) // 153
    return 100 * b + d - 4800 + m // 10, m + 3 - 12 * (m // 10), e - (153 * m + 2) // 5 + 1


def date(year: int, month: int, day: int, offset: int = 0) -> Literal:
    """An xsd:date; `offset` of its zone in seconds."""
    return Literal("xsd:date", f"{year_text(year)}-{month:02}-{day:02}{zone_text(offset)}")


def date_time(days: int, nanoseconds: int) -> Literal:
    """An xsd:dateTime in UTC, of a Julian day number and nanoseconds since its midnight.

    The fraction has the fewest of 0, 3, 6 or 9 digits.
    """
    days, nanoseconds = (
        days + nanoseconds // (DAY_SECONDS * _NANOSECONDS),
        nanoseconds % (DAY_SECONDS * _NANOSECONDS),
    )
    year, month, day = date_of(days)
    seconds, rest = divmod(nanoseconds, _NANOSECONDS)
    time = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}{_fraction(rest)}"
    return Literal("xsd:dateTime", f"{year_text(year)}-{month:02}-{day:02}T{time}Z")


def _fraction(nanoseconds: int) -> str:
    if not nanoseconds:
        return ""
    digits = f"{nanoseconds:09}"
    while digits.endswith("000"):
        digits = digits[:-3]
    return f".{digits}"


def year_text(year: int) -> str:
    """A year with at least four digits."""
    return f"-{-year:04}" if year < 0 else f"{year:04}"


def zone_text(offset: int) -> str:
    """A zone's offset in seconds, as it is written; nothing for UTC."""
    if not offset:
        return ""
    minutes = abs(offset) // 60
    return f"{'-' if offset < 0 else '+'}{minutes // 60:02}:{minutes % 60:02}"


class Moment:
    """A date or a date with time, as days and nanoseconds since midnight."""

    __slots__ = ("days", "is_date", "nanoseconds", "offset")

    def __init__(self, days: int, nanoseconds: int, *, is_date: bool, offset: int = 0) -> None:
        self.days = days
        self.nanoseconds = nanoseconds
        self.is_date = is_date
        self.offset = offset

    @classmethod
    def of(cls, literal: Literal) -> Moment | None:
        """The moment of an xsd:date or xsd:dateTime; None for other literals."""
        value = native(literal)
        if not isinstance(value, Compound):
            return None
        if literal.datatype == "xsd:date":
            year, month, day, offset = value.parts
            return cls(day_number(year, month, day), 0, is_date=True, offset=offset)
        if literal.datatype not in DATE_TIME_TYPES:
            return None
        year, month, day, hour, minute, second, rest = value.parts
        seconds = hour * 3600 + minute * 60 + second
        return cls(day_number(year, month, day), seconds * _NANOSECONDS + rest, is_date=False)

    @property
    def ymd(self) -> tuple[int, int, int]:
        """Year, month and day."""
        return date_of(self.days)

    def literal(self) -> Literal:
        """As a literal of the type it came from."""
        if self.is_date:
            return date(*self.ymd, self.offset)
        return date_time(self.days, self.nanoseconds)

    def seconds_until(self, other: Moment) -> Number:
        """Exact seconds from this moment to another."""
        nanoseconds = other.nanoseconds - self.nanoseconds
        days = other.days - self.days
        return numbers.simplified(days * DAY_SECONDS + Fraction(nanoseconds, _NANOSECONDS))

    def plus(self, span: Span, sign: int = 1, *, keeps_month_end: bool = False) -> Moment:
        """This moment with a duration added, or taken away with a `sign` of -1.

        Months first: a day that the month has not becomes its last one. A date becomes a date
        with time by hours or less.

        Args:
            keeps_month_end: The last day of a month stays the last day.
        """
        sign *= span.sign
        moved = self._with_months(sign * span.months, keeps_month_end=keeps_month_end)
        seconds = sign * span.time_seconds
        return Moment(
            moved.days + sign * span.days,
            moved.nanoseconds + int(seconds * _NANOSECONDS),
            is_date=self.is_date and not seconds,
            offset=self.offset,
        )

    def _with_months(self, months: int, *, keeps_month_end: bool) -> Moment:
        if not months:
            return self
        year, month, day = self.ymd
        years, month_index = divmod(year * 12 + month - 1 + months, 12)
        last = days_in_month(years, month_index + 1)
        is_last = keeps_month_end and day == days_in_month(year, month)
        days = day_number(years, month_index + 1, last if is_last else min(day, last))
        return Moment(days, self.nanoseconds, is_date=self.is_date, offset=self.offset)


class Span:
    """A duration: months, days and seconds, with one sign for all."""

    __slots__ = ("days", "months", "sign", "time_seconds")

    def __init__(self, sign: int, months: int, days: int, time_seconds: Number) -> None:
        self.sign = sign
        self.months = months
        self.days = days
        self.time_seconds = time_seconds

    @classmethod
    def of(cls, literal: Literal) -> Span | None:
        """The span of an xsd:duration; None for other literals."""
        value = native(literal)
        if not isinstance(value, Compound) or value.name != "duration":
            return None
        sign, years, months, days, hours, minutes, seconds = value.parts
        return cls(sign, years * 12 + months, days, hours * 3600 + minutes * 60 + seconds)

    @classmethod
    def between(cls, start: Moment, end: Moment) -> Span:
        """The span from one moment to another, in days and less."""
        seconds = start.seconds_until(end)
        size = abs(seconds)
        days = int(size // DAY_SECONDS)
        return cls(-1 if seconds < 0 else 1, 0, days, size - days * DAY_SECONDS)

    def literal(self) -> Literal:
        """As an xsd:duration, without the parts that are zero."""
        years, months = divmod(self.months, 12)
        whole = int(self.time_seconds)
        seconds = numbers.simplified(Fraction(self.time_seconds) - whole // 60 * 60)
        assert not isinstance(seconds, float)
        time = _parts((whole // 3600, "H"), (whole // 60 % 60, "M"))
        time += f"{numbers.decimal_text(seconds)}S" if seconds else ""
        text = _parts((years, "Y"), (months, "M"), (self.days, "D"))
        text += f"T{time}" if time else ""
        sign = "-" if self.sign < 0 and text else ""
        return Literal("xsd:duration", f"{sign}P{text or '0D'}")


def _parts(*parts: tuple[int, str]) -> str:
    return "".join(f"{count}{unit}" for count, unit in parts if count)
