"""Makes calls, synchronously: with a token and a deadline, repeated, errors as exceptions."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from types import TracebackType
from typing import Any, Generic, Self

import grpc
from oms.identity.v1.identity_service_pb2 import ExchangeApiKeyRequest, ExchangeApiKeyResponse

from oms_client.connection import Connection
from oms_client.credentials import Credentials
from oms_client.errors import ApiError, Unauthenticated, from_rpc
from oms_client.methods import Method, Request, Response
from oms_client.paging import Paged
from oms_client.retries import Attempts, Budget

Metadata = tuple[tuple[str, str], ...]
EXCHANGE = Method(
    "/oms.identity.v1.IdentityService/ExchangeApiKey", ExchangeApiKeyRequest, ExchangeApiKeyResponse
)
NO_CREDENTIALS = (
    "no credentials were found: set OMS_TOKEN or OMS_API_KEY_FILE, or pass token= or api_key="
)


class Stream(Iterator[Response], Generic[Response]):
    """The messages of a stream. Closing it, or leaving its `with` block, cancels the call."""

    def __init__(self, open_call: Callable[[Callable[[Any], None]], Iterator[Response]]) -> None:
        self._call: Any = None
        self._is_closed = False
        self._messages = open_call(self._opened)

    def _opened(self, call: Any) -> None:
        self._call = call
        if self._is_closed:
            call.cancel()

    def __next__(self) -> Response:
        try:
            return next(self._messages)
        except ApiError:
            if self._is_closed:
                raise StopIteration from None
            raise

    def close(self) -> None:
        """Ends the call; also from another thread, while this one waits for a message."""
        self._is_closed = True
        if self._call is not None:
            self._call.cancel()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()


class Calls:
    """Makes calls on a channel, which its owner closes. Safe to use from several threads."""

    def __init__(
        self, channel: grpc.Channel, connection: Connection, credentials: Credentials
    ) -> None:
        self._channel = channel
        self._connection = connection
        self._credentials = credentials
        self._budget = Budget(connection.retries)
        self._exchanging = threading.Lock()

    @property
    def connection(self) -> Connection:
        """How the server is reached."""
        return self._connection

    def unary(
        self,
        method: Method[Request, Response],
        given: Request | None,
        timeout_s: float | None,
        fields: Mapping[str, Any],
    ) -> Response:
        """Makes a call with one request and one response."""
        request = method.request(given, fields)
        call = self._channel.unary_unary(method.path, **serialisers(method))
        attempts = self._attempts(method, timeout_s, self._connection.timeout_s)
        renewals = 1
        while True:
            sent = ""
            try:
                sent = self._token(attempts)
                response = self._mapped(
                    method,
                    lambda sent=sent: call(
                        request, timeout=attempts.left_s(), metadata=bearer(sent)
                    ),
                )
            except ApiError as error:
                if renewals and self._credentials.is_refused(error, sent):
                    renewals -= 1
                    continue
                self._pause(attempts, error)
            else:
                attempts.succeeded()
                return response

    def paged(
        self,
        method: Method[Request, Response],
        given: Request | None,
        timeout_s: float | None,
        fields: Mapping[str, Any],
    ) -> Paged[Any, Response]:
        """A list; asks for nothing yet."""

        def fetch(request: Request) -> Response:
            return self.unary(method, request, timeout_s, {})

        return Paged(fetch, method.request(given, fields), method.items)

    def stream(
        self,
        method: Method[Request, Response],
        given: Request | None,
        timeout_s: float | None,
        fields: Mapping[str, Any],
    ) -> Stream[Response]:
        """Makes a call whose response is a stream."""
        request = method.request(given, fields)
        call = self._channel.unary_stream(method.path, **serialisers(method))
        default = None if method.is_endless else self._connection.transfer_timeout_s
        attempts = self._attempts(method, timeout_s, default)
        return Stream(lambda opened: self._messages(method, call, request, attempts, opened))

    def upload(
        self,
        method: Method[Request, Response],
        requests: Iterable[Request],
        timeout_s: float | None,
    ) -> Response:
        """Makes a call whose request is a stream. It is not repeated."""
        call = self._channel.stream_unary(method.path, **serialisers(method))
        attempts = self._attempts(method, timeout_s, self._connection.transfer_timeout_s)
        metadata = bearer(self._token(attempts))
        return self._mapped(
            method, lambda: call(iter(requests), timeout=attempts.left_s(), metadata=metadata)
        )

    def exchange(
        self,
        method: Method[Request, Response],
        requests: Iterable[Request],
        timeout_s: float | None,
    ) -> Stream[Response]:
        """Makes a call with a stream both ways. It is not repeated; no deadline by default."""
        call = self._channel.stream_stream(method.path, **serialisers(method))
        attempts = Attempts(
            self._connection.retries, self._budget, timeout_s=timeout_s, is_repeatable=False
        )
        return Stream(lambda opened: self._messages(method, call, iter(requests), attempts, opened))

    def _messages(
        self,
        method: Method[Any, Response],
        call: Any,
        request: Any,
        attempts: Attempts,
        opened: Callable[[Any], None],
    ) -> Iterator[Response]:
        renewals = 1
        while True:
            is_begun, sent = False, ""
            try:
                sent = self._token(attempts)
                messages = call(request, timeout=attempts.left_s(), metadata=bearer(sent))
                opened(messages)
                for message in self._received(method, messages):
                    is_begun = True
                    yield message
            except ApiError as error:
                if is_begun:
                    raise
                if renewals and self._credentials.is_refused(error, sent):
                    renewals -= 1
                    continue
                self._pause(attempts, error)
            else:
                attempts.succeeded()
                return

    def _received(self, method: Method[Any, Response], messages: Any) -> Iterator[Response]:
        try:
            yield from messages
        except grpc.RpcError as exc:
            raise self._error(method, exc) from exc

    def _token(self, attempts: Attempts) -> str:
        token = self._credentials.token()
        if token or not self._credentials.api_key:
            return token
        with self._exchanging:
            return self._credentials.token() or self._exchange_key(attempts)

    def _exchange_key(self, attempts: Attempts) -> str:
        call = self._channel.unary_unary(EXCHANGE.path, **serialisers(EXCHANGE))
        request = ExchangeApiKeyRequest(api_key=self._credentials.api_key)
        response = self._mapped(EXCHANGE, lambda: call(request, timeout=attempts.left_s()))
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

    def _mapped(self, method: Method[Any, Any], call: Callable[[], Any]) -> Any:
        try:
            return call()
        except grpc.RpcError as exc:
            raise self._error(method, exc) from exc

    def _error(self, method: Method[Any, Any], exc: grpc.RpcError) -> ApiError:
        error = from_rpc(exc, method=method.path, target=self._connection.target)
        if isinstance(error, Unauthenticated) and self._credentials.is_anonymous:
            error.add_note(NO_CREDENTIALS)
        return error

    @staticmethod
    def _pause(attempts: Attempts, error: ApiError) -> None:
        pause = attempts.pause_after(error)
        if pause is None:
            raise error
        time.sleep(pause)


def bearer(token: str) -> Metadata:
    """The metadata that carries a token; none for an empty one."""
    return (("authorization", f"Bearer {token}"),) if token else ()


def serialisers(method: Method[Any, Any]) -> dict[str, Any]:
    """How a channel writes a method's requests and reads its responses."""
    return {
        "request_serializer": method.request_type.SerializeToString,
        "response_deserializer": method.response_type.FromString,
    }
