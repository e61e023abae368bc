"""`oms.event.v1.EventService`."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterable, Callable
from contextlib import aclosing
from datetime import UTC, datetime
from typing import Any, TypeAlias

from google.api.httpbody_pb2 import HttpBody
from google.protobuf.timestamp_pb2 import Timestamp
from oms.event.v1 import event_service_pb2 as pb
from oms.event.v1 import event_service_pb2_grpc as pb_grpc
from oms_core.errors import InvalidField
from oms_core.paging import decode_page_token, encode_page_token, page_size

from svc_events.adapters.jetstream.accepting import accept
from svc_events.adapters.jetstream.publishing import EventPublisher
from svc_events.adapters.jetstream.reading import EventReader
from svc_events.convert import event_from_pb
from svc_events.domain.events import to_json
from svc_events.domain.events.json_format import MEDIA_TYPE
from svc_events.event_convert import parse_stored, publications, stored_event
from svc_events.listing import Query, list_events, parse_expression
from svc_events.names import event_place, stream_of
from svc_events.receiving import received
from svc_events.streaming_in import PublishPipeline

StreamEvents: TypeAlias = Callable[
    [pb.StreamEventsRequest, Any], AsyncGenerator[pb.StreamEventsResponse]
]


class EventServicer(pb_grpc.EventServiceServicer):
    """Publishes events and reads them.

    Args:
        stream_events: The method `StreamEvents`; without it that one is unimplemented.
    """

    def __init__(
        self,
        publisher: EventPublisher,
        reader: EventReader,
        *,
        stream_events: StreamEvents | None = None,
    ) -> None:
        self._publisher = publisher
        self._reader = reader
        if stream_events is not None:
            self.StreamEvents = stream_events  # pyright: ignore[reportAttributeAccessIssue]

    async def Publish(self, request: pb.PublishRequest, context: Any) -> pb.PublishResponse:
        stream_id = stream_of(request.parent)
        event = accept(request.event, stream_id=stream_id)
        [publication] = publications(stream_id, await self._publisher.publish(stream_id, [event]))
        return pb.PublishResponse(publication=publication)

    async def PublishBatch(
        self, request: pb.PublishBatchRequest, context: Any
    ) -> pb.PublishBatchResponse:
        stream_id = stream_of(request.parent)
        events = [
            accept(event, stream_id=stream_id, index=index)
            for index, event in enumerate(request.events)
        ]
        places = await self._publisher.publish(stream_id, events)
        return pb.PublishBatchResponse(publications=publications(stream_id, places))

    async def PublishStream(
        self, request_iterator: AsyncIterable[pb.PublishStreamRequest], context: Any
    ) -> AsyncGenerator[pb.PublishStreamResponse]:
        pipeline = PublishPipeline(self._publisher)
        async with aclosing(pipeline.acknowledgements(request_iterator)) as acknowledgements:
            async for progress in acknowledgements:
                yield progress

    async def ReceiveEvents(
        self, request: pb.ReceiveEventsRequest, context: Any
    ) -> pb.ReceiveEventsResponse:
        stream_id = stream_of(request.parent)
        metadata = context.invocation_metadata() or ()
        events = await received(request.body, metadata, stream_id=stream_id)
        places = await self._publisher.publish(stream_id, events)
        return pb.ReceiveEventsResponse(publications=publications(stream_id, places))

    async def GetEvent(self, request: pb.GetEventRequest, context: Any) -> pb.GetEventResponse:
        stream_id, sequence = event_place(request.name)
        message = await self._reader.get(stream_id, sequence)
        event = parse_stored(stream_id, message)
        return pb.GetEventResponse(event=stored_event(stream_id, message, event))

    async def ReadEvent(self, request: pb.ReadEventRequest, context: Any) -> pb.ReadEventResponse:
        stream_id, sequence = event_place(request.name)
        message = await self._reader.get(stream_id, sequence)
        event = event_from_pb(parse_stored(stream_id, message))
        return pb.ReadEventResponse(body=HttpBody(content_type=MEDIA_TYPE, data=to_json(event)))

    async def ListEvents(
        self, request: pb.ListEventsRequest, context: Any
    ) -> pb.ListEventsResponse:
        stream_id = stream_of(request.parent)
        identity = _identity(stream_id, request)
        cursor = decode_page_token(identity, request.page_token, length=1)
        query = _query(stream_id, request)
        page = await list_events(
            self._reader,
            query,
            start_sequence=int(cursor[0]) if cursor else None,
            most=page_size(request.page_size),
        )
        token = ""
        if page.next_sequence is not None:
            token = encode_page_token(identity, [str(page.next_sequence)])
        events = [stored_event(stream_id, message, event) for message, event in page.events]
        return pb.ListEventsResponse(events=events, next_page_token=token)


def _identity(stream_id: str, request: pb.ListEventsRequest) -> list[str]:
    """What makes a query another one, page size and token left out."""
    query = pb.ListEventsRequest()
    query.CopyFrom(request)
    query.ClearField("page_size")
    query.ClearField("page_token")
    query.parent = stream_id
    return [query.SerializeToString(deterministic=True).hex()]


def _query(stream_id: str, request: pb.ListEventsRequest) -> Query:
    expression = parse_expression(request.filter, field="filter") if request.filter else None
    return Query(
        stream_id=stream_id,
        event_type=request.type,
        source=request.source,
        subject=request.subject,
        event_id=request.event_id,
        start_time=_moment(request, "start_time"),
        end_time=_moment(request, "end_time"),
        expression=expression,
    )


def _moment(request: pb.ListEventsRequest, field: str) -> datetime | None:
    if not request.HasField(field):  # pyright: ignore[reportArgumentType] - one of two names
        return None
    value: Timestamp = getattr(request, field)
    try:
        return value.ToDatetime(tzinfo=UTC)
    except (ValueError, OverflowError) as exc:
        raise InvalidField.of(field, "is no time of the years 1 to 9999") from exc
