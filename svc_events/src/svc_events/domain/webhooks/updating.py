"""Which settings of a webhook an update changes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, Final

from oms_core.errors import InvalidUpdateMask

from svc_events.domain.webhooks.model import Settings, Standing, Webhook

FIELDS: Final[Mapping[str, str]] = {
    "description": "description",
    "url": "url",
    "filters": "filters",
    "headers": "headers",
    "mode": "mode",
    "batch_size": "batch_size",
    "timeout": "timeout_s",
    "rate_limit": "rate_limit",
    "max_concurrency": "max_concurrency",
    "ordering": "is_ordered",
    "ordering_key": "ordering_key",
    "retry": "retry_s",
    "retry.delays": "retry_s",
    "require_handshake": "require_handshake",
    "disabled": "is_disabled",
}
"""Fields of the proto that can be changed, and what they are called here."""


def check_mask(paths: Iterable[str]) -> list[str]:
    """The paths of an update mask, each once.

    Raises:
        InvalidUpdateMask: a path names no field, or one that can't be changed.
    """
    found = list(dict.fromkeys(paths))
    wrong = [path for path in found if path not in FIELDS]
    if wrong:
        known = ", ".join(FIELDS)
        raise InvalidUpdateMask(
            f"update_mask: {wrong[0]!r} can't be changed; what can is {known}",
            metadata={"field": wrong[0]},
        )
    return found


def updated(current: Settings, wanted: Settings, paths: Iterable[str]) -> Settings:
    """The settings after an update.

    A header with an empty value keeps the value that it has: they are never shown, so a client
    that writes back what it read must not erase them.
    """
    changes: dict[str, Any] = {FIELDS[path]: getattr(wanted, FIELDS[path]) for path in paths}
    if "headers" in changes:
        kept = {name.lower(): value for name, value in current.headers.items()}
        changes["headers"] = {
            name: value or kept.get(name.lower(), "") for name, value in wanted.headers.items()
        }
    return replace(current, **changes)


def standing_after(webhook: Webhook, settings: Settings, paths: Iterable[str]) -> Standing:
    """How a webhook stands after an update.

    Switching it on ends a suspension; another URL is another endpoint, which failed never yet
    and agreed to nothing.
    """
    standing = webhook.standing
    if "disabled" in paths and not settings.is_disabled:
        standing = replace(standing, suspended_reason="", failing_since=None)
    if settings.url != webhook.settings.url:
        standing = replace(
            standing,
            is_confirmed=False,
            unconfirmed_reason="",
            allowed_per_minute=None,
            failing_since=None,
        )
    return standing
