"""Figures over the objects of a type, in groups."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Final

from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLEnumValue,
    GraphQLField,
    GraphQLFloat,
    GraphQLID,
    GraphQLInt,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
)

from svc_graphql.domain.execution.bindings import AggregateGroups, Attribute, Entry, Figures
from svc_graphql.domain.generated.conditions import Conditions, is_ordered
from svc_graphql.domain.generated.scalars import DECIMAL
from svc_graphql.domain.generated.values import NUMBERS, ValueTypes, bound
from svc_graphql.domain.generated.vocabulary import Vocabulary
from svc_graphql.domain.ontology.model import BaseType, EnumReference, ObjectReference, Property

_UNGROUPED: Final = frozenset({BaseType.ANY, BaseType.LANG_STRING, BaseType.GEO, BaseType.BINARY})
Chosen = list[tuple[str, Property]]


class Aggregates:
    """Makes what is needed to aggregate the objects of each type."""

    def __init__(self, vocabulary: Vocabulary, values: ValueTypes, conditions: Conditions) -> None:
        self._vocabulary = vocabulary
        self._values = values
        self._conditions = conditions

    def field(self, id_: str) -> GraphQLField:
        """The field that answers the groups of a type's objects."""
        kind = self._vocabulary.kind_of(id_)
        name = self._vocabulary.type_name(kind, id_)
        known = self._vocabulary.properties_of(id_)
        arguments = {
            "filter": GraphQLArgument(
                self._conditions.filter(id_), description="Which objects. Left out: all."
            )
        }
        keys = [(field, one) for field, one in known if _is_groupable(one)]
        if keys:
            chosen = GraphQLList(GraphQLNonNull(self._keys(name, keys)))
            arguments["groupBy"] = GraphQLArgument(
                chosen, description="By whose values objects are grouped. Left out: one group."
            )
            arguments["first"] = GraphQLArgument(
                GraphQLInt, description="Most groups, up to 10,000. Left out: 1,000."
            )
        return bound(
            GraphQLList(GraphQLNonNull(self._group(name, known, keys))),
            AggregateGroups(f"{kind}/{id_}"),
            args=arguments,
            description="Figures over the objects, the group with the most of them first.",
        )

    def _keys(self, name: str, keys: Chosen) -> GraphQLEnumType:
        values = {field: GraphQLEnumValue(one.id) for field, one in keys}
        text = "Properties that objects may be grouped by."
        return GraphQLEnumType(self._vocabulary.derived(name, "Field"), values, description=text)

    def _group(self, name: str, known: Chosen, keys: Chosen) -> GraphQLObjectType:
        single = [(field, one) for field, one in known if not one.is_list]
        ordered = [(field, one) for field, one in single if is_ordered(one)]
        numbers = [(field, one) for field, one in single if one.type in NUMBERS]
        make = partial(self._part, name)
        fields: dict[str, GraphQLField] = {
            "objectCount": bound(
                GraphQLNonNull(GraphQLInt), Attribute("count"), description="How many objects."
            )
        }
        if keys:
            type_ = make("Key", keys, self._key_type)
            fields["key"] = bound(type_, Attribute("keys"), description="What they have in common.")
        if known:
            type_ = make("Counts", known, lambda _: GraphQLInt)
            fields["count"] = bound(type_, Figures("count"), description="How many values.")
            fields["distinct"] = bound(
                type_, Figures("distinct"), description="How many different."
            )
        if ordered:
            type_ = make("Extremes", ordered, lambda one: self._values.output(one.type))
            fields["min"] = bound(type_, Figures("min"), description="The least values.")
            fields["max"] = bound(type_, Figures("max"), description="The greatest values.")
        if numbers:
            type_ = make("Numbers", numbers, _exact)
            fields["sum"] = bound(type_, Figures("sum"), description="The sums.")
            fields["avg"] = bound(type_, Figures("avg"), description="The averages.")
        return GraphQLObjectType(
            self._vocabulary.derived(name, "Group"), fields, description="A group of objects."
        )

    def _part(
        self, name: str, suffix: str, chosen: Chosen, type_of: Callable[[Property], Any]
    ) -> GraphQLObjectType:
        fields = {field: bound(type_of(one), Entry(one.id)) for field, one in chosen}
        return GraphQLObjectType(self._vocabulary.derived(name, suffix), fields)

    def _key_type(self, declared: Property) -> Any:
        is_reference = isinstance(declared.type, ObjectReference)
        return GraphQLID if is_reference else self._values.output(declared.type)


def _is_groupable(declared: Property) -> bool:
    if declared.is_list or declared.type in _UNGROUPED:
        return False
    return isinstance(declared.type, BaseType | EnumReference | ObjectReference)


def _exact(declared: Property) -> Any:
    return GraphQLFloat if declared.type is BaseType.FLOAT else DECIMAL
