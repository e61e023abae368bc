"""Reads filters from plain data, as JSON holds them, and names the place of every fault."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Final, TypeAlias, TypeGuard

from oms_core.errors import InvalidField

from svc_events.domain.cesql import Expression, ExpressionSyntaxError
from svc_events.domain.events.event import is_name
from svc_events.domain.events.faults import Faults
from svc_events.domain.events.limits import MAX_ATTRIBUTES, MAX_NAME_LENGTH
from svc_events.domain.events.values import fault_of
from svc_events.domain.filters.limits import MAX_DEPTH, MAX_FILTERS
from svc_events.domain.filters.model import (
    EVERYTHING,
    All,
    AnyOf,
    Exact,
    Filter,
    Not,
    Prefix,
    Sql,
    Suffix,
)


def parse_filters(plain: object, *, field: str = "filters") -> Filter:
    """The filter that a subscription's list of filters comes to: all of them have to be true.

    Args:
        plain: A list of filters such as `{"prefix": {"type": "com.example."}}`; None and the
            empty list let every event pass. At most 256 filters, nested at most 16 levels deep.
        field: What the errors call the list.
    Raises:
        InvalidField: `fields` names each fault by its place, as `filters[0].any[1].prefix.type`.
    Source: CloudEvents Subscriptions API, "Filters".
    """
    if plain is None:
        return EVERYTHING
    reader = _Reader()
    found = reader.filters(plain, field, 1)
    reader.faults.raise_any()
    return found[0] if len(found) == 1 else All(found)


class _Reader:
    """Reads one subscription's filters.

    After a fault it goes on with `EVERYTHING` in its place, to tell all the others too.
    """

    def __init__(self) -> None:
        self.faults = Faults(InvalidField)
        self._count = 0

    def filters(self, plain: object, place: str, depth: int) -> tuple[Filter, ...]:
        """Filters beside each other."""
        if not _is_list(plain):
            self.faults.add(place, plain, "is no list of filters")
            return ()
        self._count += len(plain)
        if self._count > MAX_FILTERS:
            self.faults.note(place, f"makes {self._count} filters, more than {MAX_FILTERS}")
            return ()
        return tuple(
            self.filter(each, f"{place}[{index}]", depth) for index, each in enumerate(plain)
        )

    def filter(self, plain: object, place: str, depth: int) -> Filter:
        """One filter: an object whose only member is named by its dialect."""
        if depth > MAX_DEPTH:
            self.faults.note(place, f"is nested deeper than {MAX_DEPTH} levels")
        elif not _is_object(plain) or len(plain) != 1:
            self.faults.add(place, plain, "is no object with one member, a dialect")
        else:
            ((dialect, body),) = plain.items()
            read = _DIALECTS.get(str(dialect))
            if read is not None:
                return read(self, body, f"{place}.{dialect}", depth)
            known = ", ".join(_DIALECTS)
            self.faults.add(place, dialect, f"is no dialect; they are {known}")
        return EVERYTHING

    def comparison(self, plain: object, place: str, _: int, *, make: _Comparison) -> Filter:
        """Attributes and what their texts are compared with; all have to hold."""
        if not _is_object(plain) or not 1 <= len(plain) <= MAX_ATTRIBUTES:
            rule = f"is no object of 1 to {MAX_ATTRIBUTES} attributes and their values"
            self.faults.add(place, plain, rule)
            return EVERYTHING
        found = tuple(
            make(str(name), str(value))
            for name, value in plain.items()
            if self._is_sound(name, value, place)
        )
        return found[0] if len(found) == 1 else All(found)

    def _is_sound(self, name: object, value: object, place: str) -> bool:
        fault = None
        if not isinstance(name, str) or not is_name(name):
            rule = f"is no attribute name of [a-z0-9], at most {MAX_NAME_LENGTH}"
            self.faults.add(place, name, rule)
            return False
        if not isinstance(value, str) or not value:
            fault = "is no string of at least one character"
        else:
            fault = fault_of(value)
        if fault is not None:
            self.faults.add(f"{place}.{name}", value, fault)
        return fault is None

    def all_of(self, plain: object, place: str, depth: int) -> Filter:
        """Filters that all have to be true."""
        return All(self._some(plain, place, depth))

    def any_of(self, plain: object, place: str, depth: int) -> Filter:
        """Filters one of which has to be true."""
        return AnyOf(self._some(plain, place, depth))

    def _some(self, plain: object, place: str, depth: int) -> tuple[Filter, ...]:
        if _is_list(plain) and not plain:
            self.faults.note(place, "is empty; at least one filter is needed")
        return self.filters(plain, place, depth + 1)

    def sql(self, plain: object, place: str, _: int) -> Filter:
        """A CloudEvents SQL expression. One that calls an unknown function would never pass."""
        if not isinstance(plain, str):
            self.faults.add(place, plain, "is no string")
            return EVERYTHING
        try:
            expression = Expression(plain)
        except ExpressionSyntaxError as exc:
            self.faults.note(place, f"line {exc.line}, column {exc.column}: {exc.why}")
            return EVERYTHING
        for call in expression.unknown_calls:
            what = f"there is no function {call.name} of {len(call.arguments)} arguments"
            self.faults.note(place, f"offset {call.at}: {what}")
        return Sql(expression)

    def negation(self, plain: object, place: str, depth: int) -> Filter:
        """A filter that has to be false."""
        self._count += 1
        return Not(self.filter(plain, place, depth + 1))


_Comparison: TypeAlias = Callable[[str, str], Filter]
_Read: TypeAlias = Callable[[_Reader, object, str, int], Filter]

_DIALECTS: Final[Mapping[str, _Read]] = {
    "exact": partial(_Reader.comparison, make=Exact),
    "prefix": partial(_Reader.comparison, make=Prefix),
    "suffix": partial(_Reader.comparison, make=Suffix),
    "all": _Reader.all_of,
    "any": _Reader.any_of,
    "not": _Reader.negation,
    "sql": _Reader.sql,
}


def _is_list(plain: object) -> TypeGuard[list[object]]:
    return isinstance(plain, list)


def _is_object(plain: object) -> TypeGuard[Mapping[object, object]]:
    return isinstance(plain, Mapping)
