"""Types of the gRPC stubs and servicers of oms/event/v1/event_type_service.proto, for grpc.aio. Generated."""

from collections.abc import AsyncIterator
from typing import Any

import grpc.aio
import oms.event.v1.event_type_service_pb2

class EventTypeServiceStub:
    def __init__(self, channel: Any) -> None: ...
    GetEventType: grpc.aio.UnaryUnaryMultiCallable[
        oms.event.v1.event_type_service_pb2.GetEventTypeRequest,
        oms.event.v1.event_type_service_pb2.GetEventTypeResponse,
    ]
    ListEventTypes: grpc.aio.UnaryUnaryMultiCallable[
        oms.event.v1.event_type_service_pb2.ListEventTypesRequest,
        oms.event.v1.event_type_service_pb2.ListEventTypesResponse,
    ]
    GetEventSchema: grpc.aio.UnaryUnaryMultiCallable[
        oms.event.v1.event_type_service_pb2.GetEventSchemaRequest,
        oms.event.v1.event_type_service_pb2.GetEventSchemaResponse,
    ]
    GetAsyncApi: grpc.aio.UnaryUnaryMultiCallable[
        oms.event.v1.event_type_service_pb2.GetAsyncApiRequest,
        oms.event.v1.event_type_service_pb2.GetAsyncApiResponse,
    ]

class EventTypeServiceServicer:
    async def GetEventType(
        self, request: oms.event.v1.event_type_service_pb2.GetEventTypeRequest, context: Any, /
    ) -> oms.event.v1.event_type_service_pb2.GetEventTypeResponse: ...
    async def ListEventTypes(
        self, request: oms.event.v1.event_type_service_pb2.ListEventTypesRequest, context: Any, /
    ) -> oms.event.v1.event_type_service_pb2.ListEventTypesResponse: ...
    async def GetEventSchema(
        self, request: oms.event.v1.event_type_service_pb2.GetEventSchemaRequest, context: Any, /
    ) -> oms.event.v1.event_type_service_pb2.GetEventSchemaResponse: ...
    async def GetAsyncApi(
        self, request: oms.event.v1.event_type_service_pb2.GetAsyncApiRequest, context: Any, /
    ) -> oms.event.v1.event_type_service_pb2.GetAsyncApiResponse: ...

def add_EventTypeServiceServicer_to_server(servicer: EventTypeServiceServicer, server: Any) -> None: ...

