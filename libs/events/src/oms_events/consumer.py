"""Hands the events of a subscription to a function, for as long as it is run."""

from __future__ import annotations

import asyncio
import contextlib
import random
import time
from collections.abc import Awaitable, Callable
from typing import Any, Final, TypeAlias

import grpc
import grpc.aio
from google.protobuf.duration_pb2 import Duration
from io_cloudevents.v1.cloudevents_pb2 import CloudEvent
from oms.event.v1 import subscription_service_pb2 as pb
from oms.event.v1 import subscription_service_pb2_grpc as pb_grpc
from oms_core.logging import get_logger

Handler: TypeAlias = Callable[[CloudEvent], Awaitable[None]]
"""Acts on an event. Returning acknowledges it; raising gives it back, to come again later."""

_HEARTBEAT_S: Final = 5.0
_SILENCE_S: Final = 3 * _HEARTBEAT_S
_EOF: Final[Any] = getattr(grpc.aio, "EOF")  # noqa: B009 - its stub lacks it
_FIRST_PAUSE_S: Final = 0.2
_LONGEST_PAUSE_S: Final = 30.0
_CALL_S: Final = 20.0
_LEAST_EXTENDED_S: Final = 0.4
_MOST_EXTENDED_S: Final = 300.0
_FATAL: Final = frozenset(
    {
        grpc.StatusCode.NOT_FOUND,
        grpc.StatusCode.PERMISSION_DENIED,
        grpc.StatusCode.UNAUTHENTICATED,
        grpc.StatusCode.INVALID_ARGUMENT,
        grpc.StatusCode.UNIMPLEMENTED,
    }
)


class RejectEvent(Exception):
    """Raised by a handler for an event that it can never act on: it does not come again."""


class Consumer:
    """Consumes a subscription, and connects again whenever the connection is lost or silent.

    Several consumers of one subscription share its events.
    """

    def __init__(self, channel: grpc.aio.Channel, subscription: str, handle: Handler) -> None:
        """Calls nothing yet.

        Args:
            channel: To the event service, with a token on every call. Not closed here.
            subscription: `subscriptions/{subscription}`.
            handle: Acts on an event.
        """
        self._stub: Any = pb_grpc.SubscriptionServiceStub(channel)
        self._name = subscription
        self._handle = handle
        self._pause_s = _FIRST_PAUSE_S
        self._log = get_logger()

    async def run(self, *, concurrency: int = 1) -> None:
        """Consumes until it is cancelled; what is being worked on then is given up.

        Args:
            concurrency: Most events in work at once. 1 keeps the order in which they come.
        Raises:
            grpc.aio.AioRpcError: the subscription can't be consumed, such as when it is gone or
                the caller lacks the permission. Everything else is tried again.
        """
        while True:
            try:
                await self._consume(concurrency)
            except grpc.aio.AioRpcError as error:
                if error.code() in _FATAL:
                    raise
                self._log.warning(
                    "subscription interrupted", subscription=self._name, code=error.code().name
                )
            except TimeoutError:
                self._log.warning("subscription silent", subscription=self._name)
            await asyncio.sleep(self._pause_s * random.uniform(0.5, 1.5))  # noqa: S311
            self._pause_s = min(2 * self._pause_s, _LONGEST_PAUSE_S)

    async def _consume(self, concurrency: int) -> None:
        """Works on what one stream brings."""
        call = self._stub.Subscribe(
            pb.SubscribeRequest(
                subscription=self._name,
                max_outstanding=2 * concurrency,
                heartbeat=Duration(seconds=int(_HEARTBEAT_S)),
            )
        )
        turns = asyncio.Semaphore(concurrency)
        try:
            async with asyncio.TaskGroup() as tasks:
                while (response := await _next(call)) is not None:
                    self._pause_s = _FIRST_PAUSE_S
                    for delivery in response.events:
                        await turns.acquire()
                        tasks.create_task(self._work(delivery, turns))
        except ExceptionGroup as group:
            # Its tasks handle their errors; what is left is the stream's own.
            raise group.exceptions[0] from None
        finally:
            call.cancel()

    async def _work(self, delivery: Any, turns: asyncio.Semaphore) -> None:
        extending = asyncio.create_task(self._keep_extending(delivery))
        try:
            await self._handle(delivery.event.event)
        except RejectEvent as error:
            self._log.error("event rejected", stored_event=delivery.event.name, error=str(error))
            await self._reject(delivery, is_final=True)
        except Exception as error:  # noqa: BLE001 - whatever it was, the event has to come again
            self._log.error("event failed", stored_event=delivery.event.name, exc_info=error)
            await self._reject(delivery, is_final=False)
        else:
            with contextlib.suppress(grpc.aio.AioRpcError):  # it comes again at its deadline
                await self._stub.Acknowledge(
                    pb.AcknowledgeRequest(name=self._name, ack_ids=[delivery.ack_id]),
                    timeout=_CALL_S,
                )
        finally:
            extending.cancel()
            turns.release()

    async def _reject(self, delivery: Any, *, is_final: bool) -> None:
        with contextlib.suppress(grpc.aio.AioRpcError):  # it comes again at its deadline
            await self._stub.Reject(
                pb.RejectRequest(name=self._name, ack_ids=[delivery.ack_id], final=is_final),
                timeout=_CALL_S,
            )

    async def _keep_extending(self, delivery: Any) -> None:
        """Tells, whenever half of the time is over, that the event is still being worked on."""
        left_s = delivery.ack_deadline.ToMicroseconds() / 1e6 - time.time()
        pause_s = min(max(left_s / 2, _LEAST_EXTENDED_S), _MOST_EXTENDED_S)
        request = pb.ExtendDeadlineRequest(name=self._name, ack_ids=[delivery.ack_id])
        while True:
            await asyncio.sleep(pause_s)
            with contextlib.suppress(grpc.aio.AioRpcError):
                await self._stub.ExtendDeadline(request, timeout=_CALL_S)


async def _next(call: Any) -> Any:
    """The stream's next message; None at its end."""
    async with asyncio.timeout(_SILENCE_S):
        message = await call.read()
    return None if message is _EOF else message
