"""What an answer that is no success means.

The text of a provider's error is read here and goes no further.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, cast

import orjson
from oms_outbound.backoff import parse_retry_after

from svc_embedding.domain.providers.contract import Allowance
from svc_embedding.domain.providers.errors import (
    Failure,
    ProviderBusy,
    ProviderMisconfigured,
    ProviderUnavailable,
    TextsRefused,
)

_TRANSIENT: Final = frozenset({408, 409, 424, 425, 500, 502, 503, 504, 520, 522, 524, 529})
_REFUSED_KEY: Final = frozenset({401, 403})
_KEY_CODES: Final = frozenset({"api_key_invalid", "invalid_api_key"})
# OpenAI answers 429 with these when nothing is left to spend, which no waiting mends.
_SPENT_CODES: Final = frozenset({"insufficient_quota", "billing_hard_limit_reached"})
_SPENT_HOLD_S: Final = 60.0
_MAX_HOLD_S: Final = 3600.0
_CODE: Final = re.compile(r"[A-Za-z0-9_.-]{1,64}")
_TOO_LONG: Final = re.compile(
    r"(token|context|input length|batch|payload).{0,80}"
    r"(exceed|maximum|too (long|large|many)|limit|fit|less than|supports up to|at most|allowed)"
    r"|(exceed|too (long|large|many)|maximum|at most|less than).{0,80}(token|context|batch)",
    re.IGNORECASE | re.DOTALL,
)
_COUNTED: Final = re.compile(
    r"(?:requested|given:?|token count is|passed|prefill|has) (\d{1,9})\b", re.IGNORECASE
)
_DURATION: Final = re.compile(r"(?:(\d+)h)?(?:(\d+)m(?!s))?(?:(\d+(?:\.\d+)?)s)?(?:(\d+)ms)?")


@dataclass(frozen=True, slots=True)
class _Problem:
    """The parts of a provider's error that are used."""

    codes: frozenset[str]
    text: str
    retry_delay_s: float | None


def failure_of(
    provider: str, status: int, headers: Mapping[str, str], body: bytes, now: datetime
) -> Exception:
    """The error for an answer that is no success.

    Args:
        headers: Names in lower case.
    """
    problem = _problem(body)
    if status in {400, 413, 422} and (status == 413 or _TOO_LONG.search(problem.text)):
        return TextsRefused(_counted(problem.text))
    hold_s = _hold_s(headers, problem, now)
    if status in _REFUSED_KEY or problem.codes & _KEY_CODES:
        what = f"refuses the key (HTTP {status})"
        return ProviderMisconfigured(Failure(provider=provider, kind="key_refused", what=what))
    if status == 402 or problem.codes & _SPENT_CODES:
        what = f"has no credit left for this key (HTTP {status})"
        return ProviderBusy(
            Failure(provider=provider, kind="credit", what=what, hold_s=hold_s or _SPENT_HOLD_S)
        )
    if status == 429:
        what = "its rate limit is reached (HTTP 429)"
        return ProviderBusy(
            Failure(provider=provider, kind="http_429", what=what, is_retryable=True, hold_s=hold_s)
        )
    kind, what = f"http_{status}", f"answered HTTP {status}"
    if status in _TRANSIENT or status >= 500:
        is_retryable = status in _TRANSIENT
        return ProviderUnavailable(
            Failure(
                provider=provider, kind=kind, what=what, is_retryable=is_retryable, hold_s=hold_s
            )
        )
    if status == 404:
        what += ": it does not know the model, or the address is wrong"
    return ProviderMisconfigured(Failure(provider=provider, kind=kind, what=what))


def allowances_of(headers: Mapping[str, str]) -> list[Allowance]:
    """What is left of rate limits, as OpenAI, Azure and others say it in headers."""
    found: list[Allowance] = []
    for what in ("requests", "tokens"):
        remaining = headers.get(f"x-ratelimit-remaining-{what}", "")
        reset_s = duration_s(headers.get(f"x-ratelimit-reset-{what}", ""))
        if remaining.isdecimal() and reset_s is not None:
            found.append(Allowance(remaining=int(remaining), reset_s=reset_s))
    return found


def duration_s(text: str) -> float | None:
    """Seconds of a duration such as `6m0s`, `20ms`, `1.5s` or `12`; None: it is none."""
    if re.fullmatch(r"\d{1,9}(\.\d{1,9})?", text):
        return float(text)
    match = _DURATION.fullmatch(text) if 0 < len(text) <= 32 else None
    if match is None:
        return None
    hours, minutes, seconds, millis = (float(part or 0) for part in match.groups())
    return hours * 3600 + minutes * 60 + seconds + millis / 1000


def _hold_s(headers: Mapping[str, str], problem: _Problem, now: datetime) -> float | None:
    millis = headers.get("retry-after-ms", "")
    if millis.isdecimal():
        hold_s: float | None = int(millis[:9]) / 1000
    else:
        hold_s = parse_retry_after(headers.get("retry-after"), now)
    if hold_s is None:
        hold_s = problem.retry_delay_s
    return None if hold_s is None else min(hold_s, _MAX_HOLD_S)


def _counted(text: str) -> int:
    match = _COUNTED.search(text)
    return int(match[1]) if match else 0


def _problem(body: bytes) -> _Problem:
    try:
        parsed = orjson.loads(body)
    except ValueError:
        return _Problem(frozenset(), "", None)
    outer = _mapping(parsed[0] if isinstance(parsed, list) and parsed else parsed)
    error = outer.get("error")
    inner = _mapping(error) or outer
    texts = [inner.get("message"), inner.get("detail"), outer.get("message"), error]
    text = next((each for each in texts if isinstance(each, str)), "")
    names = [inner.get("code"), inner.get("type"), inner.get("status"), outer.get("error_type")]
    details = [_mapping(each) for each in _list(inner.get("details"))]
    names += [each.get("reason") for each in details]
    delays = [duration_s(str(each["retryDelay"])) for each in details if "retryDelay" in each]
    codes = {str(name).lower() for name in names if name and _CODE.fullmatch(str(name))}
    return _Problem(frozenset(codes), text[:4096], next(iter(delays), None))


def _mapping(value: object) -> Mapping[str, Any]:
    return cast("Mapping[str, Any]", value) if isinstance(value, dict) else {}


def _list(value: object) -> list[Any]:
    return cast("list[Any]", value) if isinstance(value, list) else []
