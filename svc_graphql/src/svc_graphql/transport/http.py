"""GraphQL over HTTP.

Source: https://graphql.github.io/graphql-over-http/draft/
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Coroutine
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from oms_core.errors import InvalidField, LimitExceeded, OmsError

from svc_graphql.transport.asgi import (
    BodyTooLarge,
    Disconnected,
    Receive,
    Scope,
    Send,
    header,
    read_body,
    respond,
)
from svc_graphql.transport.documents import Documents
from svc_graphql.transport.engine import Caller, OperationKind, OperationRequest, RequestRefused
from svc_graphql.transport.errors import HTTP_STATUS, body_of, to_graphql
from svc_graphql.transport.events import send_events
from svc_graphql.transport.negotiation import EVENTS, JSON, RESPONSE, is_json, response_type
from svc_graphql.transport.parameters import from_json, from_query
from svc_graphql.transport.running import Running

_ALLOW: Final = ((b"allow", b"GET, POST"),)
_NO_STORE: Final = (b"cache-control", b"no-store")
_T = TypeVar("_T")


class HttpError(Exception):
    """A request that HTTP itself has a status for."""

    def __init__(
        self, status: int, message: str, headers: tuple[tuple[bytes, bytes], ...] = ()
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.headers = headers


@dataclass(frozen=True, slots=True)
class _Failure:
    """A response without `data`."""

    status: int
    errors: list[dict[str, Any]]
    media: str | None
    headers: tuple[tuple[bytes, bytes], ...] = ()


class GraphqlOverHttp:
    """Answers GET and POST.

    Args:
        running: Runs operations.
        documents: Finds persisted documents.
        max_body_bytes: Largest body of a request.
        max_batch: Most operations in a request; 1 refuses batches.
        keepalive_s: How often a silent stream of events says that it is alive, in seconds.
    """

    def __init__(
        self,
        running: Running,
        documents: Documents,
        *,
        max_body_bytes: int,
        max_batch: int,
        keepalive_s: float,
    ) -> None:
        self._running = running
        self._documents = documents
        self._max_body_bytes = max_body_bytes
        self._max_batch = max_batch
        self._keepalive_s = keepalive_s
        self._streams: set[asyncio.Future[None]] = set()

    def end_streams(self) -> None:
        """Ends the streams of events that are open, as a server does that stops."""
        for stream in self._streams:
            if not stream.done():
                stream.set_result(None)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request."""
        media = response_type(header(scope, b"accept"))
        try:
            await self._answer(scope, receive, send, _acceptable(media))
        except Disconnected:
            return
        except HttpError as exc:
            told = [{"message": exc.message}]
            await self._fail(scope, send, _Failure(exc.status, told, media, exc.headers))
        except RequestRefused as exc:
            # By the older convention a GraphQL answer is 200, whatever it says.
            status = 200 if media == JSON else 400
            await self._fail(scope, send, _Failure(status, exc.errors, media))
        except OmsError as exc:
            status = HTTP_STATUS[exc.code.name]
            told = [to_graphql(exc)]
            await self._fail(scope, send, _Failure(status, told, media, _headers_of(exc)))

    async def _answer(self, scope: Scope, receive: Receive, send: Send, media: str) -> None:
        caller = await self._running.caller(
            header(scope, b"authorization"), header(scope, b"x-request-id")
        )
        requests = await self._requests(scope, receive)
        path: str = scope["path"]
        if isinstance(requests, list):
            body = await _while_connected(self._batch(path, requests, caller), receive)
            await respond(send, 200, body, _typed(media), (_NO_STORE,))
            return
        operation = await self._running.prepare(path, requests, caller)
        if scope["method"] == "GET" and operation.kind is OperationKind.MUTATION:
            raise HttpError(405, "a mutation has to be sent with POST", ((b"allow", b"POST"),))
        if media == EVENTS:
            await self._stream(self._running.stream(operation, path), receive, send)
            return
        if operation.kind is OperationKind.SUBSCRIPTION:
            raise HttpError(406, f"a subscription is answered as {EVENTS}, or over WebSocket")
        executing = self._running.execute(operation, path)
        if operation.kind is OperationKind.MUTATION:
            # Once begun it is finished, whether or not somebody waits for the answer.
            answer = await executing
        else:
            answer = await _while_connected(executing, receive)
        await respond(send, 200, answer.body, _typed(media), (_NO_STORE,))

    async def _stream(self, bodies: AsyncGenerator[bytes], receive: Receive, send: Send) -> None:
        stopping: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._streams.add(stopping)
        try:
            await send_events(
                bodies, receive, send, keepalive_s=self._keepalive_s, stopping=stopping
            )
        finally:
            self._streams.discard(stopping)

    async def _requests(
        self, scope: Scope, receive: Receive
    ) -> OperationRequest | list[OperationRequest]:
        method: str = scope["method"]
        if method == "GET":
            return from_query(scope["query_string"], self._documents)
        if method != "POST":
            raise HttpError(405, "send a GET or a POST", _ALLOW)
        if not is_json(header(scope, b"content-type")):
            raise HttpError(415, f"the body has to be {JSON} in UTF-8, and its type be sent")
        if (header(scope, b"content-encoding") or "identity").lower() != "identity":
            raise HttpError(415, "the body may not be compressed")
        try:
            body = await read_body(receive, limit=self._max_body_bytes)
        except BodyTooLarge:
            # What was not read is not waited for.
            raise HttpError(
                413,
                f"the request has more than {self._max_body_bytes} bytes",
                ((b"connection", b"close"),),
            ) from None
        if not body:
            raise InvalidField.of("body", "is empty")
        return from_json(body, self._documents, max_batch=self._max_batch)

    async def _batch(self, path: str, requests: list[OperationRequest], caller: Caller) -> bytes:
        bodies = [await self._one_of_batch(path, request, caller) for request in requests]
        return b"[" + b",".join(bodies) + b"]"

    async def _one_of_batch(self, path: str, request: OperationRequest, caller: Caller) -> bytes:
        try:
            operation = await self._running.prepare(path, request, caller)
            if operation.kind is OperationKind.SUBSCRIPTION:
                raise InvalidField.of("query", "a subscription can't be part of a batch")
            return (await self._running.execute(operation, path)).body
        except RequestRefused as exc:
            return body_of(exc.errors)
        except OmsError as exc:
            return body_of([to_graphql(exc)])

    async def _fail(self, scope: Scope, send: Send, failure: _Failure) -> None:
        code = failure.errors[0].get("extensions", {}).get("code", f"HTTP_{failure.status}")
        self._running.metrics.refused(scope["path"], str(code))
        shown = RESPONSE if failure.media == RESPONSE else JSON
        headers = (_NO_STORE, *failure.headers)
        await respond(send, failure.status, body_of(failure.errors), _typed(shown), headers)


