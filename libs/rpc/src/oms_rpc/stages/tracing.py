"""Continues the caller's trace (W3C Trace Context) with a span for the call."""

from __future__ import annotations

from typing import Any

from oms_rpc.method import Method, Run
from oms_rpc.parts import Parts
from oms_rpc.rpc import Rpc
from oms_rpc.telemetry import extract, is_traced, server_span, set_outcome


def stage(method: Method, parts: Parts, run_next: Run) -> Run:
    """Runs the call within a server span; absent from the chain when telemetry is off."""
    if parts.tracer is None or not is_traced(method.path):
        return run_next

    async def run(rpc: Rpc, request: Any) -> Any:
        with server_span(parts.tracer, method.path, extract(rpc.metadata)) as span:
            span.set_attribute("oms.request_id", rpc.call.request_id)
            try:
                return await run_next(rpc, request)
            finally:
                set_outcome(span, rpc.code)

    return run
