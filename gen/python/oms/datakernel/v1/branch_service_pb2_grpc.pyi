"""Types of the gRPC stubs and servicers of oms/datakernel/v1/branch_service.proto, for grpc.aio. Generated."""

from collections.abc import AsyncIterator
from typing import Any

import grpc.aio
import oms.datakernel.v1.branch_service_pb2

class BranchServiceStub:
    def __init__(self, channel: Any) -> None: ...
    CreateBranch: grpc.aio.UnaryUnaryMultiCallable[
        oms.datakernel.v1.branch_service_pb2.CreateBranchRequest,
        oms.datakernel.v1.branch_service_pb2.CreateBranchResponse,
    ]
    GetBranch: grpc.aio.UnaryUnaryMultiCallable[
        oms.datakernel.v1.branch_service_pb2.GetBranchRequest,
        oms.datakernel.v1.branch_service_pb2.GetBranchResponse,
    ]
    ListBranches: grpc.aio.UnaryUnaryMultiCallable[
        oms.datakernel.v1.branch_service_pb2.ListBranchesRequest,
        oms.datakernel.v1.branch_service_pb2.ListBranchesResponse,
    ]
    DeleteBranch: grpc.aio.UnaryUnaryMultiCallable[
        oms.datakernel.v1.branch_service_pb2.DeleteBranchRequest,
        oms.datakernel.v1.branch_service_pb2.DeleteBranchResponse,
    ]

class BranchServiceServicer:
    async def CreateBranch(
        self, request: oms.datakernel.v1.branch_service_pb2.CreateBranchRequest, context: Any, /
    ) -> oms.datakernel.v1.branch_service_pb2.CreateBranchResponse: ...
    async def GetBranch(
        self, request: oms.datakernel.v1.branch_service_pb2.GetBranchRequest, context: Any, /
    ) -> oms.datakernel.v1.branch_service_pb2.GetBranchResponse: ...
    async def ListBranches(
        self, request: oms.datakernel.v1.branch_service_pb2.ListBranchesRequest, context: Any, /
    ) -> oms.datakernel.v1.branch_service_pb2.ListBranchesResponse: ...
    async def DeleteBranch(
        self, request: oms.datakernel.v1.branch_service_pb2.DeleteBranchRequest, context: Any, /
    ) -> oms.datakernel.v1.branch_service_pb2.DeleteBranchResponse: ...

def add_BranchServiceServicer_to_server(servicer: BranchServiceServicer, server: Any) -> None: ...

