"""Calls of a server to itself, over a socket that only its own user can open."""

from __future__ import annotations

import secrets
from contextlib import AsyncExitStack, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Self

import grpc
import grpc.aio

_TIMEOUT_S = 10.0
_LONGEST_PATH = 100


class SelfProbe(grpc.GenericRpcHandler):
    """Makes calls that wait for their turn as all others do, and do nothing then.

    They do not pass the chain: nobody would want to read of them, nor find them counted.
    """

    def __init__(self, address: str) -> None:
        """Connects when first used. Nobody else knows the method's name."""
        self._address = address
        self._method = f"/oms.SelfProbe/{secrets.token_hex(16)}"
        self._channel: grpc.aio.Channel | None = None
        self._ask: Any = None

    @classmethod
    def listening_at(cls, server: grpc.aio.Server, stack: AsyncExitStack) -> Self | None:
        """Adds the socket and the method to a server that has neither been started nor has
        handlers yet. Closed with the stack.

        Returns:
            None where the folder for temporary files has too long a path for a socket.
        """
        path = Path(stack.enter_context(TemporaryDirectory(prefix="oms-"))) / "probe"
        if len(str(path)) > _LONGEST_PATH:
            return None
        probe = cls(f"unix:{path}")
        server.add_insecure_port(f"unix:{path}")
        server.add_generic_rpc_handlers((probe,))
        stack.push_async_callback(probe.close)
        return probe

    def service(self, handler_call_details: Any) -> Any:
        """The handler of the method, none of others."""
        if handler_call_details.method != self._method:
            return None
        return grpc.unary_unary_rpc_method_handler(_answer)

    async def call(self) -> None:
        """Makes a call, and waits until it is answered or has waited for ten seconds."""
        if self._channel is None:
            self._channel = grpc.aio.insecure_channel(self._address)
            self._ask = self._channel.unary_unary(self._method)
        with suppress(grpc.aio.AioRpcError):
            await self._ask(b"", timeout=_TIMEOUT_S)

    async def close(self) -> None:
        """Closes the connection. Idempotent."""
        channel, self._channel = self._channel, None
        if channel is not None:
            await channel.close()


async def _answer(_request: bytes, _context: Any) -> bytes:
    return b""
