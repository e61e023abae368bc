"""Runs operations with graphql-core."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import aclosing
from contextvars import copy_context
from dataclasses import dataclass, replace
from functools import partial
from inspect import isawaitable
from typing import Any, Final

import orjson
from graphql import (
    DocumentNode,
    ExecutionResult,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    execute,
    get_argument_values,
    get_variable_values,
)

from svc_graphql.execution.context import Context
from svc_graphql.execution.documents import DocumentCache, ValidDocument, syntax_error
from svc_graphql.execution.engine import unforeseen
from svc_graphql.execution.errors import format_error
from svc_graphql.execution.limits import Limits
from svc_graphql.execution.topics import Event, Feed
from svc_graphql.transport.engine import (
    Answer,
    OperationKind,
    OperationRequest,
    RequestRefused,
    SendNow,
)

_MAX_COERCION_ERRORS: Final = 20


class Executor:
    """A schema with the documents that are known to be valid for it."""

    def __init__(self, schema: GraphQLSchema, limits: Limits) -> None:
        self.schema = schema
        self.documents = DocumentCache(schema, limits)

    def operation(
        self, document: ValidDocument, name: str, request: OperationRequest, context: Context
    ) -> SchemaOperation:
        """An operation that is ready to run.

        Raises:
            RequestRefused: a variable can't be coerced.
        """
        definition = document.operations[name]
        values = get_variable_values(
            self.schema,
            definition.variable_definitions or (),
            dict(request.variables),
            max_errors=_MAX_COERCION_ERRORS,
        )
        if isinstance(values, list):
            raise RequestRefused([syntax_error(error) for error in values])
        return SchemaOperation(self.schema, document, definition, request, context, values)


@dataclass(slots=True)
class SchemaOperation:
    """Implements `Operation`."""

    schema: GraphQLSchema
    document: ValidDocument
    definition: OperationDefinitionNode
    request: OperationRequest
    context: Context
    values: Any

    @property
    def kind(self) -> OperationKind:
        """What it does."""
        return OperationKind(self.definition.operation.value)

    @property
    def name(self) -> str:
        """Its name, empty without one."""
        return self.definition.name.value if self.definition.name else ""

    async def execute(self) -> Answer:
        """Runs a query or a mutation."""
        result = execute(self.schema, self.document.node, **self._arguments())
        return serialised(await result if isawaitable(result) else result)

    async def subscribe(self, send_now: SendNow) -> AsyncGenerator[bytes]:
        """Runs a subscription."""
        key = self._shared_key()
        source = self._source()
        if isinstance(source, Feed):
            source = source.events(self._sender(key, send_now))
        async with aclosing(source) as events:
            async for event in events:
                if isinstance(event, Event):
                    yield await event.once(key, self._respond)
                else:
                    body = self._respond(event)
                    yield await body if isawaitable(body) else body

    def _sender(self, key: Any, send_now: SendNow) -> Callable[[Sequence[Event]], bool]:
        """Sends the responses for events, if each is there without waiting."""
        # Whoever tells of events runs in a context of its own; calls are made as the caller's.
        make = partial(copy_context().run, self._respond_at_once)

        def send(events: Sequence[Event]) -> bool:
            bodies = [event.ready(key, make) for event in events]
            return None not in bodies and (not bodies or send_now(bodies))

        return send

    def _respond_at_once(self, value: Any) -> bytes | asyncio.Future[bytes]:
        body = self._respond(value)
        # A task takes over the context that it is made in.
        return body if isinstance(body, bytes) else asyncio.ensure_future(body)

    def _source(self) -> Any:
        root = self.schema.subscription_type
        assert root is not None, "validation found the operation's type"
        node = _root_field(self.document.node, self.definition)
        field = root.fields[node.name.value]
        assert field.subscribe is not None, "every field of the root has a source"
        given = get_argument_values(field, node, self.values)
        return field.subscribe(None, _Info(self.context), **given)

    def _respond(self, value: Any) -> bytes | Awaitable[bytes]:
        """The response for an event, at once if nothing has to be read for it."""
        # What an earlier event loaded may have changed since.
        context = replace(self.context, loaders={})
        arguments: dict[str, Any] = {
            **self._arguments(),
            "context_value": context,
            "root_value": value,
        }
        result = execute(self.schema, self.document.node, **arguments)
        if isawaitable(result):
            return _body_of(result)
        return serialised(result).body

    def _shared_key(self) -> Any:
        """Equal for those who are given the same bytes: they asked the same with equal rights."""
        identity = self.context.caller.identity
        return (
            self.request.document,
            self.request.operation_name,
            # As text: the bytes that orjson gives keep its whole buffer, of kilobytes.
            orjson.dumps(self.request.variables, option=orjson.OPT_SORT_KEYS).decode(),
            identity.permissions if identity else None,
        )

    def _arguments(self) -> dict[str, Any]:
        return {
            "context_value": self.context,
            "variable_values": dict(self.request.variables),
            "operation_name": self.request.operation_name,
        }


async def _body_of(result: Awaitable[ExecutionResult]) -> bytes:
    return serialised(await result).body


@dataclass(slots=True)
class _Info:
    """As much of graphql-core's as the sources of subscriptions need."""

    context: Context


def _root_field(document: DocumentNode, operation: OperationDefinitionNode) -> FieldNode:
    """The one field of a subscription, which validation made sure of."""
    fragments = {
        each.name.value: each.selection_set
        for each in document.definitions
        if isinstance(each, FragmentDefinitionNode)
    }
    selections = [operation.selection_set]
    while selections:
        for each in selections.pop().selections:
            if isinstance(each, FieldNode):
                return each
            if isinstance(each, FragmentSpreadNode):
                selections.append(fragments[each.name.value])
            elif isinstance(each, InlineFragmentNode):
                selections.append(each.selection_set)
    raise LookupError("a selection has at least one field")


def serialised(result: ExecutionResult) -> Answer:
    """A result as JSON."""
    response: dict[str, Any] = {}
    if result.errors:
        response["errors"] = [format_error(error, unforeseen) for error in result.errors]
    response["data"] = result.data
    return Answer(orjson.dumps(response), has_errors=bool(result.errors))
