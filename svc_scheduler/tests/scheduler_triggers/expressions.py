"""Random expressions, zones and instants; many near a change of the clock."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

from oms_core.errors import InvalidExpression
from svc_scheduler.domain.triggers.cron import CronExpression

ZONES = (
    "UTC",
    "Europe/Berlin",
    "Europe/Dublin",
    "America/New_York",
    "America/Sao_Paulo",
    "America/St_Johns",
    "Africa/Casablanca",
    "Asia/Kathmandu",
    "Asia/Seoul",
    "Asia/Tehran",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "Pacific/Chatham",
)
PARTIAL_HOURS = frozenset({"America/St_Johns", "Australia/Lord_Howe", "Pacific/Chatham"})
"""Where a clock changes by or at parts of an hour, and cronsim misses times or never ends."""
# When the clock changed in one of the zones: instants worth being near.
_CHANGES = tuple(
    datetime.fromisoformat(each).replace(tzinfo=UTC)
    for each in (
        "2027-03-28T01:00",
        "2027-10-31T01:00",
        "2027-03-14T07:00",
        "2027-11-07T06:00",
        "2018-11-04T03:00",
        "2018-02-18T02:00",
        "2027-02-07T02:00",
        "2027-04-03T15:00",
        "2027-10-02T15:30",
        "2011-12-30T10:00",
        "2027-04-03T14:00",
    )
)


def random_expression(chance: random.Random) -> tuple[str, str, datetime]:
    """An expression, a zone, and an instant."""
    text = _expression(chance)
    try:
        CronExpression.parse(text)
    except InvalidExpression:
        return random_expression(chance)  # its days never come together
    if chance.random() < 0.6:
        after = chance.choice(_CHANGES) + timedelta(seconds=chance.randint(-90_000, 90_000))
    else:
        after = datetime(2000, 1, 1, tzinfo=UTC) + timedelta(seconds=chance.randrange(10**9))
    return text, chance.choice(ZONES), after


def _expression(chance: random.Random) -> str:
    fields = [
        _field(chance, 0, 59),
        _field(chance, 0, 23),
        chance.choice(["*", "*", "*", _field(chance, 1, 28), "L", "LW", "*/2", "31,1"]),
        chance.choice(["*", "*", "*", _field(chance, 1, 12), "MAR,OCT", "*/2"]),
        chance.choice(["*", "*", "*", _field(chance, 0, 7), "SUN", "MON-FRI", "1#2", "5L"]),
    ]
    if chance.random() < 0.25:
        fields.insert(0, chance.choice(["0", "*/30", "15,45", "59"]))
    return " ".join(fields)


def _field(chance: random.Random, low: int, high: int) -> str:
    first = chance.randint(low, high)
    last = chance.randint(first, high)
    return chance.choice(
        [
            "*",
            str(first),
            str(first),
            f"{first},{last}",
            f"{first}-{last}",
            f"*/{chance.randint(1, high)}",
            f"{first}-{last}/{chance.randint(1, 9)}",
        ]
    )
