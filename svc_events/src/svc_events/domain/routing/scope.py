"""What templates may look at: the attributes and the data of one event."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, cast

from oms_core.errors import ParseError

from svc_events.domain.events import CloudEvent, DataKind, canonical
from svc_events.domain.events.data import media_type_of
from svc_events.domain.routing.json_values import Number, read_value
from svc_events.domain.routing.placeholders import MISSING


class Scope:
    """One event, whose data are parsed when they are first asked for."""

    def __init__(self, event: CloudEvent) -> None:
        self._event = event

    def look(self, path: tuple[str, ...]) -> Any:
        """The value at a path; MISSING when there is none."""
        name, *steps = path
        if name != "data":
            value = self._event.attributes.get(name, MISSING)
            is_plain = value is MISSING or isinstance(value, bool)
            if isinstance(value, int) and not is_plain:
                return Number(value)
            return value if is_plain else canonical(cast("str", value))
        found = self._data
        for step in steps:
            found = _inside(found, step)
        return found

    @cached_property
    def _data(self) -> Any:
        data = self._event.data
        if data is None or data.kind is not DataKind.TEXT:
            return MISSING
        text = data.content.decode()
        media_type = media_type_of(self._event.datacontenttype)
        if media_type is None or not media_type.is_json:
            return text
        try:
            return read_value(text)
        except ParseError:
            return text


def _inside(value: Any, step: str) -> Any:
    if isinstance(value, Mapping):
        return cast("Mapping[str, Any]", value).get(step, MISSING)
    if isinstance(value, Sequence) and not isinstance(value, str):
        elements = cast("Sequence[Any]", value)
        # Longer than any list, and int() takes long for long texts.
        if step.isascii() and step.isdigit() and len(step) < 10 and int(step) < len(elements):
            return elements[int(step)]
    return MISSING
