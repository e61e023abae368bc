"""Types of the gRPC stubs and servicers of oms/embedding/v1/embedding_service.proto, for grpc.aio. Generated."""

from collections.abc import AsyncIterator
from typing import Any

import grpc.aio
import oms.embedding.v1.embedding_service_pb2

class EmbeddingServiceStub:
    def __init__(self, channel: Any) -> None: ...
    Embed: grpc.aio.UnaryUnaryMultiCallable[
        oms.embedding.v1.embedding_service_pb2.EmbedRequest,
        oms.embedding.v1.embedding_service_pb2.EmbedResponse,
    ]
    EmbedBatch: grpc.aio.UnaryUnaryMultiCallable[
        oms.embedding.v1.embedding_service_pb2.EmbedBatchRequest,
        oms.embedding.v1.embedding_service_pb2.EmbedBatchResponse,
    ]
    EmbedStream: grpc.aio.StreamStreamMultiCallable[
        oms.embedding.v1.embedding_service_pb2.EmbedStreamRequest,
        oms.embedding.v1.embedding_service_pb2.EmbedStreamResponse,
    ]
    Similarity: grpc.aio.UnaryUnaryMultiCallable[
        oms.embedding.v1.embedding_service_pb2.SimilarityRequest,
        oms.embedding.v1.embedding_service_pb2.SimilarityResponse,
    ]
    Rerank: grpc.aio.UnaryUnaryMultiCallable[
        oms.embedding.v1.embedding_service_pb2.RerankRequest,
        oms.embedding.v1.embedding_service_pb2.RerankResponse,
    ]
    Tokenize: grpc.aio.UnaryUnaryMultiCallable[
        oms.embedding.v1.embedding_service_pb2.TokenizeRequest,
        oms.embedding.v1.embedding_service_pb2.TokenizeResponse,
    ]
    CreateEmbeddings: grpc.aio.UnaryUnaryMultiCallable[
        oms.embedding.v1.embedding_service_pb2.CreateEmbeddingsRequest,
        oms.embedding.v1.embedding_service_pb2.CreateEmbeddingsResponse,
    ]

class EmbeddingServiceServicer:
    async def Embed(
        self, request: oms.embedding.v1.embedding_service_pb2.EmbedRequest, context: Any, /
    ) -> oms.embedding.v1.embedding_service_pb2.EmbedResponse: ...
    async def EmbedBatch(
        self, request: oms.embedding.v1.embedding_service_pb2.EmbedBatchRequest, context: Any, /
    ) -> oms.embedding.v1.embedding_service_pb2.EmbedBatchResponse: ...
    def EmbedStream(
        self, request: AsyncIterator[oms.embedding.v1.embedding_service_pb2.EmbedStreamRequest], context: Any, /
    ) -> AsyncIterator[oms.embedding.v1.embedding_service_pb2.EmbedStreamResponse]: ...
    async def Similarity(
        self, request: oms.embedding.v1.embedding_service_pb2.SimilarityRequest, context: Any, /
    ) -> oms.embedding.v1.embedding_service_pb2.SimilarityResponse: ...
    async def Rerank(
        self, request: oms.embedding.v1.embedding_service_pb2.RerankRequest, context: Any, /
    ) -> oms.embedding.v1.embedding_service_pb2.RerankResponse: ...
    async def Tokenize(
        self, request: oms.embedding.v1.embedding_service_pb2.TokenizeRequest, context: Any, /
    ) -> oms.embedding.v1.embedding_service_pb2.TokenizeResponse: ...
    async def CreateEmbeddings(
        self, request: oms.embedding.v1.embedding_service_pb2.CreateEmbeddingsRequest, context: Any, /
    ) -> oms.embedding.v1.embedding_service_pb2.CreateEmbeddingsResponse: ...

def add_EmbeddingServiceServicer_to_server(servicer: EmbeddingServiceServicer, server: Any) -> None: ...