def _acceptable(media: str | None) -> str:
    if media is None:
        raise HttpError(406, f"the response can be {RESPONSE}, {JSON} or {EVENTS}")
    return media


def _typed(media: str) -> str:
    return f"{media}; charset=utf-8"


def _headers_of(error: OmsError) -> tuple[tuple[bytes, bytes], ...]:
    if error.code.name == "UNAUTHENTICATED":
        return ((b"www-authenticate", b"Bearer"),)
    if isinstance(error, LimitExceeded) and error.retry_after_s is not None:
        return ((b"retry-after", str(max(1, round(error.retry_after_s))).encode()),)
    return ()


async def _while_connected(work: Coroutine[Any, Any, _T], receive: Receive) -> _T:
    """Does some work, unless the client goes away before it is done.

    Raises:
        Disconnected: the client went away; the work was cancelled and has ended.
    """
    leaving = asyncio.ensure_future(receive())
    me = asyncio.current_task()
    assert me is not None
    left = False

    def on_left(_: object) -> None:
        nonlocal left
        left = True
        me.cancel()

    leaving.add_done_callback(on_left)
    try:
        return await work
    except asyncio.CancelledError:
        if left and me.uncancel() == 0:
            raise Disconnected from None
        raise
    finally:
        leaving.remove_done_callback(on_left)
        leaving.cancel()
