"""An HTTP server that answers every request with 200, as fast as it can. Prints its port."""

from __future__ import annotations

import asyncio
import re

import uvloop
from oms_devstack import LOOPBACK

_LENGTH = re.compile(rb"content-length: *([0-9]+)", re.IGNORECASE)
_END_OF_HEAD = b"\r\n\r\n"
_ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\nok"


class _Connection(asyncio.Protocol):
    def __init__(self) -> None:
        self._received = bytearray()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._received += data
        while (head := self._received.find(_END_OF_HEAD)) >= 0:
            length = _LENGTH.search(self._received, 0, head)
            end = head + len(_END_OF_HEAD) + (int(length[1]) if length else 0)
            if len(self._received) < end:
                return
            del self._received[:end]
            self._transport.write(_ANSWER)  # type: ignore[attr-defined]


async def _serve() -> None:
    server = await asyncio.get_running_loop().create_server(_Connection, LOOPBACK, 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_serve())
