"""Types of the gRPC stubs and servicers of oms/datakernel/v1/database_service.proto, for grpc.aio. Generated."""

from collections.abc import AsyncIterator
from typing import Any

import grpc.aio
import oms.datakernel.v1.database_service_pb2

class DatabaseServiceStub:
    def __init__(self, channel: Any) -> None: ...
    CreateDatabase: grpc.aio.UnaryUnaryMultiCallable[
        oms.datakernel.v1.database_service_pb2.CreateDatabaseRequest,
        oms.datakernel.v1.database_service_pb2.CreateDatabaseResponse,
    ]
    GetDatabase: grpc.aio.UnaryUnaryMultiCallable[
        oms.datakernel.v1.database_service_pb2.GetDatabaseRequest,
        oms.datakernel.v1.database_service_pb2.GetDatabaseResponse,
    ]
    ListDatabases: grpc.aio.UnaryUnaryMultiCallable[
        oms.datakernel.v1.database_service_pb2.ListDatabasesRequest,
        oms.datakernel.v1.database_service_pb2.ListDatabasesResponse,
    ]
    UpdateDatabase: grpc.aio.UnaryUnaryMultiCallable[
        oms.datakernel.v1.database_service_pb2.UpdateDatabaseRequest,
        oms.datakernel.v1.database_service_pb2.UpdateDatabaseResponse,
    ]
    DeleteDatabase: grpc.aio.UnaryUnaryMultiCallable[
        oms.datakernel.v1.database_service_pb2.DeleteDatabaseRequest,
        oms.datakernel.v1.database_service_pb2.DeleteDatabaseResponse,
    ]

class DatabaseServiceServicer:
    async def CreateDatabase(
        self, request: oms.datakernel.v1.database_service_pb2.CreateDatabaseRequest, context: Any, /
    ) -> oms.datakernel.v1.database_service_pb2.CreateDatabaseResponse: ...
    async def GetDatabase(
        self, request: oms.datakernel.v1.database_service_pb2.GetDatabaseRequest, context: Any, /
    ) -> oms.datakernel.v1.database_service_pb2.GetDatabaseResponse: ...
    async def ListDatabases(
        self, request: oms.datakernel.v1.database_service_pb2.ListDatabasesRequest, context: Any, /
    ) -> oms.datakernel.v1.database_service_pb2.ListDatabasesResponse: ...
    async def UpdateDatabase(
        self, request: oms.datakernel.v1.database_service_pb2.UpdateDatabaseRequest, context: Any, /
    ) -> oms.datakernel.v1.database_service_pb2.UpdateDatabaseResponse: ...
    async def DeleteDatabase(
        self, request: oms.datakernel.v1.database_service_pb2.DeleteDatabaseRequest, context: Any, /
    ) -> oms.datakernel.v1.database_service_pb2.DeleteDatabaseResponse: ...

def add_DatabaseServiceServicer_to_server(servicer: DatabaseServiceServicer, server: Any) -> None: ...

