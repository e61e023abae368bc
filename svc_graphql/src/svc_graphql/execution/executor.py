"""Runs operations with graphql-core."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass
from inspect import isawaitable
from typing import Any, Final

import orjson
from graphql import (
    ExecutionResult,
    GraphQLSchema,
    OperationDefinitionNode,
    execute,
    get_variable_values,
    subscribe,
)

from svc_graphql.execution.context import Context
from svc_graphql.execution.documents import DocumentCache, ValidDocument, syntax_error
from svc_graphql.execution.engine import unforeseen
from svc_graphql.execution.errors import format_error
from svc_graphql.execution.limits import Limits
from svc_graphql.transport.engine import Answer, OperationKind, OperationRequest, RequestRefused

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
        return SchemaOperation(self.schema, document, definition, request, context)


@dataclass(slots=True)
class SchemaOperation:
    """Implements `Operation`."""

    schema: GraphQLSchema
    document: ValidDocument
    definition: OperationDefinitionNode
    request: OperationRequest
    context: Context

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

    async def subscribe(self) -> AsyncGenerator[bytes]:
        """Runs a subscription."""
        source = subscribe(self.schema, self.document.node, **self._arguments())
        results: Any = await source if isawaitable(source) else source
        if isinstance(results, ExecutionResult):
            raise RequestRefused([format_error(e, unforeseen) for e in results.errors or ()])
        stream: AsyncIterator[ExecutionResult] = results
        async with aclosing(stream):  # pyright: ignore[reportArgumentType] - a generator
            async for result in stream:
                yield serialised(result).body

    def _arguments(self) -> dict[str, Any]:
        return {
            "context_value": self.context,
            "variable_values": dict(self.request.variables),
            "operation_name": self.request.operation_name,
        }


def serialised(result: ExecutionResult) -> Answer:
    """A result as JSON."""
    response: dict[str, Any] = {}
    if result.errors:
        response["errors"] = [format_error(error, unforeseen) for error in result.errors]
    response["data"] = result.data
    return Answer(orjson.dumps(response), has_errors=bool(result.errors))
