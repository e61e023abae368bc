"""Cron expressions as Vixie's cron and its heirs read them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final

from cronsim import CronSim, CronSimError
from oms_core.errors import InvalidExpression

from svc_scheduler.domain.triggers.policies import FIXED_TIME, RUNNING_TIME, ClockChanges

MAX_LENGTH: Final = 256
MACROS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "@yearly": "0 0 1 1 *",
        "@annually": "0 0 1 1 *",
        "@monthly": "0 0 1 * *",
        "@weekly": "0 0 * * 0",
        "@daily": "0 0 * * *",
        "@midnight": "0 0 * * *",
        "@hourly": "0 * * * *",
    }
)
_FIELDS: Final = ("second", "minute", "hour", "day-of-month", "month", "day-of-week")
_EXPECTED: Final = MappingProxyType(
    {
        "second": "0-59",
        "minute": "0-59",
        "hour": "0-23",
        "day-of-month": "1-31, L or LW",
        "month": "1-12 or JAN-DEC",
        "day-of-week": "0-7 or SUN-SAT, with #1 to #5 or L behind it",
    }
)
_ANY: Final = datetime(2000, 1, 1)  # noqa: DTZ001 - local times are naive


@dataclass(frozen=True, slots=True)
class CronExpression:
    """Five fields: minute, hour, day of month, month, day of week; or six, with seconds first.

    Values, ranges, steps, lists, names; `L` and `LW` for the last day and the last weekday of a
    month, `5L` for its last Friday, `1#2` for its second Monday. If both days are restricted one
    of them is enough, unless one begins with `*`; then both have to match.

    Source: crontab(5) of Vixie cron as Debian has it; the engine is `cronsim`.
    """

    text: str

    @classmethod
    def parse(cls, text: str, field: str = "expression") -> CronExpression:
        """Reads an expression.

        Args:
            field: What the error is to name.
        Raises:
            InvalidExpression: it can't be read, or can never match; says where.
        """
        if len(text) > MAX_LENGTH:
            raise _error(field, text, 0, f"at most {MAX_LENGTH} characters")
        stripped = text.strip()
        if stripped.startswith("@"):
            if stripped.lower() not in MACROS:
                raise _error(field, text, text.index("@"), f"one of {', '.join(MACROS)}")
            stripped = MACROS[stripped.lower()]
            CronSim(stripped, _ANY)
            return cls(stripped)
        _check(field, text)
        return cls(" ".join(text.split()))

    def after(self, local: datetime) -> Iterator[datetime]:
        """The matching local times later than a local one, naive and ascending.

        Ends when nothing matches for 50 years, or with the last year that a date can have.
        """
        with suppress(OverflowError):
            yield from CronSim(self.text, local)

    @property
    def clock_changes(self) -> ClockChanges:
        """What Vixie cron does: what names an hour and a minute happens once, all else runs on."""
        fields = self.text.split()
        is_fixed = len(fields) == 5 and not any(each.startswith("*") for each in fields[:2])
        return FIXED_TIME if is_fixed else RUNNING_TIME


def _check(field: str, text: str) -> None:
    parts = list(re.finditer(r"\S+", text))
    if len(parts) not in (5, 6):
        raise _error(field, text, 0, "5 fields, or 6 with seconds first")
    values = [part.group() for part in parts]
    names = _FIELDS[-len(parts) :]
    for position, (name, part) in enumerate(zip(names, parts, strict=True)):
        alone = ["*"] * len(parts)
        alone[position] = part.group()
        try:
            CronSim(" ".join(alone), _ANY)
        except (CronSimError, RecursionError) as exc:
            # A day of the month that no month of the whole expression has is told below.
            raise _error(field, text, part.start(), f"{name}: {_EXPECTED[name]}") from exc
    try:
        found = next(CronSim(" ".join(values), _ANY), None)
    except CronSimError:
        found = None
    if found is None:
        day = names.index("day-of-month")
        raise _error(field, text, parts[day].start(), "a day that there is in those months")


def _error(field: str, text: str, offset: int, expected: str) -> InvalidExpression:
    shown = text if len(text) <= 100 else text[:100] + "…"
    return InvalidExpression(
        f"{field}: {shown!r} is no cron expression; at character {offset + 1} expected {expected}",
        metadata={
            "line": "1",
            "column": str(offset + 1),
            "offset": str(offset),
            "expected": expected,
        },
    )
