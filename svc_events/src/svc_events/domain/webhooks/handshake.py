"""What an endpoint's answer to the handshake means.

Source: HTTP 1.1 Web Hooks for Event Delivery 1.0.2 of CloudEvents, "Abuse Protection".
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

REQUEST_ORIGIN: Final = "webhook-request-origin"
REQUEST_RATE: Final = "webhook-request-rate"
ALLOWED_ORIGIN: Final = "webhook-allowed-origin"
ALLOWED_RATE: Final = "webhook-allowed-rate"

_RATE: Final = re.compile(r"[1-9][0-9]{0,8}")


@dataclass(frozen=True, slots=True)
class Agreement:
    """Whether an endpoint agreed, and to how many requests a minute; None: any number."""

    is_given: bool
    reason: str = ""
    per_minute: int | None = None


def requested_rate(per_second: int) -> str | None:
    """The rate to ask for, in requests a minute; None: none is asked for."""
    return str(per_second * 60) if per_second else None


def agreement(
    status: int, allowed_origin: str | None, allowed_rate: str | None, origin: str
) -> Agreement:
    """Reads an answer.

    Args:
        origin: What was asked for.
    """
    if not 200 <= status < 300:
        return Agreement(False, f"the endpoint answered the handshake with {status}")
    if allowed_origin is None:
        return Agreement(False, f"the endpoint's answer has no {ALLOWED_ORIGIN}")
    allowed = [each.strip().lower() for each in allowed_origin.split(",")]
    if "*" not in allowed and origin.lower() not in allowed:
        what = f"the endpoint allows {allowed_origin[:200]!r}, not {origin!r}"
        return Agreement(False, what)
    rate = (allowed_rate or "*").strip()
    if rate == "*":
        return Agreement(True)
    if not _RATE.fullmatch(rate):
        return Agreement(False, f"the endpoint's {ALLOWED_RATE} {rate[:64]!r} is no rate")
    return Agreement(True, per_minute=int(rate))
