"""Types of the gRPC stubs and servicers of oms/event/v1/event_service.proto, for grpc.aio. Generated."""

from collections.abc import AsyncIterator
from typing import Any

import grpc.aio
import oms.event.v1.event_service_pb2

class EventServiceStub:
    def __init__(self, channel: Any) -> None: ...
    Publish: grpc.aio.UnaryUnaryMultiCallable[
        oms.event.v1.event_service_pb2.PublishRequest,
        oms.event.v1.event_service_pb2.PublishResponse,
    ]
    PublishBatch: grpc.aio.UnaryUnaryMultiCallable[
        oms.event.v1.event_service_pb2.PublishBatchRequest,
        oms.event.v1.event_service_pb2.PublishBatchResponse,
    ]
    PublishStream: grpc.aio.StreamStreamMultiCallable[
        oms.event.v1.event_service_pb2.PublishStreamRequest,
        oms.event.v1.event_service_pb2.PublishStreamResponse,
    ]
    ReceiveEvents: grpc.aio.UnaryUnaryMultiCallable[
        oms.event.v1.event_service_pb2.ReceiveEventsRequest,
        oms.event.v1.event_service_pb2.ReceiveEventsResponse,
    ]
    GetEvent: grpc.aio.UnaryUnaryMultiCallable[
        oms.event.v1.event_service_pb2.GetEventRequest,
        oms.event.v1.event_service_pb2.GetEventResponse,
    ]
    ReadEvent: grpc.aio.UnaryUnaryMultiCallable[
        oms.event.v1.event_service_pb2.ReadEventRequest,
        oms.event.v1.event_service_pb2.ReadEventResponse,
    ]
    ListEvents: grpc.aio.UnaryUnaryMultiCallable[
        oms.event.v1.event_service_pb2.ListEventsRequest,
        oms.event.v1.event_service_pb2.ListEventsResponse,
    ]
    StreamEvents: grpc.aio.UnaryStreamMultiCallable[
        oms.event.v1.event_service_pb2.StreamEventsRequest,
        oms.event.v1.event_service_pb2.StreamEventsResponse,
    ]

class EventServiceServicer:
    async def Publish(
        self, request: oms.event.v1.event_service_pb2.PublishRequest, context: Any, /
    ) -> oms.event.v1.event_service_pb2.PublishResponse: ...
    async def PublishBatch(
        self, request: oms.event.v1.event_service_pb2.PublishBatchRequest, context: Any, /
    ) -> oms.event.v1.event_service_pb2.PublishBatchResponse: ...
    def PublishStream(
        self, request: AsyncIterator[oms.event.v1.event_service_pb2.PublishStreamRequest], context: Any, /
    ) -> AsyncIterator[oms.event.v1.event_service_pb2.PublishStreamResponse]: ...
    async def ReceiveEvents(
        self, request: oms.event.v1.event_service_pb2.ReceiveEventsRequest, context: Any, /
    ) -> oms.event.v1.event_service_pb2.ReceiveEventsResponse: ...
    async def GetEvent(
        self, request: oms.event.v1.event_service_pb2.GetEventRequest, context: Any, /
    ) -> oms.event.v1.event_service_pb2.GetEventResponse: ...
    async def ReadEvent(
        self, request: oms.event.v1.event_service_pb2.ReadEventRequest, context: Any, /
    ) -> oms.event.v1.event_service_pb2.ReadEventResponse: ...
    async def ListEvents(
        self, request: oms.event.v1.event_service_pb2.ListEventsRequest, context: Any, /
    ) -> oms.event.v1.event_service_pb2.ListEventsResponse: ...
    def StreamEvents(
        self, request: oms.event.v1.event_service_pb2.StreamEventsRequest, context: Any, /
    ) -> AsyncIterator[oms.event.v1.event_service_pb2.StreamEventsResponse]: ...

def add_EventServiceServicer_to_server(servicer: EventServiceServicer, server: Any) -> None: ...

