"""Calls of a server to itself, over a socket that only its own user can open."""

from __future__ import annotations

from contextlib import AsyncExitStack, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Self

import grpc
import grpc.aio
from grpc_health.v1 import health_pb2, health_pb2_grpc

from oms_rpc.health import LIVE

_TIMEOUT_S = 10.0
_LONGEST_PATH = 100


class SelfProbe:
    """Asks the server it belongs to whether it is alive; it waits for its turn as every call."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._channel: grpc.aio.Channel | None = None
        self._stub: Any = None

    @classmethod
    def listening_at(cls, server: grpc.aio.Server, stack: AsyncExitStack) -> Self | None:
        """Adds the socket to a server that has not been started. Closed with the stack.

        Returns:
            None where the folder for temporary files has too long a path for a socket.
        """
        path = Path(stack.enter_context(TemporaryDirectory(prefix="oms-"))) / "probe"
        if len(str(path)) > _LONGEST_PATH:
            return None
        server.add_insecure_port(f"unix:{path}")
        probe = cls(f"unix:{path}")
        stack.push_async_callback(probe.close)
        return probe

    async def call(self) -> None:
        """Makes a call, and waits until it is answered or has waited for ten seconds."""
        if self._channel is None:
            self._channel = grpc.aio.insecure_channel(self._address)
            self._stub = health_pb2_grpc.HealthStub(self._channel)
        messages: Any = health_pb2
        with suppress(grpc.aio.AioRpcError):
            await self._stub.Check(messages.HealthCheckRequest(service=LIVE), timeout=_TIMEOUT_S)

    async def close(self) -> None:
        """Closes the connection. Idempotent."""
        channel, self._channel = self._channel, None
        if channel is not None:
            await channel.close()
