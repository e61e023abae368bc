"""Puts an event together from its attributes by name, as every format and binding has them."""

from __future__ import annotations

from collections.abc import Mapping

from oms_core.errors import InvalidEvent

from svc_events.domain.events.data import EventData
from svc_events.domain.events.event import CORE, OPTIONAL, REQUIRED, CloudEvent
from svc_events.domain.events.faults import Faults
from svc_events.domain.events.timestamp import Timestamp
from svc_events.domain.events.values import AttributeValue


def event_of(
    attributes: Mapping[str, AttributeValue],
    data: EventData | None = None,
    *,
    faults: Faults | None = None,
) -> CloudEvent:
    """The event with these attributes; one that CloudEvents does not define is an extension.

    Args:
        attributes: By name. Those of CloudEvents may be any type of text; `time` may be one too.
        data: None if there is none.
        faults: What was already found on the way here, raised together with what is found here.
    Raises:
        InvalidEvent: `fields` names each attribute at fault or missing.
    """
    faults = faults or Faults()
    text = {
        name: _text(name, attributes.get(name), faults)
        for name in (*REQUIRED, *OPTIONAL)
        if name != "time"
    }
    time = _time(attributes.get("time"), faults)
    try:
        event = CloudEvent(
            id=text["id"] or "",
            source=text["source"] or "",
            type=text["type"] or "",
            specversion=text["specversion"] or "",
            datacontenttype=text["datacontenttype"],
            dataschema=text["dataschema"],
            subject=text["subject"],
            time=time,
            extensions={name: value for name, value in attributes.items() if name not in CORE},
            data=data,
        )
    except InvalidEvent as exc:
        faults.absorb(exc)
        faults.raise_any()
        raise
    faults.raise_any()
    return event


def _text(name: str, value: AttributeValue | None, faults: Faults) -> str | None:
    if isinstance(value, str):
        return str(value)
    if value is not None:
        faults.add(name, value, "is no text")
    elif name in REQUIRED:
        faults.note(name, "is missing")
    return None


def _time(value: AttributeValue | None, faults: Faults) -> Timestamp | None:
    if value is None or isinstance(value, Timestamp):
        return value
    try:
        return Timestamp(str(value))
    except ValueError as exc:
        faults.add("time", value, str(exc))
    return None
