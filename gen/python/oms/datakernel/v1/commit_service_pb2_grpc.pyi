"""Types of the gRPC stubs and servicers of oms/datakernel/v1/commit_service.proto, for grpc.aio. Generated."""

from collections.abc import AsyncIterator
from typing import Any

import grpc.aio
import oms.datakernel.v1.commit_service_pb2

class CommitServiceStub:
    def __init__(self, channel: Any) -> None: ...
    CreateCommit: grpc.aio.UnaryUnaryMultiCallable[
        oms.datakernel.v1.commit_service_pb2.CreateCommitRequest,
        oms.datakernel.v1.commit_service_pb2.CreateCommitResponse,
    ]
    GetCommit: grpc.aio.UnaryUnaryMultiCallable[
        oms.datakernel.v1.commit_service_pb2.GetCommitRequest,
        oms.datakernel.v1.commit_service_pb2.GetCommitResponse,
    ]
    FindCommit: grpc.aio.UnaryUnaryMultiCallable[
        oms.datakernel.v1.commit_service_pb2.FindCommitRequest,
        oms.datakernel.v1.commit_service_pb2.FindCommitResponse,
    ]
    ResolveRevision: grpc.aio.UnaryUnaryMultiCallable[
        oms.datakernel.v1.commit_service_pb2.ResolveRevisionRequest,
        oms.datakernel.v1.commit_service_pb2.ResolveRevisionResponse,
    ]
    ListCommits: grpc.aio.UnaryUnaryMultiCallable[
        oms.datakernel.v1.commit_service_pb2.ListCommitsRequest,
        oms.datakernel.v1.commit_service_pb2.ListCommitsResponse,
    ]
    WatchCommits: grpc.aio.UnaryStreamMultiCallable[
        oms.datakernel.v1.commit_service_pb2.WatchCommitsRequest,
        oms.datakernel.v1.commit_service_pb2.WatchCommitsResponse,
    ]
    DiffCommits: grpc.aio.UnaryUnaryMultiCallable[
        oms.datakernel.v1.commit_service_pb2.DiffCommitsRequest,
        oms.datakernel.v1.commit_service_pb2.DiffCommitsResponse,
    ]
    GetMergeBase: grpc.aio.UnaryUnaryMultiCallable[
        oms.datakernel.v1.commit_service_pb2.GetMergeBaseRequest,
        oms.datakernel.v1.commit_service_pb2.GetMergeBaseResponse,
    ]
    MergeBranch: grpc.aio.UnaryUnaryMultiCallable[
        oms.datakernel.v1.commit_service_pb2.MergeBranchRequest,
        oms.datakernel.v1.commit_service_pb2.MergeBranchResponse,
    ]
    VerifyHistory: grpc.aio.UnaryUnaryMultiCallable[
        oms.datakernel.v1.commit_service_pb2.VerifyHistoryRequest,
        oms.datakernel.v1.commit_service_pb2.VerifyHistoryResponse,
    ]

class CommitServiceServicer:
    async def CreateCommit(
        self, request: oms.datakernel.v1.commit_service_pb2.CreateCommitRequest, context: Any, /
    ) -> oms.datakernel.v1.commit_service_pb2.CreateCommitResponse: ...
    async def GetCommit(
        self, request: oms.datakernel.v1.commit_service_pb2.GetCommitRequest, context: Any, /
    ) -> oms.datakernel.v1.commit_service_pb2.GetCommitResponse: ...
    async def FindCommit(
        self, request: oms.datakernel.v1.commit_service_pb2.FindCommitRequest, context: Any, /
    ) -> oms.datakernel.v1.commit_service_pb2.FindCommitResponse: ...
    async def ResolveRevision(
        self, request: oms.datakernel.v1.commit_service_pb2.ResolveRevisionRequest, context: Any, /
    ) -> oms.datakernel.v1.commit_service_pb2.ResolveRevisionResponse: ...
    async def ListCommits(
        self, request: oms.datakernel.v1.commit_service_pb2.ListCommitsRequest, context: Any, /
    ) -> oms.datakernel.v1.commit_service_pb2.ListCommitsResponse: ...
    def WatchCommits(
        self, request: oms.datakernel.v1.commit_service_pb2.WatchCommitsRequest, context: Any, /
    ) -> AsyncIterator[oms.datakernel.v1.commit_service_pb2.WatchCommitsResponse]: ...
    async def DiffCommits(
        self, request: oms.datakernel.v1.commit_service_pb2.DiffCommitsRequest, context: Any, /
    ) -> oms.datakernel.v1.commit_service_pb2.DiffCommitsResponse: ...
    async def GetMergeBase(
        self, request: oms.datakernel.v1.commit_service_pb2.GetMergeBaseRequest, context: Any, /
    ) -> oms.datakernel.v1.commit_service_pb2.GetMergeBaseResponse: ...
    async def MergeBranch(
        self, request: oms.datakernel.v1.commit_service_pb2.MergeBranchRequest, context: Any, /
    ) -> oms.datakernel.v1.commit_service_pb2.MergeBranchResponse: ...
    async def VerifyHistory(
        self, request: oms.datakernel.v1.commit_service_pb2.VerifyHistoryRequest, context: Any, /
    ) -> oms.datakernel.v1.commit_service_pb2.VerifyHistoryResponse: ...

def add_CommitServiceServicer_to_server(servicer: CommitServiceServicer, server: Any) -> None: ...

