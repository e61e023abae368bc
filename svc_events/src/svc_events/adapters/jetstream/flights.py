"""Messages on their way to JetStream: many at once, a bounded number of bytes, over one connection
in their order."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from itertools import count
from typing import TYPE_CHECKING, Any, Final

from oms_core.errors import OmsError, ServiceUnavailable
from oms_nats import NatsConnection, unavailable

from svc_events.adapters.jetstream.acknowledgements import Place, read_acknowledgement
from svc_events.adapters.jetstream.frames import connection_of, frames, send
from svc_events.adapters.jetstream.outgoing import Outgoing
from svc_events.adapters.jetstream.window import Window

if TYPE_CHECKING:
    from nats.aio.client import Client
    from nats.aio.msg import Msg

MAX_BYTES_UNDER_WAY: Final = 32 * 1024 * 1024
"""Bytes of messages, over all callers, that JetStream has not acknowledged yet."""
_PIECE_BYTES: Final = 4 * 1024 * 1024
_OVERHEAD: Final = 512


def pieces(events: Sequence[Outgoing]) -> Iterator[Sequence[Outgoing]]:
    """Divides messages into runs that are sent one at a time; nearly always there is one."""
    start = size = 0
    for index, event in enumerate(events):
        size += len(event.payload)
        if size > _PIECE_BYTES and index > start:
            yield events[start:index]
            start, size = index, len(event.payload)
    if start < len(events):
        yield events[start:] if start else events


class Flight:
    """Messages that were sent together.

    Args:
        count: How many.
        offset: Which place in its batch the first one has, for errors; None: there is no batch.
        connection: Which one they went over.
    """

    __slots__ = ("_missing", "_places", "connection", "done", "error", "fault", "offset")

    def __init__(self, count: int, offset: int | None, connection: object) -> None:
        self.offset = offset
        self.connection = connection
        self.error: OmsError | None = None
        """Why there was no answer."""
        self.fault: tuple[int, dict[str, Any]] | None = None
        """The first message that JetStream did not take, and what it said."""
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._places: list[Place | None] = [None] * count
        self._missing = count

    def durable(self) -> list[Place]:
        """The places of the first messages, up to the first one that is not known to be durable."""
        places: list[Place] = []
        for place in self._places:
            if place is None:
                break
            places.append(place)
        return places

    def take(self, index: int, answer: Place | dict[str, Any]) -> None:
        """Notes the answer to one message; the second answer to the same one changes nothing."""
        if self._places[index] is not None:
            return
        if isinstance(answer, Place):
            self._places[index] = answer
        elif self.fault is None:
            self.fault = (index, answer)
        self._missing -= 1
        if not self._missing:
            self.end()

    def end(self, error: OmsError | None = None) -> None:
        """Ends the waiting, for good or with an error."""
        if not self.done.done():
            self.error = error
            self.done.set_result(None)


class Flights:
    """What is under way of one publisher."""

    def __init__(self, nats: NatsConnection) -> None:
        self._nats = nats
        self.window = Window(MAX_BYTES_UNDER_WAY)
        self._flights: dict[str, Flight] = {}
        self._numbers = count(1)
        self._client: Client | None = None
        self._prefix = ""
        self._opening = asyncio.Lock()
        nats.when_lost(self._on_lost)

    def __len__(self) -> int:
        """How many wait for answers."""
        return len(self._flights)

    async def connected(self) -> Client:
        """The client, listening for answers.

        Raises:
            ServiceUnavailable: NATS can't be reached.
        """
        client = await self._nats.client()
        if client is self._client:
            return client
        async with self._opening:
            if client is not self._client:
                self._prefix = client.new_inbox()
                await client.subscribe(f"{self._prefix}.*.*", cb=self._on_answer)
                self._client = client
        return client

    async def send(
        self,
        messages: Sequence[Outgoing],
        *,
        offset: int | None = None,
        after: Flight | None = None,
    ) -> Flight:
        """Sends messages as soon as there is room for them; wait for the flight's `done`.

        Args:
            messages: At least one, each of which the broker takes by its size.
            offset: Which place in its batch the first one has, for errors.
            after: What these have to come after, if anything; they are not sent when it may have
                been lost.
        Raises:
            ServiceUnavailable: NATS can't be reached, or the connection broke since `after` was
                sent; nothing was sent.
        """
        size = sum(len(message.payload) + _OVERHEAD for message in messages)
        await self.window.enter(size)
        try:
            client = await self.connected()
            connection = _connection(client, after)
        except BaseException:
            self.window.leave(size)
            raise
        number, flight = self._start(size, Flight(len(messages), offset, connection))
        try:
            content = frames(messages, f"{self._prefix}.{number}.")
            await send(client, content, count=len(messages))
        except OmsError as exc:
            flight.end(exc)
            raise
        return flight

    def _start(self, size: int, flight: Flight) -> tuple[str, Flight]:
        number = str(next(self._numbers))
        self._flights[number] = flight
        timer = asyncio.get_running_loop().call_later(
            self._nats.timeout_s, flight.end, unavailable("no answer in time")
        )

        def end(_: object) -> None:
            timer.cancel()
            del self._flights[number]
            self.window.leave(size)

        flight.done.add_done_callback(end)
        return number, flight

    def _on_lost(self) -> None:
        # The answers would have come over the connection that is gone.
        for flight in [*self._flights.values()]:
            flight.end(_lost())

    async def _on_answer(self, message: Msg) -> None:
        _, number, index = message.subject.rsplit(".", 2)
        flight = self._flights.get(number)
        if flight is not None:
            flight.take(int(index), read_acknowledgement(message.data))


def _lost() -> ServiceUnavailable:
    return unavailable("the connection broke")


def _connection(client: Client, after: Flight | None) -> object:
    connection = connection_of(client)
    if after is not None and after.connection != connection:
        raise _lost()
    return connection
