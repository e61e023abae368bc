"""The client half of a local call: what a stub returns."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterable, AsyncIterator, Callable, Generator, Iterable
from typing import Any

import grpc
from oms_core.logging import get_logger

from oms_rpc.local.core import LOCALLY_CANCELLED, LocalRpc
from oms_rpc.local.pipe import EOF, PipeClosed

_COLLECTED = "Cancelled upon garbage collection!"
_FINISHED = "RPC already finished."
_HALF_CLOSED = 'RPC is half closed after calling "done_writing".'
_MIXED = "The iterator and read/write APIs may not be mixed on a single RPC."

Deserialise = Callable[[bytes], Any]


class LocalCall(grpc.aio.Call):
    """What calls of every shape share. Dropping the object cancels the call."""

    def __init__(self, rpc: LocalRpc, deserialise: Deserialise | None) -> None:
        self._rpc = rpc
        self._deserialise = deserialise

    def __del__(self) -> None:
        # Refers to the call alone, not to this object: it is about to be gone. Collection may
        # run on any thread.
        rpc: LocalRpc | None = getattr(self, "_rpc", None)
        if rpc is not None and rpc.final is None and not rpc.loop.is_closed():
            rpc.loop.call_soon_threadsafe(rpc.cancel, _COLLECTED)

    def cancelled(self) -> bool:
        final = self._rpc.final
        return final is not None and final.code == grpc.StatusCode.CANCELLED

    def done(self) -> bool:
        return self._rpc.final is not None

    def time_remaining(self) -> float | None:
        return self._rpc.time_remaining()

    def cancel(self) -> bool:
        return self._rpc.cancel(LOCALLY_CANCELLED)

    def add_done_callback(self, callback: Callable[[Any], None]) -> None:
        self._rpc.add_callback(lambda: callback(self))

    async def initial_metadata(self) -> grpc.aio.Metadata:
        await self._rpc.headed()
        return grpc.aio.Metadata(*(self._rpc.initial or ()))

    async def trailing_metadata(self) -> grpc.aio.Metadata:
        return grpc.aio.Metadata(*(await self._final()).trailing)

    async def code(self) -> grpc.StatusCode:
        return (await self._final()).code

    async def details(self) -> str:
        return (await self._final()).details

    async def debug_error_string(self) -> str:
        """The status in words, for people."""
        final = await self._final()
        return "" if final.code == grpc.StatusCode.OK else f"{final.code.name}:{final.details}"

    async def wait_for_connection(self) -> None:
        await self._rpc.headed()
        if self._rpc.final is not None:
            self._raise_for_status()

    async def _final(self) -> Any:
        if self._rpc.final is None:
            await self._rpc.ended()
        return self._rpc.final

    def _raise_for_status(self) -> None:
        rpc, final = self._rpc, self._rpc.final
        if rpc.is_locally_cancelled:
            raise asyncio.CancelledError
        if final is not None and final.code != grpc.StatusCode.OK:
            raise grpc.aio.AioRpcError(
                final.code,
                grpc.aio.Metadata(*(rpc.initial or ())),
                grpc.aio.Metadata(*final.trailing),
                final.details,
                f"{final.code.name}:{final.details}",
            )


class UnaryResponse(LocalCall):
    """A call that is awaited for its one response."""

    def __await__(self) -> Generator[Any, None, Any]:
        rpc = self._rpc
        if rpc.final is None:
            try:
                yield from rpc.ended()
            except asyncio.CancelledError:
                self.cancel()
                raise
        self._raise_for_status()
        return self._deserialise(rpc.response) if self._deserialise else rpc.response


class StreamResponse(LocalCall):
    """A call whose responses are read one by one, by iteration or by `read`."""

    def __init__(self, rpc: LocalRpc, deserialise: Deserialise | None) -> None:
        super().__init__(rpc, deserialise)
        self._reads: bool | None = None

    def __aiter__(self) -> AsyncIterator[Any]:
        self._use(reads=False)
        return _Responses(self)

    async def read(self) -> Any:
        self._use(reads=True)
        return await self.next_response()

    async def next_response(self) -> Any:
        """The next response, or `grpc.aio.EOF` after the last; raises the status otherwise."""
        assert self._rpc.responses is not None
        try:
            raw = await self._rpc.responses.get()
        except asyncio.CancelledError:
            self.cancel()
            raise
        if raw is EOF:
            self._raise_for_status()
            return raw
        return self._deserialise(raw) if self._deserialise else raw

    def _use(self, *, reads: bool) -> None:
        if self._reads is None:
            self._reads = reads
        elif self._reads is not reads:
            raise grpc.aio.UsageError(_MIXED)


class _Responses:
    """Iterates over a call's responses.

    The call does not refer back to it: a loop that breaks drops both, and so ends the call.
    """

    def __init__(self, call: StreamResponse) -> None:
        self._call = call

    def __aiter__(self) -> _Responses:
        return self

    async def __anext__(self) -> Any:
        message = await self._call.next_response()
        if message is EOF:
            raise StopAsyncIteration
        return message


class StreamRequest(LocalCall):
    """A call whose requests come from an iterator, or one by one through `write`."""

    def start_requests(
        self,
        requests: AsyncIterable[Any] | Iterable[Any] | None,
        serialise: Callable[[Any], bytes] | None,
        limit: int,
    ) -> None:
        """Starts sending. Without an iterator, `write` and `done_writing` send."""
        self._writer = _Writer(self._rpc, serialise, limit)
        self._polls = requests is not None
        if requests is not None:
            poller = self._rpc.loop.create_task(self._writer.drain(requests))
            self._rpc.add_callback(lambda: _cancel(poller))

    async def write(self, request: Any) -> None:
        self._check_style()
        try:
            await self._writer.write(request)
        except asyncio.CancelledError:
            self.cancel()
            raise
        except PipeClosed as exc:
            self._raise_for_status()
            raise asyncio.InvalidStateError(_FINISHED) from exc

    async def done_writing(self) -> None:
        self._check_style()
        self._writer.close()

    def _check_style(self) -> None:
        if self._polls:
            raise grpc.aio.UsageError(_MIXED)


class _Writer:
    """Puts requests into the pipe; refers to no call object, so that this can be dropped."""

    def __init__(self, rpc: LocalRpc, serialise: Callable[[Any], bytes] | None, limit: int) -> None:
        assert rpc.requests is not None
        self._rpc = rpc
        self._pipe = rpc.requests
        self._serialise = serialise
        self._limit = limit
        self._is_half_closed = False

    async def write(self, request: Any) -> None:
        if self._rpc.final is not None:
            raise asyncio.InvalidStateError(_FINISHED)
        if self._is_half_closed:
            raise asyncio.InvalidStateError(_HALF_CLOSED)
        raw = self._serialise(request) if self._serialise else request
        if len(raw) > self._limit:
            self._rpc.refuse(*too_large(raw, self._limit))
            raise PipeClosed
        await self._pipe.put(raw)

    def close(self) -> None:
        self._is_half_closed = True
        if self._rpc.final is None:
            self._pipe.close()

    async def drain(self, requests: AsyncIterable[Any] | Iterable[Any]) -> None:
        """Sends all of an iterator. An iterator that fails cancels the call, as on a network."""
        try:
            if isinstance(requests, AsyncIterable):
                async for request in requests:
                    await self.write(request)
            else:
                for request in requests:
                    await self.write(request)
            self.close()
        except (PipeClosed, asyncio.InvalidStateError):
            return
        except Exception as error:  # noqa: BLE001 - whatever the caller's iterator raises
            get_logger().debug("request iterator failed", exc_info=error)
            self._rpc.cancel(LOCALLY_CANCELLED)


def _cancel(task: asyncio.Task[None]) -> None:
    task.cancel()


def too_large(raw: bytes, limit: int) -> tuple[grpc.StatusCode, str]:
    """The refusal of a message over the limit, in grpcio's words."""
    return (
        grpc.StatusCode.RESOURCE_EXHAUSTED,
        f"SERVER: Received message larger than max ({len(raw)} vs. {limit})",
    )


class LocalUnaryUnaryCall(UnaryResponse, grpc.aio.UnaryUnaryCall[Any, Any]):
    """One request, one response."""


class LocalUnaryStreamCall(StreamResponse, grpc.aio.UnaryStreamCall[Any, Any]):
    """One request, a stream of responses."""


class LocalStreamUnaryCall(StreamRequest, UnaryResponse, grpc.aio.StreamUnaryCall[Any, Any]):
    """A stream of requests, one response."""


class LocalStreamStreamCall(StreamRequest, StreamResponse, grpc.aio.StreamStreamCall[Any, Any]):
    """Streams both ways."""
