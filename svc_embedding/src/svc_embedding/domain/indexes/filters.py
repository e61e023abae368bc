"""Which entries a search looks at: a tree of conditions on metadata."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final, TypeAlias

from oms_core.errors import InvalidField

from svc_embedding.domain.indexes.entries import Metadata, MetadataValue

MAX_DEPTH: Final = 16
MAX_NODES: Final = 256
MAX_VALUES: Final = 1000
"""Values of all `AnyOf` of a filter together; each is a parameter or two of a statement."""
Scalar: TypeAlias = str | float | bool


class Comparison(Enum):
    """How a value is compared."""

    EQUAL = "="
    NOT_EQUAL = "<>"
    LESS = "<"
    LESS_OR_EQUAL = "<="
    GREATER = ">"
    GREATER_OR_EQUAL = ">="


_COMPARE: Final[Mapping[Comparison, Callable[[Any, Any], bool]]] = {
    Comparison.EQUAL: operator.eq,
    Comparison.NOT_EQUAL: operator.ne,
    Comparison.LESS: operator.lt,
    Comparison.LESS_OR_EQUAL: operator.le,
    Comparison.GREATER: operator.gt,
    Comparison.GREATER_OR_EQUAL: operator.ge,
}


@dataclass(frozen=True, slots=True)
class Compare:
    """A value compares so with another one of its type."""

    key: str
    comparison: Comparison
    value: Scalar


@dataclass(frozen=True, slots=True)
class AnyOf:
    """A value is one of some."""

    key: str
    values: Sequence[Scalar]


@dataclass(frozen=True, slots=True)
class HasKey:
    """There is a value."""

    key: str


@dataclass(frozen=True, slots=True)
class All:
    """Every one of them holds."""

    filters: Sequence[Filter]


@dataclass(frozen=True, slots=True)
class AnyHolds:
    """One of them holds."""

    filters: Sequence[Filter]


@dataclass(frozen=True, slots=True)
class Not:
    """It does not hold."""

    filter: Filter


Filter: TypeAlias = Compare | AnyOf | HasKey | All | AnyHolds | Not


def children(node: Filter) -> Sequence[Filter]:
    """The filters that a filter is made of."""
    if isinstance(node, All | AnyHolds):
        return node.filters
    return (node.filter,) if isinstance(node, Not) else ()


def check_filter(node: Filter) -> None:
    """Holds a filter against the limits.

    Raises:
        InvalidField: it is too deep or too large, or compares what has no order.
    """
    count, values, level = 0, 0, [node]
    for _ in range(MAX_DEPTH):
        count += len(level)
        if count > MAX_NODES:
            raise InvalidField.of("filter", f"has more than {MAX_NODES} filters")
        values += sum(len(each.values) for each in level if isinstance(each, AnyOf))
        if values > MAX_VALUES:
            raise InvalidField.of("filter", f"looks values up among more than {MAX_VALUES}")
        for each in level:
            _check_order(each)
        level = [child for each in level for child in children(each)]
        if not level:
            return
    raise InvalidField.of("filter", f"is more than {MAX_DEPTH} levels deep")


def _check_order(node: Filter) -> None:
    if (
        isinstance(node, Compare)
        and isinstance(node.value, bool)
        and node.comparison not in (Comparison.EQUAL, Comparison.NOT_EQUAL)
    ):
        raise InvalidField.of("filter", f"{node.key}: true and false are only equal or not")


def matches(node: Filter | None, metadata: Metadata) -> bool:  # noqa: PLR0911 - one for each kind
    """Whether an entry with such metadata is looked at."""
    match node:
        case None:
            return True
        case Compare(key, comparison, value):
            return _compares(metadata.get(key), comparison, value)
        case AnyOf(key, values):
            found = metadata.get(key)
            return any(_compares(found, Comparison.EQUAL, value) for value in values)
        case HasKey(key):
            return key in metadata
        case All(filters):
            return all(matches(each, metadata) for each in filters)
        case AnyHolds(filters):
            return any(matches(each, metadata) for each in filters)
        case Not(inner):
            return not matches(inner, metadata)


def _compares(found: MetadataValue | None, comparison: Comparison, value: Scalar) -> bool:
    compare = _COMPARE[comparison]
    if found is None:
        return False
    if isinstance(found, bool) or isinstance(value, bool):
        return isinstance(found, bool) and isinstance(value, bool) and compare(found, value)
    if isinstance(found, float | int):
        return isinstance(value, float | int) and compare(found, value)
    if not isinstance(value, str):
        return False
    texts = [found] if isinstance(found, str) else found
    return any(compare(text, value) for text in texts)
