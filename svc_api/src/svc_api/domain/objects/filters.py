"""Filters as they are asked for: a tree of conditions. What they mean is in `conditions`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

MAX_DEPTH = 16
MAX_CONDITIONS = 500


class Comparator(Enum):
    """How two values are compared."""

    EQUAL = 1
    NOT_EQUAL = 2
    LESS = 3
    LESS_OR_EQUAL = 4
    GREATER = 5
    GREATER_OR_EQUAL = 6


class TextOperator(Enum):
    """How a text is looked into."""

    CONTAINS = 1
    PREFIX = 2
    SUFFIX = 3
    REGEX = 4


@dataclass(frozen=True, slots=True)
class Compare:
    """A property compared with a value."""

    property: str
    comparator: Comparator
    value: Any


@dataclass(frozen=True, slots=True)
class OneOf:
    """A property whose value is one of several."""

    property: str
    values: Sequence[Any]


@dataclass(frozen=True, slots=True)
class IsNull:
    """A property without a value, or, negated, with one."""

    property: str
    is_negated: bool = False


@dataclass(frozen=True, slots=True)
class TextMatch:
    """The text of a property, looked into."""

    property: str
    operator: TextOperator
    pattern: str
    ignore_case: bool = False


@dataclass(frozen=True, slots=True)
class AllOf:
    """Every filter holds."""

    filters: Sequence[Filter]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one filter holds."""

    filters: Sequence[Filter]


@dataclass(frozen=True, slots=True)
class Not:
    """A filter does not hold."""

    filter: Filter


@dataclass(frozen=True, slots=True)
class Linked:
    """An object at the other end of a link satisfies a filter; None: there is one."""

    link_type: str
    is_outgoing: bool
    filter: Filter | None


@dataclass(frozen=True, slots=True)
class Referenced:
    """The object that a property refers to satisfies a filter."""

    property: str
    filter: Filter


@dataclass(frozen=True, slots=True)
class Search:
    """Words that occur in the object's texts."""

    text: str


@dataclass(frozen=True, slots=True)
class Ids:
    """Objects of some ids."""

    ids: frozenset[str]


Filter = (
    Compare | OneOf | IsNull | TextMatch | AllOf | AnyOf | Not | Linked | Referenced | Search | Ids
)


@dataclass(frozen=True, slots=True)
class Order:
    """By what objects are ordered: a property, or `@id`."""

    property: str
    is_descending: bool = False
