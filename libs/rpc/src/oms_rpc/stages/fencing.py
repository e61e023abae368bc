"""Refuses attempts that were replaced."""

from __future__ import annotations

from typing import Any

from oms_rpc.fences import IDEMPOTENCY_KEY
from oms_rpc.method import Method, Run
from oms_rpc.parts import Parts
from oms_rpc.rpc import Rpc


def stage(method: Method, parts: Parts, run_next: Run) -> Run:
    """Checks calls with a fencing token and an idempotency key; absent from public methods."""
    if method.policy.is_public:
        return run_next
    fences = parts.fences

    async def run(rpc: Rpc, request: Any) -> Any:
        if rpc.fencing_token is not None and rpc.call.identity is not None:
            keys = [value for key, value in rpc.metadata if key == IDEMPOTENCY_KEY]
            if keys:
                fences.pass_through(rpc.call.identity.subject, keys[0], rpc.fencing_token)
        return await run_next(rpc, request)

    return run
