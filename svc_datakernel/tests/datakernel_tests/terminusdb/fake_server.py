"""A TerminusDB server that answers from a script, in this process, over real sockets."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote, urlsplit


@dataclass(frozen=True, slots=True)
class Received:
    """A request as it came in; the path is below `/api`, the names of headers in lower case."""

    method: str
    path: str
    params: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Reply:
    """What to send back.

    Args:
        claimed_size: Sent as the length instead of the body's own; the connection then closes.
    """

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] | None = None
    content_type: str = "application/json"
    claimed_size: int | None = None


Handler = Callable[[Received], Awaitable[Reply | None]]


@asynccontextmanager
async def serving(handler: Handler) -> AsyncIterator[str]:
    """Serves on a free port; gives the endpoint. A handler that gives None hangs up."""

    open_ = dict[asyncio.Task[None] | None, asyncio.StreamWriter]()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        open_[asyncio.current_task()] = writer
        try:
            while (request := await _read(reader)) is not None:
                reply = await handler(request)
                if reply is None or not await _send(writer, reply, request.method):
                    break
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            writer.close()
            del open_[asyncio.current_task()]

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.close()
        tasks = [task for task in open_ if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _read(reader: asyncio.StreamReader) -> Received | None:
    head = await reader.readuntil(b"\r\n\r\n")
    lines = head.decode("latin-1").split("\r\n")
    method, target, _ = lines[0].split(" ")
    pairs = (line.partition(":") for line in lines[1:] if line)
    headers = {name.lower(): value.strip() for name, _, value in pairs}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    parts = urlsplit(target)
    path = unquote(parts.path).removeprefix("/api")
    return Received(method, path, dict(parse_qsl(parts.query, True)), headers, body)


async def _send(writer: asyncio.StreamWriter, reply: Reply, method: str) -> bool:
    size = len(reply.body) if reply.claimed_size is None else reply.claimed_size
    headers = {"Content-Type": reply.content_type, "Content-Length": str(size)}
    headers |= reply.headers or {}
    head = f"HTTP/1.1 {reply.status} Said\r\n"
    head += "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    writer.write(head.encode() + b"\r\n" + (b"" if method == "HEAD" else reply.body))
    await writer.drain()
    return reply.claimed_size is None
