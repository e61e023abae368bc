"""One interface to a running suite, over gRPC and over REST.

A test takes an `Api`, passes it a request message and gets the response message, and
so runs unchanged over both protocols. Errors of both become an `ApiError`.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field, replace
from types import TracebackType
from typing import Any, Protocol, Self

import grpc
import grpc.aio
import httpx
import orjson
from google.protobuf import json_format
from google.protobuf.message import Message

from oms_testing.e2e_errors import ApiError, from_http, from_rpc
from oms_testing.e2e_methods import Method, method_of
from oms_testing.e2e_transcode import transcode

__all__ = ["Api", "ApiError", "Endpoint", "GrpcApi", "RestApi"]

_UPLOAD_PART = 1 << 20
_TIMEOUT_S = 60.0


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a suite answers, and the token to send.

    `grpc_address` is `host:port`, `rest_url` starts with `http://`. `addresses` has what is not at
    the first one, by the area of its packages, such as `datakernel`.
    """

    grpc_address: str
    rest_url: str
    token: str
    addresses: Mapping[str, str] = field(default_factory=dict[str, str])


class Api(Protocol):
    """A way to call a suite. Use it as an async context manager."""

    protocol: str

    async def __call__(self, request: Message) -> Any:
        """Makes a unary call. Raises `ApiError`."""
        ...

    def stream(self, request: Message) -> AsyncIterator[Any]:
        """Makes a server-streaming call; closing the iterator cancels it. Raises `ApiError`."""
        ...

    async def upload(self, request: Any, data: bytes, *, content_type: str = "") -> Any:
        """Makes a call whose `body` is a file, in parts. Raises `ApiError`."""
        ...

    async def download(self, request: Message) -> bytes:
        """Makes a call whose answer is a file. Raises `ApiError`."""
        ...

    def as_caller(self, token: str) -> Api:
        """The same way to the same suite with another token; none when empty."""
        ...

    async def __aenter__(self) -> Self: ...

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None: ...


class GrpcApi:
    """Calls over gRPC."""

    protocol = "grpc"

    def __init__(self, endpoint: Endpoint, *, channels: dict[str, Any] | None = None) -> None:
        self._endpoint = endpoint
        self._channels: dict[str, Any] = {} if channels is None else channels

    def _channel(self, method: Method) -> Any:
        area = method.path.split(".")[1]
        address = self._endpoint.addresses.get(area, self._endpoint.grpc_address)
        if address not in self._channels:
            self._channels[address] = grpc.aio.insecure_channel(address)
        return self._channels[address]

    async def __call__(self, request: Message) -> Any:
        method = method_of(request)
        call = self._channel(method).unary_unary(
            method.path,
            request_serializer=method.request_type.SerializeToString,
            response_deserializer=method.response_type.FromString,
        )
        try:
            return await call(request, metadata=self._metadata(), timeout=_TIMEOUT_S)
        except grpc.aio.AioRpcError as exc:
            raise from_rpc(exc) from exc

    async def stream(self, request: Message) -> AsyncIterator[Any]:
        method = method_of(request)
        call = self._channel(method).unary_stream(
            method.path,
            request_serializer=method.request_type.SerializeToString,
            response_deserializer=method.response_type.FromString,
        )(request, metadata=self._metadata(), timeout=_TIMEOUT_S)
        try:
            async for response in call:
                yield response
        except grpc.aio.AioRpcError as exc:
            raise from_rpc(exc) from exc
        finally:
            call.cancel()

    async def upload(self, request: Any, data: bytes, *, content_type: str = "") -> Any:
        parts = _upload_parts(method_of(request), request, data, content_type)
        try:
            return await self.open_upload(request, parts)
        except grpc.aio.AioRpcError as exc:
            raise from_rpc(exc) from exc

    def open_upload(self, request: Message, parts: AsyncIterator[Message]) -> Any:
        """The grpcio call object of an upload of these parts; `request` only says which method."""
        method = method_of(request)
        call = self._channel(method).stream_unary(
            method.path,
            request_serializer=method.request_type.SerializeToString,
            response_deserializer=method.response_type.FromString,
        )
        return call(parts, metadata=self._metadata(), timeout=_TIMEOUT_S)

    async def download(self, request: Message) -> bytes:
        if not method_of(request).is_server_streaming:
            return (await self(request)).body.data
        return b"".join([part.body.data async for part in self.stream(request)])

    def as_caller(self, token: str) -> GrpcApi:
        return GrpcApi(replace(self._endpoint, token=token), channels=self._channels)

    def _metadata(self) -> tuple[tuple[str, str], ...]:
        token = self._endpoint.token
        return (("authorization", f"Bearer {token}"),) if token else ()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        for channel in self._channels.values():
            await channel.close()


