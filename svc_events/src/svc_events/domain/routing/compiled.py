"""Rules made ready for events: does it match, and what comes out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from oms_core.errors import InvalidEvent

from svc_events.domain.catalogue.names import ROUTING_LOOP
from svc_events.domain.events import AttributeValue, CloudEvent, EventData, canonical, event_of
from svc_events.domain.events.data import JSON, media_type_of
from svc_events.domain.filters import Facts, compile_filter, parse_filters
from svc_events.domain.routing.rule import (
    DATA_FIELD,
    ROUTE,
    Settings,
    Transform,
    attribute_field,
    rule_name,
)
from svc_events.domain.routing.scope import Scope
from svc_events.domain.routing.templates import DataTemplate, TextTemplate

MAX_ROUTE: Final = 5
"""Rules that an event passes at most."""
_RESERVED: Final = "oms."
_ID: Final = re.compile(r"[a-z][a-z0-9-]{0,62}")


class CompiledRule:
    """What a rule makes of events.

    Args:
        rule_id: What it adds to the route of an event.
    Raises:
        OmsError: the settings are none that `rule.check` passes.
    """

    def __init__(self, rule_id: str, settings: Settings) -> None:
        self._id = rule_id
        self._passes = compile_filter(parse_filters(list(settings.filters)))
        self._transform = CompiledTransform(settings.transform)

    def matches(self, event: CloudEvent, facts: Facts) -> bool:
        """Whether the rule is for an event. None is for what tells of a loop: it would loop."""
        return event.type != ROUTING_LOOP and self._passes(facts)

    def copy(self, event: CloudEvent, scope: Scope) -> CloudEvent:
        """The event as it leaves the rule.

        Args:
            event: One that `is_at_end` does not hold of.
            scope: Of the same event; shared by the rules that it passes.
        Raises:
            InvalidEvent: the transform makes none, or one of a type that is kept for OMS itself.
        """
        attributes, data = self._transform.apply(event, scope)
        attributes[ROUTE] = ",".join([*route_of(event), self._id])
        made = event_of(attributes, data)
        if made.type != event.type and made.type.startswith(_RESERVED):
            what = f"{made.type[:64]!r} begins with {_RESERVED!r}, kept for OMS itself"
            raise InvalidEvent.of("type", what)
        return made


class CompiledTransform:
    """The templates of a transform."""

    def __init__(self, transform: Transform) -> None:
        self._attributes = {
            name: TextTemplate(text, field=attribute_field(name))
            for name, text in transform.attributes.items()
        }
        self._data = DataTemplate(transform.data, field=DATA_FIELD) if transform.data else None

    def apply(
        self, event: CloudEvent, scope: Scope
    ) -> tuple[dict[str, AttributeValue], EventData | None]:
        """The attributes and the data that an event comes to."""
        attributes = dict(event.attributes)
        data = event.data
        if self._data is not None:
            data = EventData.text(self._data.render(scope.look))
            media_type = media_type_of(event.datacontenttype)
            if media_type is None or not media_type.is_json:
                attributes["datacontenttype"] = JSON
        for name, template in self._attributes.items():
            text = template.render(scope.look)
            if text:
                attributes[name] = text
            else:
                attributes.pop(name, None)
        return attributes, data


def route_of(event: CloudEvent) -> list[str]:
    """The ids of the rules that an event passed, in their order."""
    value = event.extensions.get(ROUTE)
    return [] if value is None else [each for each in canonical(value).split(",") if each]


def is_at_end(event: CloudEvent) -> bool:
    """Whether an event passed as many rules as it may."""
    return len(route_of(event)) >= MAX_ROUTE


def route_names(event: CloudEvent) -> Sequence[str]:
    """Resource names of the last rules that an event passed; callers may have written anything."""
    known = [each for each in route_of(event) if _ID.fullmatch(each)]
    return [rule_name(each) for each in known[-MAX_ROUTE:]]
