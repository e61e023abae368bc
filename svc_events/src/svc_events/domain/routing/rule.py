"""Routing rules as records, and what holds of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Final

from oms_core.errors import InvalidField

from svc_events.domain.filters import parse_filters
from svc_events.domain.routing.templates import DataTemplate, TextTemplate

MAX_RULES: Final = 1000
"""Rules of a deployment."""
MAX_SUBJECT_LENGTH: Final = 256
ROUTE: Final = "omsroute"
"""The extension that holds the ids of the rules that an event passed, with commas between."""

_FIXED: Final = frozenset({"specversion", "data", ROUTE})
_TAKEN: Final = frozenset({"oms", "_INBOX"})


class TargetKind(Enum):
    """What a rule copies to."""

    STREAM = "stream"
    WEBHOOK = "webhook"
    SUBJECT = "subject"


@dataclass(frozen=True, slots=True)
class Target:
    """Where a rule copies to: the id of a stream or webhook, or a subject of NATS."""

    kind: TargetKind
    id: str


@dataclass(frozen=True, slots=True)
class Transform:
    """What is changed on the way.

    Args:
        attributes: Templates by attribute.
        data: Template of the data; empty: they stay.
    """

    attributes: Mapping[str, str] = field(default_factory=dict[str, str], hash=False)
    data: str = ""


@dataclass(frozen=True, slots=True)
class Settings:
    """What people say of a rule.

    Args:
        filters: In the plain form that `parse_filters` reads.
        target: None only where no event is copied, in a test of a rule.
    """

    description: str
    filters: tuple[object, ...]
    transform: Transform
    target: Target | None
    is_disabled: bool


@dataclass(frozen=True, slots=True)
class Counts:
    """What became of the events that a rule was for."""

    routed: int = 0
    failed: int = 0
    last_error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A routing rule.

    Args:
        id: Last segment of its name.
        serial: Never used again, unlike the id.
        stream: Id of the stream that it reads.
        start_sequence: It copies the events of its stream after this place.
        version: Of its settings.
    """

    id: str
    serial: int
    stream: str
    settings: Settings
    counts: Counts
    start_sequence: int
    version: int
    created_at: datetime
    updated_at: datetime
    created_by: str

    @property
    def name(self) -> str:
        """Resource name."""
        return rule_name(self.id)

    @property
    def etag(self) -> str:
        """Changes whenever the settings do; another rule of the same id has another one."""
        return f"{self.serial}.{self.version}"


def rule_name(rule_id: str) -> str:
    """Resource name of a rule."""
    return f"routingRules/{rule_id}"


def check(settings: Settings, *, stream: str) -> None:
    """Checks the settings of a rule that reads a stream.

    Raises:
        InvalidField: names the field at fault, with its value.
        InvalidExpression: a template is none; names the field and the place.
    """
    parse_filters(list(settings.filters))
    check_transform(settings.transform)
    target = settings.target
    if target is None or not target.id:
        raise InvalidField.of("target", "is missing: a stream, a webhook or a subject")
    if target.kind is TargetKind.STREAM and target.id == stream:
        what = f"is 'streams/{stream}', the stream that the rule reads"
        raise InvalidField.of("target_stream", what)
    if target.kind is TargetKind.SUBJECT:
        _check_subject(target.id)


def check_transform(transform: Transform) -> None:
    """Checks the names and templates of a transform.

    Raises:
        InvalidField: an attribute can't be set.
        InvalidExpression: a template is none.
    """
    for name, text in transform.attributes.items():
        if name in _FIXED:
            raise InvalidField.of(f"transform.attributes[{name}]", "can't be set by a rule")
        TextTemplate(text, field=attribute_field(name))
    if transform.data:
        DataTemplate(transform.data, field=DATA_FIELD)


def attribute_field(name: str) -> str:
    """What errors call the template of an attribute."""
    return f"transform.attributes[{name}]"


DATA_FIELD: Final = "transform.data"


def _check_subject(subject: str) -> None:
    first = subject.partition(".")[0]
    if not subject or first in _TAKEN or first.startswith("$"):
        what = f"{subject[:100]!r} belongs to NATS or to OMS: $…, _INBOX.…, oms.…"
        raise InvalidField.of("target_subject", what)
    if len(subject) > MAX_SUBJECT_LENGTH:
        what = f"has {len(subject)} characters, more than {MAX_SUBJECT_LENGTH}"
        raise InvalidField.of("target_subject", what)
