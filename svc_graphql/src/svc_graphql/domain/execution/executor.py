"""Running operations on a generated schema: parsed once, planned once, written column by column."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

import orjson
from graphql import (
    DocumentNode,
    ExecutionResult,
    GraphQLError,
    OperationDefinitionNode,
    OperationType,
    VariableNode,
    Visitor,
    get_variable_values,
    visit,
)
from graphql.execution.collect_fields import FragmentDetails
from graphql.execution.values import VariableValues
from graphql.language import DirectiveNode, FragmentDefinitionNode

from svc_graphql.domain.execution import reference
from svc_graphql.domain.execution.bindings import Root
from svc_graphql.domain.execution.fetching import Fetched, Fetcher
from svc_graphql.domain.execution.plan import OperationPlan
from svc_graphql.domain.execution.requests import CommittedChanges, Objects
from svc_graphql.domain.execution.writing import Irregular, Writer
from svc_graphql.domain.generated.compiler import Generated

_MAX_PLANS = 16
_K = TypeVar("_K", bound=Hashable)
_V = TypeVar("_V")


class Recent(Generic[_K, _V]):
    """The values used last, at most `size` of them."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._values: OrderedDict[_K, _V] = OrderedDict()

    def get(self, key: _K) -> _V | None:
        """The value kept under a key."""
        if key in self._values:
            self._values.move_to_end(key)
        return self._values.get(key)

    def put(self, key: _K, value: _V) -> _V:
        """Keeps a value; drops the one that was used longest ago when there are too many."""
        self._values[key] = value
        self._values.move_to_end(key)
        while len(self._values) > self._size:
            self._values.popitem(last=False)
        return value


@dataclass(slots=True)
class Prepared:
    """An operation of a document that was parsed and found valid, with the plans made for it.

    `deciding` are the variables that `@skip` and `@include` look at: there is a plan for each
    set of their values.
    """

    document: DocumentNode
    operation: OperationDefinitionNode
    operation_name: str | None
    fragments: Mapping[str, FragmentDetails]
    deciding: tuple[str, ...]
    plans: Recent[tuple[Any, ...], OperationPlan] = field(
        default_factory=lambda: Recent[tuple[Any, ...], OperationPlan](_MAX_PLANS)
    )


@dataclass(frozen=True, slots=True)
class Written:
    """A response as JSON. `is_planned` is False when graphql-core wrote it."""

    body: bytes
    has_errors: bool
    is_planned: bool


class CoercionFailed(Exception):
    """Variables have values that the operation does not take: nothing was executed."""

    def __init__(self, errors: list[GraphQLError]) -> None:
        super().__init__(errors[0].message)
        self.errors = errors


Respond = Callable[[ExecutionResult], Mapping[str, Any]]


def formatted(result: ExecutionResult) -> Mapping[str, Any]:
    """The response as graphql-core formats it."""
    return result.formatted


def prepare(document: DocumentNode, operation_name: str | None) -> Prepared:
    """Finds the operation of a valid document.

    Raises:
        GraphQLError: there is none of that name, or none was named and there are several.
    """
    operation = _operation(document, operation_name)
    fragments = {
        one.name.value: FragmentDetails(one)
        for one in document.definitions
        if isinstance(one, FragmentDefinitionNode)
    }
    finder = _DecidingVariables()
    visit(document, finder)
    return Prepared(document, operation, operation_name, fragments, tuple(sorted(finder.names)))


async def execute(
    generated: Generated,
    prepared: Prepared,
    variables: Mapping[str, Any],
    *,
    objects: Objects,
    max_rows: int,
    respond: Respond = formatted,
    changes: CommittedChanges | None = None,
) -> Written:
    """Runs a query or a mutation, or a subscription once.

    Args:
        changes: What a subscription to changes is told of.
        variables: As they came with the request.
        max_rows: Most objects that the response may hold.
        respond: Makes the response out of what graphql-core answers.
    Raises:
        CoercionFailed: the variables do not fit the operation.
        LimitExceeded: the response would hold too many objects.
    """
    coerced = get_variable_values(
        generated.schema, prepared.operation.variable_definitions or (), dict(variables)
    )
    if isinstance(coerced, list):
        raise CoercionFailed(coerced)
    plan = plan_of(generated, prepared, coerced)
    root = Root(objects.commit_id, changes)
    fetcher = Fetcher(objects, generated.type_names, coerced, max_rows=max_rows)
    is_serial = prepared.operation.operation is OperationType.MUTATION
    fetched = await fetcher.run(plan.root, root, is_serial=is_serial)
    return written(
        generated,
        prepared,
        plan,
        root,
        fetched=fetched,
        variables=variables,
        respond=respond,
    )


def plan_of(generated: Generated, prepared: Prepared, variables: VariableValues) -> OperationPlan:
    """The plan of an operation under its variables, kept for the next time."""
    key = tuple(variables.coerced.get(name) for name in prepared.deciding)
    return prepared.plans.get(key) or prepared.plans.put(
        key, OperationPlan(generated, prepared.operation, prepared.fragments, variables)
    )


def written(
    generated: Generated,
    prepared: Prepared,
    plan: OperationPlan,
    root: Any,
    *,
    fetched: Fetched,
    variables: Mapping[str, Any],
    respond: Respond,
) -> Written:
    """The response, out of what was fetched."""
    try:
        data = Writer(fetched, generated.type_names).write(plan.root, root)
        return Written(dumped({"data": data}), has_errors=False, is_planned=True)
    except (Irregular, TypeError):  # TypeError: orjson met a number beyond 64 bits
        result = reference.write(
            generated,
            prepared.document,
            root,
            fetched=fetched,
            variables=variables,
            operation_name=prepared.operation_name,
        )
        return Written(dumped(respond(result)), bool(result.errors), is_planned=False)


def dumped(response: Mapping[str, Any]) -> bytes:
    """A response as JSON; numbers beyond 64 bits are written exactly."""
    try:
        return orjson.dumps(response)
    except TypeError:
        import json

        return json.dumps(response, ensure_ascii=False, separators=(",", ":")).encode()


def _operation(document: DocumentNode, name: str | None) -> OperationDefinitionNode:
    operations = [one for one in document.definitions if isinstance(one, OperationDefinitionNode)]
    if name is None:
        if len(operations) != 1:
            text = "Must provide operation name if query contains multiple operations."
            raise GraphQLError(text if operations else "Must provide an operation.")
        return operations[0]
    for one in operations:
        if one.name and one.name.value == name:
            return one
    raise GraphQLError(f"Unknown operation named '{name}'.")


class _DecidingVariables(Visitor):
    """Collects the variables in `@skip` and `@include`."""

    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()

    def enter_directive(self, node: DirectiveNode, *_: Any) -> None:
        if node.name.value in ("skip", "include"):
            values = [one.value for one in node.arguments or ()]
            self.names |= {one.name.value for one in values if isinstance(one, VariableNode)}
