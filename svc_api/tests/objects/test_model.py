"""Filters, orders, pages and figures agree with a model that looks at one object after another."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from functools import partial
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from svc_api.domain.elements import Element
from svc_api.domain.objects.conditions import Compiler, Scope
from svc_api.domain.objects.filters import (
    AllOf,
    AnyOf,
    Comparator,
    Compare,
    Filter,
    IsNull,
    Linked,
    Not,
    OneOf,
    Order,
    Referenced,
    TextMatch,
    TextOperator,
)
from svc_api.domain.objects.model import LinkKey, Ref, StoredObject
from svc_api.domain.objects.querying import (
    Aggregate,
    Function,
    aggregated,
    matching,
    ordered,
    sort_keys,
)
from svc_api.domain.objects.types import Catalogue
from svc_api.domain.objects.world import LinkPartition, TypePartition, World

Values = dict[str, Any]

_KINDS = {
    "n": {"data_type": "DATA_TYPE_DECIMAL"},
    "t": {"data_type": "DATA_TYPE_STRING"},
    "b": {"data_type": "DATA_TYPE_BOOLEAN"},
    "d": {"data_type": "DATA_TYPE_DATE"},
    "r": {"object_type": "A"},
}
_PROPERTIES = [{"property_id": name, "type": kind} for name, kind in _KINDS.items()] + [
    {"property_id": "ts", "type": _KINDS["t"], "is_list": True}
]
CATALOGUE = Catalogue(
    {
        ("objectTypes", "A"): Element("objectTypes", "A", {"properties": _PROPERTIES}),
        ("objectTypes", "B"): Element("objectTypes", "B", {"parents": ["A"]}),
        ("linkTypes", "l"): Element("linkTypes", "l", {}),
    }
)
SCOPE = Scope.of(CATALOGUE, ("objectTypes", "A"))

IDS = [f"{type_}/{number}" for type_ in "AB" for number in range(5)]
NUMBERS = st.sampled_from([Decimal("-1.5"), 0, 1, Decimal("1.0"), Decimal("1.00"), 2, 10**20])
TEXTS = st.text("aAbé", max_size=3)
DATES = st.sampled_from(["0999-01-01", "2024-02-29", "2026-01-31"])
VALUES = st.fixed_dictionaries(
    {},
    optional={
        "n": NUMBERS,
        "t": TEXTS,
        "b": st.booleans(),
        "d": DATES,
        "r": st.sampled_from(IDS),
        "ts": st.lists(TEXTS, max_size=3),
    },
)
OBJECTS = st.dictionaries(st.sampled_from(IDS), VALUES)
LINKS = st.sets(st.tuples(st.sampled_from(IDS), st.sampled_from(IDS)), max_size=8)

_COMPARE: dict[Comparator, Callable[[Any, Any], bool]] = {
    Comparator.EQUAL: lambda one, other: one == other,
    Comparator.NOT_EQUAL: lambda one, other: one != other,
    Comparator.LESS: lambda one, other: one < other,
    Comparator.LESS_OR_EQUAL: lambda one, other: one <= other,
    Comparator.GREATER: lambda one, other: one > other,
    Comparator.GREATER_OR_EQUAL: lambda one, other: one >= other,
}
_OPERATORS = st.sampled_from(Comparator)
_LEAVES: st.SearchStrategy[Filter] = st.one_of(
    st.builds(Compare, st.just("n"), _OPERATORS, NUMBERS),
    st.builds(Compare, st.just("t"), _OPERATORS, TEXTS),
    st.builds(Compare, st.just("ts"), _OPERATORS, TEXTS),
    st.builds(Compare, st.just("b"), _OPERATORS, st.booleans()),
    st.builds(Compare, st.just("d"), _OPERATORS, DATES),
    st.builds(OneOf, st.just("n"), st.lists(NUMBERS, min_size=1, max_size=3)),
    st.builds(OneOf, st.just("r"), st.lists(st.sampled_from(IDS), min_size=1, max_size=3)),
    st.builds(IsNull, st.sampled_from(["n", "t", "ts"]), st.booleans()),
    st.builds(
        TextMatch,
        st.sampled_from(["t", "ts"]),
        st.sampled_from([TextOperator.CONTAINS, TextOperator.PREFIX, TextOperator.SUFFIX]),
        st.text("aAbé", min_size=1, max_size=2),
        st.booleans(),
    ),
)


def _branches(inner: st.SearchStrategy[Filter]) -> st.SearchStrategy[Filter]:
    several = st.lists(inner, min_size=1, max_size=3)
    return st.one_of(
        st.builds(AllOf, several),
        st.builds(AnyOf, several),
        st.builds(Not, inner),
        st.builds(Linked, st.just("l"), st.booleans(), st.none() | inner),
        st.builds(Referenced, st.just("r"), inner),
    )


FILTERS = st.recursive(_LEAVES, _branches, max_leaves=6)
ORDERS = st.lists(
    st.builds(Order, st.sampled_from(["n", "t", "b", "d", "@id"]), st.booleans()), max_size=3
)


def _holds(
    objects: dict[str, Values], links: set[tuple[str, str]], ref: str, asked: Filter
) -> bool:
    """What a filter means, looked up word for word."""
    values, holds = objects[ref], partial(_holds, objects, links)
    match asked:
        case AllOf(filters):
            return all(holds(ref, inner) for inner in filters)
        case AnyOf(filters):
            return any(holds(ref, inner) for inner in filters)
        case Not(inner):
            return not holds(ref, inner)
        case Linked(_, is_outgoing, inner):
            ends = (
                [t for s, t in links if s == ref]
                if is_outgoing
                else [s for s, t in links if t == ref]
            )
            return any(inner is None or (end in objects and holds(end, inner)) for end in ends)
        case Referenced(_, inner):
            return values.get("r") in objects and holds(values["r"], inner)
        case IsNull(name, is_negated):
            return (name in values) == is_negated
        case Compare(name, comparator, wanted):
            return any(_COMPARE[comparator](value, wanted) for value in _several(values, name))
        case OneOf(name, wanted):
            return any(value in wanted for value in _several(values, name))
        case TextMatch():
            return any(_matches(asked, value) for value in _several(values, asked.property))
        case _:
            raise AssertionError(asked)


def _several(values: Values, name: str) -> list[Any]:
    found = values.get(name, [])
    return found if isinstance(found, list) else [found]  # pyright: ignore[reportUnknownVariableType] - JSON


def _matches(asked: TextMatch, value: str) -> bool:
    pattern = asked.pattern
    if asked.ignore_case:
        pattern, value = pattern.lower(), value.lower()
    return {
        TextOperator.CONTAINS: pattern in value,
        TextOperator.PREFIX: value.startswith(pattern),
        TextOperator.SUFFIX: value.endswith(pattern),
    }[asked.operator]


def _world(objects: dict[str, Values], links: set[tuple[str, str]]) -> World:
    partitions: dict[str, dict[str, StoredObject]] = {"A": {}, "B": {}}
    for text, values in objects.items():
        type_, number = text.split("/")
        partitions[type_][number] = StoredObject(Ref(type_, number), values)
    made = LinkPartition.of(LinkKey("l", _ref(s), _ref(t)) for s, t in links)
    types = {type_: TypePartition(found) for type_, found in partitions.items()}
    return World(CATALOGUE, types, {"l": made})


def _ref(text: str) -> Ref:
    return Ref(*text.split("/"))


def _by_id(text: str) -> tuple[str, str]:
    type_, number = text.split("/")
    return number, type_


@given(OBJECTS, LINKS, FILTERS, ORDERS)
def test_a_search_finds_what_the_model_finds_in_its_order(
    objects: dict[str, Values], links: set[tuple[str, str]], asked: Filter, orders: list[Order]
) -> None:
    world = _world(objects, links)
    condition = Compiler(CATALOGUE).compile(asked, SCOPE, "filter")
    found = ordered(matching(world, SCOPE, condition), sort_keys(SCOPE, orders))
    expected = sorted((r for r in objects if _holds(objects, links, r, asked)), key=_by_id)
    for order in reversed(orders):

        def key(ref: str, name: str = order.property) -> Any:
            return ref.split("/")[1] if name == "@id" else objects[ref].get(name)

        valued = [ref for ref in expected if key(ref) is not None]
        rest = [ref for ref in expected if key(ref) is None]
        expected = sorted(valued, key=key, reverse=order.is_descending) + rest
    assert [str(stored.ref) for stored in found] == expected


@given(OBJECTS, st.lists(st.sampled_from(["b", "t", "n"]), max_size=2, unique=True))
def test_figures_are_those_of_the_model(objects: dict[str, Values], group_by: list[str]) -> None:
    world = _world(objects, set())
    aggregates = [Aggregate(Function.COUNT)] + [Aggregate(function, "n") for function in Function]
    groups: dict[tuple[Any, ...], list[Values]] = {}
    for values in objects.values():
        groups.setdefault(tuple(values.get(name) for name in group_by), []).append(values)
    if not group_by:
        groups.setdefault((), [])
    found = aggregated(matching(world, SCOPE, None), SCOPE, group_by, aggregates)
    assert [group.count for group in found] == sorted(map(len, groups.values()), reverse=True)
    for group in found:
        members = groups[tuple(group.keys)]
        numbers = [values["n"] for values in members if "n" in values]
        total = sum(map(Decimal, numbers))
        expected = [len(members), len(numbers), len(set(numbers))]
        expected += (
            [total, total / len(numbers), min(numbers), max(numbers)] if numbers else [None] * 4
        )
        assert group.results == expected


@given(LINKS, LINKS)
def test_links_changed_step_by_step_are_those_built_at_once(
    before: set[tuple[str, str]], after: set[tuple[str, str]]
) -> None:
    def keys(pairs: set[tuple[str, str]]) -> list[LinkKey]:
        return [LinkKey("l", _ref(s), _ref(t)) for s, t in pairs]

    stepped = LinkPartition.of(keys(before)).advanced(keys(after - before), keys(before - after))
    assert stepped == LinkPartition.of(keys(after))
    assert sorted(stepped.links("l")) == sorted(keys(after))
