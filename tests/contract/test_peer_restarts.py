"""Calls to a peer over the network while it is started again, stays away, or was never there."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from types import SimpleNamespace
from typing import Any

import grpc
import grpc.aio
import pytest
from google.protobuf.wrappers_pb2 import BytesValue
from google.rpc import error_details_pb2, status_pb2
from oms_core.errors import ServiceUnavailable
from oms_devstack import LOOPBACK, free_port
from oms_rpc import ServerSettings
from oms_rpc.errors import NO_RETRY, STATUS_KEY, from_rpc_error
from oms_rpc.network import RepeatUnavailable, RetryBudget, open_channels
from oms_rpc.peer import Forwarding, PeerChannel
from oms_rpc.reachability import Reachability

_PATIENCE_S = 60
_READ = "/oms.datakernel.v1.DatabaseService/GetDatabase"
_WRITE = "/oms.datakernel.v1.CommitService/CreateCommit"
_STREAM = "/oms.datakernel.v1.CommitService/WatchCommits"


class _AnyMethod(grpc.GenericRpcHandler):
    """Answers every call with one message; of a stream, too."""

    def service(self, handler_call_details: Any) -> Any:
        async def answer(request: bytes, context: Any) -> bytes:
            return b"answer"

        async def stream(request: bytes, context: Any) -> AsyncIterator[bytes]:
            yield b"answer"

        if handler_call_details.method == _STREAM:
            return grpc.unary_stream_rpc_method_handler(stream)
        return grpc.unary_unary_rpc_method_handler(answer)


async def _serve(port: int) -> grpc.aio.Server:
    server = grpc.aio.server(options=[("grpc.so_reuseport", 0)])
    server.add_generic_rpc_handlers((_AnyMethod(),))
    server.add_insecure_port(f"{LOOPBACK}:{port}")
    await server.start()
    return server


@asynccontextmanager
async def _peer(port: int, **settings: Any) -> AsyncIterator[PeerChannel]:
    chosen = ServerSettings(**settings)
    plain, changing = open_channels("datakernel", f"{LOOPBACK}:{port}", chosen)
    reachability = Reachability("datakernel", plain, patience_s=chosen.peer_patience_s)
    async with PeerChannel(plain, Forwarding("datakernel"), changing, reachability) as channel:
        yield channel


def _fail_fast(call: Callable[[], Any]) -> Any:
    async def wait() -> ServiceUnavailable:
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await call()
        error = from_rpc_error(caught.value)
        assert isinstance(error, ServiceUnavailable)
        assert (error.metadata, error.retry_after_s) == ({"service": "datakernel"}, 1.0)
        return error

    return wait()


async def test_no_call_is_lost_when_a_peer_is_started_again() -> None:
    port, over, made = free_port(), asyncio.Event(), 0
    server = await _serve(port)
    async with _peer(port) as channel:
        calls = [channel.unary_unary(path) for path in (_READ, _WRITE, _READ, _WRITE)]

        async def go_on(call: Any) -> None:
            nonlocal made
            while not over.is_set():
                assert await call(b"", timeout=_PATIENCE_S) == b"answer"
                made += 1

        async with asyncio.timeout(_PATIENCE_S), asyncio.TaskGroup() as group:
            for call in calls:
                group.create_task(go_on(call))
            for restart in range(1, 5):
                while made < restart * 20:
                    await calls[0](b"", timeout=_PATIENCE_S)
                await server.stop(5)
                server = await _serve(port)
            over.set()
    await server.stop(None)


async def test_calls_to_a_peer_that_stays_away_fail_at_once_until_it_is_back() -> None:
    port = free_port()
    server = await _serve(port)
    async with _peer(port, peer_patience_s=0.2) as channel:
        unary, stream = channel.unary_unary(_WRITE), channel.unary_stream(_STREAM)
        assert await unary(b"", timeout=_PATIENCE_S) == b"answer"
        await server.stop(None)
        # The first ones wait, and without patience would do so for all of their time.
        async with asyncio.timeout(_PATIENCE_S):
            await _fail_fast(lambda: unary(b"", timeout=10 * _PATIENCE_S))
            await _fail_fast(lambda: unary(b""))
            await _fail_fast(lambda: anext(aiter(stream(b""))))
            server = await _serve(port)
            while True:
                with suppress(grpc.aio.AioRpcError):
                    assert await unary(b"") == b"answer"
                    break
            assert [answer async for answer in stream(b"")] == [b"answer"]
    await server.stop(None)


async def test_peer_that_was_never_there_is_not_waited_for() -> None:
    async with _peer(free_port()) as channel, asyncio.timeout(_PATIENCE_S):
        await _fail_fast(lambda: channel.unary_unary(_WRITE)(b"", timeout=10 * _PATIENCE_S))


async def test_caller_that_gives_up_while_it_waits_is_cancelled_and_no_more() -> None:
    port = free_port()
    server = await _serve(port)
    async with _peer(port) as channel:
        unary = channel.unary_unary(_WRITE)
        await unary(b"", timeout=_PATIENCE_S)
        await server.stop(None)
        waiting = asyncio.ensure_future(_await(unary(b"")))
        await asyncio.sleep(0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting


async def _await(call: Any) -> Any:
    return await call


class _Call:
    """A call that has ended."""

    def __init__(
        self, code: grpc.StatusCode, details: str = "", trailing: tuple[Any, ...] = ()
    ) -> None:
        self._ended = code, details, trailing

    async def code(self) -> grpc.StatusCode:
        return self._ended[0]

    async def details(self) -> str:
        return self._ended[1]

    async def trailing_metadata(self) -> tuple[Any, ...]:
        return self._ended[2]


_OK = _Call(grpc.StatusCode.OK)
_AWAY = _Call(grpc.StatusCode.UNAVAILABLE, "gone")
_UNSEEN = _Call(grpc.StatusCode.CANCELLED, "CANCELLED")
_PASSED_ON = _Call(grpc.StatusCode.UNAVAILABLE, "gone", (NO_RETRY,))
_SEEN = _Call(grpc.StatusCode.CANCELLED, "CANCELLED", (("x-request-id", "1"),))


@pytest.mark.parametrize(
    ("request_id", "ends", "made"),
    [
        ("", [_UNSEEN, _OK], 2),
        ("", [_AWAY, _OK], 1),
        ("", [_SEEN, _OK], 1),
        ("id", [_AWAY, _UNSEEN, _OK], 3),
        ("id", [_PASSED_ON, _OK], 1),
    ],
)
async def test_what_changes_data_is_repeated_when_nothing_can_happen_twice(
    request_id: str, ends: list[_Call], made: int
) -> None:
    left = iter(ends)

    async def continuation(details: Any, request: Any) -> _Call:
        return next(left)

    details = grpc.aio.ClientCallDetails("/x", None, None, None, None)
    request = SimpleNamespace(request_id=request_id)
    last = await RepeatUnavailable().intercept_unary_unary(continuation, details, request)
    assert last is ends[made - 1]


def test_budget_allows_no_repeats_while_most_calls_fail() -> None:
    budget = RetryBudget()
    assert [budget.failed() for _ in range(100)] == [True] * 49 + [False] * 51
    for _ in range(500):
        budget.succeeded()
    assert not budget.failed()
    for _ in range(20):
        budget.succeeded()
    assert budget.failed()


async def test_error_that_is_passed_on_asks_for_no_more_attempts(start, shapes, shapes_stub):
    async def fail(request: Any, context: Any) -> Any:
        status = status_pb2.Status(code=14, message="away")
        info = error_details_pb2.ErrorInfo(reason="SERVICE_UNAVAILABLE", domain="oms")
        status.details.add().Pack(info)
        trailing = grpc.aio.Metadata((STATUS_KEY, status.SerializeToString()))
        raise grpc.aio.AioRpcError(
            grpc.StatusCode.UNAVAILABLE, grpc.aio.Metadata(), trailing, "away"
        )

    shapes.unary = fail
    server = await start()
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await shapes_stub(server.channel(token="writer")).Unary(BytesValue(value=b"one"))
    assert NO_RETRY in tuple(caught.value.trailing_metadata() or ())
