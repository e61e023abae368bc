"""Responses as server-sent events: the "distinct connections" mode of GraphQL over SSE.

Source: https://github.com/graphql/graphql-over-http/blob/main/rfcs/GraphQLOverSSE.md
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing, suppress
from typing import Final

from oms_core.errors import OmsError

from svc_graphql.transport.asgi import Receive, Send
from svc_graphql.transport.engine import RequestRefused
from svc_graphql.transport.errors import body_of, to_graphql

_HEADERS: Final = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    # A proxy that gathers a response before it passes it on would hold events back.
    (b"x-accel-buffering", b"no"),
]


async def send_events(
    bodies: AsyncGenerator[bytes],
    receive: Receive,
    send: Send,
    *,
    keepalive_s: float,
    stopping: asyncio.Future[None],
) -> None:
    """Sends each body as an event `next`, then `complete`; returns when the client has gone.

    Args:
        bodies: Whole responses; closed here.
        keepalive_s: How often a comment is sent, in seconds, to tell that the stream is alive.
        stopping: Ends the stream without `complete`, so that its client comes back.
    """
    await send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
    await send({"type": "http.response.body", "body": b":\n\n", "more_body": True})
    sending = asyncio.ensure_future(_send_all(bodies, send))
    leaving = asyncio.ensure_future(receive())
    try:
        awaited = (sending, leaving, stopping)
        while not any(each.done() for each in awaited):
            await asyncio.wait(awaited, timeout=keepalive_s, return_when=asyncio.FIRST_COMPLETED)
            if not any(each.done() for each in awaited):
                await send({"type": "http.response.body", "body": b":\n\n", "more_body": True})
    finally:
        sending.cancel()
        leaving.cancel()
        with suppress(asyncio.CancelledError):
            await sending
    if stopping.done():
        await send({"type": "http.response.body", "body": b""})


async def _send_all(bodies: AsyncGenerator[bytes], send: Send) -> None:
    async with aclosing(bodies):
        try:
            async for body in bodies:
                await _send_next(send, body)
        except RequestRefused as exc:
            await _send_next(send, body_of(exc.errors))
        except OmsError as exc:
            await _send_next(send, body_of([to_graphql(exc)]))
    await send({"type": "http.response.body", "body": b"event: complete\ndata:\n\n"})


async def _send_next(send: Send, body: bytes) -> None:
    event = b"event: next\ndata: " + body + b"\n\n"
    await send({"type": "http.response.body", "body": event, "more_body": True})
