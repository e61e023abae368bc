"""The subprotocol `graphql-transport-ws`: what a client may send, and what ends a connection."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from .conftest import Served

pytestmark = pytest.mark.asyncio(loop_scope="package")
PATIENCE_S = 60
PROTOCOL: Any = ["graphql-transport-ws"]


async def say(socket: ClientConnection, message: Any) -> None:
    await socket.send(message if isinstance(message, str | bytes) else json.dumps(message))


async def hear(socket: ClientConnection) -> Any:
    async with asyncio.timeout(PATIENCE_S):
        return json.loads(await socket.recv())


async def closed(socket: ClientConnection) -> tuple[int, str]:
    """The code and reason that the server closes with."""
    try:
        async with asyncio.timeout(PATIENCE_S):
            while True:
                await socket.recv()
    except ConnectionClosed as exc:
        return (exc.rcvd.code, exc.rcvd.reason) if exc.rcvd is not None else (1006, "")


def bearer(served: Served, **claims: Any) -> dict[str, str]:
    subject = claims.pop("subject", "alice123")
    token = served.suite.issuer.issue(subject, roles=["viewer"], **claims).token
    return {"authorization": f"Bearer {token}"}


@asynccontextmanager
async def opened(
    served: Served, payload: Any = None, **claims: Any
) -> AsyncIterator[ClientConnection]:
    async with connect(served.ws_url, subprotocols=PROTOCOL, proxy=None) as socket:
        sent = payload if payload is not None else bearer(served, **claims)
        await say(socket, {"type": "connection_init", "payload": sent})
        yield socket


async def test_a_session_is_acknowledged_answers_pings_and_queries(served: Served):
    async with opened(served) as socket:
        ack = await hear(socket)
        assert ack["type"] == "connection_ack"
        assert ack["payload"]["session"]
        await say(socket, {"type": "ping"})
        assert await hear(socket) == {"type": "pong"}
        await say(socket, {"type": "pong"})
        for _ in range(2):  # an id is free again when its operation has ended
            query = {"query": "query Q { __typename }", "operationName": "Q"}
            await say(socket, {"id": "1", "type": "subscribe", "payload": query})
            data = {"data": {"__typename": "Query"}}
            assert await hear(socket) == {"id": "1", "type": "next", "payload": data}
            assert await hear(socket) == {"id": "1", "type": "complete"}
        await say(socket, {"id": "2", "type": "subscribe", "payload": {"query": "{ nothing }"}})
        error = await hear(socket)
        assert (error["id"], error["type"]) == ("2", "error")
        await say(socket, {"id": "3", "type": "subscribe", "payload": {"query": 5}})
        assert (await hear(socket))["payload"][0]["extensions"]["code"] == "INVALID_ARGUMENT"


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ("{", 4400),
        ("[]", 4400),
        (b"{}", 4400),
        ({"type": "nonsense"}, 4400),
        ({"type": "subscribe", "payload": {}}, 4400),
        ({"type": "subscribe", "id": "", "payload": {}}, 4400),
        ({"type": "ping", "payload": 5}, 4400),
        ({"type": "connection_init"}, 4429),
        ("x" * 30_000, 1009),
    ],
)
async def test_what_is_no_message_closes_the_connection(served: Served, message: Any, code: int):
    async with opened(served) as socket:
        await hear(socket)
        await say(socket, message)
        assert (await closed(socket))[0] == code


@pytest.mark.parametrize(
    "payload", [{}, {"authorization": "Bearer x"}, {"authorization": "Basic x"}]
)
async def test_who_is_unknown_is_forbidden(served: Served, payload: Any):
    async with opened(served, payload) as socket:
        assert (await closed(socket))[0] == 4403


async def test_an_operation_needs_an_initialised_connection(served: Served):
    async with connect(served.ws_url, subprotocols=PROTOCOL, proxy=None) as socket:
        query = {"query": "{ __typename }"}
        await say(socket, {"id": "1", "type": "subscribe", "payload": query})
        assert await closed(socket) == (4401, "Unauthorized")


async def test_who_says_nothing_is_cut_off(served: Served):
    async with connect(served.ws_url, subprotocols=PROTOCOL, proxy=None) as socket:
        assert (await closed(socket))[0] == 4408


async def test_another_subprotocol_or_path_is_refused(served: Served):
    async with connect(served.ws_url, proxy=None) as socket:
        assert (await closed(socket))[0] == 4406
    with pytest.raises(InvalidStatus):
        async with connect(f"{served.ws_url}x", subprotocols=PROTOCOL, proxy=None):
            pass


async def test_a_token_that_expires_ends_the_session_unless_it_is_refreshed(served: Served):
    short = timedelta(seconds=3)
    async with (
        opened(served, ttl=short) as lost,
        opened(served, ttl=short) as kept,
        opened(served) as stranger,
    ):
        for socket in (lost, kept, stranger):
            assert (await hear(socket))["type"] == "connection_ack"
        # Told at once, since the notice is longer than the token's life.
        assert (await hear(kept))["type"] == "ping"
        await say(kept, {"type": "ping", "payload": bearer(served)})
        pong = await hear(kept)
        assert pong["type"] == "pong"
        await say(stranger, {"type": "ping", "payload": bearer(served, subject="mallory")})
        assert (await closed(stranger))[0] == 4403
        code, reason = await closed(lost)
        assert (code, reason) == (4403, "the token expired")
        await say(kept, {"type": "ping"})
        assert await hear(kept) == {"type": "pong"}


async def test_a_caller_has_a_limited_number_of_sessions(served: Served):
    async with AsyncExitStack() as stack:
        for _ in range(3):
            socket = await stack.enter_async_context(opened(served, subject="many"))
            assert (await hear(socket))["type"] == "connection_ack"
        async with opened(served, subject="many") as fourth:
            code, reason = await closed(fourth)
            assert code == 4429
            assert "3 sessions" in reason
        async with opened(served, subject="another") as other:
            assert (await hear(other))["type"] == "connection_ack"


async def test_a_session_has_a_limited_number_of_operations(served: Served):
    watch = {"query": "subscription { runChanged { name } }"}
    async with opened(served) as socket:
        await hear(socket)
        for key in ("1", "2"):
            await say(socket, {"id": key, "type": "subscribe", "payload": watch})
        await say(socket, {"id": "3", "type": "subscribe", "payload": watch})
        error = await hear(socket)
        assert (error["id"], error["type"]) == ("3", "error")
        assert error["payload"][0]["extensions"]["metadata"] == {"limit": "session_operations"}
        await say(socket, {"id": "1", "type": "subscribe", "payload": watch})
        assert await closed(socket) == (4409, "Subscriber for 1 already exists")


async def test_a_completed_operation_makes_room(served: Served):
    watch = {"query": "subscription { runChanged { name } }"}
    async with opened(served) as socket:
        await hear(socket)
        for key in ("1", "2"):
            await say(socket, {"id": key, "type": "subscribe", "payload": watch})
        await say(socket, {"id": "1", "type": "complete"})
        await say(socket, {"id": "unknown", "type": "complete"})
        await say(socket, {"id": "1", "type": "subscribe", "payload": {"query": "{ __typename }"}})
        assert (await hear(socket))["type"] == "next"
