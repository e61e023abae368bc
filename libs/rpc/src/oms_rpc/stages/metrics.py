"""Counts and times calls."""

from __future__ import annotations

from time import perf_counter
from typing import Any

from oms_rpc.method import Method, Run
from oms_rpc.metrics import HANDLED, IN_FLIGHT, SECONDS, STARTED
from oms_rpc.parts import Parts
from oms_rpc.rpc import Rpc


def stage(method: Method, parts: Parts, run_next: Run) -> Run:
    """Updates the method's metrics. Their children are looked up here, not per call."""
    labels = (method.shape, method.service, method.name)
    started = STARTED.labels(*labels).inc
    in_flight = IN_FLIGHT.labels(*labels)
    enter, leave = in_flight.inc, in_flight.dec
    observe = SECONDS.labels(*labels).observe
    handled: dict[str, Any] = {}

    async def run(rpc: Rpc, request: Any) -> Any:
        started()
        enter()
        try:
            return await run_next(rpc, request)
        finally:
            leave()
            observe(perf_counter() - rpc.started)
            count = handled.get(rpc.code)
            if count is None:
                count = handled[rpc.code] = HANDLED.labels(*labels, rpc.code).inc
            count()

    return run
