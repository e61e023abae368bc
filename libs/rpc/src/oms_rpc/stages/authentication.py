"""Finds out who calls."""

from __future__ import annotations

from typing import Any, Final

from oms_core.errors import OmsError

from oms_rpc.counts import Counts
from oms_rpc.method import Method, Run
from oms_rpc.parts import Parts
from oms_rpc.rpc import Rpc

ATTEMPTS: Final = Counts(
    "authentication_attempts", "Calls whose token was looked at, by outcome.", ("outcome",)
)


def stage(method: Method, parts: Parts, run_next: Run) -> Run:
    """Verifies `authorization: Bearer <token>`; absent from public methods."""
    if method.policy.is_public:
        return run_next
    recall, authenticate = parts.authenticator.recall, parts.authenticator.authenticate_header

    async def run(rpc: Rpc, request: Any) -> Any:
        header = rpc.authorization
        identity = recall(header)
        if identity is None:
            try:
                identity = await authenticate(header)
            except OmsError as error:
                ATTEMPTS.add(error.reason)
                raise
        ATTEMPTS.add("OK")
        rpc.call.identity = identity
        return await run_next(rpc, request)

    return run
