"""RFC 3339 timestamps that are never rewritten."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from typing import Final

_RFC_3339: Final = re.compile(
    r"(\d{4})-(\d{2})-(\d{2})[Tt](\d{2}):(\d{2}):(\d{2})(?:\.(\d+))?(?:[Zz]|([+-])(\d{2}):(\d{2}))",
    re.ASCII,
)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_NANOSECOND_DIGITS: Final = 9
_FIRST_SECOND: Final = -62_135_596_800
_LAST_SECOND: Final = 253_402_300_799


@dataclass(frozen=True, slots=True)
class Timestamp:
    """A moment, as its author wrote it.

    Two timestamps are equal when their texts are. To compare moments, compare `unix_time`.

    Args:
        text: RFC 3339, years 0001 to 9999 in UTC. `T` and `Z` may be lower case; a leap second
            is the first second of the next day, as in POSIX time.
    Raises:
        ValueError: the text is no such timestamp.
    """

    text: str
    unix_time: tuple[int, int] = field(init=False, repr=False, compare=False)
    """Seconds since 1970-01-01T00:00:00Z, negative before, and nanoseconds, 0 to 999,999,999.

    The same pair as in `google.protobuf.Timestamp`. Digits beyond nanoseconds are in `text` only.
    """

    def __post_init__(self) -> None:
        object.__setattr__(self, "unix_time", _unix_time(self.text))

    @classmethod
    def at(cls, seconds: int, nanoseconds: int = 0) -> Timestamp:
        """The timestamp of a Unix time, in UTC, with no more digits than it needs.

        Raises:
            ValueError: outside the years 0001 to 9999, or nanoseconds outside 0 to 999,999,999.
        """
        if not _FIRST_SECOND <= seconds <= _LAST_SECOND or not 0 <= nanoseconds < 10**9:
            raise ValueError(f"{seconds} s and {nanoseconds} ns are no time of years 1 to 9999")
        moment = (_EPOCH + timedelta(seconds=seconds)).replace(tzinfo=None)
        fraction = f".{nanoseconds:09}".rstrip("0") if nanoseconds else ""
        return cls(f"{moment.isoformat()}{fraction}Z")

    @classmethod
    def of(cls, moment: datetime) -> Timestamp:
        """The timestamp of a `datetime` that has a time zone, in UTC."""
        since = moment - _EPOCH
        return cls.at(since.days * 86_400 + since.seconds, since.microseconds * 1000)

    @property
    def moment(self) -> datetime:
        """The moment in UTC, cut to microseconds."""
        seconds, nanoseconds = self.unix_time
        return _EPOCH + timedelta(seconds=seconds, microseconds=nanoseconds // 1000)

    def __str__(self) -> str:
        return self.text


def _unix_time(text: str) -> tuple[int, int]:
    found = _RFC_3339.fullmatch(text)
    if found is None:
        raise ValueError("is no RFC 3339 timestamp such as 2018-04-05T17:31:00Z")
    *clock, fraction, sign, hours, minutes = found.groups()
    numbers = [int(number) for number in clock]
    seconds = _seconds(numbers, _zone(sign, hours, minutes))
    digits = (fraction or "")[:_NANOSECOND_DIGITS].ljust(_NANOSECOND_DIGITS, "0")
    return seconds, int(digits)


def _zone(sign: str | None, hours: str, minutes: str) -> timezone:
    if sign is None:
        return UTC
    if int(hours) > 23 or int(minutes) > 59:
        raise ValueError(f"has an offset of {hours}:{minutes}, more than 23:59")
    offset = timedelta(hours=int(hours), minutes=int(minutes))
    return timezone(-offset if sign == "-" else offset)


def _seconds(clock: list[int], zone: timezone) -> int:
    is_leap = clock[5] == 60
    try:
        moment = datetime(*clock[:5], 59 if is_leap else clock[5], tzinfo=zone)  # type: ignore[arg-type]
        since = moment.astimezone(UTC) - _EPOCH
    except (ValueError, OverflowError) as exc:
        raise ValueError(f"is no date and time of the calendar: {exc}") from exc
    seconds = since.days * 86_400 + since.seconds
    if is_leap and seconds % 86_400 != 86_399:
        raise ValueError("has a 60th second elsewhere than at the end of a day in UTC")
    return seconds + is_leap
