"""Finds out who calls."""

from __future__ import annotations

from typing import Any

from oms_core.errors import TokenInvalid, TokenMissing

from oms_rpc.method import Method, Run
from oms_rpc.parts import Parts
from oms_rpc.rpc import Rpc


def stage(method: Method, parts: Parts, run_next: Run) -> Run:
    """Verifies `authorization: Bearer <token>`; absent from public methods."""
    if method.policy.is_public:
        return run_next
    recall, authenticate = parts.authenticator.recall, parts.authenticator.authenticate

    async def run(rpc: Rpc, request: Any) -> Any:
        token = bearer_token(rpc.authorization)
        rpc.call.identity = recall(token) or await authenticate(token)
        return await run_next(rpc, request)

    return run


def bearer_token(header: str | None) -> str:
    """The token of an `authorization` header.

    Raises:
        TokenMissing: there is no header.
        TokenInvalid: it is not of the scheme Bearer.
    """
    if header is None:
        raise TokenMissing("send a token as metadata `authorization: Bearer <token>`")
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise TokenInvalid("`authorization` has to be `Bearer` and one token")
    return token
