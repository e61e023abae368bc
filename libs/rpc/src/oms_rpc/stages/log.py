"""Writes one line when a call ends."""

from __future__ import annotations

from functools import partial
from time import perf_counter
from typing import Any

from oms_core.logging import log_often

from oms_rpc.method import Method, Run
from oms_rpc.parts import Parts
from oms_rpc.rpc import Rpc


def stage(method: Method, parts: Parts, run_next: Run) -> Run:
    """Logs method, outcome and duration; never a payload. Health is logged at debug."""
    write = partial(_quietly if method.is_health else log_often, parts.log, "rpc")
    path = method.path

    async def run(rpc: Rpc, request: Any) -> Any:
        try:
            return await run_next(rpc, request)
        finally:
            write(
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
