"""Channels to other services, as handlers and workers use them.

Whether a peer is hosted here or runs elsewhere, a call passes on who the caller is,
the request id, the trace, and how much time is left.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Generator, Iterable
from dataclasses import dataclass, field
from typing import Any, Self

import grpc
from oms_core.call import Call, current_call
from opentelemetry.trace import Span

from oms_rpc import telemetry
from oms_rpc.credentials import CallersOwnToken, CredentialForwarder
from oms_rpc.reachability import Reachability, Waiting

_HEALTH = "/grpc.health.v1.Health/"

Metadata = list[tuple[str, Any]]


@dataclass(frozen=True, slots=True)
class Forwarding:
    """What is passed on with calls to one peer.

    Args:
        peer: Name of the peer, for errors.
        fixed: Metadata of every call. The call being served wins over it, and the
            caller's own metadata over both.
        service: Name of the service that makes the calls.
        credentials: Chooses the token that is sent.
        default_timeout_s: Deadline of a call that answers with one message, when neither
            its caller nor the call being served has one; nothing waits for ever.
        tracer: None when telemetry is off.
    """

    peer: str
    fixed: tuple[tuple[str, str], ...] = ()
    service: str = ""
    credentials: CredentialForwarder = field(default_factory=CallersOwnToken)
    default_timeout_s: float | None = None
    tracer: Any = None

    def metadata(self, given: Iterable[tuple[str, Any]] | None) -> Metadata:
        """The metadata to send."""
        metadata: Metadata = list(given) if given else []
        keys = {key for key, _ in metadata}
        call = current_call()
        if call is not None and "x-request-id" not in keys:
            metadata.append(("x-request-id", call.request_id))
            keys.add("x-request-id")
        token = "" if "authorization" in keys else self._token(call)
        if token:
            metadata.append(("authorization", f"Bearer {token}"))
            keys.add("authorization")
        metadata += [item for item in self.fixed if item[0] not in keys]
        return metadata

    def _token(self, call: Call | None) -> str:
        if call is not None and call.identity is None:
            # Nobody was verified: a service lends its own rights to no stranger.
            return ""
        return self.credentials.token_for(call.identity if call else None, self.service)

    def timeout(self, given: float | None, default: float | None) -> float | None:
        """The smaller of the given timeout and the time that the call being served has left."""
        call = current_call()
        if call is None or call.deadline is None:
            return default if given is None else given
        left = max(0.0, call.deadline - asyncio.get_running_loop().time())
        return left if given is None else min(given, left)


class PeerChannel(grpc.aio.Channel):
    """A channel that passes the current call on.

    Args:
        inner: The local or network channel that carries the calls.
        forwarding: What is passed on.
        repeatable: For a network, the channel that repeats calls of methods that change data,
            with the paths of these methods.
        reachability: For a network, whether the peer is there.
    """

    def __init__(
        self,
        inner: grpc.aio.Channel,
        forwarding: Forwarding,
        repeatable: tuple[grpc.aio.Channel, frozenset[str]] | None = None,
        reachability: Reachability | None = None,
    ) -> None:
        self._inner = inner
        self._forwarding = forwarding
        self._repeatable = repeatable
        self._reachability = reachability

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self, grace: float | None = None) -> None:
        """Closes the channels underneath."""
        await self._inner.close(grace)
        if self._repeatable is not None:
            await self._repeatable[0].close(grace)
        if self._reachability is not None:
            await self._reachability.close()

    def get_state(self, try_to_connect: bool = False) -> grpc.ChannelConnectivity:
        return self._inner.get_state(try_to_connect)

    async def wait_for_state_change(self, last_observed_state: grpc.ChannelConnectivity) -> None:
        await self._inner.wait_for_state_change(last_observed_state)

    async def channel_ready(self) -> None:
        await self._inner.channel_ready()

    def unary_unary(self, method: str, *args: Any, **kwargs: Any) -> Any:
        carrier = self._inner
        if self._repeatable is not None and method in self._repeatable[1]:
            carrier = self._repeatable[0]
        return self._wrap(_Unary, carrier.unary_unary(method, *args, **kwargs), method, True)

    def unary_stream(self, method: str, *args: Any, **kwargs: Any) -> Any:
        return self._wrap(_Unary, self._inner.unary_stream(method, *args, **kwargs), method, False)

    def stream_unary(self, method: str, *args: Any, **kwargs: Any) -> Any:
        inner = self._inner.stream_unary(method, *args, **kwargs)
        return self._wrap(_Streaming, inner, method, True)

    def stream_stream(self, method: str, *args: Any, **kwargs: Any) -> Any:
        inner = self._inner.stream_stream(method, *args, **kwargs)
        return self._wrap(_Streaming, inner, method, False)

    def _wrap(self, kind: Any, inner: Any, method: str, answers_once: bool) -> Any:
        default = self._forwarding.default_timeout_s if answers_once else None
        return kind(inner, method, self._forwarding, default, self._reachability)


class _Forwarded:
    def __init__(
        self,
        inner: Any,
        method: str,
        forwarding: Forwarding,
        default_timeout_s: float | None,
        reachability: Reachability | None,
    ) -> None:
        self._inner = inner
        self._method = method
        self._forwarding = forwarding
        self._default = default_timeout_s
        # Who asks for a peer's health wants to know how it is now.
        self._reachability = None if method.startswith(_HEALTH) else reachability
        self._is_traced = forwarding.tracer is not None and telemetry.is_traced(method)

    def _call(
        self, request: Any, timeout: float | None, metadata: Any, options: dict[str, Any]
    ) -> Any:
        forwarding = self._forwarding
        sent = forwarding.metadata(metadata)
        limit = forwarding.timeout(timeout, self._default)
        span: Span | None = None
        if self._is_traced:
            span = telemetry.client_span(forwarding.tracer, self._method)
            sent += telemetry.inject(span)
        peer = self._reachability
        is_held = peer is not None and (peer.waits or peer.is_refusing)
        if is_held:
            options.setdefault("wait_for_ready", True)
        inner = self._inner(request, timeout=limit, metadata=sent, **options)
        if span is not None and span.is_recording():
            inner.add_done_callback(_SpanEnd(span))
        waiting = peer.admit(inner) if is_held and peer is not None else None
        return PeerCall(inner, forwarding.peer, waiting)


class _Unary(_Forwarded):
    def __call__(
        self, request: Any, *, timeout: float | None = None, metadata: Any = None, **options: Any
    ) -> Any:
        return self._call(request, timeout, metadata, options)


class _Streaming(_Forwarded):
    def __call__(
        self,
        request_iterator: Any = None,
        timeout: float | None = None,
        metadata: Any = None,
        **options: Any,
    ) -> Any:
        return self._call(request_iterator, timeout, metadata, options)


class _SpanEnd:
    """Ends a span with its call. The status is a coroutine away, on every kind of call."""

    def __init__(self, span: Span) -> None:
        self._span = span
        self._tasks: set[asyncio.Task[None]] = set()

    def __call__(self, call: Any) -> None:
        task = asyncio.get_running_loop().create_task(self._finish(call))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _finish(self, call: Any) -> None:
        try:
            telemetry.set_outcome(self._span, (await call.code()).name, is_client=True)
        finally:
            self._span.end()


class PeerCall:
    """A call to a peer: grpcio's call object, whose errors know the peer's name.

    Dropping it cancels the call at once, also after a loop over its responses was left.
    """

    def __init__(self, inner: Any, peer: str, waiting: Waiting | None = None) -> None:
        self._inner = inner
        self._peer = peer
        self._waiting = waiting

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def __del__(self) -> None:
        inner = self.__dict__.get("_inner")
        if inner is not None and not inner.done():
            inner.cancel()

    def __await__(self) -> Generator[Any, None, Any]:
        try:
            return (yield from self._inner.__await__())
        except grpc.aio.AioRpcError as error:
            raise self._named(error)  # noqa: B904 - the same error
        except asyncio.CancelledError:
            self._raise_if_given_up()
            raise

    def __aiter__(self) -> AsyncIterator[Any]:
        return _Responses(self, self._inner.__aiter__())

    async def read(self) -> Any:
        """Reads the next response, or `grpc.aio.EOF`."""
        return await self.named(self._inner.read)

    async def named(self, read: Callable[[], Any]) -> Any:
        """Awaits `read` and puts the peer's name on its error."""
        try:
            return await read()
        except grpc.aio.AioRpcError as error:
            raise self._named(error)  # noqa: B904 - the same error
        except asyncio.CancelledError:
            self._raise_if_given_up()
            raise

    def _raise_if_given_up(self) -> None:
        """Raises an error when not the caller has cancelled the call, but its peer stays away."""
        task = asyncio.current_task()
        if self._waiting is None or not self._waiting.is_given_up or (task and task.cancelling()):
            return
        nothing = grpc.aio.Metadata()
        error = grpc.aio.AioRpcError(
            grpc.StatusCode.UNAVAILABLE, nothing, nothing, "the peer stays away"
        )
        raise self._named(error) from None

    def _named(self, error: grpc.aio.AioRpcError) -> grpc.aio.AioRpcError:
        error.oms_peer = self._peer  # pyright: ignore[reportAttributeAccessIssue] - read by from_rpc_error
        return error


class _Responses:
    def __init__(self, call: PeerCall, inner: AsyncIterator[Any]) -> None:
        self._call = call
        self._inner = inner

    def __aiter__(self) -> _Responses:
        return self

    async def __anext__(self) -> Any:
        return await self._call.named(self._inner.__anext__)
