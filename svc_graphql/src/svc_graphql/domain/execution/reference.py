"""graphql-core writing a result out of what was fetched."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graphql import (
    DocumentNode,
    ExecutionResult,
    GraphQLAbstractType,
    GraphQLResolveInfo,
    execute_sync,
)

from svc_graphql.domain.execution.bindings import BINDING, Fetch
from svc_graphql.domain.execution.fetching import Failure, Fetched
from svc_graphql.domain.execution.requests import Row
from svc_graphql.domain.generated.compiler import Generated


def write(
    generated: Generated,
    document: DocumentNode,
    source: Any,
    *,
    fetched: Fetched,
    variables: Mapping[str, Any],
    operation_name: str | None,
) -> ExecutionResult:
    """The whole result of an operation, with its errors.

    Args:
        source: The root that was fetched for.
        variables: As they came with the request.
    """

    def resolve(source: Any, info: GraphQLResolveInfo[Any], **_: Any) -> Any:
        binding = info.parent_type.fields[info.field_name].extensions[BINDING]
        if not isinstance(binding, Fetch):
            return binding.value(source)
        value = fetched.value(tuple(map(id, info.field_nodes)), source)
        if isinstance(value, Failure):
            raise value.raised()
        return value

    return execute_sync(
        generated.schema,
        document,
        source,
        variable_values=dict(variables),
        operation_name=operation_name,
        field_resolver=resolve,
        type_resolver=type_resolver(generated),
    )


def type_resolver(generated: Generated) -> Any:
    """Tells the type of an object where the schema says that it may be one of several."""

    def resolve(
        value: Any, _info: GraphQLResolveInfo[Any], _type: GraphQLAbstractType
    ) -> str | None:
        return generated.type_names.get(value.type) if isinstance(value, Row) else None

    return resolve
