"""Types of the gRPC stubs and servicers of oms/embedding/v1/index_service.proto, for grpc.aio. Generated."""

from collections.abc import AsyncIterator
from typing import Any

import grpc.aio
import oms.embedding.v1.index_service_pb2

class IndexServiceStub:
    def __init__(self, channel: Any) -> None: ...
    CreateIndex: grpc.aio.UnaryUnaryMultiCallable[
        oms.embedding.v1.index_service_pb2.CreateIndexRequest,
        oms.embedding.v1.index_service_pb2.CreateIndexResponse,
    ]
    GetIndex: grpc.aio.UnaryUnaryMultiCallable[
        oms.embedding.v1.index_service_pb2.GetIndexRequest,
        oms.embedding.v1.index_service_pb2.GetIndexResponse,
    ]
    ListIndexes: grpc.aio.UnaryUnaryMultiCallable[
        oms.embedding.v1.index_service_pb2.ListIndexesRequest,
        oms.embedding.v1.index_service_pb2.ListIndexesResponse,
    ]
    DeleteIndex: grpc.aio.UnaryUnaryMultiCallable[
        oms.embedding.v1.index_service_pb2.DeleteIndexRequest,
        oms.embedding.v1.index_service_pb2.DeleteIndexResponse,
    ]
    UpsertEntries: grpc.aio.UnaryUnaryMultiCallable[
        oms.embedding.v1.index_service_pb2.UpsertEntriesRequest,
        oms.embedding.v1.index_service_pb2.UpsertEntriesResponse,
    ]
    DeleteEntries: grpc.aio.UnaryUnaryMultiCallable[
        oms.embedding.v1.index_service_pb2.DeleteEntriesRequest,
        oms.embedding.v1.index_service_pb2.DeleteEntriesResponse,
    ]
    GetEntries: grpc.aio.UnaryUnaryMultiCallable[
        oms.embedding.v1.index_service_pb2.GetEntriesRequest,
        oms.embedding.v1.index_service_pb2.GetEntriesResponse,
    ]
    QueryEntries: grpc.aio.UnaryUnaryMultiCallable[
        oms.embedding.v1.index_service_pb2.QueryEntriesRequest,
        oms.embedding.v1.index_service_pb2.QueryEntriesResponse,
    ]
    Reindex: grpc.aio.UnaryStreamMultiCallable[
        oms.embedding.v1.index_service_pb2.ReindexRequest,
        oms.embedding.v1.index_service_pb2.ReindexResponse,
    ]
    CancelReindex: grpc.aio.UnaryUnaryMultiCallable[
        oms.embedding.v1.index_service_pb2.CancelReindexRequest,
        oms.embedding.v1.index_service_pb2.CancelReindexResponse,
    ]

class IndexServiceServicer:
    async def CreateIndex(
        self, request: oms.embedding.v1.index_service_pb2.CreateIndexRequest, context: Any, /
    ) -> oms.embedding.v1.index_service_pb2.CreateIndexResponse: ...
    async def GetIndex(
        self, request: oms.embedding.v1.index_service_pb2.GetIndexRequest, context: Any, /
    ) -> oms.embedding.v1.index_service_pb2.GetIndexResponse: ...
    async def ListIndexes(
        self, request: oms.embedding.v1.index_service_pb2.ListIndexesRequest, context: Any, /
    ) -> oms.embedding.v1.index_service_pb2.ListIndexesResponse: ...
    async def DeleteIndex(
        self, request: oms.embedding.v1.index_service_pb2.DeleteIndexRequest, context: Any, /
    ) -> oms.embedding.v1.index_service_pb2.DeleteIndexResponse: ...
    async def UpsertEntries(
        self, request: oms.embedding.v1.index_service_pb2.UpsertEntriesRequest, context: Any, /
    ) -> oms.embedding.v1.index_service_pb2.UpsertEntriesResponse: ...
    async def DeleteEntries(
        self, request: oms.embedding.v1.index_service_pb2.DeleteEntriesRequest, context: Any, /
    ) -> oms.embedding.v1.index_service_pb2.DeleteEntriesResponse: ...
    async def GetEntries(
        self, request: oms.embedding.v1.index_service_pb2.GetEntriesRequest, context: Any, /
    ) -> oms.embedding.v1.index_service_pb2.GetEntriesResponse: ...
    async def QueryEntries(
        self, request: oms.embedding.v1.index_service_pb2.QueryEntriesRequest, context: Any, /
    ) -> oms.embedding.v1.index_service_pb2.QueryEntriesResponse: ...
    def Reindex(
        self, request: oms.embedding.v1.index_service_pb2.ReindexRequest, context: Any, /
    ) -> AsyncIterator[oms.embedding.v1.index_service_pb2.ReindexResponse]: ...
    async def CancelReindex(
        self, request: oms.embedding.v1.index_service_pb2.CancelReindexRequest, context: Any, /
    ) -> oms.embedding.v1.index_service_pb2.CancelReindexResponse: ...

def add_IndexServiceServicer_to_server(servicer: IndexServiceServicer, server: Any) -> None: ...

