"""Filters and orders as input types, and what they say as conditions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from graphql import (
    GraphQLArgument,
    GraphQLBoolean,
    GraphQLEnumType,
    GraphQLEnumValue,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInt,
    GraphQLList,
    GraphQLNonNull,
    GraphQLString,
)

from svc_graphql.domain.execution.requests import (
    KEY,
    All,
    Compare,
    Condition,
    Keys,
    Linked,
    Not,
    Operator,
    Order,
    Referred,
    Search,
    Some,
)
from svc_graphql.domain.generated.values import ORDERED, TEXTS, ValueTypes
from svc_graphql.domain.generated.vocabulary import Vocabulary
from svc_graphql.domain.ontology.model import BaseType, EnumReference, ObjectReference, Property

_EQUALITY = (Operator.EQ, Operator.NE)
_ORDER = (Operator.LT, Operator.LE, Operator.GT, Operator.GE)
_TEXT = (Operator.CONTAINS, Operator.STARTS_WITH, Operator.ENDS_WITH, Operator.MATCHES)
Meaning = Callable[[Any], Condition]


class Conditions:
    """Makes the filter and the order of each type once. The id is empty for any object."""

    def __init__(self, vocabulary: Vocabulary, values: ValueTypes) -> None:
        self._vocabulary = vocabulary
        self._hierarchy = vocabulary.hierarchy
        self._values = values
        self._made: dict[tuple[str, str], Any] = {}
        self._direction = GraphQLEnumType(
            "Direction",
            {
                "ASC": GraphQLEnumValue(False, description="From the least to the greatest."),
                "DESC": GraphQLEnumValue(True, description="From the greatest to the least."),
            },
            description="Which way things are ordered. What has no value comes last either way.",
        )

    def arguments(self, id_: str) -> dict[str, GraphQLArgument]:
        """The arguments of a connection."""
        order = GraphQLList(GraphQLNonNull(self.order(id_)))
        return {
            "first": GraphQLArgument(
                GraphQLInt, description="Most objects on the page, up to 1,000. Left out: 100."
            ),
            "after": GraphQLArgument(
                GraphQLString, description="A cursor of the page before. Left out: from the start."
            ),
            "last": GraphQLArgument(
                GraphQLInt,
                description="As `first`, but from the end. One of the two alone.",
            ),
            "before": GraphQLArgument(
                GraphQLString, description="A cursor of the page after. Left out: to the end."
            ),
            "filter": GraphQLArgument(self.filter(id_), description="Which objects."),
            "orderBy": GraphQLArgument(order, description="By what, the first one first."),
        }

    def filter(self, id_: str) -> GraphQLInputObjectType:
        """The filter of the objects of a type."""
        return self._once(id_, "Filter", self._filter)

    def order(self, id_: str) -> GraphQLInputObjectType:
        """One thing that the objects of a type may be ordered by."""
        return self._once(id_, "Order", self._order)

    def _once(self, id_: str, suffix: str, make: Callable[[str, str], Any]) -> Any:
        if (id_, suffix) not in self._made:
            self._made[id_, suffix] = make(id_, self._name(id_, suffix))
        return self._made[id_, suffix]

    def _name(self, id_: str, suffix: str) -> str:
        if not id_:
            return f"Object{suffix}"
        name = self._vocabulary.type_name(self._vocabulary.kind_of(id_), id_)
        return self._vocabulary.derived(name, suffix)

    def _filter(self, id_: str, name: str) -> GraphQLInputObjectType:
        meanings: dict[str, Meaning] = {}
        return GraphQLInputObjectType(
            name,
            lambda: self._filter_fields(id_, meanings),
            out_type=partial(_conjunction, meanings),
            description="What is said in one filter holds together. Null is as left out.",
        )

    def _filter_fields(self, id_: str, meanings: dict[str, Meaning]) -> dict[str, Any]:
        itself = self.filter(id_)
        several = GraphQLList(GraphQLNonNull(itself))
        keys = GraphQLList(GraphQLNonNull(GraphQLString))
        fields = {
            "and": GraphQLInputField(several, description="Every one of these holds."),
            "or": GraphQLInputField(several, description="At least one of these holds."),
            "not": GraphQLInputField(itself, description="It does not hold."),
            "_key": GraphQLInputField(keys, description="The key is one of these."),
            "_search": GraphQLInputField(
                GraphQLString, description="The words occur in the object's texts."
            ),
        }
        meanings |= {
            "and": lambda parts: All(tuple(parts)),
            "or": lambda parts: Some(tuple(parts)),
            "not": Not,
            "_key": lambda keys: Keys(tuple(keys)),
            "_search": Search,
        }
        for field, declared in self._vocabulary.properties_of(id_) if id_ else ():
            fields[field], meanings[field] = self._property(declared)
        for field, link, is_inverse in self._vocabulary.links_of(id_) if id_ else ():
            ends = link.sources if is_inverse else link.targets
            most = link.max_sources if is_inverse else link.max_targets
            end = self._vocabulary.single_end(ends)
            meaning = partial(Linked, link.id, is_inverse)
            if most == 1:
                fields[field], meanings[field] = GraphQLInputField(self.filter(end)), meaning
            else:
                fields[field] = GraphQLInputField(self._of_many(end))
                meanings[field] = partial(_quantified, meaning)
        return fields

    def _property(self, declared: Property) -> tuple[GraphQLInputField, Meaning]:
        if isinstance(declared.type, ObjectReference):
            target = self.filter(declared.type.object_type)
            return GraphQLInputField(target), partial(Referred, declared.id)
        return (
            GraphQLInputField(self._comparison(declared.type)),
            partial(_comparisons, declared.id),
        )

    def _of_many(self, end: str) -> GraphQLInputObjectType:
        return self._once(end, "LinkFilter", self._link_filter)

    def _link_filter(self, end: str, name: str) -> GraphQLInputObjectType:
        def fields() -> dict[str, GraphQLInputField]:
            inner = self.filter(end)
            return {
                "some": GraphQLInputField(inner, description="One of them is so."),
                "every": GraphQLInputField(inner, description="All of them are, or there is none."),
                "none": GraphQLInputField(inner, description="None of them is."),
            }

        return GraphQLInputObjectType(name, fields, description="What is at the other ends.")

    def _comparison(self, type_: Any) -> GraphQLInputObjectType:
        name, operators = self._operators(type_)
        key = ("", f"|{name}")
        if key not in self._made:
            value = self._values.input(type_)
            fields = {
                one.value: GraphQLInputField(GraphQLList(value) if one is Operator.IN else value)
                for one in operators
            }
            if Operator.CONTAINS in operators:
                fields["ignoreCase"] = GraphQLInputField(
                    GraphQLBoolean,
                    description="Upper and lower case are the same to the four operators on texts.",
                )
            fields[Operator.IS_NULL.value] = GraphQLInputField(
                GraphQLBoolean, description="There is no value, or, if false, there is one."
            )
            self._made[key] = GraphQLInputObjectType(
                name,
                fields,
                description="Compares a value; one of a list's is enough. `eq: null` is no value.",
            )
        return self._made[key]

    def _operators(self, type_: Any) -> tuple[str, tuple[Operator, ...]]:
        """The name of a comparison and what it has beside `isNull`."""
        if isinstance(type_, EnumReference):
            name = self._vocabulary.type_name("enums", type_.enum)
            return self._vocabulary.derived(name, "Comparison"), (*_EQUALITY, Operator.IN)
        if not isinstance(type_, BaseType) or type_ in (BaseType.LANG_STRING, BaseType.GEO):
            return "PresenceFilter", ()
        name = f"{self._values.input(type_).name}Filter"
        if type_ in TEXTS:
            return name, (*_EQUALITY, Operator.IN, *_ORDER, *_TEXT)
        if type_ in ORDERED:
            return name, (*_EQUALITY, Operator.IN, *_ORDER)
        return name, (*_EQUALITY, Operator.IN)

    def _order(self, id_: str, name: str) -> GraphQLInputObjectType:
        ids = {"_key": KEY}
        for field, declared in self._vocabulary.properties_of(id_) if id_ else ():
            if is_ordered(declared):
                ids[field] = declared.id
        fields = {field: GraphQLInputField(self._direction) for field in ids}
        return GraphQLInputObjectType(
            name,
            fields,
            is_one_of=True,
            out_type=partial(_ordered, ids),
            description="What objects are ordered by: exactly one field.",
        )


def is_ordered(declared: Property) -> bool:
    """True of a property that objects can be ordered by."""
    return declared.type in ORDERED and not declared.is_list


def _conjunction(meanings: Mapping[str, Meaning], said: Mapping[str, Any]) -> Condition:
    parts = [meanings[name](value) for name, value in said.items() if value is not None]
    return parts[0] if len(parts) == 1 else All(tuple(parts))


def _quantified(meaning: Meaning, said: Mapping[str, Condition | None]) -> Condition:
    parts: list[Condition] = []
    for quantifier, condition in said.items():
        if condition is None:
            continue
        if quantifier == "every":
            parts.append(Not(meaning(Not(condition))))
        else:
            found = meaning(condition)
            parts.append(found if quantifier == "some" else Not(found))
    return All(tuple(parts))


def _comparisons(property_: str, said: Mapping[str, Any]) -> Condition:
    ignores_case = bool(said.get("ignoreCase"))
    parts = [
        _comparison(property_, Operator(name), value, ignores_case)
        for name, value in said.items()
        if name != "ignoreCase"
    ]
    return parts[0] if len(parts) == 1 else All(tuple(parts))


def _comparison(property_: str, operator: Operator, value: Any, ignores_case: bool) -> Condition:
    """Null is no value where values are told apart, and left out in every other place."""
    is_null = Compare(property_, Operator.IS_NULL, True)
    if operator is Operator.IN and value is not None:
        known = tuple(one for one in value if one is not None)
        among = Compare(property_, operator, known) if known else Some()
        return among if len(known) == len(value) else Some((among, is_null))
    if value is not None:
        return Compare(property_, operator, value, ignores_case)
    if operator is Operator.EQ:
        return is_null
    return Not(is_null) if operator is Operator.NE else All()


def _ordered(ids: Mapping[str, str], said: Mapping[str, bool]) -> Order:
    field, is_descending = next(iter(said.items()))
    return Order(ids[field], is_descending)
