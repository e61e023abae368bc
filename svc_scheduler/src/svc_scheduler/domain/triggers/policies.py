"""What becomes of local times that a change of the clock skips or repeats."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Skipped(Enum):
    """What becomes of a local time that there is not: 02:30 when clocks go from 2 to 3."""

    DROP = "drop"
    """Nothing happens."""
    AFTER = "after"
    """It happens at the first moment after the gap (03:00), as Vixie cron does."""
    SHIFT = "shift"
    """It happens as long after the gap's beginning as it was meant to (03:30)."""


class Repeated(Enum):
    """What becomes of a local time that there is twice: 01:30 when clocks go from 2 to 1."""

    FIRST = "first"
    LAST = "last"
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class ClockChanges:
    """Both policies."""

    skipped: Skipped
    repeated: Repeated


FIXED_TIME = ClockChanges(Skipped.AFTER, Repeated.FIRST)
"""Something meant for a time of day happens once a day, whatever the clock does."""
RUNNING_TIME = ClockChanges(Skipped.DROP, Repeated.BOTH)
"""Something meant for every so many minutes follows the time that really passes."""
