"""Connections, edges and page info, as Relay has them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from graphql import (
    GraphQLBoolean,
    GraphQLInt,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLString,
)

from svc_graphql.domain.execution.bindings import (
    Attribute,
    Edges,
    FirstCursor,
    Itself,
    LastCursor,
)
from svc_graphql.domain.generated.values import bound
from svc_graphql.domain.generated.vocabulary import Vocabulary


class Connections:
    """Makes the connection of each type once."""

    def __init__(
        self,
        vocabulary: Vocabulary,
        output: Callable[[str], Any],
        output_name: Callable[[str], str],
    ) -> None:
        self._vocabulary = vocabulary
        self._output = output
        self._output_name = output_name
        self._made: dict[str, GraphQLObjectType] = {}
        self._page_info = GraphQLNonNull(_page_info())

    def of(self, id_: str) -> GraphQLObjectType:
        """The connection whose nodes are what `output(id_)` is."""
        if id_ not in self._made:
            self._made[id_] = self._connection(id_)
        return self._made[id_]

    def _connection(self, id_: str) -> GraphQLObjectType:
        name = self._name(id_, "Connection")
        edge = GraphQLObjectType(
            self._name(id_, "Edge"),
            lambda: {
                "cursor": bound(GraphQLNonNull(GraphQLString), Attribute("cursor")),
                "node": bound(self._output(id_), Attribute("node")),
            },
            description="An object on a page, and where it stands there.",
        )
        return GraphQLObjectType(
            name,
            lambda: {
                "nodes": bound(
                    GraphQLNonNull(GraphQLList(self._output(id_))),
                    Attribute("rows"),
                    description="The objects of the page.",
                ),
                "edges": bound(
                    GraphQLNonNull(GraphQLList(GraphQLNonNull(edge))),
                    Edges(),
                    description="The same objects, each with its cursor.",
                ),
                "pageInfo": bound(self._page_info, Itself()),
                "totalCount": bound(
                    GraphQLInt, Attribute("total"), description="How many there are on all pages."
                ),
            },
            description="A page of objects.",
        )

    def _name(self, id_: str, suffix: str) -> str:
        base = self._output_name(id_)
        return f"{base}{suffix}" if not id_ else self._vocabulary.derived(base, suffix)


def _page_info() -> GraphQLObjectType:
    return GraphQLObjectType(
        "PageInfo",
        {
            "hasNextPage": bound(GraphQLNonNull(GraphQLBoolean), Attribute("has_next")),
            "hasPreviousPage": bound(GraphQLNonNull(GraphQLBoolean), Attribute("has_previous")),
            "startCursor": bound(GraphQLString, FirstCursor()),
            "endCursor": bound(GraphQLString, LastCursor()),
        },
        description="Where a page stands among the others (Relay).",
    )
