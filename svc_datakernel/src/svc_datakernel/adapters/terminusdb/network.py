"""Connections on which an answer does not wait for a delayed acknowledgement.

TerminusDB writes an answer in several small segments and waits, as Nagle's algorithm has
it, for the first to be acknowledged before it sends the next; Linux holds that
acknowledgement back for 40 ms on a connection that is kept alive. `TCP_QUICKACK` sends
it at once, but the kernel takes the option back by itself, so it is set again before
each wait.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterable
from typing import Any

import httpcore
from httpcore import SOCKET_OPTION, AnyIOBackend, AsyncNetworkBackend, AsyncNetworkStream

_QUICKACK: int | None = getattr(socket, "TCP_QUICKACK", None)


class QuickAckBackend(AsyncNetworkBackend):
    """Opens TCP connections that acknowledge at once, where the system can."""

    def __init__(self) -> None:
        self._inner = AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - the interface's own name
        local_address: str | None = None,
        socket_options: Iterable[SOCKET_OPTION] | None = None,
    ) -> AsyncNetworkStream:
        """Connects; see `httpcore.AsyncNetworkBackend`."""
        stream = await self._inner.connect_tcp(host, port, timeout, local_address, socket_options)
        return stream if _QUICKACK is None else _QuickAckStream(stream)

    async def sleep(self, seconds: float) -> None:
        """Waits; see `httpcore.AsyncNetworkBackend`."""
        await self._inner.sleep(seconds)


class _QuickAckStream(AsyncNetworkStream):
    def __init__(self, stream: httpcore.AsyncNetworkStream) -> None:
        self._stream = stream
        self._socket: Any = stream.get_extra_info("socket")

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109
        if self._socket is not None and _QUICKACK is not None:
            self._socket.setsockopt(socket.IPPROTO_TCP, _QUICKACK, 1)
        return await self._stream.read(max_bytes, timeout)

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109
        await self._stream.write(buffer, timeout)

    async def aclose(self) -> None:
        await self._stream.aclose()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109
    ) -> AsyncNetworkStream:
        stream = await self._stream.start_tls(ssl_context, server_hostname, timeout)
        return _QuickAckStream(stream)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)
