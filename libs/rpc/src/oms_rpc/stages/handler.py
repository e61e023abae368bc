"""Runs the servicer's method: the innermost stage."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from contextlib import aclosing
from time import perf_counter
from typing import Any

from oms_core.errors import LimitExceeded, Unimplemented

from oms_rpc.method import Method, Run
from oms_rpc.parts import Parts
from oms_rpc.rpc import Rpc
from oms_rpc.stages.validation import parser


class BlockingHandler(TypeError):
    """A servicer method that is not `async def`; it would block the event loop."""


def invoke(method: Method, parts: Parts) -> Run:
    """The function that calls the servicer and serialises what it answers.

    Raises:
        BlockingHandler: the servicer's method is not asynchronous.
    """
    behaviour, serialise = method.behaviour, _serialiser(method, parts.max_message_bytes)
    if inspect.isasyncgenfunction(behaviour):
        return _generating(behaviour, serialise, method)
    if not inspect.iscoroutinefunction(behaviour):
        if getattr(behaviour, "__module__", "").endswith("_pb2_grpc"):
            return _unimplemented(method)
        raise BlockingHandler(f"the handler of {method.path} has to be `async def`")
    if method.streams_responses:
        return _writing(behaviour, serialise, method)
    if method.streams_requests:
        return _collecting(behaviour, serialise, method)
    return _answering(behaviour, serialise)


def _answering(behaviour: Callable[..., Any], serialise: Callable[[Any], bytes]) -> Run:
    async def run(rpc: Rpc, request: Any) -> bytes:
        return serialise(await behaviour(request, rpc.context))

    return run


def _collecting(
    behaviour: Callable[..., Any], serialise: Callable[[Any], bytes], method: Method
) -> Run:
    parse = parser(method)

    async def run(rpc: Rpc, request: Any) -> bytes:
        context = MessageContext(rpc, parse, serialise)
        return serialise(await behaviour(request, context))

    return run


def _generating(
    behaviour: Callable[..., Any], serialise: Callable[[Any], bytes], method: Method
) -> Run:
    parse = parser(method)

    async def run(rpc: Rpc, request: Any) -> None:
        write = rpc.context.write
        context = MessageContext(rpc, parse, serialise)
        # Closed here and not by the garbage collector, so that a handler's `finally`
        # has run when the call has ended.
        async with aclosing(behaviour(request, context)) as responses:
            async for response in responses:
                await write(serialise(response))
                rpc.last_write = perf_counter()

    return run


def _writing(
    behaviour: Callable[..., Any], serialise: Callable[[Any], bytes], method: Method
) -> Run:
    parse = parser(method)

    async def run(rpc: Rpc, request: Any) -> None:
        await behaviour(request, MessageContext(rpc, parse, serialise))

    return run


def _unimplemented(method: Method) -> Run:
    async def run(rpc: Rpc, request: Any) -> Any:
        raise Unimplemented(
            f"{method.path} is not offered by this server", metadata={"method": method.path}
        )

    return run


def _serialiser(method: Method, limit: int) -> Callable[[Any], bytes]:
    to_bytes = method.serialise

    def serialise(message: Any) -> bytes:
        raw = to_bytes(message)
        if len(raw) > limit:
            raise LimitExceeded(
                f"the response of {method.path} has {len(raw)} bytes, more than the {limit} "
                "allowed; ask for less at once",
                metadata={"limit": "message_bytes"},
            )
        return raw

    return serialise


class MessageContext:
    """A servicer context whose `read` and `write` take messages, not bytes."""

    def __init__(
        self, rpc: Rpc, parse: Callable[[bytes], Any], serialise: Callable[[Any], bytes]
    ) -> None:
        self._rpc = rpc
        self._context = rpc.context
        self._parse = parse
        self._serialise = serialise

    def __getattr__(self, name: str) -> Any:
        return getattr(self._context, name)

    async def read(self) -> Any:
        """Reads the next request, or `grpc.aio.EOF`."""
        raw = await self._context.read()
        return self._parse(raw) if isinstance(raw, bytes) else raw

    async def write(self, message: Any) -> None:
        """Writes one response."""
        await self._context.write(self._serialise(message))
        self._rpc.last_write = perf_counter()
