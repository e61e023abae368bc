"""An ontology as a GraphQL schema."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graphql import (
    GraphQLArgument,
    GraphQLField,
    GraphQLID,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLString,
)

from svc_graphql.domain.execution.bindings import (
    Attribute,
    FindOne,
    FindPage,
    FindSeveral,
    OntologyRead,
)
from svc_graphql.domain.generated.aggregates import Aggregates
from svc_graphql.domain.generated.changes import Changes
from svc_graphql.domain.generated.conditions import Conditions
from svc_graphql.domain.generated.descriptions import described
from svc_graphql.domain.generated.naming import Names, lower_first
from svc_graphql.domain.generated.objects import ObjectTypes
from svc_graphql.domain.generated.subscriptions import Subscriptions
from svc_graphql.domain.generated.values import ValueTypes, bound
from svc_graphql.domain.generated.vocabulary import Omission, Vocabulary
from svc_graphql.domain.ontology.inheritance import Hierarchy
from svc_graphql.domain.ontology.model import Ontology


@dataclass(frozen=True, slots=True)
class Generated:
    """A schema, and what is needed to run operations on it.

    Args:
        type_names: Names of GraphQL's object types by the ids of the ontology's.
        properties: Ids of properties by the names of their fields.
        omissions: What of the ontology is not in the schema.
    """

    ontology: Ontology
    schema: GraphQLSchema
    type_names: Mapping[str, str]
    properties: Mapping[str, str]
    omissions: tuple[Omission, ...]


def generate(ontology: Ontology) -> Generated:
    """Compiles an ontology to a schema. The same ontology gives the same schema."""
    hierarchy = Hierarchy(ontology)
    vocabulary = Vocabulary(ontology, hierarchy)
    values = ValueTypes(vocabulary)
    conditions = Conditions(vocabulary, values)
    objects = ObjectTypes(vocabulary, values, conditions)
    query = _queries(vocabulary, objects, conditions, Aggregates(vocabulary, values, conditions))
    query["_ontology"] = _info(ontology, vocabulary)
    changes = Changes(vocabulary, values, objects).fields()
    live = Subscriptions(vocabulary, objects, conditions).fields()
    concrete = hierarchy.concrete_of(())
    schema = GraphQLSchema(
        query=GraphQLObjectType("Query", query),
        mutation=GraphQLObjectType("Mutation", changes) if changes else None,
        subscription=GraphQLObjectType("Subscription", live) if live else None,
        types=[*map(objects.concrete, concrete), *objects.general()],
        description=described(ontology.texts, ontology.id),
    )
    return Generated(
        ontology=ontology,
        schema=schema,
        type_names={id_: vocabulary.type_name("objectTypes", id_) for id_ in concrete},
        properties={name: id_ for id_, name in vocabulary.properties.items()},
        omissions=vocabulary.sorted_omissions(),
    )


def _queries(
    vocabulary: Vocabulary, objects: ObjectTypes, conditions: Conditions, aggregates: Aggregates
) -> dict[str, GraphQLField]:
    names = Names(("node", "nodes", "_ontology"))
    id_ = GraphQLArgument(GraphQLNonNull(GraphQLID), description="`{object_type}/{key}`.")
    fields = _nodes(objects, id_)
    ontology = vocabulary.ontology
    for one in sorted({*ontology.object_types, *ontology.interfaces}):
        kind = vocabulary.kind_of(one)
        name = names.take(lower_first(vocabulary.type_name(kind, one)))
        fields[name] = bound(
            objects.output(one),
            FindOne(frozenset(vocabulary.hierarchy.concrete(one))),
            args={"id": id_},
            description=f"The {one} with an id; null when there is none.",
        )
        fields[names.take(f"{name}List")] = bound(
            objects.connection(one),
            FindPage(f"{kind}/{one}"),
            args=conditions.arguments(one),
            description=f"Objects of {one}, ordered by key unless said otherwise.",
        )
        fields[names.take(f"{name}Aggregate")] = aggregates.field(one)
    return fields


def _nodes(objects: ObjectTypes, id_: GraphQLArgument) -> dict[str, GraphQLField]:
    ids = GraphQLArgument(
        GraphQLNonNull(GraphQLList(GraphQLNonNull(GraphQLID))), description="At most 1,000."
    )
    return {
        "node": bound(
            objects.node,
            FindOne(),
            args={"id": id_},
            description="The object with an id; null when there is none (Relay).",
        ),
        "nodes": bound(
            GraphQLNonNull(GraphQLList(objects.node)),
            FindSeveral(),
            args={"ids": ids},
            description="The objects with the ids, in their order; null for one that is not there.",
        ),
    }


@dataclass(frozen=True, slots=True)
class OntologyInfo:
    """What a schema says of its ontology."""

    ontology_id: str
    commit_id: str
    omissions: tuple[Omission, ...]


def _info(ontology: Ontology, vocabulary: Vocabulary) -> GraphQLField:
    """The field that says what the schema is of."""
    text = GraphQLNonNull(GraphQLString)
    omission = GraphQLObjectType(
        "Omission",
        {
            "element": bound(text, Attribute("element"), description="Such as `objectTypes/A`."),
            "reason": bound(text, Attribute("reason")),
        },
        description="Something of the ontology that has no place in the schema.",
    )
    id_ = GraphQLNonNull(GraphQLID)
    fields: dict[str, Any] = {
        "id": bound(id_, Attribute("ontology_id")),
        "commitId": bound(id_, Attribute("commit_id"), description="The commit that is read."),
        "omissions": bound(
            GraphQLNonNull(GraphQLList(GraphQLNonNull(omission))), Attribute("omissions")
        ),
    }

    def made(commit_id: str) -> OntologyInfo:
        return OntologyInfo(ontology.id, commit_id, vocabulary.sorted_omissions())

    return bound(
        GraphQLNonNull(GraphQLObjectType("OntologyInfo", fields)),
        OntologyRead(made),
        description="The ontology that this schema is of.",
    )
