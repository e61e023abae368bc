"""Publishes events: in bulk, with a bounded number of bytes under way, durable when answered."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from itertools import count
from typing import TYPE_CHECKING, Any, Final

from oms_core.errors import InvalidEvent, OmsError, ServiceUnavailable
from oms_nats import NatsConnection, unavailable

from svc_events.adapters.jetstream.acknowledgements import (
    NO_RESPONDERS,
    Place,
    read_acknowledgement,
)
from svc_events.adapters.jetstream.failures import no_stream, refusal, too_large
from svc_events.adapters.jetstream.frames import (
    HEADER_BYTES,
    connection_of,
    frames,
    send,
)
from svc_events.adapters.jetstream.outgoing import Outgoing
from svc_events.adapters.jetstream.streams import EventStreams
from svc_events.adapters.jetstream.window import Window
from svc_events.domain.events.faults import within_batch
from svc_events.domain.subjects import DEFAULT_STREAM

if TYPE_CHECKING:
    from nats.aio.client import Client
    from nats.aio.msg import Msg

MAX_BYTES_UNDER_WAY: Final = 32 * 1024 * 1024
"""Bytes of events, over all callers, that JetStream has not acknowledged yet."""
_PIECE_BYTES: Final = 4 * 1024 * 1024
_OVERHEAD: Final = 512


def pieces(events: Sequence[Outgoing]) -> Iterator[Sequence[Outgoing]]:
    """Divides events into runs that are sent one at a time; nearly always there is one."""
    start = size = 0
    for index, event in enumerate(events):
        size += len(event.payload)
        if size > _PIECE_BYTES and index > start:
            yield events[start:index]
            start, size = index, len(event.payload)
    if start < len(events):
        yield events[start:] if start else events


class Flight:
    """Events that were sent together.

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
        """The first event that JetStream did not take, and what it said."""
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._places: list[Place | None] = [None] * count
        self._missing = count

    def durable(self) -> list[Place]:
        """The places of the first events, up to the first one that is not known to be durable."""
        places: list[Place] = []
        for place in self._places:
            if place is None:
                break
            places.append(place)
        return places

    def take(self, index: int, answer: Place | dict[str, Any]) -> None:
        """Notes the answer to one event; the second answer to the same one changes nothing."""
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


def check_size(event: Outgoing, most: int, *, index: int | None = None) -> None:
    """Makes sure that the broker takes an event; it would close the connection over a larger one.

    Args:
        most: What `EventPublisher.ready` tells.
        index: Its place in a batch, for the error.
    Raises:
        InvalidEvent: the event is too large.
    """
    room = most - HEADER_BYTES - len(event.message_id)
    if len(event.payload) > room:
        raise too_large(len(event.payload), room, index=index)


