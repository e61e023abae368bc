"""Types of the gRPC stubs and servicers of oms/datakernel/v1/maintenance_service.proto, for grpc.aio. Generated."""

from collections.abc import AsyncIterator
from typing import Any

import grpc.aio
import oms.datakernel.v1.maintenance_service_pb2

class MaintenanceServiceStub:
    def __init__(self, channel: Any) -> None: ...
    CompactDatabase: grpc.aio.UnaryUnaryMultiCallable[
        oms.datakernel.v1.maintenance_service_pb2.CompactDatabaseRequest,
        oms.datakernel.v1.maintenance_service_pb2.CompactDatabaseResponse,
    ]
    BackupDatabase: grpc.aio.UnaryStreamMultiCallable[
        oms.datakernel.v1.maintenance_service_pb2.BackupDatabaseRequest,
        oms.datakernel.v1.maintenance_service_pb2.BackupDatabaseResponse,
    ]
    CheckDatabase: grpc.aio.UnaryUnaryMultiCallable[
        oms.datakernel.v1.maintenance_service_pb2.CheckDatabaseRequest,
        oms.datakernel.v1.maintenance_service_pb2.CheckDatabaseResponse,
    ]
    GetDatabaseStatistics: grpc.aio.UnaryUnaryMultiCallable[
        oms.datakernel.v1.maintenance_service_pb2.GetDatabaseStatisticsRequest,
        oms.datakernel.v1.maintenance_service_pb2.GetDatabaseStatisticsResponse,
    ]
    GetCapabilities: grpc.aio.UnaryUnaryMultiCallable[
        oms.datakernel.v1.maintenance_service_pb2.GetCapabilitiesRequest,
        oms.datakernel.v1.maintenance_service_pb2.GetCapabilitiesResponse,
    ]

class MaintenanceServiceServicer:
    async def CompactDatabase(
        self, request: oms.datakernel.v1.maintenance_service_pb2.CompactDatabaseRequest, context: Any, /
    ) -> oms.datakernel.v1.maintenance_service_pb2.CompactDatabaseResponse: ...
    def BackupDatabase(
        self, request: oms.datakernel.v1.maintenance_service_pb2.BackupDatabaseRequest, context: Any, /
    ) -> AsyncIterator[oms.datakernel.v1.maintenance_service_pb2.BackupDatabaseResponse]: ...
    async def CheckDatabase(
        self, request: oms.datakernel.v1.maintenance_service_pb2.CheckDatabaseRequest, context: Any, /
    ) -> oms.datakernel.v1.maintenance_service_pb2.CheckDatabaseResponse: ...
    async def GetDatabaseStatistics(
        self, request: oms.datakernel.v1.maintenance_service_pb2.GetDatabaseStatisticsRequest, context: Any, /
    ) -> oms.datakernel.v1.maintenance_service_pb2.GetDatabaseStatisticsResponse: ...
    async def GetCapabilities(
        self, request: oms.datakernel.v1.maintenance_service_pb2.GetCapabilitiesRequest, context: Any, /
    ) -> oms.datakernel.v1.maintenance_service_pb2.GetCapabilitiesResponse: ...

def add_MaintenanceServiceServicer_to_server(servicer: MaintenanceServiceServicer, server: Any) -> None: ...

