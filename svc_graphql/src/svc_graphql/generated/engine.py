"""Runs operations on the schema of an ontology."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any

from graphql import ExecutionResult
from oms_core.errors import UnsupportedOperation

from svc_graphql.domain.execution import executor
from svc_graphql.domain.execution.requests import Objects
from svc_graphql.execution.commits import PERMISSION as COMMITS_PERMISSION
from svc_graphql.execution.documents import syntax_error
from svc_graphql.execution.engine import check_introspection, unforeseen
from svc_graphql.execution.errors import format_error
from svc_graphql.generated.schemas import ServedSchema
from svc_graphql.generated.subscribing import PERMISSION, Following, GeneratedSubscription
from svc_graphql.schema.permissions import check
from svc_graphql.transport.engine import (
    Answer,
    Caller,
    Operation,
    OperationKind,
    OperationRequest,
    RequestRefused,
    SendNow,
)


@dataclass(frozen=True, slots=True)
class GeneratedEngine:
    """Implements `Engine` for an ontology as of a commit.

    `following` is the branch that the commit is the head of; None of what does not move.
    """

    served: ServedSchema
    objects: Objects
    following: Following | None
    is_introspection_public: bool
    max_objects: int

    async def prepare(self, request: OperationRequest, caller: Caller) -> Operation:
        """See `Engine.prepare`."""
        document, name, size = self.served.documents.find(request)
        if size.looks_at_schema and not self.is_introspection_public:
            check_introspection(caller)
        kind = OperationKind(document.operations[name].operation.value)
        known = document.state.get(name)
        if known is None:
            known = document.state[name] = executor.prepare(document.node, name or None)
        if kind is OperationKind.SUBSCRIPTION:
            return self._subscription(known, name, request, caller)
        return GeneratedOperation(self, known, kind, name, request.variables)

    def _subscription(
        self, known: executor.Prepared, name: str, request: OperationRequest, caller: Caller
    ) -> GeneratedSubscription:
        for permission in (COMMITS_PERMISSION, PERMISSION):
            check(caller.identity, permission)
        if self.following is None:
            raise UnsupportedOperation(
                "a commit, a tag or a time does not change; subscribe to a branch"
            )
        return GeneratedSubscription(
            served=self.served,
            objects=self.objects,
            following=self.following,
            prepared=known,
            request=request,
            caller=caller,
            name=name,
            max_objects=self.max_objects,
            respond=respond,
        )


@dataclass(frozen=True, slots=True)
class GeneratedOperation:
    """Implements `Operation`."""

    engine: GeneratedEngine
    prepared: executor.Prepared
    kind: OperationKind
    name: str
    variables: Mapping[str, Any]

    async def execute(self) -> Answer:
        """Runs a query or a mutation."""
        try:
            written = await executor.execute(
                self.engine.served.generated,
                self.prepared,
                self.variables,
                objects=self.engine.objects,
                max_rows=self.engine.max_objects,
                respond=respond,
            )
        except executor.CoercionFailed as exc:
            raise RequestRefused([syntax_error(error) for error in exc.errors]) from exc
        return Answer(written.body, has_errors=written.has_errors)

    def subscribe(self, send_now: SendNow) -> AsyncIterator[bytes]:
        """There is nothing to subscribe to: it is no subscription."""
        raise AssertionError("a query is executed")


def respond(result: ExecutionResult) -> Mapping[str, Any]:
    """A response with its errors typed, as those of every other schema are."""
    response: dict[str, Any] = {}
    if result.errors:
        response["errors"] = [format_error(error, unforeseen) for error in result.errors]
    response["data"] = result.data
    return response
