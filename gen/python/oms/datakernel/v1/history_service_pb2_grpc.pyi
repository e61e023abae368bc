"""Types of the gRPC stubs and servicers of oms/datakernel/v1/history_service.proto, for grpc.aio. Generated."""

from collections.abc import AsyncIterator
from typing import Any

import grpc.aio
import oms.datakernel.v1.history_service_pb2

class HistoryServiceStub:
    def __init__(self, channel: Any) -> None: ...
    ListDocumentHistory: grpc.aio.UnaryUnaryMultiCallable[
        oms.datakernel.v1.history_service_pb2.ListDocumentHistoryRequest,
        oms.datakernel.v1.history_service_pb2.ListDocumentHistoryResponse,
    ]
    BlameDocument: grpc.aio.UnaryUnaryMultiCallable[
        oms.datakernel.v1.history_service_pb2.BlameDocumentRequest,
        oms.datakernel.v1.history_service_pb2.BlameDocumentResponse,
    ]
    ResetBranch: grpc.aio.UnaryUnaryMultiCallable[
        oms.datakernel.v1.history_service_pb2.ResetBranchRequest,
        oms.datakernel.v1.history_service_pb2.ResetBranchResponse,
    ]
    RebaseBranch: grpc.aio.UnaryUnaryMultiCallable[
        oms.datakernel.v1.history_service_pb2.RebaseBranchRequest,
        oms.datakernel.v1.history_service_pb2.RebaseBranchResponse,
    ]
    SquashBranch: grpc.aio.UnaryUnaryMultiCallable[
        oms.datakernel.v1.history_service_pb2.SquashBranchRequest,
        oms.datakernel.v1.history_service_pb2.SquashBranchResponse,
    ]
    RevertCommit: grpc.aio.UnaryUnaryMultiCallable[
        oms.datakernel.v1.history_service_pb2.RevertCommitRequest,
        oms.datakernel.v1.history_service_pb2.RevertCommitResponse,
    ]

class HistoryServiceServicer:
    async def ListDocumentHistory(
        self, request: oms.datakernel.v1.history_service_pb2.ListDocumentHistoryRequest, context: Any, /
    ) -> oms.datakernel.v1.history_service_pb2.ListDocumentHistoryResponse: ...
    async def BlameDocument(
        self, request: oms.datakernel.v1.history_service_pb2.BlameDocumentRequest, context: Any, /
    ) -> oms.datakernel.v1.history_service_pb2.BlameDocumentResponse: ...
    async def ResetBranch(
        self, request: oms.datakernel.v1.history_service_pb2.ResetBranchRequest, context: Any, /
    ) -> oms.datakernel.v1.history_service_pb2.ResetBranchResponse: ...
    async def RebaseBranch(
        self, request: oms.datakernel.v1.history_service_pb2.RebaseBranchRequest, context: Any, /
    ) -> oms.datakernel.v1.history_service_pb2.RebaseBranchResponse: ...
    async def SquashBranch(
        self, request: oms.datakernel.v1.history_service_pb2.SquashBranchRequest, context: Any, /
    ) -> oms.datakernel.v1.history_service_pb2.SquashBranchResponse: ...
    async def RevertCommit(
        self, request: oms.datakernel.v1.history_service_pb2.RevertCommitRequest, context: Any, /
    ) -> oms.datakernel.v1.history_service_pb2.RevertCommitResponse: ...

def add_HistoryServiceServicer_to_server(servicer: HistoryServiceServicer, server: Any) -> None: ...

