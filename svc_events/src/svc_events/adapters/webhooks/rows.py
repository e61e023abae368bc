"""Webhooks as rows, their secrets encrypted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import orjson
from oms_security.sealing import Sealer

from svc_events.domain.webhooks.model import (
    Mode,
    Scheme,
    Secret,
    Settings,
    Standing,
    Webhook,
)

SETTINGS: Final = (
    "description",
    "url",
    "filters",
    "headers",
    "mode",
    "batch_size",
    "timeout_s",
    "rate_limit",
    "max_concurrency",
    "is_ordered",
    "ordering_key",
    "retry_s",
    "require_handshake",
    "is_disabled",
)
STANDING: Final = (
    "suspended_reason",
    "is_confirmed",
    "unconfirmed_reason",
    "allowed_per_minute",
    "failing_since",
)
COLUMNS: Final = (
    "id",
    "serial",
    "stream",
    "scheme",
    *SETTINGS,
    *STANDING,
    "start_sequence",
    "version",
    "revision",
    "created_at",
    "updated_at",
    "created_by",
)
SELECTED: Final = ", ".join(COLUMNS)
"""For `SELECT`."""


@dataclass(frozen=True, slots=True)
class Known:
    """A webhook and the secrets that it has, oldest first."""

    webhook: Webhook
    secrets: tuple[Secret, ...] = field(repr=False)


def settings_values(settings: Settings, name: str, sealer: Sealer) -> dict[str, object]:
    """The columns of settings."""
    return {
        "description": settings.description,
        "url": settings.url,
        "filters": orjson.dumps(list(settings.filters)).decode(),
        "headers": sealer.seal(orjson.dumps(dict(settings.headers)), owner=name),
        "mode": settings.mode.value,
        "batch_size": settings.batch_size,
        "timeout_s": settings.timeout_s,
        "rate_limit": settings.rate_limit,
        "max_concurrency": settings.max_concurrency,
        "is_ordered": settings.is_ordered,
        "ordering_key": settings.ordering_key,
        "retry_s": list(settings.retry_s),
        "require_handshake": settings.require_handshake,
        "is_disabled": settings.is_disabled,
    }


def standing_values(standing: Standing) -> dict[str, object]:
    """The columns of a standing."""
    return {name: getattr(standing, name) for name in STANDING}


def webhook_of(row: Mapping[str, Any], sealer: Sealer) -> Webhook:
    """A webhook out of its row.

    Raises:
        DataCorrupted: its headers can't be decrypted.
    """
    settings = {name: row[name] for name in SETTINGS}
    settings["filters"] = tuple(row["filters"])
    settings["retry_s"] = tuple(row["retry_s"])
    settings["mode"] = Mode(row["mode"])
    owner = f"webhooks/{row['id']}"
    settings["headers"] = orjson.loads(sealer.open(bytes(row["headers"]), owner=owner))
    return Webhook(
        id=row["id"],
        serial=row["serial"],
        stream=row["stream"],
        scheme=Scheme(row["scheme"]),
        settings=Settings(**settings),
        standing=Standing(**{name: row[name] for name in STANDING}),
        start_sequence=row["start_sequence"],
        version=row["version"],
        revision=row["revision"],
        created_at=row["created_at"],
        updated_at=row["updated_at"],
        created_by=row["created_by"],
    )


def secrets_of(rows: Iterable[Mapping[str, Any]], name: str, sealer: Sealer) -> tuple[Secret, ...]:
    """Secrets out of their rows, in order."""
    return tuple(
        Secret(
            text=sealer.open(bytes(row["secret"]), owner=name).decode(),
            created_at=row["created_at"],
            expires_at=row["expires_at"],
        )
        for row in rows
    )
