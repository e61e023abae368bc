"""One local call, between its client half and its server half."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextvars import Context
from dataclasses import dataclass
from typing import Any

import grpc
from oms_core.logging import get_logger

from oms_rpc.local.metadata import Items
from oms_rpc.local.pipe import EOF, Pipe

Entry = Callable[[Any, Any], Any]

LOCALLY_CANCELLED = "Locally cancelled by application!"


@dataclass(frozen=True, slots=True)
class Final:
    """How a call ended."""

    code: grpc.StatusCode
    details: str
    trailing: Items


class LocalRpc:
    """What both halves share. It outlives a client that went away until the handler has ended.

    The first end of a call counts: the server's status, the deadline, or a cancellation.
    """

    __slots__ = (
        "_callbacks",
        "_initial_waiters",
        "_on_end",
        "_task",
        "_timer",
        "_waiters",
        "deadline",
        "final",
        "initial",
        "is_locally_cancelled",
        "loop",
        "metadata",
        "requests",
        "response",
        "responses",
    )

    def __init__(
        self,
        metadata: Items,
        timeout: float | None,
        on_end: Callable[[LocalRpc], None],
        *,
        streams_requests: bool,
        streams_responses: bool,
    ) -> None:
        self.loop = loop = asyncio.get_running_loop()
        self.metadata = metadata
        self.requests = Pipe(loop) if streams_requests else None
        self.responses = Pipe(loop) if streams_responses else None
        self.response: Any = None
        self.initial: Items | None = None
        self.final: Final | None = None
        self.is_locally_cancelled = False
        self._task: asyncio.Task[None] | None = None
        self._waiters: list[asyncio.Future[None]] = []
        self._initial_waiters: list[asyncio.Future[None]] = []
        self._callbacks: list[Callable[[], None]] = []
        self._on_end = on_end
        self.deadline: float | None = None
        self._timer: asyncio.TimerHandle | None = None
        if timeout is not None:
            self.deadline = loop.time() + timeout
            self._timer = loop.call_at(self.deadline, self._expire)

    def start(self, entry: Entry, request: bytes | None, context: Any) -> None:
        """Starts the handler in a task and a context of its own.

        The context is empty: the handler learns about its caller from metadata alone, as
        it would over a network, and nothing it sets can reach the caller.
        """
        argument = request if self.requests is None else self._request_iterator(self.requests)
        self._task = self.loop.create_task(self._serve(entry, argument, context), context=Context())

    def refuse(self, code: grpc.StatusCode, details: str) -> None:
        """Ends the call before a handler has seen it."""
        self.end(Final(code, details, ()))

    async def _serve(self, entry: Entry, argument: Any, context: Any) -> None:
        try:
            response = await entry(argument, context)
        except grpc.aio.AbortError:
            return
        except asyncio.CancelledError:
            self.end(Final(grpc.StatusCode.CANCELLED, "", ()))
        except Exception as error:  # noqa: BLE001 - a task nobody awaits must not fail silently
            get_logger().error("local call failed outside of the chain", exc_info=error)
            self.end(Final(grpc.StatusCode.UNKNOWN, "the call failed", ()))
        else:
            self.response = response
            self.end(context.final())

    @staticmethod
    async def _request_iterator(requests: Pipe) -> AsyncIterator[bytes]:
        while (raw := await requests.get()) is not EOF:
            yield raw

    def send_initial(self, metadata: Items) -> None:
        """Makes the server's initial metadata known to the client."""
        self.initial = metadata
        _wake(self._initial_waiters)

    def end(self, final: Final) -> None:
        """Ends the call from the server's side: messages already written can still be read."""
        self._end(final, drop=False)

    def cancel(self, details: str, *, is_local: bool = True) -> bool:
        """Ends the call from the client's side and cancels the handler. False when it had ended."""
        if self.final is not None:
            return False
        self.is_locally_cancelled = is_local
        self._end(Final(grpc.StatusCode.CANCELLED, details, ()), drop=True)
        self._stop_handler()
        return True

    def _expire(self) -> None:
        self._end(Final(grpc.StatusCode.DEADLINE_EXCEEDED, "Deadline Exceeded", ()), drop=True)
        self._stop_handler()

    def _stop_handler(self) -> None:
        if self._task is not None:
            self._task.cancel()

    def _end(self, final: Final, *, drop: bool) -> None:
        if self.final is not None:
            return
        self.final = final
        if self.initial is None:
            self.initial = ()
        if self._timer is not None:
            self._timer.cancel()
        if self.requests is not None:
            self.requests.close(drop=True)
        if self.responses is not None:
            self.responses.close(drop=drop)
        self._on_end(self)
        _wake(self._waiters)
        _wake(self._initial_waiters)
        for callback in self._callbacks:
            self.loop.call_soon(callback)

    def add_callback(self, callback: Callable[[], None]) -> None:
        """Calls back when the call has ended; soon, when it has ended already."""
        if self.final is None:
            self._callbacks.append(callback)
        else:
            self.loop.call_soon(callback)

    def ended(self) -> asyncio.Future[None]:
        """A future that is done when the call has ended."""
        return self._waiter(self._waiters, self.final is not None)

    def headed(self) -> asyncio.Future[None]:
        """A future that is done when the initial metadata is there."""
        return self._waiter(self._initial_waiters, self.initial is not None)

    def _waiter(self, waiters: list[asyncio.Future[None]], is_over: bool) -> asyncio.Future[None]:
        waiter = self.loop.create_future()
        if is_over:
            waiter.set_result(None)
        else:
            waiters.append(waiter)
        return waiter

    def time_remaining(self) -> float | None:
        """Seconds until the deadline, never below 0; None without one."""
        if self.deadline is None:
            return None
        return max(0.0, self.deadline - self.loop.time())


def _wake(waiters: list[asyncio.Future[None]]) -> None:
    for waiter in waiters:
        if not waiter.done():
            waiter.set_result(None)
    waiters.clear()
