"""Finds out who calls."""

from __future__ import annotations

from typing import Any

from oms_rpc.method import Method, Run
from oms_rpc.parts import Parts
from oms_rpc.rpc import Rpc


def stage(method: Method, parts: Parts, run_next: Run) -> Run:
    """Verifies `authorization: Bearer <token>`; absent from public methods."""
    if method.policy.is_public:
        return run_next
    recall, authenticate = parts.authenticator.recall, parts.authenticator.authenticate_header

    async def run(rpc: Rpc, request: Any) -> Any:
        header = rpc.authorization
        rpc.call.identity = recall(header) or await authenticate(header)
        return await run_next(rpc, request)

    return run
