"""Decides whether the caller may call."""

from __future__ import annotations

from typing import Any, Final

from oms_core.errors import PermissionDenied

from oms_rpc.counts import Counts
from oms_rpc.method import Method, Run
from oms_rpc.parts import Parts
from oms_rpc.rpc import Rpc

FAILURES: Final = Counts(
    "authorization_failures", "Calls refused for want of a permission.", ("permission",)
)


def stage(method: Method, parts: Parts, run_next: Run) -> Run:
    """Checks the permission that the method's proto names; absent from public methods."""
    if method.policy.is_public:
        return run_next
    permission = method.policy.permission

    async def run(rpc: Rpc, request: Any) -> Any:
        identity = rpc.call.identity
        if identity is None or not identity.allows(permission):
            FAILURES.add(permission)
            raise PermissionDenied(
                f"the caller's roles do not grant {permission!r}",
                metadata={"permission": permission},
            )
        return await run_next(rpc, request)

    return run
