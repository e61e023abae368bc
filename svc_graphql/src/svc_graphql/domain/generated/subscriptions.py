"""Subscriptions to the objects of each type: their changes, and lists kept up to date."""

from __future__ import annotations

from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLEnumValue,
    GraphQLField,
    GraphQLID,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLString,
)

from svc_graphql.domain.execution.bindings import Attribute, ChangesRead, FindPage, ObjectAfter
from svc_graphql.domain.generated.conditions import Conditions
from svc_graphql.domain.generated.naming import Names, lower_first
from svc_graphql.domain.generated.objects import ObjectTypes
from svc_graphql.domain.generated.scalars import DATE_TIME
from svc_graphql.domain.generated.values import bound
from svc_graphql.domain.generated.vocabulary import Vocabulary

SINCE = "since"
"""Argument of a live list: the commit of the list that the client has."""

_CHANGES = ("CREATED", "UPDATED", "DELETED")


class Subscriptions:
    """Makes the fields of `Subscription`."""

    def __init__(
        self, vocabulary: Vocabulary, objects: ObjectTypes, conditions: Conditions
    ) -> None:
        self._vocabulary = vocabulary
        self._objects = objects
        self._conditions = conditions
        self._change = GraphQLEnumType(
            "ObjectChangeType", {name: GraphQLEnumValue(name) for name in _CHANGES}
        )

    def fields(self) -> dict[str, GraphQLField]:
        """Two for each object type and interface."""
        names = Names(())
        ontology = self._vocabulary.ontology
        fields: dict[str, GraphQLField] = {}
        for one in sorted({*ontology.object_types, *ontology.interfaces}):
            kind = self._vocabulary.kind_of(one)
            name = names.take(lower_first(self._vocabulary.type_name(kind, one)))
            fields[names.take(f"{name}Changes")] = self._changes(kind, one)
            fields[names.take(f"{name}ListLive")] = self._live(kind, one)
        return fields

    def _changes(self, kind: str, id_: str) -> GraphQLField:
        after = GraphQLArgument(
            GraphQLString,
            description="Id of a commit: first come the changes after it. Left out: new ones only.",
        )
        filter_ = GraphQLArgument(
            self._conditions.filter(id_),
            description="Which objects: as the commit left them, deleted ones as they were before.",
        )
        return bound(
            GraphQLNonNull(self._changes_type(id_)),
            ChangesRead(f"{kind}/{id_}"),
            args={"filter": filter_, "after": after},
            description=f"Each commit that changes objects of {id_}, with those; up to 1,000 of "
            "them in one message.",
        )

    def _live(self, kind: str, id_: str) -> GraphQLField:
        since = GraphQLArgument(
            GraphQLString,
            description="Id of the commit that the client has the list of: it is sent once it is "
            "another one. Left out: it is sent at once.",
        )
        return bound(
            self._objects.connection(id_),
            FindPage(f"{kind}/{id_}"),
            args={**self._conditions.arguments(id_), SINCE: since},
            description=f"The list of objects of {id_}, whole, sent again whenever a commit has "
            "changed what is selected of it.",
        )

    def _changes_type(self, id_: str) -> GraphQLObjectType:
        text, commit_id = GraphQLNonNull(GraphQLString), GraphQLNonNull(GraphQLID)
        base = self._objects.output_name(id_)
        change = GraphQLObjectType(
            self._vocabulary.derived(base, "Change"),
            lambda: {
                "change": bound(GraphQLNonNull(self._change), Attribute("change")),
                "id": bound(GraphQLNonNull(GraphQLID), Attribute("id")),
                "object": bound(
                    self._objects.output(id_),
                    ObjectAfter(),
                    description="As the commit left it; null when it was deleted.",
                ),
            },
            description="An object that a commit changed.",
        )
        return GraphQLObjectType(
            self._vocabulary.derived(base, "Changes"),
            {
                "commitId": bound(commit_id, Attribute("commit_id")),
                "branch": bound(text, Attribute("branch")),
                "author": bound(text, Attribute("author")),
                "message": bound(text, Attribute("message")),
                "commitTime": bound(GraphQLNonNull(DATE_TIME), Attribute("commit_time")),
                "changes": bound(
                    GraphQLNonNull(GraphQLList(GraphQLNonNull(change))), Attribute("changes")
                ),
            },
            description="What a commit changed.",
        )
