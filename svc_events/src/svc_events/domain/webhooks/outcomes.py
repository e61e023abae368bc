"""What an attempt comes to: delivered, to be repeated, or given up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Final

from svc_events.domain.webhooks.attempts import Outcome

GONE: Final = 410


class Verdict(Enum):
    """What becomes of the delivery."""

    DONE = "done"
    AGAIN = "again"
    DEAD = "dead"
    GONE = "gone"
    """It stays queued, and the webhook is suspended."""


@dataclass(frozen=True, slots=True)
class Decision:
    """A verdict, and when it is tried again."""

    verdict: Verdict
    delay_s: float = 0.0


def outcome_of_status(status: int) -> Outcome:
    """How an attempt ended that was answered."""
    return Outcome.DELIVERED if 200 <= status < 300 else Outcome.REFUSED


def refusal(status: int) -> str:
    """What an answer other than 2xx means, in a sentence."""
    if 300 <= status < 400:
        return f"the endpoint answered {status}; redirects are not followed"
    if status == GONE:
        return "the endpoint answered 410, it is gone"
    return f"the endpoint answered {status}"


def decide(outcome: Outcome, status: int, delay_s: float | None) -> Decision:
    """What becomes of a delivery after an attempt.

    Args:
        delay_s: How long to wait before the next attempt; None: there is none.
    """
    if outcome is Outcome.DELIVERED:
        return Decision(Verdict.DONE)
    if status == GONE:
        return Decision(Verdict.GONE, delay_s or 0.0)
    if delay_s is None:
        return Decision(Verdict.DEAD)
    return Decision(Verdict.AGAIN, delay_s)


def is_failing_too_long(failing_since: datetime | None, now: datetime, limit_s: float) -> bool:
    """Whether a webhook that has delivered nothing for so long is to be suspended."""
    return failing_since is not None and now - failing_since >= timedelta(seconds=limit_s)
