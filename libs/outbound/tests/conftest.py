"""A client whose names all lead to this machine, and servers that misbehave as told."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address, ip_network
from typing import Any

import pytest
import uvloop
from oms_outbound import LookupFailed, OutboundClient, OutboundPolicy

LOOPBACK = (ip_network("127.0.0.0/8"), ip_network("::1/128"))
_START = datetime(2026, 1, 1, tzinfo=UTC)

Handler = Callable[["Peer"], Awaitable[None]]


class HandClock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self._seconds = 1000.0

    def now(self) -> datetime:
        return _START + timedelta(seconds=self._seconds)

    def monotonic(self) -> float:
        return self._seconds

    def advance(self, seconds: float) -> None:
        self._seconds += seconds


class FakeResolver:
    """Answers from a list of answers for each name; the last one stays."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.was_asked = asyncio.Event()
        self._answers: dict[str, list[list[str]]] = {}
        self.hold = asyncio.Event()
        self.hold.set()

    def answer(self, host: str, *answers: Iterable[str]) -> None:
        self._answers[host] = [list(addresses) for addresses in answers]

    async def resolve(self, host: str) -> Any:
        self.asked.append(host)
        self.was_asked.set()
        await self.hold.wait()
        answers = self._answers.get(host)
        if not answers:
            raise LookupFailed(host)
        addresses = answers.pop(0) if len(answers) > 1 else answers[0]
        return [ip_address(address) for address in addresses]


@dataclass
class Peer:
    """One accepted connection, seen from the server."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    was_asked: asyncio.Event
    requests: list[bytes] = field(default_factory=list)

    async def request(self) -> bytes:
        """The next request, head and body; empty at the end of the connection."""
        try:
            head = await self.reader.readuntil(b"\r\n\r\n")
        except asyncio.IncompleteReadError:
            return b""
        length = 0
        for line in head.lower().split(b"\r\n"):
            if line.startswith(b"content-length:"):
                length = int(line.partition(b":")[2])
        request = head + await self.reader.readexactly(length)
        self.requests.append(request)
        self.was_asked.set()
        return request

    def answer(self, body: bytes = b"ok", *, status: str = "200 OK", headers: str = "") -> None:
        head = f"HTTP/1.1 {status}\r\ncontent-length: {len(body)}\r\n{headers}\r\n"
        self.writer.write(head.encode() + body)

    async def gone(self) -> None:
        """Waits until the client has closed."""
        try:
            while await self.reader.read(65536):
                pass
        except ConnectionError:
            return


@dataclass
class Server:
    """A listening server and everything that came in."""

    port: int
    was_asked: asyncio.Event = field(default_factory=asyncio.Event)
    peers: list[Peer] = field(default_factory=list)
    tasks: set[asyncio.Task[None]] = field(default_factory=set)

    async def all_closed(self) -> None:
        """Waits until every connection is closed at both ends."""
        await asyncio.gather(*self.tasks)

    @property
    def requests(self) -> list[bytes]:
        return [request for peer in self.peers for request in peer.requests]


async def echo_ok(peer: Peer) -> None:
    """Answers every request on a connection."""
    while await peer.request():
        peer.answer()


def pytest_asyncio_loop_factories(config: pytest.Config, item: pytest.Item) -> dict[str, Any]:
    """Both event loops that services run on."""
    return {"asyncio": asyncio.new_event_loop, "uvloop": uvloop.new_event_loop}


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
async def stack() -> AsyncGenerator[AsyncExitStack]:
    async with AsyncExitStack() as stack:
        yield stack


@pytest.fixture
async def serve(stack: AsyncExitStack) -> Callable[..., Awaitable[Server]]:
    """Starts a server whose connections run a handler and end with it."""

    async def start(
        handler: Handler = echo_ok, *, tls: ssl.SSLContext | None = None, host: str = "127.0.0.1"
    ) -> Server:
        server = Server(0)

        async def run(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            peer = Peer(reader, writer, server.was_asked)
            server.peers.append(peer)
            try:
                await handler(peer)
                writer.close()
                await writer.wait_closed()
            except (ConnectionError, ssl.SSLError):
                writer.transport.abort()
            except asyncio.CancelledError:
                writer.transport.abort()

        def accepted(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.create_task(run(reader, writer))
            server.tasks.add(task)

        async def stop() -> None:
            listening.close()
            for task in server.tasks:
                task.cancel()
            await asyncio.gather(*server.tasks, return_exceptions=True)

        listening = await asyncio.start_server(accepted, host, 0, ssl=tls)
        server.port = listening.sockets[0].getsockname()[1]
        stack.push_async_callback(stop)
        return server

    return start


@pytest.fixture
async def resolver() -> FakeResolver:
    return FakeResolver()


@pytest.fixture
async def open_client(
    stack: AsyncExitStack, resolver: FakeResolver
) -> Callable[..., Awaitable[OutboundClient]]:
    """Opens a client that may call this machine, unless its policy says otherwise."""

    async def open_(*, clock: HandClock | None = None, **policy: Any) -> OutboundClient:
        policy = {"allow_http": True, "private_networks": LOOPBACK, **policy}
        client = OutboundClient(OutboundPolicy(**policy), resolver=resolver, clock=clock)
        return await stack.enter_async_context(client)

    return open_
