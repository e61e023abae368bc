"""What a check found."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """Whether something has to be done."""

    OK = "ok"
    NOTE = "note"
    """Nothing is wrong, or it is not known."""
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report.

    Args:
        area: What the line is about, such as `port`.
        subject: Which one of its kind.
        detail: What was found; for a failure also what to do.
    """

    area: str
    subject: str
    verdict: Verdict
    detail: str
