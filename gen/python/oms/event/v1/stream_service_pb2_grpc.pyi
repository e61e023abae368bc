"""Types of the gRPC stubs and servicers of oms/event/v1/stream_service.proto, for grpc.aio. Generated."""

from collections.abc import AsyncIterator
from typing import Any

import grpc.aio
import oms.event.v1.stream_service_pb2

class StreamServiceStub:
    def __init__(self, channel: Any) -> None: ...
    CreateStream: grpc.aio.UnaryUnaryMultiCallable[
        oms.event.v1.stream_service_pb2.CreateStreamRequest,
        oms.event.v1.stream_service_pb2.CreateStreamResponse,
    ]
    GetStream: grpc.aio.UnaryUnaryMultiCallable[
        oms.event.v1.stream_service_pb2.GetStreamRequest,
        oms.event.v1.stream_service_pb2.GetStreamResponse,
    ]
    ListStreams: grpc.aio.UnaryUnaryMultiCallable[
        oms.event.v1.stream_service_pb2.ListStreamsRequest,
        oms.event.v1.stream_service_pb2.ListStreamsResponse,
    ]
    UpdateStream: grpc.aio.UnaryUnaryMultiCallable[
        oms.event.v1.stream_service_pb2.UpdateStreamRequest,
        oms.event.v1.stream_service_pb2.UpdateStreamResponse,
    ]
    DeleteStream: grpc.aio.UnaryUnaryMultiCallable[
        oms.event.v1.stream_service_pb2.DeleteStreamRequest,
        oms.event.v1.stream_service_pb2.DeleteStreamResponse,
    ]
    PurgeStream: grpc.aio.UnaryUnaryMultiCallable[
        oms.event.v1.stream_service_pb2.PurgeStreamRequest,
        oms.event.v1.stream_service_pb2.PurgeStreamResponse,
    ]

class StreamServiceServicer:
    async def CreateStream(
        self, request: oms.event.v1.stream_service_pb2.CreateStreamRequest, context: Any, /
    ) -> oms.event.v1.stream_service_pb2.CreateStreamResponse: ...
    async def GetStream(
        self, request: oms.event.v1.stream_service_pb2.GetStreamRequest, context: Any, /
    ) -> oms.event.v1.stream_service_pb2.GetStreamResponse: ...
    async def ListStreams(
        self, request: oms.event.v1.stream_service_pb2.ListStreamsRequest, context: Any, /
    ) -> oms.event.v1.stream_service_pb2.ListStreamsResponse: ...
    async def UpdateStream(
        self, request: oms.event.v1.stream_service_pb2.UpdateStreamRequest, context: Any, /
    ) -> oms.event.v1.stream_service_pb2.UpdateStreamResponse: ...
    async def DeleteStream(
        self, request: oms.event.v1.stream_service_pb2.DeleteStreamRequest, context: Any, /
    ) -> oms.event.v1.stream_service_pb2.DeleteStreamResponse: ...
    async def PurgeStream(
        self, request: oms.event.v1.stream_service_pb2.PurgeStreamRequest, context: Any, /
    ) -> oms.event.v1.stream_service_pb2.PurgeStreamResponse: ...

def add_StreamServiceServicer_to_server(servicer: StreamServiceServicer, server: Any) -> None: ...

