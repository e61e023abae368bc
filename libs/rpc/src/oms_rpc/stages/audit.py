"""Records calls that change something."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any, Final

import grpc
from oms_core.errors import OmsError

from oms_rpc.audit import AuditRecord
from oms_rpc.counts import Counts
from oms_rpc.method import Method, Run
from oms_rpc.parts import Parts
from oms_rpc.policy import AuditClass
from oms_rpc.rpc import Rpc

EVENTS: Final = Counts(
    "audit_events", "Records for the audit log, by what their call ended with.", ("class", "code")
)


def stage(method: Method, parts: Parts, run_next: Run) -> Run:
    """Tells the audit sink how the call went; absent from methods that need no record."""
    recorded = {AuditClass.WRITE, AuditClass.SECURITY}
    if parts.audit_reads:
        recorded.add(AuditClass.READ)
    if method.policy.audit_class not in recorded:
        return run_next
    sink = parts.audit

    async def run(rpc: Rpc, request: Any) -> Any:
        request = _noting_resource(rpc, request)
        try:
            response = await run_next(rpc, request)
        except BaseException as error:
            await sink.record(_record(rpc, *_outcome(error, rpc)))
            raise
        await sink.record(_record(rpc, "OK", ""))
        return response

    return run


def _outcome(error: BaseException, rpc: Rpc) -> tuple[str, str]:
    if isinstance(error, OmsError):
        return error.code.name, error.reason
    if isinstance(error, asyncio.CancelledError):
        if rpc.interruption is not None:
            return rpc.interruption.code.name, rpc.interruption.reason
        return "CANCELLED", "CANCELLED"
    if isinstance(error, grpc.aio.AioRpcError):
        return error.code().name, ""
    return "INTERNAL", "INTERNAL"


def _record(rpc: Rpc, code: str, reason: str) -> AuditRecord:
    EVENTS.add(rpc.method.policy.audit_class.name, code)
    identity = rpc.call.identity
    return AuditRecord(
        audit_class=rpc.method.policy.audit_class,
        method=rpc.method.path,
        request_id=rpc.call.request_id,
        subject=identity.subject if identity else "",
        username=identity.username if identity else "",
        resource=rpc.resource,
        code=code,
        reason=reason,
    )


def _noting_resource(rpc: Rpc, request: Any) -> Any:
    if rpc.method.streams_requests:
        return _noting_first(rpc, request)
    rpc.resource = _resource(request)
    return request


async def _noting_first(rpc: Rpc, requests: AsyncIterator[Any]) -> AsyncIterator[Any]:
    is_first = True
    async for request in requests:
        if is_first:
            rpc.resource = _resource(request)
            is_first = False
        yield request


def _resource(request: Any) -> str:
    return str(getattr(request, "name", "") or getattr(request, "parent", ""))
