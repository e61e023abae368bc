"""Routing rules as rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import orjson

from svc_events.domain.routing.rule import Counts, Rule, Settings, Target, TargetKind, Transform

SELECTED: Final = (
    "r.id, r.serial, r.stream, r.description, r.filters, r.attributes, r.data, r.target_kind, "
    "r.target, r.is_disabled, r.start_sequence, r.version, r.created_at, r.updated_at, "
    "r.created_by, c.routed, c.failed, c.last_error"
)
"""For `SELECT` from `JOINED`."""
JOINED: Final = "routing_rules r JOIN routing_rule_counts c USING (serial)"


def settings_values(settings: Settings) -> dict[str, object]:
    """The columns of settings that `rule.check` passes."""
    assert settings.target is not None
    return {
        "description": settings.description,
        "filters": orjson.dumps(list(settings.filters)).decode(),
        "attributes": orjson.dumps(dict(settings.transform.attributes)).decode(),
        "data": settings.transform.data,
        "target_kind": settings.target.kind.value,
        "target": settings.target.id,
        "is_disabled": settings.is_disabled,
    }


def rule_of(row: Mapping[str, Any]) -> Rule:
    """A rule out of its row."""
    return Rule(
        id=row["id"],
        serial=row["serial"],
        stream=row["stream"],
        settings=Settings(
            description=row["description"],
            filters=tuple(row["filters"]),
            transform=Transform(row["attributes"], row["data"]),
            target=Target(TargetKind(row["target_kind"]), row["target"]),
            is_disabled=row["is_disabled"],
        ),
        counts=Counts(row["routed"], row["failed"], row["last_error"]),
        start_sequence=row["start_sequence"],
        version=row["version"],
        created_at=row["created_at"],
        updated_at=row["updated_at"],
        created_by=row["created_by"],
    )
