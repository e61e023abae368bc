"""Makes calls, asynchronously; otherwise as `oms_client.calls`."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Callable, Iterable, Mapping
from types import TracebackType
from typing import Any, Generic, Self

import grpc
import grpc.aio
from oms.identity.v1.identity_service_pb2 import ExchangeApiKeyRequest

from oms_client.calls import EXCHANGE, NO_CREDENTIALS, bearer, serialisers
from oms_client.connection import Connection
from oms_client.credentials import Credentials
from oms_client.errors import ApiError, Unauthenticated, from_rpc
from oms_client.methods import Method, Request, Response
from oms_client.paging import AsyncPaged
from oms_client.retries import Attempts, Budget


class AsyncStream(AsyncIterator[Response], Generic[Response]):
    """The messages of a stream. Leaving its `async with` block, or closing it, cancels the call."""

    def __init__(
        self, open_call: Callable[[Callable[[Any], None]], AsyncIterator[Response]]
    ) -> None:
        self._call: Any = None
        self._is_closed = False
        self._messages = open_call(self._opened)

    def _opened(self, call: Any) -> None:
        self._call = call
        if self._is_closed:
            call.cancel()

    async def __anext__(self) -> Response:
        try:
            return await anext(self._messages)
        except ApiError:
            if self._is_closed:
                raise StopAsyncIteration from None
            raise

    def close(self) -> None:
        """Ends the call; also while another task waits for a message."""
        self._is_closed = True
        if self._call is not None:
            self._call.cancel()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()


class AsyncCalls:
    """Makes calls on a channel, which its owner closes. For one event loop."""

    def __init__(
        self, channel: grpc.aio.Channel, connection: Connection, credentials: Credentials
    ) -> None:
        self._channel = channel
        self._connection = connection
        self._credentials = credentials
        self._budget = Budget(connection.retries)
        self._exchanging = asyncio.Lock()

    @property
    def connection(self) -> Connection:
        """How the server is reached."""
        return self._connection

    async def unary(
        self,
        method: Method[Request, Response],
        given: Request | None,
        timeout_s: float | None,
        fields: Mapping[str, Any],
    ) -> Response:
        """Makes a call with one request and one response."""
        request = method.request(given, fields)
        call: Any = self._channel.unary_unary(method.path, **serialisers(method))
        attempts = self._attempts(method, timeout_s, self._connection.timeout_s)
        renewals = 1
        while True:
            sent = ""
            try:
                sent = await self._token(attempts)
                response = await self._mapped(
                    method, call(request, timeout=attempts.left_s(), metadata=bearer(sent))
                )
            except ApiError as error:
                if renewals and self._credentials.is_refused(error, sent):
                    renewals -= 1
                    continue
                await self._pause(attempts, error)
            else:
                attempts.succeeded()
                return response

    def paged(
        self,
        method: Method[Request, Response],
        given: Request | None,
        timeout_s: float | None,
        fields: Mapping[str, Any],
    ) -> AsyncPaged[Any, Response]:
        """A list; asks for nothing yet."""

        async def fetch(request: Request) -> Response:
            return await self.unary(method, request, timeout_s, {})

        return AsyncPaged(fetch, method.request(given, fields), method.items)

    def stream(
        self,
        method: Method[Request, Response],
        given: Request | None,
        timeout_s: float | None,
        fields: Mapping[str, Any],
    ) -> AsyncStream[Response]:
        """Makes a call whose response is a stream."""
        request = method.request(given, fields)
        call: Any = self._channel.unary_stream(method.path, **serialisers(method))
        default = None if method.is_endless else self._connection.transfer_timeout_s
        attempts = self._attempts(method, timeout_s, default)
        return AsyncStream(lambda opened: self._messages(method, call, request, attempts, opened))

    async def upload(
        self,
        method: Method[Request, Response],
        requests: AsyncIterable[Request] | Iterable[Request],
        timeout_s: float | None,
    ) -> Response:
        """Makes a call whose request is a stream. It is not repeated."""
        call: Any = self._channel.stream_unary(method.path, **serialisers(method))
        attempts = self._attempts(method, timeout_s, self._connection.transfer_timeout_s)
        metadata = bearer(await self._token(attempts))
        return await self._mapped(
            method, call(requests, timeout=attempts.left_s(), metadata=metadata)
        )

    def exchange(
        self,
        method: Method[Request, Response],
        requests: AsyncIterable[Request] | Iterable[Request],
        timeout_s: float | None,
    ) -> AsyncStream[Response]:
        """Makes a call with a stream both ways. It is not repeated; no deadline by default."""
        call: Any = self._channel.stream_stream(method.path, **serialisers(method))
        attempts = Attempts(
            self._connection.retries, self._budget, timeout_s=timeout_s, is_repeatable=False
        )
        return AsyncStream(lambda opened: self._messages(method, call, requests, attempts, opened))

    async def _messages(
        self,
        method: Method[Any, Response],
        call: Any,
        request: Any,
        attempts: Attempts,
        opened: Callable[[Any], None],
    ) -> AsyncIterator[Response]:
        renewals = 1
        while True:
            is_begun, sent = False, ""
            try:
                sent = await self._token(attempts)
                messages = call(request, timeout=attempts.left_s(), metadata=bearer(sent))
                opened(messages)
                async for message in self._received(method, messages):
                    is_begun = True
                    yield message
            except ApiError as error:
                if is_begun:
                    raise
                if renewals and self._credentials.is_refused(error, sent):
                    renewals -= 1
                    continue
                await self._pause(attempts, error)
            else:
                attempts.succeeded()
                return

    async def _received(
        self, method: Method[Any, Response], messages: Any
    ) -> AsyncIterator[Response]:
        try:
            async for message in messages:
                yield message
        except grpc.RpcError as exc:
            raise self._error(method, exc) from exc

    async def _token(self, attempts: Attempts) -> str:
        token = self._credentials.token()
        if token or not self._credentials.api_key:
            return token
        async with self._exchanging:
            return self._credentials.token() or await self._exchange_key(attempts)

    async def _exchange_key(self, attempts: Attempts) -> str:
        call: Any = self._channel.unary_unary(EXCHANGE.path, **serialisers(EXCHANGE))
        request = ExchangeApiKeyRequest(api_key=self._credentials.api_key)
        response = await self._mapped(EXCHANGE, call(request, timeout=attempts.left_s()))
        self._credentials.keep(response.token.token, response.token.expire_time.ToSeconds())
        return response.token.token

    def _attempts(
        self, method: Method[Any, Any], timeout_s: float | None, default_s: float | None
    ) -> Attempts:
        return Attempts(
            self._connection.retries,
            self._budget,
            timeout_s=default_s if timeout_s is None else timeout_s,
            is_repeatable=method.is_repeatable,
        )

    async def _mapped(self, method: Method[Any, Any], call: Awaitable[Any]) -> Any:
        try:
            return await call
        except grpc.RpcError as exc:
            raise self._error(method, exc) from exc

    def _error(self, method: Method[Any, Any], exc: grpc.RpcError) -> ApiError:
        error = from_rpc(exc, method=method.path, target=self._connection.target)
        if isinstance(error, Unauthenticated) and self._credentials.is_anonymous:
            error.add_note(NO_CREDENTIALS)
        return error

    @staticmethod
    async def _pause(attempts: Attempts, error: ApiError) -> None:
        pause = attempts.pause_after(error)
        if pause is None:
            raise error
        await asyncio.sleep(pause)
