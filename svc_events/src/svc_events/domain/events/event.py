"""The event of CloudEvents 1.0.2."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from svc_events.domain.events.data import EventData
from svc_events.domain.events.faults import Faults
from svc_events.domain.events.limits import ADVISED_NAME_LENGTH, MAX_ATTRIBUTES, MAX_NAME_LENGTH
from svc_events.domain.events.media_type import parse_media_type
from svc_events.domain.events.timestamp import Timestamp
from svc_events.domain.events.values import (
    AttributeValue,
    Uri,
    UriReference,
    fault_of,
)

SPEC_VERSION: Final = "1.0"
REQUIRED: Final = ("id", "source", "specversion", "type")
OPTIONAL: Final = ("datacontenttype", "dataschema", "subject", "time")
CORE: Final = frozenset((*REQUIRED, *OPTIONAL))
_RESERVED: Final = CORE | {"data"}
_NAME: Final = re.compile(r"[a-z0-9]++")


@dataclass(frozen=True, slots=True)
class CloudEvent:
    """An event. There is no invalid one: making it checks every attribute.

    Args:
        id: Not empty; unique together with `source`.
        source: URI reference, not empty.
        type: Not empty.
        specversion: `1.0`.
        datacontenttype: Media type of the data. Without one, JSON is implied where it matters.
        dataschema: URI, not empty.
        subject: Not empty.
        time: When it happened.
        extensions: Further attributes by name: `[a-z0-9]`, best at most 20 characters. Copied.
        data: None if there is none.
    Raises:
        InvalidEvent: `fields` names each attribute at fault, with its value.
    Source: CloudEvents 1.0.2, "Context Attributes".
    """

    id: str
    source: str
    type: str
    specversion: str = SPEC_VERSION
    datacontenttype: str | None = None
    dataschema: str | None = None
    subject: str | None = None
    time: Timestamp | None = None
    extensions: Mapping[str, AttributeValue] = field(
        default_factory=dict[str, AttributeValue], hash=False
    )
    data: EventData | None = None
    attributes: Mapping[str, AttributeValue] = field(init=False, repr=False, compare=False)
    """Every attribute that is there, also the extensions, by name."""

    def __post_init__(self) -> None:
        attributes = _gather(self)
        faults = Faults()
        _check_core(self, faults)
        _check_extensions(self.extensions, faults)
        if len(attributes) > MAX_ATTRIBUTES:
            faults.note("extensions", f"make {len(attributes)} attributes, over {MAX_ATTRIBUTES}")
        faults.raise_any()
        object.__setattr__(self, "extensions", MappingProxyType(dict(self.extensions)))
        object.__setattr__(self, "attributes", MappingProxyType(attributes))

    @property
    def long_names(self) -> tuple[str, ...]:
        """Names of attributes that are longer than the 20 characters that are advised."""
        return tuple(name for name in self.extensions if len(name) > ADVISED_NAME_LENGTH)


def is_name(text: str) -> bool:
    """Whether a text may be the name of an attribute, of CloudEvents or an extension."""
    return len(text) <= MAX_NAME_LENGTH and _NAME.fullmatch(text) is not None


def _gather(event: CloudEvent) -> dict[str, AttributeValue]:
    attributes: dict[str, AttributeValue] = {
        "specversion": event.specversion,
        "id": event.id,
        "source": UriReference(event.source),
        "type": event.type,
    }
    if event.datacontenttype is not None:
        attributes["datacontenttype"] = event.datacontenttype
    if event.dataschema is not None:
        attributes["dataschema"] = Uri(event.dataschema)
    if event.subject is not None:
        attributes["subject"] = event.subject
    if event.time is not None:
        attributes["time"] = event.time
    attributes.update(event.extensions)
    return attributes


def _check_core(event: CloudEvent, faults: Faults) -> None:
    if event.specversion != SPEC_VERSION:
        faults.add("specversion", event.specversion, f"is not {SPEC_VERSION}")
    _check_value("id", event.id, faults)
    _check_value("source", UriReference(event.source), faults)
    _check_value("type", event.type, faults)
    if event.datacontenttype is not None:
        _check_value("datacontenttype", event.datacontenttype, faults)
        _check_media_type(event.datacontenttype, faults)
    if event.dataschema is not None:
        _check_value("dataschema", Uri(event.dataschema), faults)
    if event.subject is not None:
        _check_value("subject", event.subject, faults)
    if event.time is not None:
        _check_value("time", event.time, faults)


def _check_value(name: str, value: AttributeValue, faults: Faults) -> None:
    fault = "is empty" if value == "" else fault_of(value)
    if fault is not None:
        faults.add(name, value, fault)


def _check_media_type(value: str, faults: Faults) -> None:
    if value:
        try:
            parse_media_type(value)
        except ValueError as exc:
            faults.add("datacontenttype", value, str(exc))


def _check_extensions(extensions: Mapping[str, AttributeValue], faults: Faults) -> None:
    for name, value in extensions.items():
        if not is_name(name):
            faults.add("extensions", name, f"is no name of [a-z0-9], at most {MAX_NAME_LENGTH}")
        elif name in _RESERVED:
            faults.add("extensions", name, "is a name that CloudEvents keeps for itself")
        else:
            fault = fault_of(value)
            if fault is not None:
                faults.add(name, value, fault)
