"""GraphQL over WebSocket: the subprotocol `graphql-transport-ws`.

Source: https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import Any, Final

import orjson
from oms_core.call import Call, current_call
from oms_core.clock import Clock
from oms_core.errors import LimitExceeded, OmsError, TokenInvalid, TokenMissing
from oms_core.logging import get_logger

from svc_graphql.transport.asgi import Receive, Scope, Send, header
from svc_graphql.transport.documents import Documents
from svc_graphql.transport.engine import RequestRefused
from svc_graphql.transport.errors import to_graphql
from svc_graphql.transport.messages import (
    BAD_REQUEST,
    FORBIDDEN,
    GOING_AWAY,
    NO_INIT,
    NO_SUBPROTOCOL,
    TAKEN,
    TOO_MANY,
    UNAUTHORISED,
    Closed,
    authorization_of,
    client_of,
    closing,
    ending,
    id_of,
    parsed,
)
from svc_graphql.transport.parameters import from_mapping
from svc_graphql.transport.running import Running
from svc_graphql.transport.sessions import Session, Sessions

SUBPROTOCOL: Final = "graphql-transport-ws"
ABORT: Final = "oms.abort"
"""ASGI extension of the listener: cuts a connection whose client reads nothing."""

SEND_NOW: Final = "oms.send_now"
"""ASGI extension of the listener: sends texts at once, or answers that they have to wait."""

RELEASE: Final = "oms.release"
"""ASGI extension of the listener: lets go of what only the handshake needed."""

_FARTHEST_S: Final = 30 * 86_400.0


@dataclass(frozen=True, kw_only=True)
class WebSocketLimits:
    """What a connection may take. Times are in seconds; see `GraphqlSettings`."""

    init_timeout_s: float
    expiry_notice_s: float
    stalled_s: float
    max_operations: int


class GraphqlOverWebSocket:
    """Accepts connections.

    Args:
        running: Runs operations.
        documents: Finds persisted documents.
        sessions: Takes in those whose caller is known.
        limits: What each may take.
        clock: Says when tokens expire.
    """

    def __init__(
        self,
        running: Running,
        documents: Documents,
        sessions: Sessions,
        limits: WebSocketLimits,
        clock: Clock,
    ) -> None:
        self.running = running
        self.documents = documents
        self.sessions = sessions
        self.limits = limits
        self.clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one connection until it ends."""
        await receive()
        if SUBPROTOCOL not in scope["subprotocols"]:
            await send({"type": "websocket.accept"})
            await send(closing(NO_SUBPROTOCOL, f"offer the subprotocol {SUBPROTOCOL}"))
            return
        await send({"type": "websocket.accept", "subprotocol": SUBPROTOCOL})
        connection = _Connection(self, scope, receive, send)
        release: Callable[[], None] | None = scope.get("extensions", {}).get(RELEASE)
        if release is not None:
            release()
        await connection.serve()


