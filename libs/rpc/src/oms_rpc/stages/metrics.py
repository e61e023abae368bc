"""Counts and times calls."""

from __future__ import annotations

from time import perf_counter
from typing import Any

from oms_rpc.method import Method, Run
from oms_rpc.metrics import method_stats
from oms_rpc.parts import Parts
from oms_rpc.rpc import Rpc
from oms_rpc.telemetry import current_trace_id, is_traced


def stage(method: Method, parts: Parts, run_next: Run) -> Run:
    """Updates the method's counts, which are looked up here and not per call."""
    stats = method_stats(method.shape, method.service, method.name)
    has_span = parts.tracer is not None and is_traced(method.path)

    async def run(rpc: Rpc, request: Any) -> Any:
        stats.enter()
        try:
            return await run_next(rpc, request)
        finally:
            seconds = perf_counter() - rpc.started
            trace_id = current_trace_id() if has_span else ""
            stats.leave(rpc.code, seconds, trace_id)
            if rpc.http_method is not None:
                stats.leave_http(rpc.http_method, rpc.code, seconds, trace_id)

    return run
