"""Publishes events: in bulk, with a bounded number of bytes under way, durable when answered."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from itertools import count
from typing import TYPE_CHECKING, Any, Final

from oms_core.errors import OmsError
from oms_nats import NatsConnection, unavailable

from svc_events.adapters.jetstream.acknowledgements import (
    NO_RESPONDERS,
    Place,
    read_acknowledgement,
)
from svc_events.adapters.jetstream.failures import no_stream, refusal, too_large
from svc_events.adapters.jetstream.frames import HEADER_BYTES, frames, send
from svc_events.adapters.jetstream.outgoing import Outgoing
from svc_events.adapters.jetstream.streams import EventStreams
from svc_events.adapters.jetstream.window import Window
from svc_events.domain.subjects import DEFAULT_STREAM

if TYPE_CHECKING:
    from nats.aio.client import Client
    from nats.aio.msg import Msg

MAX_BYTES_UNDER_WAY: Final = 32 * 1024 * 1024
"""Bytes of events, over all callers, that JetStream has not acknowledged yet."""
_OVERHEAD: Final = 512


class Flight:
    """Events that were sent together. Ask `wait`, and then `durable` and `error`."""

    __slots__ = ("_missing", "_places", "done", "error", "size")

    def __init__(self, events: Sequence[Outgoing], size: int) -> None:
        self.size = size
        self.error: dict[str, Any] | OmsError | None = None
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._places: list[Place | None] = [None] * len(events)
        self._missing = len(events)

    def durable(self) -> list[Place]:
        """The places of the first events, up to the first one that is not known to be durable."""
        if not self._missing and self.error is None:
            return [place for place in self._places if place is not None]
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
        elif self.error is None:
            self.error = answer
        self._missing -= 1
        if not self._missing:
            self.end()

    def end(self, error: OmsError | None = None) -> None:
        """Ends the waiting, for good or with an error."""
        if self.error is None:
            self.error = error
        if not self.done.done():
            self.done.set_result(None)


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
        flight = await self.send(stream_id, events)
        places, error = await self.land(stream_id, flight)
        if error is not None:
            raise error
        return places

    async def send(self, stream_id: str, events: Sequence[Outgoing]) -> Flight:
        """Sends events as soon as there is room for them; pass what it returns to `land`.

        Raises:
            InvalidEvent, ServiceUnavailable: as `publish`; nothing was sent.
        """
        await self._streams.ensure(stream_id)
        client = await self._connected()
        self._check_sizes(events, client.max_payload)
        size = sum(len(event.payload) + _OVERHEAD for event in events)
        await self._window.enter(size)
        flight = Flight(events, size)
        number = str(next(self._numbers))
        self._flights[number] = flight
        flight.done.add_done_callback(lambda _: self._forget(number, size))
        timer = asyncio.get_running_loop().call_later(
            self._nats.timeout_s, flight.end, unavailable("no answer in time")
        )
        flight.done.add_done_callback(lambda _: timer.cancel())
        await send(client, frames(events, f"{self._prefix}.{number}."), count=len(events))
        return flight

    async def land(self, stream_id: str, flight: Flight) -> tuple[list[Place], OmsError | None]:
        """Waits for the answers.

        Returns:
            The places of the events, in their order, up to the first that is not durable; and why
            that one is not.
        """
        await asyncio.shield(flight.done)
        error = flight.error
        if isinstance(error, dict):
            error = await self._error(stream_id, error)
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

    @staticmethod
    def _check_sizes(events: Sequence[Outgoing], most: int) -> None:
        # The server would close the connection over one that is too large.
        for event in events:
            size = len(event.payload)
            if size + HEADER_BYTES + len(event.message_id) > most:
                raise too_large(size, most - HEADER_BYTES - len(event.message_id))

    def _forget(self, number: str, size: int) -> None:
        self._flights.pop(number, None)
        self._window.leave(size)

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
