"""Types of the gRPC stubs and servicers of oms/datakernel/v1/replication_service.proto, for grpc.aio. Generated."""

from collections.abc import AsyncIterator
from typing import Any

import grpc.aio
import oms.datakernel.v1.replication_service_pb2

class ReplicationServiceStub:
    def __init__(self, channel: Any) -> None: ...
    ExportHistory: grpc.aio.UnaryStreamMultiCallable[
        oms.datakernel.v1.replication_service_pb2.ExportHistoryRequest,
        oms.datakernel.v1.replication_service_pb2.ExportHistoryResponse,
    ]
    ImportHistory: grpc.aio.StreamUnaryMultiCallable[
        oms.datakernel.v1.replication_service_pb2.ImportHistoryRequest,
        oms.datakernel.v1.replication_service_pb2.ImportHistoryResponse,
    ]
    CloneDatabase: grpc.aio.UnaryUnaryMultiCallable[
        oms.datakernel.v1.replication_service_pb2.CloneDatabaseRequest,
        oms.datakernel.v1.replication_service_pb2.CloneDatabaseResponse,
    ]
    PullBranch: grpc.aio.UnaryUnaryMultiCallable[
        oms.datakernel.v1.replication_service_pb2.PullBranchRequest,
        oms.datakernel.v1.replication_service_pb2.PullBranchResponse,
    ]
    PushBranch: grpc.aio.UnaryUnaryMultiCallable[
        oms.datakernel.v1.replication_service_pb2.PushBranchRequest,
        oms.datakernel.v1.replication_service_pb2.PushBranchResponse,
    ]

class ReplicationServiceServicer:
    def ExportHistory(
        self, request: oms.datakernel.v1.replication_service_pb2.ExportHistoryRequest, context: Any, /
    ) -> AsyncIterator[oms.datakernel.v1.replication_service_pb2.ExportHistoryResponse]: ...
    async def ImportHistory(
        self, request: AsyncIterator[oms.datakernel.v1.replication_service_pb2.ImportHistoryRequest], context: Any, /
    ) -> oms.datakernel.v1.replication_service_pb2.ImportHistoryResponse: ...
    async def CloneDatabase(
        self, request: oms.datakernel.v1.replication_service_pb2.CloneDatabaseRequest, context: Any, /
    ) -> oms.datakernel.v1.replication_service_pb2.CloneDatabaseResponse: ...
    async def PullBranch(
        self, request: oms.datakernel.v1.replication_service_pb2.PullBranchRequest, context: Any, /
    ) -> oms.datakernel.v1.replication_service_pb2.PullBranchResponse: ...
    async def PushBranch(
        self, request: oms.datakernel.v1.replication_service_pb2.PushBranchRequest, context: Any, /
    ) -> oms.datakernel.v1.replication_service_pb2.PushBranchResponse: ...

def add_ReplicationServiceServicer_to_server(servicer: ReplicationServiceServicer, server: Any) -> None: ...

