"""Publishes a stream of requests: many events under way at once, acknowledged in order."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, AsyncIterable, Iterable
from typing import Final, TypeAlias

from io_cloudevents.v1 import cloudevents_pb2
from oms.event.v1 import event_service_pb2 as pb
from oms_core.errors import InvalidEvent, OmsError

from svc_events.adapters.jetstream.accepting import accept
from svc_events.adapters.jetstream.flights import Flight, pieces
from svc_events.adapters.jetstream.outgoing import Outgoing
from svc_events.adapters.jetstream.publishing import EventPublisher, check_size
from svc_events.names import stream_of

MAX_FLIGHTS: Final = 32
"""Most parts of one stream of requests that are sent and not yet acknowledged."""

_Sent: TypeAlias = Flight | OmsError | None


class PublishPipeline:
    """One call of `PublishStream`.

    A task reads and sends, as far as there is room; whoever iterates `acknowledgements` waits for
    the answers of JetStream. The first fault ends both, after what came before it is acknowledged.
    """

    def __init__(self, publisher: EventPublisher) -> None:
        self._publisher = publisher
        self._sent: asyncio.Queue[_Sent] = asyncio.Queue(MAX_FLIGHTS)
        self._stream_id: str | None = None
        self._accepted = 0
        self._last: Flight | None = None

    async def acknowledgements(
        self, requests: AsyncIterable[pb.PublishStreamRequest]
    ) -> AsyncGenerator[pb.PublishStreamResponse]:
        """How far everything is durable, whenever that changes.

        Raises:
            InvalidEvent: the first event that breaks a rule, `events[i]` being its place among all
                events of the call, from 0.
            OmsError: why an event could not be stored.
        """
        reading = asyncio.create_task(self._read(requests))
        try:
            progress = pb.PublishStreamResponse()
            while (sent := await self._sent.get()) is not None:
                if isinstance(sent, OmsError):
                    raise sent
                assert self._stream_id is not None
                places, error = await self._publisher.land(self._stream_id, sent)
                if places:
                    progress.acknowledged_count += len(places)
                    progress.last_sequence = places[-1].sequence
                    progress.duplicate_count += sum(each.is_duplicate for each in places)
                    yield progress
                if error is not None:
                    raise error
            await reading
        finally:
            reading.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await reading

    async def _read(self, requests: AsyncIterable[pb.PublishStreamRequest]) -> None:
        try:
            async for request in requests:
                if self._stream_id is None:
                    self._stream_id = stream_of(request.parent)
                await self._take(self._stream_id, request.events)
        except OmsError as exc:
            await self._sent.put(exc)
        else:
            await self._sent.put(None)

    async def _take(self, stream_id: str, messages: Iterable[cloudevents_pb2.CloudEvent]) -> None:
        first, fault = self._accepted, None
        accepted: list[Outgoing] = []
        most = await self._publisher.ready(stream_id)
        for message in messages:
            index = first + len(accepted)
            try:
                event = accept(message, stream_id=stream_id, index=index)
                check_size(event, most, index=index)
            except InvalidEvent as exc:
                fault = exc
                break
            accepted.append(event)
        self._accepted += len(accepted)
        # What stands before a fault is published all the same.
        for piece in pieces(accepted):
            self._last = await self._publisher.flights.send(piece, offset=first, after=self._last)
            await self._sent.put(self._last)
            first += len(piece)
        if fault is not None:
            raise fault
