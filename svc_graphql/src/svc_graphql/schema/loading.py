"""Builds what executes. Nothing imports this module at start: it takes a while."""

from __future__ import annotations

from collections.abc import Sequence

from graphql import GraphQLField, GraphQLObjectType, GraphQLSchema

from svc_graphql.execution.executor import Executor
from svc_graphql.execution.limits import Limits
from svc_graphql.schema.changes import Changes
from svc_graphql.schema.contract import Rpc, Shape, message_of, shown_methods
from svc_graphql.schema.fields import Fields
from svc_graphql.schema.sessions import session_mutation, session_query
from svc_graphql.schema.streams import Streams, live_field


def load(limits: Limits) -> Executor:
    """The executor of the metamodel's schema."""
    return Executor(build_schema(shown_methods()), limits)


def build_schema(methods: Sequence[Rpc]) -> GraphQLSchema:
    """The schema of the suite's methods.

    Raises:
        ValueError: two methods would have one field, or two messages one type.
    """
    fields = Fields(methods)
    make = {
        Shape.QUERY: fields.query,
        Shape.LIST: fields.list,
        Shape.MUTATION: fields.mutation,
        Shape.SUBSCRIPTION: fields.subscription,
    }
    shown: dict[Shape, dict[str, GraphQLField]] = {shape: {} for shape in Shape}
    names = set[str]()
    for rpc in methods:
        if rpc.field in names:
            raise ValueError(f"two methods would have the field {rpc.field!r}")
        names.add(rpc.field)
        shown[rpc.shape][rpc.field] = make[rpc.shape](rpc)
    changes = Changes(_named(methods, "WatchCommits"), fields.resources, fields.node)
    streams = Streams(_named(methods, "WatchRuns"), _named(methods, "StreamEvents"), fields.outputs)
    live = {
        f"live{rpc.field[0].upper()}{rpc.field[1:]}": live_field(
            shown[Shape.LIST][rpc.field], changes
        )
        for rpc in methods
        if rpc.shape is Shape.LIST and "{parent=ontologies/*}" in rpc.http_template
    }
    queries = {**shown[Shape.QUERY], **shown[Shape.LIST], **fields.node_fields(), **session_query()}
    mutations = {**shown[Shape.MUTATION], **session_mutation(fields.payloads)}
    subscriptions = {**shown[Shape.SUBSCRIPTION], **changes.fields, **streams.fields, **live}
    return GraphQLSchema(
        query=GraphQLObjectType("Query", queries),
        mutation=GraphQLObjectType("Mutation", mutations),
        subscription=GraphQLObjectType("Subscription", subscriptions),
        types=[
            fields.outputs.object(
                message_of(each.get.method.output_type.fields_by_name[each.response_field])
            )
            for each in fields.resources.by_message.values()
        ],
    )


def _named(methods: Sequence[Rpc], name: str) -> Rpc:
    [found] = [rpc for rpc in methods if rpc.method.name == name]
    return found
