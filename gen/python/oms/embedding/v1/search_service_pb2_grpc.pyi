"""Types of the gRPC stubs and servicers of oms/embedding/v1/search_service.proto, for grpc.aio. Generated."""

from collections.abc import AsyncIterator
from typing import Any

import grpc.aio
import oms.embedding.v1.search_service_pb2

class SearchServiceStub:
    def __init__(self, channel: Any) -> None: ...
    SearchOntology: grpc.aio.UnaryUnaryMultiCallable[
        oms.embedding.v1.search_service_pb2.SearchOntologyRequest,
        oms.embedding.v1.search_service_pb2.SearchOntologyResponse,
    ]
    FindDuplicates: grpc.aio.UnaryUnaryMultiCallable[
        oms.embedding.v1.search_service_pb2.FindDuplicatesRequest,
        oms.embedding.v1.search_service_pb2.FindDuplicatesResponse,
    ]
    RecommendSchema: grpc.aio.UnaryUnaryMultiCallable[
        oms.embedding.v1.search_service_pb2.RecommendSchemaRequest,
        oms.embedding.v1.search_service_pb2.RecommendSchemaResponse,
    ]
    GetSearchIndex: grpc.aio.UnaryUnaryMultiCallable[
        oms.embedding.v1.search_service_pb2.GetSearchIndexRequest,
        oms.embedding.v1.search_service_pb2.GetSearchIndexResponse,
    ]
    RebuildSearchIndex: grpc.aio.UnaryStreamMultiCallable[
        oms.embedding.v1.search_service_pb2.RebuildSearchIndexRequest,
        oms.embedding.v1.search_service_pb2.RebuildSearchIndexResponse,
    ]

class SearchServiceServicer:
    async def SearchOntology(
        self, request: oms.embedding.v1.search_service_pb2.SearchOntologyRequest, context: Any, /
    ) -> oms.embedding.v1.search_service_pb2.SearchOntologyResponse: ...
    async def FindDuplicates(
        self, request: oms.embedding.v1.search_service_pb2.FindDuplicatesRequest, context: Any, /
    ) -> oms.embedding.v1.search_service_pb2.FindDuplicatesResponse: ...
    async def RecommendSchema(
        self, request: oms.embedding.v1.search_service_pb2.RecommendSchemaRequest, context: Any, /
    ) -> oms.embedding.v1.search_service_pb2.RecommendSchemaResponse: ...
    async def GetSearchIndex(
        self, request: oms.embedding.v1.search_service_pb2.GetSearchIndexRequest, context: Any, /
    ) -> oms.embedding.v1.search_service_pb2.GetSearchIndexResponse: ...
    def RebuildSearchIndex(
        self, request: oms.embedding.v1.search_service_pb2.RebuildSearchIndexRequest, context: Any, /
    ) -> AsyncIterator[oms.embedding.v1.search_service_pb2.RebuildSearchIndexResponse]: ...

def add_SearchServiceServicer_to_server(servicer: SearchServiceServicer, server: Any) -> None: ...

