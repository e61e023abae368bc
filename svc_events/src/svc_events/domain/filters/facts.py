"""What filters may know of an event: its attributes, prepared once for all of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from svc_events.domain.cesql import Primitive
from svc_events.domain.events import CloudEvent, canonical


@dataclass(frozen=True, slots=True)
class Facts:
    """An event's attributes by name; what is missing is not there."""

    values: Mapping[str, Primitive]
    """For expressions, which tell a number from a text."""
    texts: Mapping[str, str]
    """For the other dialects, which compare canonical texts."""
    memo: dict[object, bool] = field(default_factory=dict[object, bool], compare=False, repr=False)
    """Which expressions are true of it, as far as an index has evaluated them."""

    @classmethod
    def of(cls, event: CloudEvent) -> Facts:
        """What is known of an event."""
        values: dict[str, Primitive] = {}
        texts: dict[str, str] = {}
        for name, value in event.attributes.items():
            text = canonical(value)
            texts[name] = text
            values[name] = value if isinstance(value, bool | int) else text
        return cls(values, texts)
