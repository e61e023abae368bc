"""An entry of the catalogue."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from svc_events.domain.events import CloudEvent

Schema: TypeAlias = Mapping[str, Any]
"""A JSON Schema, 2020-12, as plain values."""


@dataclass(frozen=True, slots=True)
class EventTypeEntry:
    """An event type that OMS publishes. One with its number never changes incompatibly.

    Args:
        type: The `type` attribute.
        summary: What it tells, in a sentence.
        description: When it is published and what its attributes hold.
        producer: The service that publishes it.
        source_template: Of the `source` attribute.
        subject_template: Of the `subject` attribute.
        extensions: Extension attributes that it has, or may have.
        data_schema: Of its data.
        example: An event of this type.
    """

    type: str
    summary: str
    description: str
    producer: str
    source_template: str
    subject_template: str
    extensions: tuple[str, ...]
    data_schema: Schema
    example: CloudEvent
