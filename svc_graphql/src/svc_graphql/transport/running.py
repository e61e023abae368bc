"""Runs operations: who calls, how long, what is counted, and which error is told."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, nullcontext
from typing import Any

import grpc.aio
from oms_core.call import Call, current_call, enter_call
from oms_core.errors import DeadlineExceeded, InternalError, OmsError, ResourceNotFound
from oms_core.ids import new_reference_id, new_request_id
from oms_core.logging import get_logger
from oms_rpc.authentication import CachingAuthenticator
from oms_rpc.errors import from_rpc_error
from opentelemetry.trace import SpanKind, Status, StatusCode

from svc_graphql.transport.engine import (
    Answer,
    Caller,
    Endpoints,
    Engine,
    Operation,
    OperationKind,
    OperationRequest,
    RequestRefused,
    SendNow,
    send_later,
)
from svc_graphql.transport.metrics import OperationMetrics

_acceptable_id = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,127}").fullmatch
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,199}", re.ASCII)
PATH = "/graphql"


class Running:
    """Finds engines and runs their operations on behalf of callers.

    Args:
        endpoints: What is served.
        authenticator: Verifies tokens, and shares what is known of a token among its users.
        timeout_s: Longest a query or a mutation may take, in seconds.
        tracer: Makes a span of each operation; None without tracing.
    """

    def __init__(
        self,
        endpoints: Endpoints,
        authenticator: CachingAuthenticator,
        *,
        timeout_s: float,
        tracer: Any = None,
    ) -> None:
        self._endpoints = endpoints
        self._authenticator = authenticator
        self._timeout_s = timeout_s
        self._tracer = tracer
        self._metrics = OperationMetrics()
        self._log = get_logger()

    @property
    def metrics(self) -> OperationMetrics:
        """What is counted."""
        return self._metrics

    async def caller(
        self, authorization: str | None, request_id: str | None, *, session: str = ""
    ) -> Caller:
        """Who calls. Without a token nobody in particular.

        Raises:
            TokenInvalid: the header holds no valid token.
            TokenExpired: the token has expired.
        """
        chosen = request_id if request_id and _acceptable_id(request_id) else new_request_id()
        if authorization is None:
            return Caller(None, chosen, session)
        identity = self._authenticator.recall(authorization)
        if identity is None:
            identity = await self._authenticator.authenticate_header(authorization)
        return Caller(identity, chosen, session)

    async def prepare(self, path: str, request: OperationRequest, caller: Caller) -> Operation:
        """Finds the engine of a path and has it parse and validate.

        Makes the caller's call current for the running task, and so for `execute`.

        Raises:
            RequestRefused: see `Engine.prepare`.
            OmsError: there is no such path, or the caller may not do that.
        """
        deadline = asyncio.get_running_loop().time() + self._timeout_s
        enter_call(Call(path, caller.request_id, caller.identity, deadline))
        try:
            async with asyncio.timeout(self._timeout_s):
                engine = await self._engine(path, caller)
                return await engine.prepare(request, caller)
        except BaseException as exc:
            raise self.told(exc) from exc

    async def _engine(self, path: str, caller: Caller) -> Engine:
        if path == PATH:
            return self._endpoints.metamodel
        name = path.removeprefix(PATH + "/")
        if self._endpoints.named is None or not _NAME.fullmatch(name):
            raise ResourceNotFound.of("endpoint", path)
        return await self._endpoints.named.engine(name, caller)

    async def execute(self, operation: Operation, path: str) -> Answer:
        """Runs a query or a mutation that `prepare` made in this task.

        Raises:
            RequestRefused: it was refused after all.
            OmsError: it took too long, or failed as a whole.
        """
        started = time.perf_counter()
        outcome = "error"
        with self._span(operation, path) as span:
            try:
                async with asyncio.timeout(self._timeout_s):
                    answer = await operation.execute()
                outcome = "partial" if answer.has_errors else "ok"
            except BaseException as exc:
                if span is not None:
                    span.set_status(Status(StatusCode.ERROR, type(exc).__name__))
                raise self.told(exc) from exc
            finally:
                self._metrics.count(path, operation, outcome, time.perf_counter() - started)
        return answer

    async def stream(
        self, operation: Operation, path: str, send_now: SendNow = send_later
    ) -> AsyncGenerator[bytes]:
        """The responses of any operation, one after the other; has to be closed.

        Args:
            send_now: See `Operation.subscribe`.

        Raises:
            RequestRefused: it was refused after all.
            OmsError: it failed as a whole.
        """
        if operation.kind is not OperationKind.SUBSCRIPTION:
            yield (await self.execute(operation, path)).body
            return
        call = current_call()
        if call is not None:
            # A subscription lasts: neither it nor what it opens has a deadline.
            call.deadline = None
        with self._metrics.subscription(path, operation):
            async with aclosing(_closable(operation.subscribe(send_now))) as bodies:
                try:
                    async for body in bodies:
                        yield body
                except Exception as exc:
                    raise self.told(exc) from exc

    def told(self, exc: BaseException) -> BaseException:
        """The error as it is told: what is unforeseen is logged, and told by a reference only."""
        if isinstance(exc, RequestRefused | OmsError) or not isinstance(exc, Exception):
            return exc
        if isinstance(exc, grpc.aio.AioRpcError):
            return from_rpc_error(exc)
        if isinstance(exc, TimeoutError):
            return DeadlineExceeded(
                f"the operation was not done within {self._timeout_s:g} s; ask for less at once"
            )
        reference = new_reference_id()
        self._log.error("graphql failed", reference=reference, exc_info=exc)
        return InternalError(
            f"the operation failed; the server logged it as {reference}",
            metadata={"reference": reference},
        )

    def _span(self, operation: Operation, path: str) -> Any:
        if self._tracer is None:
            return nullcontext()
        name = f"{operation.kind.value} {operation.name}".strip()
        return self._tracer.start_as_current_span(
            f"GraphQL {name}",
            kind=SpanKind.SERVER,
            attributes={
                "graphql.operation.type": operation.kind.value,
                "graphql.operation.name": operation.name,
                "url.path": path,
            },
            record_exception=False,
            set_status_on_exception=False,
        )


def _closable(bodies: AsyncIterator[bytes]) -> Any:
    return bodies
