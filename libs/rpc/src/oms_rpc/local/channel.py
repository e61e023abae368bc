"""A `grpc.aio.Channel` to servicers of the same process.

Calls take the same way as over a network: serialised both ways, through the same
compiled chain, with metadata, deadline, cancellation and status. What is left out is
the socket. One contract suite holds both kinds of channel against each other.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, Self

import grpc

from oms_rpc.local.call import (
    LocalCall,
    LocalStreamStreamCall,
    LocalStreamUnaryCall,
    LocalUnaryStreamCall,
    LocalUnaryUnaryCall,
    too_large,
)
from oms_rpc.local.context import LocalContext
from oms_rpc.local.core import Entry, LocalRpc
from oms_rpc.local.metadata import normalise

Serialise = Callable[[Any], bytes] | None
Deserialise = Callable[[bytes], Any] | None


class LocalChannel(grpc.aio.Channel):
    """Calls handlers through the functions that a server registered for them.

    Args:
        find: Gives the compiled handler of a method's path; one that answers
            UNIMPLEMENTED for a path nobody serves. Asked at each call, so that a stub
            may be made before its servicer is registered.
        max_message_bytes: Largest request; the chain itself bounds responses.
    """

    def __init__(self, find: Callable[[str], Entry], *, max_message_bytes: int) -> None:
        self._find = find
        self._limit = max_message_bytes
        self._active: set[LocalRpc] = set()
        self._closed: asyncio.Future[None] | None = None
        self._is_closed = False

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self, grace: float | None = None) -> None:
        """Refuses new calls, gives those in flight `grace` seconds, then cancels them."""
        if self._is_closed:
            return
        self._is_closed = True
        if grace and self._active:
            await asyncio.wait([rpc.ended() for rpc in self._active], timeout=grace)
        for rpc in list(self._active):
            rpc.cancel("Channel closed!")
        if self._closed is not None:
            self._closed.set_result(None)

    def get_state(self, try_to_connect: bool = False) -> grpc.ChannelConnectivity:
        if self._is_closed:
            return grpc.ChannelConnectivity.SHUTDOWN
        return grpc.ChannelConnectivity.READY

    async def wait_for_state_change(self, last_observed_state: grpc.ChannelConnectivity) -> None:
        if self.get_state() != last_observed_state:
            return
        if self._closed is None:
            self._closed = asyncio.get_running_loop().create_future()
        await asyncio.shield(self._closed)

    async def channel_ready(self) -> None:
        """Returns at once: there is nothing to connect to."""

    def unary_unary(
        self,
        method: str,
        request_serializer: Serialise = None,
        response_deserializer: Deserialise = None,
        _registered_method: bool | None = False,
    ) -> LocalUnaryUnary:
        return LocalUnaryUnary(self, method, request_serializer, response_deserializer)

    def unary_stream(
        self,
        method: str,
        request_serializer: Serialise = None,
        response_deserializer: Deserialise = None,
        _registered_method: bool | None = False,
    ) -> LocalUnaryStream:
        return LocalUnaryStream(self, method, request_serializer, response_deserializer)

    def stream_unary(
        self,
        method: str,
        request_serializer: Serialise = None,
        response_deserializer: Deserialise = None,
        _registered_method: bool | None = False,
    ) -> LocalStreamUnary:
        return LocalStreamUnary(self, method, request_serializer, response_deserializer)

    def stream_stream(
        self,
        method: str,
        request_serializer: Serialise = None,
        response_deserializer: Deserialise = None,
        _registered_method: bool | None = False,
    ) -> LocalStreamStream:
        return LocalStreamStream(self, method, request_serializer, response_deserializer)

    def begin(
        self,
        timeout: float | None,
        metadata: Any,
        credentials: Any,
        requests: bool,
        responses: bool,
    ) -> LocalRpc:
        """Opens a call. The handler starts with `send`."""
        if self._is_closed:
            raise grpc.aio.UsageError("Channel is closed.")
        if credentials is not None:
            raise grpc.aio.UsageError("call credentials need a secure channel")
        rpc = LocalRpc(
            normalise(metadata),
            timeout,
            self._active.discard,
            streams_requests=requests,
            streams_responses=responses,
        )
        self._active.add(rpc)
        return rpc

    def send(self, rpc: LocalRpc, method: str, request: bytes | None) -> None:
        """Hands a call, with its one request unless it streams them, to the handler."""
        if request is not None and len(request) > self._limit:
            rpc.refuse(*too_large(request, self._limit))
            return
        rpc.start(self._find(method), request, LocalContext(rpc))

    @property
    def max_message_bytes(self) -> int:
        """Largest request that is let through."""
        return self._limit


class _Local:
    def __init__(
        self, channel: LocalChannel, method: str, serialise: Serialise, deserialise: Deserialise
    ) -> None:
        self._channel = channel
        self._method = method
        self._serialise = serialise
        self._deserialise = deserialise

    def _open(
        self,
        call_class: type[LocalCall],
        request: Any,
        timeout: float | None,
        metadata: Any,
        credentials: Any,
        *,
        responses: bool,
    ) -> Any:
        # Serialised at once: a request that its caller changes afterwards stays as it was.
        raw = self._serialise(request) if self._serialise else request
        rpc = self._channel.begin(timeout, metadata, credentials, False, responses)
        self._channel.send(rpc, self._method, raw)
        return call_class(rpc, self._deserialise)

    def _open_stream(
        self,
        call_class: type[LocalStreamUnaryCall] | type[LocalStreamStreamCall],
        requests: Any,
        timeout: float | None,
        metadata: Any,
        credentials: Any,
        *,
        responses: bool,
    ) -> Any:
        rpc = self._channel.begin(timeout, metadata, credentials, True, responses)
        call = call_class(rpc, self._deserialise)
        call.start_requests(requests, self._serialise, self._channel.max_message_bytes)
        self._channel.send(rpc, self._method, None)
        return call


class LocalUnaryUnary(_Local, grpc.aio.UnaryUnaryMultiCallable[Any, Any]):
    """Calls a method with one request and one response."""

    def __call__(
        self,
        request: Any,
        *,
        timeout: float | None = None,
        metadata: Any = None,
        credentials: Any = None,
        wait_for_ready: bool | None = None,
        compression: Any = None,
    ) -> LocalUnaryUnaryCall:
        return self._open(
            LocalUnaryUnaryCall, request, timeout, metadata, credentials, responses=False
        )


class LocalUnaryStream(_Local, grpc.aio.UnaryStreamMultiCallable[Any, Any]):
    """Calls a method with one request and a stream of responses."""

    def __call__(
        self,
        request: Any,
        *,
        timeout: float | None = None,
        metadata: Any = None,
        credentials: Any = None,
        wait_for_ready: bool | None = None,
        compression: Any = None,
    ) -> LocalUnaryStreamCall:
        return self._open(
            LocalUnaryStreamCall, request, timeout, metadata, credentials, responses=True
        )


class LocalStreamUnary(_Local, grpc.aio.StreamUnaryMultiCallable[Any, Any]):
    """Calls a method with a stream of requests and one response."""

    def __call__(  # noqa: PLR0917 - the signature of grpcio's own
        self,
        request_iterator: Any = None,
        timeout: float | None = None,
        metadata: Any = None,
        credentials: Any = None,
        wait_for_ready: bool | None = None,
        compression: Any = None,
    ) -> LocalStreamUnaryCall:
        return self._open_stream(
            LocalStreamUnaryCall, request_iterator, timeout, metadata, credentials, responses=False
        )


class LocalStreamStream(_Local, grpc.aio.StreamStreamMultiCallable[Any, Any]):
    """Calls a method with streams both ways."""

    def __call__(  # noqa: PLR0917 - the signature of grpcio's own
        self,
        request_iterator: Any = None,
        timeout: float | None = None,
        metadata: Any = None,
        credentials: Any = None,
        wait_for_ready: bool | None = None,
        compression: Any = None,
    ) -> LocalStreamStreamCall:
        return self._open_stream(
            LocalStreamStreamCall, request_iterator, timeout, metadata, credentials, responses=True
        )
