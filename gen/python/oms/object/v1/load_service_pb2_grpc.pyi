"""Types of the gRPC stubs and servicers of oms/object/v1/load_service.proto, for grpc.aio. Generated."""

from collections.abc import AsyncIterator
from typing import Any

import grpc.aio
import oms.object.v1.load_service_pb2

class LoadServiceStub:
    def __init__(self, channel: Any) -> None: ...
    LoadObjects: grpc.aio.StreamUnaryMultiCallable[
        oms.object.v1.load_service_pb2.LoadObjectsRequest,
        oms.object.v1.load_service_pb2.LoadObjectsResponse,
    ]

class LoadServiceServicer:
    async def LoadObjects(
        self, request: AsyncIterator[oms.object.v1.load_service_pb2.LoadObjectsRequest], context: Any, /
    ) -> oms.object.v1.load_service_pb2.LoadObjectsResponse: ...

def add_LoadServiceServicer_to_server(servicer: LoadServiceServicer, server: Any) -> None: ...

