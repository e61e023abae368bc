"""Publishes events: in bulk, in their order, durable when answered."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any, Final

from oms_core.errors import InvalidEvent, OmsError
from oms_core.tracing import TRACEPARENT, Kind, span, traceparent
from oms_nats import NatsConnection, unavailable
from oms_rpc.counts import Counts

from svc_events.adapters.jetstream.acknowledgements import NO_RESPONDERS, Place
from svc_events.adapters.jetstream.failures import no_stream, refusal, too_large
from svc_events.adapters.jetstream.flights import Flight, Flights, pieces
from svc_events.adapters.jetstream.frames import HEADER_BYTES
from svc_events.adapters.jetstream.outgoing import Outgoing
from svc_events.adapters.jetstream.streams import EventStreams
from svc_events.domain.events.faults import within_batch
from svc_events.domain.subjects import DEFAULT_STREAM

PUBLISHED: Final = Counts(
    "event_gateway_messages_published",
    "Events that became durable in a stream, those that lay there already left out.",
    ("stream",),
)


def check_size(event: Outgoing, most: int, *, index: int | None = None) -> None:
    """Makes sure that the broker takes an event; it would close the connection over a larger one.

    Args:
        most: What `EventPublisher.ready` tells.
        index: Its place in a batch, for the error.
    Raises:
        InvalidEvent: the event is too large.
    """
    room = most - HEADER_BYTES - len(event.message_id) - len(event.headers)
    if len(event.payload) > room:
        raise too_large(len(event.payload), room, index=index)


def traced(events: Sequence[Outgoing]) -> Sequence[Outgoing]:
    """The events with the current trace in their headers, if it is recorded."""
    parent = traceparent()
    if not parent:
        return events
    line = f"{TRACEPARENT}: {parent}\r\n"
    return [each._replace(headers=each.headers + line) for each in events]


class EventPublisher:
    """Hands events to JetStream. Shared by everything in the service that publishes.

    Args:
        streams: Makes the built-in stream when it is first needed.
    """

    def __init__(self, nats: NatsConnection, streams: EventStreams) -> None:
        self._streams = streams
        self.flights = Flights(nats)

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
        with span(f"publish {stream_id}", Kind.PRODUCER, messaging_system="nats"):
            return await self._publish(stream_id, traced(events))

    async def _publish(self, stream_id: str, events: Sequence[Outgoing]) -> list[Place]:
        is_batch = len(events) > 1
        most = await self.ready(stream_id)
        for index, event in enumerate(events):
            check_size(event, most, index=index if is_batch else None)
        flights: list[Flight] = []
        offset = 0
        for piece in pieces(events):
            flights.append(await self.flights.send(piece, offset=offset if is_batch else None))
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
        return (await self.flights.connected()).max_payload

    async def land(self, stream_id: str, flight: Flight) -> tuple[list[Place], OmsError | None]:
        """Waits for the answers to a flight of `flights`.

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
        places = flight.durable()
        new = sum(not place.is_duplicate for place in places)
        if new:
            PUBLISHED.add("built-in" if stream_id == DEFAULT_STREAM else "other", by=new)
        return places, error

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
