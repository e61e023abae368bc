"""Types of the gRPC stubs and servicers of oms/embedding/v1/model_service.proto, for grpc.aio. Generated."""

from collections.abc import AsyncIterator
from typing import Any

import grpc.aio
import oms.embedding.v1.model_service_pb2

class ModelServiceStub:
    def __init__(self, channel: Any) -> None: ...
    GetModel: grpc.aio.UnaryUnaryMultiCallable[
        oms.embedding.v1.model_service_pb2.GetModelRequest,
        oms.embedding.v1.model_service_pb2.GetModelResponse,
    ]
    ListModels: grpc.aio.UnaryUnaryMultiCallable[
        oms.embedding.v1.model_service_pb2.ListModelsRequest,
        oms.embedding.v1.model_service_pb2.ListModelsResponse,
    ]
    LoadModel: grpc.aio.UnaryUnaryMultiCallable[
        oms.embedding.v1.model_service_pb2.LoadModelRequest,
        oms.embedding.v1.model_service_pb2.LoadModelResponse,
    ]
    UnloadModel: grpc.aio.UnaryUnaryMultiCallable[
        oms.embedding.v1.model_service_pb2.UnloadModelRequest,
        oms.embedding.v1.model_service_pb2.UnloadModelResponse,
    ]

class ModelServiceServicer:
    async def GetModel(
        self, request: oms.embedding.v1.model_service_pb2.GetModelRequest, context: Any, /
    ) -> oms.embedding.v1.model_service_pb2.GetModelResponse: ...
    async def ListModels(
        self, request: oms.embedding.v1.model_service_pb2.ListModelsRequest, context: Any, /
    ) -> oms.embedding.v1.model_service_pb2.ListModelsResponse: ...
    async def LoadModel(
        self, request: oms.embedding.v1.model_service_pb2.LoadModelRequest, context: Any, /
    ) -> oms.embedding.v1.model_service_pb2.LoadModelResponse: ...
    async def UnloadModel(
        self, request: oms.embedding.v1.model_service_pb2.UnloadModelRequest, context: Any, /
    ) -> oms.embedding.v1.model_service_pb2.UnloadModelResponse: ...

def add_ModelServiceServicer_to_server(servicer: ModelServiceServicer, server: Any) -> None: ...

