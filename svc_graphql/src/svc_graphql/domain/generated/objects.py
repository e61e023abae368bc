"""Object types and interfaces as types of GraphQL, with their links."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from graphql import (
    GraphQLField,
    GraphQLID,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLString,
)

from svc_graphql.domain.execution.bindings import (
    Entry,
    Facts,
    LinkedObject,
    LinkedPage,
    ObjectId,
    ObjectKey,
    PropertyValue,
    ReferredObject,
    ReferredObjects,
)
from svc_graphql.domain.generated.conditions import Conditions
from svc_graphql.domain.generated.connections import Connections
from svc_graphql.domain.generated.descriptions import deprecation, described
from svc_graphql.domain.generated.scalars import DATE_TIME
from svc_graphql.domain.generated.values import ValueTypes, bound
from svc_graphql.domain.generated.vocabulary import Vocabulary
from svc_graphql.domain.ontology.model import LinkType, ObjectReference, Property

ANY_OBJECT = ""
"""Stands for the id of a type where every object is meant."""


class ObjectTypes:
    """Makes each type of objects once.

    An object type becomes an object type of its name. One that has descendants is an interface
    besides, which is the type of every field that may answer its descendants too: `Any` before
    its name, or its name alone when it is abstract.
    """

    def __init__(self, vocabulary: Vocabulary, values: ValueTypes, conditions: Conditions) -> None:
        self._vocabulary = vocabulary
        self._hierarchy = vocabulary.hierarchy
        self._values = values
        self._conditions = conditions
        self._connections = Connections(vocabulary, self.output, self.output_name)
        self._concrete: dict[str, GraphQLObjectType] = {}
        self._general: dict[str, GraphQLInterfaceType] = {}
        self._links: dict[str, GraphQLField] = {}
        self._meta = _meta_type()
        node = {"id": _id_field()}
        self.node = GraphQLInterfaceType("Node", node, description="What has an id (Relay).")
        self.object = GraphQLInterfaceType(
            "Object", self._common, interfaces=[self.node], description="Any object."
        )

    def _common(self) -> dict[str, GraphQLField]:
        return {
            "id": _id_field(),
            "_key": bound(
                GraphQLNonNull(GraphQLString),
                ObjectKey(),
                description="The id without the type: what tells it from others of its type.",
            ),
            "_meta": bound(
                GraphQLNonNull(self._meta), Facts(), description="What is stored beside its values."
            ),
        }

    def connection(self, id_: str) -> Any:
        """The type of a page of objects of a type or an interface; `ANY_OBJECT`: of any."""
        return self._connections.of(id_)

    def output(self, id_: str) -> Any:
        """The type of a field that answers objects of a type, its descendants among them."""
        if id_ == ANY_OBJECT:
            return self.object
        return self.concrete(id_) if self._is_leaf(id_) else self._interface(id_)

    def concrete(self, id_: str) -> GraphQLObjectType:
        """The type of the objects whose own type it is."""
        if id_ not in self._concrete:
            declared = self._vocabulary.ontology.object_types[id_]
            self._concrete[id_] = GraphQLObjectType(
                self._vocabulary.type_name("objectTypes", id_),
                lambda: self._fields(id_, self._vocabulary.properties_of(id_)),
                interfaces=lambda: self._interfaces(id_, with_itself=True),
                description=described(declared.texts, id_),
            )
        return self._concrete[id_]

    def general(self) -> Iterable[GraphQLInterfaceType]:
        """Every interface that was made."""
        return self._general.values()

    def _is_leaf(self, id_: str) -> bool:
        """True of an object type that is not abstract and has no descendants."""
        return id_ in self._vocabulary.ontology.object_types and (
            self._hierarchy.concrete(id_) == (id_,) and not self._hierarchy.below(id_)
        )

    def _interface(self, id_: str) -> GraphQLInterfaceType:
        if id_ not in self._general:
            kind = self._vocabulary.kind_of(id_)
            declared = self._declared(id_)
            self._general[id_] = GraphQLInterfaceType(
                self.output_name(id_),
                lambda: self._fields(id_, self._shared(id_)),
                interfaces=lambda: self._interfaces(id_, with_itself=False),
                description=described(declared.texts, id_)
                if kind == "interfaces" or declared.is_abstract
                else f"`{id_}` or one of its descendants.",
            )
        return self._general[id_]

    def output_name(self, id_: str) -> str:
        """The name of `output(id_)`."""
        if id_ == ANY_OBJECT:
            return "Object"
        kind = self._vocabulary.kind_of(id_)
        name = self._vocabulary.type_name(kind, id_)
        is_plain = kind == "interfaces" or self._declared(id_).is_abstract or self._is_leaf(id_)
        return name if is_plain else self._vocabulary.derived(name, "", prefix="Any")

    def _declared(self, id_: str) -> Any:
        ontology = self._vocabulary.ontology
        return ontology.object_types.get(id_) or ontology.interfaces[id_]

    def _interfaces(self, id_: str, *, with_itself: bool) -> list[GraphQLInterfaceType]:
        """What a type implements: every interface above it, and the interface of itself."""
        above = self._hierarchy.ancestors(id_)
        ids = (id_, *above) if with_itself and not self._is_leaf(id_) else above
        return [self.node, self.object, *(self._interface(one) for one in ids)]

    def _shared(self, id_: str) -> list[tuple[str, Property]]:
        """The properties of an interface that every type below has alike."""
        kept: list[tuple[str, Property]] = []
        for name, declared in self._vocabulary.properties_of(id_):
            below = [
                self._hierarchy.property_of(one, declared.id) for one in self._hierarchy.below(id_)
            ]
            if all(one and _is_alike(one, declared) for one in below):
                required = declared.is_required and all(one and one.is_required for one in below)
                kept.append((name, _with_required(declared, required)))
            else:
                element = f"{self._vocabulary.kind_of(id_)}/{id_}#{declared.id}"
                reason = "a type below declares it otherwise; each type has it, the interface not"
                self._vocabulary.leave_out(element, reason)
        return kept

    def _fields(
        self, id_: str, properties: Iterable[tuple[str, Property]]
    ) -> dict[str, GraphQLField]:
        fields = self._common()
        for name, declared in properties:
            fields[name] = self._property(name, declared)
        for name, link, is_inverse in self._vocabulary.links_of(id_):
            # One field for every type that inherits it: they are most of a large schema.
            if name not in self._links:
                self._links[name] = self._link(link, is_inverse=is_inverse)
            fields[name] = self._links[name]
        return fields

    def _property(self, name: str, declared: Property) -> GraphQLField:
        options: Mapping[str, Any] = {
            "description": described(declared.texts, name),
            "deprecation_reason": deprecation(declared.texts),
        }
        if not isinstance(declared.type, ObjectReference):
            binding = PropertyValue(declared.id)
            return bound(self._values.property_output(declared), binding, **options)
        target = self.output(declared.type.object_type)
        if declared.is_list:
            return bound(GraphQLList(target), ReferredObjects(declared.id), **options)
        # Also of a required one: what it refers to may be out of the caller's reach.
        return bound(target, ReferredObject(declared.id), **options)

    def _link(self, link: LinkType, *, is_inverse: bool) -> GraphQLField:
        ends = link.sources if is_inverse else link.targets
        most = link.max_sources if is_inverse else link.max_targets
        end = self._vocabulary.single_end(ends)
        options: Mapping[str, Any] = {
            "description": described(link.texts, link.id)
            if not is_inverse
            else f"What `{link.id}` leads here from.",
            "deprecation_reason": deprecation(link.texts),
        }
        if most == 1:
            return bound(self.output(end), LinkedObject(link.id, is_inverse), **options)
        return bound(
            self.connection(end),
            LinkedPage(link.id, is_inverse),
            args=self._conditions.arguments(end),
            **options,
        )


def _id_field() -> GraphQLField:
    return bound(GraphQLNonNull(GraphQLID), ObjectId(), description="`{object_type}/{key}`.")


def _meta_type() -> GraphQLObjectType:
    facts: Mapping[str, tuple[Any, str]] = {
        "objectType": (GraphQLNonNull(GraphQLString), "Id of its object type in the ontology."),
        "etag": (GraphQLString, "Changes whenever a value does."),
        "createTime": (DATE_TIME, "When it was created."),
        "updateTime": (DATE_TIME, "When it was last changed."),
        "createdBy": (GraphQLString, "Id of who created it."),
        "updatedBy": (GraphQLString, "Id of who last changed it."),
    }
    return GraphQLObjectType(
        "ObjectMeta",
        {
            name: bound(type_, Entry(name), description=text)
            for name, (type_, text) in facts.items()
        },
        description="What is stored beside an object's values.",
    )


def _is_alike(one: Property, other: Property) -> bool:
    return one.type == other.type and one.is_list == other.is_list


def _with_required(declared: Property, required: bool) -> Property:
    return Property(declared.id, declared.type, required, declared.is_list, declared.texts)