class EventPublisher:
    """Hands events to JetStream. Shared by everything in the service that publishes.

    Args:
        streams: Makes the built-in stream when it is first needed.
    """

    def __init__(self, nats: NatsConnection, streams: EventStreams) -> None:
        self._nats = nats
        self._streams = streams
        self._window = Window(MAX_BYTES_UNDER_WAY)
        self._flights: dict[str, Flight] = {}
        self._numbers = count(1)
        self._client: Client | None = None
        self._prefix = ""
        self._opening = asyncio.Lock()
        nats.when_lost(self._on_lost)

    async def publish(self, stream_id: str, events: Sequence[Outgoing]) -> list[Place]:
        """Publishes events in their order; they are durable when this returns.

        An event whose message id is in the stream's duplicate window gets its first place. After
        an error any of the events may be in the stream; publishing all of them again is safe.

        Args:
            events: Made with `outgoing`, for this stream.
        Returns:
            A place for each event, in their order.
        Raises:
            ResourceNotFound: there is no such stream.
            InvalidEvent: an event is larger than the broker or the stream takes.
            LimitExceeded: the stream is full and set to refuse, or the broker is.
            ServiceUnavailable: NATS can't be reached, or did not answer in time.
        """
        if not events:
            return []
        is_batch = len(events) > 1
        most = await self.ready(stream_id)
        for index, event in enumerate(events):
            check_size(event, most, index=index if is_batch else None)
        flights: list[Flight] = []
        offset = 0
        for piece in pieces(events):
            flights.append(await self.send(stream_id, piece, offset=offset if is_batch else None))
            offset += len(piece)
        every: list[Place] = []
        for flight in flights:
            places, error = await self.land(stream_id, flight)
            if error is not None:
                raise error
            every += places
        return every

    async def ready(self, stream_id: str) -> int:
        """Connects, makes the built-in stream if it is that, and tells how large a message may be.

        Raises:
            ServiceUnavailable: NATS can't be reached.
        """
        await self._streams.ensure(stream_id)
        return (await self._connected()).max_payload

    async def send(
        self,
        stream_id: str,
        events: Sequence[Outgoing],
        *,
        offset: int | None = None,
        after: Flight | None = None,
    ) -> Flight:
        """Sends events as soon as there is room for them; pass what it returns to `land`.

        Args:
            events: At least one, each of which `check_size` passes.
            offset: Which place in its batch the first one has, for errors.
            after: What these have to come after, if anything; they are not sent when it may have
                been lost.
        Raises:
            ServiceUnavailable: NATS can't be reached, or the connection broke since `after` was
                sent; nothing was sent.
        """
        size = sum(len(event.payload) + _OVERHEAD for event in events)
        await self._window.enter(size)
        try:
            client = await self._connected()
            connection = _connection(client, after)
        except BaseException:
            self._window.leave(size)
            raise
        number, flight = self._start(size, Flight(len(events), offset, connection))
        try:
            await send(client, frames(events, f"{self._prefix}.{number}."), count=len(events))
        except OmsError as exc:
            flight.end(exc)
            raise
        return flight

    async def land(self, stream_id: str, flight: Flight) -> tuple[list[Place], OmsError | None]:
        """Waits for the answers.

        Returns:
            The places of the events, in their order, up to the first that is not durable; and why
            that one is not.
        """
        await asyncio.shield(flight.done)
        error = flight.error
        if flight.fault is not None:
            index, answer = flight.fault
            error = await self._error(stream_id, answer)
            if isinstance(error, InvalidEvent) and flight.offset is not None:
                error = within_batch(flight.offset + index, error)
        return flight.durable(), error

    async def _error(self, stream_id: str, error: dict[str, Any]) -> OmsError:
        if error is not NO_RESPONDERS:
            return refusal(stream_id, error)
        # Nobody listens on the subject: there is no such stream, or JetStream is not there.
        try:
            is_there = await self._streams.is_there(stream_id)
        except OmsError as exc:
            return exc
        if is_there:
            return unavailable("the stream has no leader right now")
        if stream_id == DEFAULT_STREAM:
            self._streams.forget_built_in()
            return unavailable("the built-in stream was removed, and is made again")
        return no_stream(stream_id)

    def _start(self, size: int, flight: Flight) -> tuple[str, Flight]:
        number = str(next(self._numbers))
        self._flights[number] = flight
        timer = asyncio.get_running_loop().call_later(
            self._nats.timeout_s, flight.end, unavailable("no answer in time")
        )

        def end(_: object) -> None:
            timer.cancel()
            del self._flights[number]
            self._window.leave(size)

        flight.done.add_done_callback(end)
        return number, flight

    def _on_lost(self) -> None:
        # The answers would have come over the connection that is gone.
        for flight in [*self._flights.values()]:
            flight.end(_lost())

    async def _connected(self) -> Client:
        client = await self._nats.client()
        if client is self._client:
            return client
        async with self._opening:
            if client is not self._client:
                self._prefix = client.new_inbox()
                await client.subscribe(f"{self._prefix}.*.*", cb=self._on_answer)
                self._client = client
        return client

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
