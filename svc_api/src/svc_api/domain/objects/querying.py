"""Questions about the objects of one commit: which, in what order, and figures about them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Context, Decimal, localcontext
from enum import Enum
from typing import Any, Final

from oms_core.errors import InvalidField

from svc_api.domain.objects.conditions import Condition, Scope
from svc_api.domain.objects.filters import Order
from svc_api.domain.objects.model import StoredObject
from svc_api.domain.objects.types import PropertyDef
from svc_api.domain.objects.world import World

ID: Final = "@id"
# Numbers have at most 1,000 digits on either side of the point, so sums are exact.
_EXACT: Final = Context(prec=4000)
_AVERAGE: Final = Context(prec=28)

Key = Callable[[StoredObject], Any]


class Function(Enum):
    """What is worked out of a group of objects."""

    COUNT = 1
    COUNT_DISTINCT = 2
    SUM = 3
    AVERAGE = 4
    MIN = 5
    MAX = 6


@dataclass(frozen=True, slots=True)
class Aggregate:
    """A figure about a group; `property` is empty for a count of objects."""

    function: Function
    property: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Objects with the same values of some properties. None is no value."""

    keys: Sequence[Any]
    results: Sequence[Any]
    count: int


def sort_keys(
    scope: Scope, orders: Sequence[Order], field: str = "order_by"
) -> list[tuple[Key, bool]]:
    """How to order objects: for each key whether it is descending.

    Raises:
        InvalidField: a property does not exist, is a list, or has no order.
    """
    keys: list[tuple[Key, bool]] = []
    for index, order in enumerate(orders):
        path = f"{field}[{index}].property"
        if order.property == ID:
            keys.append((lambda stored: stored.ref.id, order.is_descending))
            continue
        definition = scope.require(order.property, path)
        if definition.is_list or not definition.data_type.has_order:
            raise InvalidField.of(
                path, f"{order.property!r} has no order: it is {definition.described}"
            )
        keys.append((_key_of(definition), order.is_descending))
    return keys


def _key_of(definition: PropertyDef) -> Key:
    property_id, key = definition.id, definition.data_type.key

    def of(stored: StoredObject) -> Any:
        value = stored.values.get(property_id)
        if value is None:
            return None
        try:
            return key(value)
        except ValueError:
            return None  # another type's property of the same id

    return of


def matching(world: World, scope: Scope, condition: Condition | None) -> list[StoredObject]:
    """The objects that satisfy a condition, by id."""
    objects = world.objects(scope.types)
    if condition is None:
        return list(objects)
    return [stored for stored in objects if condition(world, stored)]


def ordered(
    objects: Sequence[StoredObject], keys: Sequence[tuple[Key, bool]]
) -> list[StoredObject]:
    """Objects in an order; equal ones stay as they were, those without a value come last."""
    result = list(objects)
    for key, is_descending in reversed(keys):
        keyed = [(key(stored), stored) for stored in result]
        valued = [pair for pair in keyed if pair[0] is not None]
        valued.sort(key=lambda pair: pair[0], reverse=is_descending)
        result = [stored for _, stored in valued]
        result += [stored for found, stored in keyed if found is None]
    return result


def check_aggregates(
    scope: Scope, group_by: Sequence[str], aggregates: Sequence[Aggregate]
) -> None:
    """Makes sure that figures make sense.

    Raises:
        InvalidField: names the first that does not.
    """
    for index, property_id in enumerate(group_by):
        path = f"group_by[{index}]"
        definition = scope.require(property_id, path)
        if definition.is_list:
            raise InvalidField.of(
                path, f"{property_id!r} is a list; objects have no one value of it"
            )
    for index, aggregate in enumerate(aggregates):
        path = f"aggregates[{index}].property"
        if not aggregate.property:
            if aggregate.function is not Function.COUNT:
                raise InvalidField.of(path, f"{aggregate.function.name} is of a property")
            continue
        _check_function(aggregate, scope.require(aggregate.property, path), path)


def _check_function(aggregate: Aggregate, definition: PropertyDef, path: str) -> None:
    data_type = definition.data_type
    if aggregate.function in {Function.SUM, Function.AVERAGE} and not data_type.is_number:
        raise InvalidField.of(
            path,
            f"{aggregate.property!r} has no {aggregate.function.name}: it is "
            f"{definition.described}, no number",
        )
    if aggregate.function in {Function.MIN, Function.MAX} and not data_type.has_order:
        raise InvalidField.of(
            path, f"{aggregate.property!r} has no order: it is {definition.described}"
        )


def aggregated(
    objects: Iterable[StoredObject],
    scope: Scope,
    group_by: Sequence[str],
    aggregates: Sequence[Aggregate],
) -> list[Group]:
    """Figures about objects, in groups; the group with the most objects first."""
    properties = scope.properties
    keys = [_key_of(properties[property_id]) for property_id in group_by]
    groups: dict[tuple[Any, ...], list[StoredObject]] = {}
    if not group_by:
        groups[()] = []
    for stored in objects:
        groups.setdefault(tuple(key(stored) for key in keys), []).append(stored)
    found = [
        Group(
            [members[0].values.get(property_id) for property_id in group_by],
            [_figure(members, aggregate, properties) for aggregate in aggregates],
            len(members),
        )
        for members in groups.values()
    ]
    found.sort(key=lambda group: (-group.count, [str(key) for key in group.keys]))
    return found


def _figure(
    members: Sequence[StoredObject], aggregate: Aggregate, properties: Mapping[str, PropertyDef]
) -> Any:
    if not aggregate.property:
        return len(members)
    values = _keyed_values(members, properties[aggregate.property])
    return _FIGURES[aggregate.function](values)


def _keyed_values(
    members: Sequence[StoredObject], definition: PropertyDef
) -> list[tuple[Any, Any]]:
    found: list[tuple[Any, Any]] = []
    for stored in members:
        value = stored.values.get(definition.id)
        if value is None:
            continue
        entries: list[Any] = value if isinstance(value, list) else [value]
        for entry in entries:
            try:
                found.append((definition.data_type.key(entry), entry))
            except ValueError:
                continue  # another type's property of the same id
    return found


def _first(pair: tuple[Any, Any]) -> Any:
    return pair[0]


def _sum(values: Sequence[tuple[Any, Any]]) -> int | Decimal:
    if all(isinstance(key, int) for key, _ in values):
        return sum(key for key, _ in values)
    with localcontext(_EXACT):
        return sum((Decimal(key) for key, _ in values), Decimal(0))


def _average(values: Sequence[tuple[Any, Any]]) -> Decimal:
    with localcontext(_EXACT):
        total = Decimal(_sum(values))
    with localcontext(_AVERAGE):
        return total / len(values)


_Figure = Callable[[Sequence[tuple[Any, Any]]], Any]
# Of nothing there is a count, but no sum, average, least or greatest value.
_FIGURES: Final[Mapping[Function, _Figure]] = {
    Function.COUNT: len,
    Function.COUNT_DISTINCT: lambda values: len({key for key, _ in values}),
    Function.SUM: lambda values: _sum(values) if values else None,
    Function.AVERAGE: lambda values: _average(values) if values else None,
    Function.MIN: lambda values: min(values, key=_first)[1] if values else None,
    Function.MAX: lambda values: max(values, key=_first)[1] if values else None,
}
