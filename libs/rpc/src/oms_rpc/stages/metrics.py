"""Counts and times calls."""

from __future__ import annotations

from time import perf_counter
from typing import Any

from oms_rpc.method import Method, Run
from oms_rpc.metrics import method_stats
from oms_rpc.parts import Parts
from oms_rpc.rpc import Rpc


def stage(method: Method, parts: Parts, run_next: Run) -> Run:
    """Updates the method's counts, which are looked up here and not per call."""
    stats = method_stats(method.shape, method.service, method.name)

    async def run(rpc: Rpc, request: Any) -> Any:
        stats.enter()
        try:
            return await run_next(rpc, request)
        finally:
            stats.leave(rpc.code, perf_counter() - rpc.started)

    return run
