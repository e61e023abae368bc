"""Executes operations on the metamodel's schema."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, Final

from oms_core.errors import InternalError, PermissionDenied, TokenMissing
from oms_core.ids import new_reference_id
from oms_core.logging import get_logger

from svc_graphql.execution.context import Context
from svc_graphql.transport.engine import (
    Caller,
    Operation,
    OperationRequest,
)

INTROSPECTION: Final = "graphql.schema.read"
"""Permission to look at the schema."""


class MetamodelEngine:
    """Answers `/graphql`.

    The schema takes about a second to import and to build, so that happens in a thread, when it
    is first needed or when `warm_up` is called.

    Args:
        load: Builds what executes: imports the libraries, too.
        context: What resolvers work with, made for each operation.
        is_introspection_public: Whether no permission is needed to look at the schema.
    """

    def __init__(
        self,
        load: Callable[[], Any],
        context: Callable[[Caller], Context],
        *,
        is_introspection_public: bool,
    ) -> None:
        self._load = load
        self._context = context
        self._is_introspection_public = is_introspection_public
        self._loading: asyncio.Task[Any] | None = None

    async def warm_up(self) -> Any:
        """Builds the schema unless it is there."""
        if self._loading is None or self._failed(self._loading):
            self._loading = asyncio.ensure_future(asyncio.to_thread(self._load))
        return await asyncio.shield(self._loading)

    @staticmethod
    def _failed(loading: asyncio.Task[Any]) -> bool:
        return loading.done() and (loading.cancelled() or loading.exception() is not None)

    async def prepare(self, request: OperationRequest, caller: Caller) -> Operation:
        """See `Engine.prepare`."""
        executor = await self.warm_up()
        document, name, size = executor.documents.find(request)
        if size.looks_at_schema and not self._is_introspection_public:
            check_introspection(caller)
        return executor.operation(document, name, request, self._context(caller))


def check_introspection(caller: Caller) -> None:
    """Raises when a caller may not look at the schema."""
    if caller.identity is None:
        raise TokenMissing("introspection needs a token here; send `authorization: Bearer <token>`")
    if not caller.identity.allows(INTROSPECTION):
        raise PermissionDenied(
            f"introspection needs the permission {INTROSPECTION}",
            metadata={"permission": INTROSPECTION},
        )


def unforeseen(error: BaseException) -> BaseException:
    """What is told of an error that nobody foresaw; it is logged under the reference."""
    reference = new_reference_id()
    get_logger().error("graphql field failed", reference=reference, exc_info=error)
    return InternalError(
        f"the field failed; the server logged it as {reference}",
        metadata={"reference": reference},
    )
