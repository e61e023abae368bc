"""The port for HTTP and WebSocket.

The socket listens from the start, so that a port that is taken stops the process at once; the
server behind it is loaded after the start, while connections wait, since that takes a while.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Callable, Generator, Sequence
from importlib import import_module
from typing import Any, Final

from oms_rpc.server import PortInUse

from svc_graphql.transport.websocket import ABORT, RELEASE, SEND_NOW

_BACKLOG: Final = 2_048
_MODULES: Final = (
    "uvicorn",
    "uvicorn.protocols.http.httptools_impl",
    "uvicorn.protocols.websockets.websockets_sansio_impl",
)


def listen(host: str, port: int, *, is_shared: bool = False) -> socket.socket:
    """A socket that listens.

    Args:
        host: Address to listen on.
        port: 0: any that is free.
        is_shared: Whether other processes of the service listen on the same port.

    Raises:
        PortInUse: the port is taken.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    made = socket.socket(family, socket.SOCK_STREAM)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if is_shared:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    try:
        made.bind((host, port))
        made.listen(_BACKLOG)
    except OSError as exc:
        made.close()
        raise PortInUse(
            f"port {port} for GraphQL over HTTP can't be bound on {host}: is another server "
            "running? Stop it, or set OMS_GRAPHQL_HTTP_PORT=<port>"
        ) from exc
    made.setblocking(False)
    return made


class Listener:
    """Serves an ASGI application on a socket, within the running event loop.

    Args:
        app: The application.
        listening: The socket; closed by `run`, or by `close` if that never ran.
        keepalive_s: How often an idle WebSocket is probed, in seconds.
        max_message_bytes: Largest message over WebSocket.
        grace_s: How long requests may go on when it stops, in seconds.
        on_stop: Called when no more connections are accepted.
    """

    def __init__(
        self,
        app: Any,
        listening: socket.socket,
        *,
        keepalive_s: float,
        max_message_bytes: int,
        grace_s: float,
        on_stop: Callable[[], None],
    ) -> None:
        self._app = app
        self._socket = listening
        self._keepalive_s = keepalive_s
        self._max_message_bytes = max_message_bytes
        self._grace_s = grace_s
        self._on_stop = on_stop

    @property
    def port(self) -> int:
        """The port."""
        return int(self._socket.getsockname()[1])

    def close(self) -> None:
        """Closes the socket. Idempotent."""
        self._socket.close()

    async def run(self) -> None:
        """Serves until cancelled; then lets requests finish and ends sessions."""
        for module in _MODULES:
            await asyncio.to_thread(import_module, module)
        server = self._server()
        serving = asyncio.ensure_future(server.serve(sockets=[self._socket]))
        try:
            await asyncio.shield(serving)
        finally:
            self._on_stop()
            server.should_exit = True
            await _finish(serving)

    def _server(self) -> Any:
        import uvicorn

        config = uvicorn.Config(
            self._app,
            interface="asgi3",
            http="httptools",
            ws=_websocket_protocol(),
            ws_max_size=self._max_message_bytes,
            ws_per_message_deflate=False,
            ws_ping_interval=self._keepalive_s,
            ws_ping_timeout=self._keepalive_s,
            lifespan="off",
            log_config=None,
            log_level="warning",
            access_log=False,
            server_header=False,
            proxy_headers=False,
            timeout_graceful_shutdown=max(1, round(self._grace_s)),
            backlog=_BACKLOG,
        )

        class Server(uvicorn.Server):
            @contextlib.contextmanager
            def capture_signals(self) -> Generator[None]:
                # Signals are the process's own.
                yield

        return Server(config)


async def _finish(serving: asyncio.Future[None]) -> None:
    while not serving.done():
        try:
            await asyncio.shield(serving)
        except asyncio.CancelledError:
            if serving.cancelled():
                return
            # Asked again to stop: what is under way is bounded by the grace anyway.
            continue


def _text_frame(text: bytes) -> bytes:
    """A whole text message, not masked, as servers send it: RFC 6455, 5.2."""
    size = len(text)
    if size < 126:
        return bytes((0x81, size)) + text
    if size < 65_536:
        return b"\x81\x7e" + size.to_bytes(2, "big") + text
    return b"\x81\x7f" + size.to_bytes(8, "big") + text


def _websocket_protocol() -> Any:
    from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

    class Protocol(WebSocketsSansIOProtocol):
        """Offers what ASGI has no word for: to cut a connection, and to send without waiting."""

        def handle_connect(self, event: Any) -> None:
            super().handle_connect(event)
            scope: Any = getattr(self, "scope", None)
            if scope is not None:
                scope["extensions"][ABORT] = self.transport.abort
                scope["extensions"][SEND_NOW] = self.send_now
                scope["extensions"][RELEASE] = self.release

        def release(self) -> None:
            """Lets go of the request, the response and most of the scope: a tenth of it all."""
            self.request = self.response = None  # pyright: ignore[reportAttributeAccessIssue]
            for name in ("headers", "extensions", "state", "subprotocols"):
                self.scope.pop(name, None)  # pyright: ignore[reportUnknownMemberType]

        def send_now(self, texts: Sequence[bytes]) -> bool:
            """Sends texts, unless the client reads slowly or is going: then the answer is False.

            An event for a thousand subscribers is a thousand of these; the way through ASGI
            costs several times as much.
            """
            if self.close_sent or self.disconnected or not self.writable.is_set():
                return False
            self.transport.write(b"".join(map(_text_frame, texts)))
            return True

    return Protocol
