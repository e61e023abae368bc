"""A few words for resolvers that just read."""

from __future__ import annotations

from collections.abc import Callable
from operator import attrgetter
from typing import Any


def reads(get: Callable[[Any], Any]) -> Callable[[Any, Any], Any]:
    """A resolver that reads its value from the source alone."""

    def resolve(source: Any, _info: Any) -> Any:
        return get(source)

    return resolve


def attribute(name: str) -> Callable[[Any, Any], Any]:
    """A resolver that gives an attribute; with dots one of an attribute's."""
    return reads(attrgetter(name))


def itself(value: Any, _info: Any, **_given: Any) -> Any:
    """A resolver that gives its source, for fields whose source is the value."""
    return value
