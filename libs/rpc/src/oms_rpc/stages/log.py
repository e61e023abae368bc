"""Writes one line when a call ends."""

from __future__ import annotations

from functools import partial
from time import perf_counter
from typing import Any

from oms_core.logging import log_often

from oms_rpc.method import Method, Run
from oms_rpc.parts import Parts
from oms_rpc.policy import AuditClass
from oms_rpc.rpc import Rpc


def stage(method: Method, parts: Parts, run_next: Run) -> Run:
    """Logs method, outcome and duration; never a payload.

    At debug go health, and reads of one hosted service from another that succeed: a call that
    needs them has its own line, and workers make them all the time.
    """
    quietly = partial(_quietly, parts.log, "rpc")
    write = quietly if method.is_health else partial(log_often, parts.log, "rpc")
    path = method.path
    is_read = method.policy.audit_class in (AuditClass.NONE, AuditClass.READ)

    async def run(rpc: Rpc, request: Any) -> Any:
        try:
            return await run_next(rpc, request)
        finally:
            is_quiet = is_read and rpc.is_local and rpc.code == "OK"
            (quietly if is_quiet else write)(
                {
                    "method": path,
                    "code": rpc.code,
                    "reason": rpc.reason,
                    "duration_ms": round((perf_counter() - rpc.started) * 1000, 3),
                }
            )

    return run


def _quietly(log: Any, event: str, fields: dict[str, Any]) -> None:
    log.debug(event, **fields)
