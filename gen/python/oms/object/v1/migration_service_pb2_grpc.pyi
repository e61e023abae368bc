"""Types of the gRPC stubs and servicers of oms/object/v1/migration_service.proto, for grpc.aio. Generated."""

from collections.abc import AsyncIterator
from typing import Any

import grpc.aio
import oms.object.v1.migration_service_pb2

class MigrationServiceStub:
    def __init__(self, channel: Any) -> None: ...
    MigrateObjects: grpc.aio.UnaryUnaryMultiCallable[
        oms.object.v1.migration_service_pb2.MigrateObjectsRequest,
        oms.object.v1.migration_service_pb2.MigrateObjectsResponse,
    ]

class MigrationServiceServicer:
    async def MigrateObjects(
        self, request: oms.object.v1.migration_service_pb2.MigrateObjectsRequest, context: Any, /
    ) -> oms.object.v1.migration_service_pb2.MigrateObjectsResponse: ...

def add_MigrationServiceServicer_to_server(servicer: MigrationServiceServicer, server: Any) -> None: ...