class _Connection:
    """One connection: a task that reads, and one for each operation.

    There are thousands of them that do nothing, so each takes as little memory as it can.
    """

    __slots__ = (
        "_abort",
        "_authorization",
        "_calls",
        "_client",
        "_closed",
        "_is_initialised",
        "_loop",
        "_notice",
        "_notices",
        "_operations",
        "_path",
        "_reader",
        "_receive",
        "_request_id",
        "_send",
        "_send_now",
        "_served",
        "_session",
        "_timer",
    )

    def __init__(
        self, served: GraphqlOverWebSocket, scope: Scope, receive: Receive, send: Send
    ) -> None:
        self._served = served
        self._path: str = scope["path"]
        self._authorization = header(scope, b"authorization")
        self._request_id = header(scope, b"x-request-id")
        self._client = client_of(scope)
        self._abort: Callable[[], None] | None = scope.get("extensions", {}).get(ABORT)
        self._send_now: Callable[[Sequence[bytes]], bool] | None = scope.get("extensions", {}).get(
            SEND_NOW
        )
        self._receive = receive
        self._send = send
        self._loop = asyncio.get_running_loop()
        self._reader = asyncio.current_task()
        self._operations: dict[str, asyncio.Task[None]] = {}
        self._calls: dict[str, Call] = {}
        self._session: Session | None = None
        self._is_initialised = False
        self._closed: Closed | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._notice: asyncio.TimerHandle | None = None
        self._notices: set[asyncio.Task[None]] = set()

    async def serve(self) -> None:
        """Reads messages until the connection ends, and cleans up."""
        limit_s = self._served.limits.init_timeout_s
        self._timer = self._loop.call_later(
            limit_s, self._end_with, NO_INIT, "Connection initialisation timeout"
        )
        with self._served.running.metrics.session():
            try:
                await self._read()
            except Closed as closed:
                self._closed = self._closed or closed
            except asyncio.CancelledError:
                if self._closed is None or self._reader is None or self._reader.uncancel():
                    raise
            finally:
                await self._clean_up()
            if self._closed is not None:
                await self._close(self._closed)

    async def _read(self) -> None:
        while True:
            message = await self._receive()
            if message["type"] == "websocket.disconnect":
                return
            await self._take(parsed(message))

    def _go_away(self, reason: str) -> None:
        self._end_with(GOING_AWAY, reason)

    def _end_with(self, code: int, reason: str) -> None:
        """Ends the connection from outside of its reader. The first reason counts."""
        if self._closed is None and self._reader is not None:
            self._closed = Closed(code, reason)
            self._reader.cancel()

    async def _close(self, closed: Closed) -> None:
        try:
            async with asyncio.timeout(self._served.limits.stalled_s):
                await self._send(closing(closed.code, closed.reason))
        except TimeoutError:
            self._cut()
        except Exception:  # noqa: BLE001 - the client has gone
            return

    def _cut(self) -> None:
        get_logger().warning("websocket client reads nothing, cut off", client=self._client)
        if self._abort is not None:
            self._abort()

    async def _clean_up(self) -> None:
        for timer in (self._timer, self._notice):
            if timer is not None:
                timer.cancel()
        tasks = [*self._operations.values(), *self._notices]
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)
        if self._session is not None:
            self._served.sessions.remove(self._session)

    async def _take(self, message: dict[str, Any]) -> None:
        kind = message.get("type")
        if kind == "connection_init":
            await self._initialise(message.get("payload"))
        elif kind == "ping":
            await self._answer_ping(message.get("payload"))
        elif kind == "pong":
            return
        elif kind == "subscribe":
            self._subscribe(message)
        elif kind == "complete":
            task = self._operations.pop(id_of(message), None)
            if task is not None:
                task.cancel()
        else:
            raise Closed(BAD_REQUEST, "a message has an unknown type")

    async def _initialise(self, payload: Any) -> None:
        if self._is_initialised:
            raise Closed(TOO_MANY, "Too many initialisation requests")
        self._is_initialised = True
        session = await self._session_of(payload)
        self._session = session
        if self._timer is not None:
            self._timer.cancel()
        self._watch_expiry(session)
        await self._say(
            {
                "type": "connection_ack",
                "payload": {
                    "session": session.session_id,
                    "expiresAt": session.identity.expires_at,
                },
            }
        )

    async def _session_of(self, payload: Any) -> Session:
        given = authorization_of(payload) or self._authorization
        try:
            if given is None:
                raise TokenMissing(
                    "send `authorization: Bearer <token>` in the payload of `connection_init`"
                )
            caller = await self._served.running.caller(given, self._request_id)
            assert caller.identity is not None, "there was a token"
            session = Session(
                identity=caller.identity,
                create_time=self._served.clock.now(),
                client=self._client,
                end=self._go_away,
            )
            self._served.sessions.add(session)
        except LimitExceeded as exc:
            raise Closed(TOO_MANY, exc.message) from exc
        except OmsError as exc:
            raise Closed(FORBIDDEN, exc.message) from exc
        return session

    def _watch_expiry(self, session: Session) -> None:
        left_s = session.identity.expires_at - self._served.clock.now().timestamp()
        for timer in (self._timer, self._notice):
            if timer is not None:
                timer.cancel()
        if left_s > _FARTHEST_S:
            return
        self._timer = self._loop.call_later(
            max(0.0, left_s), self._end_with, FORBIDDEN, "the token expired"
        )
        notice_s = left_s - self._served.limits.expiry_notice_s
        self._notice = self._loop.call_later(max(0.0, notice_s), self._tell_expiry)

    def _tell_expiry(self) -> None:
        session = self._session
        if session is None:
            return
        payload = {"expiresAt": session.identity.expires_at}
        task = self._loop.create_task(self._say({"type": "ping", "payload": payload}))
        self._notices.add(task)
        task.add_done_callback(self._notices.discard)

    async def _answer_ping(self, payload: Any) -> None:
        token = authorization_of(payload)
        session = self._session
        if token is None or session is None:
            await self._say({"type": "pong"})
            return
        await self._refresh(session, token)
        await self._say({"type": "pong", "payload": {"expiresAt": session.identity.expires_at}})

    async def _refresh(self, session: Session, authorization: str) -> None:
        try:
            caller = await self._served.running.caller(authorization, self._request_id)
            assert caller.identity is not None, "there was a token"
            if caller.identity.subject != session.identity.subject:
                raise TokenInvalid("the token is another caller's; open a connection for it")
            if caller.identity.permissions != session.identity.permissions:
                raise TokenInvalid("the token grants other permissions; open a connection for it")
        except OmsError as exc:
            raise Closed(FORBIDDEN, exc.message) from exc
        session.identity = caller.identity
        for call in self._calls.values():
            # What subscriptions read from now on, they read with the new token.
            call.identity = caller.identity
        self._watch_expiry(session)

    def _subscribe(self, message: dict[str, Any]) -> None:
        key = id_of(message)
        session = self._session
        if session is None:
            raise Closed(UNAUTHORISED, "Unauthorized")
        if key in self._operations:
            raise Closed(TAKEN, f"Subscriber for {key} already exists")
        has_room = len(self._operations) < self._served.limits.max_operations
        run = self._run(key, message.get("payload"), session, has_room=has_room)
        task = self._loop.create_task(run, name=f"graphql {key}")
        self._operations[key] = task
        session.operations = len(self._operations)

    async def _run(self, key: str, payload: Any, session: Session, *, has_room: bool) -> None:
        errors: list[dict[str, Any]] | None = None
        try:
            if not has_room:
                raise LimitExceeded(
                    f"the session has {self._served.limits.max_operations} operations, the limit",
                    metadata={"limit": "session_operations"},
                )
            await self._run_all(key, payload, session)
        except RequestRefused as exc:
            errors = exc.errors
        except OmsError as exc:
            errors = [to_graphql(exc)]
        finally:
            # Not when the client completed it: then the id may be another operation's already.
            if self._operations.get(key) in (None, asyncio.current_task()):
                self._operations.pop(key, None)
                self._calls.pop(key, None)
            session.operations = len(self._operations)
        await self._send_text(ending(key, errors))

    async def _run_all(self, key: str, payload: Any, session: Session) -> None:
        running = self._served.running
        request = from_mapping(payload, self._served.documents)
        caller = await running.caller(None, self._request_id, session=session.session_id)
        operation = await running.prepare(
            self._path, request, replace(caller, identity=session.identity)
        )
        call = current_call()
        assert call is not None, "prepare made it current"
        self._calls[key] = call
        head = b'{"id":' + orjson.dumps(key) + b',"type":"next","payload":'

        def send_now(bodies: Sequence[bytes]) -> bool:
            send = self._send_now
            return send is not None and send([head + body + b"}" for body in bodies])

        async with aclosing(running.stream(operation, self._path, send_now)) as bodies:
            async for body in bodies:
                await self._send_text(head + body + b"}")

    async def _say(self, message: dict[str, Any]) -> None:
        await self._send_text(orjson.dumps(message))

    async def _send_text(self, text: bytes) -> None:
        if self._send_now is not None and self._send_now([text]):
            return
        try:
            async with asyncio.timeout(self._served.limits.stalled_s):
                await self._send({"type": "websocket.send", "text": text.decode()})
        except TimeoutError:
            self._cut()
            raise asyncio.CancelledError from None
