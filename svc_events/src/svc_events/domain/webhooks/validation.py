"""Rules of a webhook's settings that its proto can't tell."""

from __future__ import annotations

from typing import Final

from oms_core.errors import FieldViolation, InvalidField

from svc_events.domain.webhooks.model import Mode, Settings

_TIMEOUT_S: Final = (0.1, 60.0)
_LONGEST_DELAY_S: Final = 7 * 86400.0
_MAX_DELAYS: Final = 30
_OWN_PREFIXES: Final = ("ce-", "webhook-")
_OWN_HEADERS: Final = frozenset({"content-type"})


def check(settings: Settings) -> None:
    """Checks settings, except for the URL and the syntax of headers, which depend on policy.

    Raises:
        InvalidField: names each field at fault, with its value.
    """
    faults = [
        *_check_time(settings),
        *_check_retry(settings),
        *_check_headers(settings),
        *_check_order(settings),
    ]
    if faults:
        message = "; ".join(f"{fault.field}: {fault.description}" for fault in faults)
        raise InvalidField(message, fields=faults)


def _check_time(settings: Settings) -> list[FieldViolation]:
    least, most = _TIMEOUT_S
    if least <= settings.timeout_s <= most:
        return []
    what = f"is {settings.timeout_s:g} s; it has to be from {least:g} s to {most:g} s"
    return [FieldViolation("timeout", what)]


def _check_retry(settings: Settings) -> list[FieldViolation]:
    if len(settings.retry_s) > _MAX_DELAYS:
        what = f"are {len(settings.retry_s)}; {_MAX_DELAYS} are the most"
        return [FieldViolation("retry.delays", what)]
    return [
        FieldViolation(f"retry.delays[{index}]", f"is {delay:g} s; it has to be from 0 to 7 days")
        for index, delay in enumerate(settings.retry_s)
        if not 0 <= delay <= _LONGEST_DELAY_S
    ]


def _check_headers(settings: Settings) -> list[FieldViolation]:
    lowered = [name.lower() for name in settings.headers]
    faults = [
        FieldViolation(f"headers[{name}]", "is set by the delivery itself")
        for name in lowered
        if name.startswith(_OWN_PREFIXES) or name in _OWN_HEADERS
    ]
    twice = sorted({name for name in lowered if lowered.count(name) > 1})
    return faults + [
        FieldViolation(f"headers[{name}]", "is there twice, in different cases") for name in twice
    ]


def _check_order(settings: Settings) -> list[FieldViolation]:
    if settings.is_ordered and settings.mode is Mode.BATCHED:
        what = "by key, only one event of a partition is under way; it can't be batched"
        return [FieldViolation("ordering", what)]
    if settings.ordering_key and not settings.is_ordered:
        what = f"{settings.ordering_key!r} means something only with an ordering by key"
        return [FieldViolation("ordering_key", what)]
    return []