class RestApi:
    """Calls over REST, through Envoy."""

    protocol = "rest"

    def __init__(self, endpoint: Endpoint, *, client: httpx.AsyncClient | None = None) -> None:
        self._endpoint = endpoint
        self._client = client or httpx.AsyncClient(
            base_url=endpoint.rest_url, timeout=_TIMEOUT_S, trust_env=False
        )

    async def __call__(self, request: Message) -> Any:
        method = method_of(request)
        response = await self._send(method, request, content=None)
        return _parse(method, response.content)

    async def stream(self, request: Message) -> AsyncIterator[Any]:
        method = method_of(request)
        call = transcode(method, request)
        async with self._client.stream(
            call.verb,
            call.path,
            params=httpx.QueryParams(call.query),
            content=call.body,
            headers=self.headers(),
        ) as response:
            if response.is_error:
                await response.aread()
                raise from_http(response)
            async for item in _json_array(response):
                yield _parse(method, item)

    async def upload(self, request: Any, data: bytes, *, content_type: str = "") -> Any:
        method = method_of(request)
        response = await self._send(method, request, content=data, content_type=content_type)
        return _parse(method, response.content)

    async def download(self, request: Message) -> bytes:
        return (await self._send(method_of(request), request, content=None)).content

    def as_caller(self, token: str) -> RestApi:
        return RestApi(replace(self._endpoint, token=token), client=self._client)

    async def _send(
        self, method: Method, request: Message, *, content: bytes | None, content_type: str = ""
    ) -> httpx.Response:
        call = transcode(method, request)
        headers = self.headers()
        if content_type or call.body is not None:
            headers["content-type"] = content_type or "application/json"
        response = await self._client.request(
            call.verb,
            call.path,
            params=httpx.QueryParams(call.query),
            content=call.body if content is None else content,
            headers=headers,
        )
        if response.is_error:
            raise from_http(response)
        return response

    @property
    def url(self) -> str:
        """Where REST is served, for requests that no message describes."""
        return self._endpoint.rest_url

    def headers(self) -> dict[str, str]:
        """Headers that name the caller."""
        token = self._endpoint.token
        return {"authorization": f"Bearer {token}"} if token else {}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self._client.aclose()


async def _upload_parts(
    method: Method, request: Any, data: bytes, content_type: str
) -> AsyncIterator[Message]:
    """The first message carries the fields and the first part, the others a part alone."""
    for start in range(0, max(len(data), 1), _UPLOAD_PART):
        message: Any = method.request_type()
        if start == 0:
            message.CopyFrom(request)
            message.body.content_type = content_type
        message.body.data = data[start : start + _UPLOAD_PART]
        yield message


def _parse(method: Method, content: bytes) -> Any:
    return json_format.Parse(content, method.response_type())


async def _json_array(response: httpx.Response) -> AsyncIterator[bytes]:
    """Splits a JSON array that arrives bit by bit into its elements."""
    decoder = json.JSONDecoder()
    text = ""
    async for chunk in response.aiter_text():
        text += chunk
        while (text := text.lstrip("[,\r\n ")) and text[0] != "]":
            try:
                item, end = decoder.raw_decode(text)
            except json.JSONDecodeError:
                break  # the rest of it is still on its way
            text = text[end:]
            yield orjson.dumps(item)
