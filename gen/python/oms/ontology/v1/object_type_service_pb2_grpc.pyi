"""Types of the gRPC stubs and servicers of oms/ontology/v1/object_type_service.proto, for grpc.aio. Generated."""

from collections.abc import AsyncIterator
from typing import Any

import grpc.aio
import oms.ontology.v1.object_type_service_pb2

class ObjectTypeServiceStub:
    def __init__(self, channel: Any) -> None: ...
    CreateObjectType: grpc.aio.UnaryUnaryMultiCallable[
        oms.ontology.v1.object_type_service_pb2.CreateObjectTypeRequest,
        oms.ontology.v1.object_type_service_pb2.CreateObjectTypeResponse,
    ]
    GetObjectType: grpc.aio.UnaryUnaryMultiCallable[
        oms.ontology.v1.object_type_service_pb2.GetObjectTypeRequest,
        oms.ontology.v1.object_type_service_pb2.GetObjectTypeResponse,
    ]
    BatchGetObjectTypes: grpc.aio.UnaryUnaryMultiCallable[
        oms.ontology.v1.object_type_service_pb2.BatchGetObjectTypesRequest,
        oms.ontology.v1.object_type_service_pb2.BatchGetObjectTypesResponse,
    ]
    ListObjectTypes: grpc.aio.UnaryUnaryMultiCallable[
        oms.ontology.v1.object_type_service_pb2.ListObjectTypesRequest,
        oms.ontology.v1.object_type_service_pb2.ListObjectTypesResponse,
    ]
    UpdateObjectType: grpc.aio.UnaryUnaryMultiCallable[
        oms.ontology.v1.object_type_service_pb2.UpdateObjectTypeRequest,
        oms.ontology.v1.object_type_service_pb2.UpdateObjectTypeResponse,
    ]
    DeleteObjectType: grpc.aio.UnaryUnaryMultiCallable[
        oms.ontology.v1.object_type_service_pb2.DeleteObjectTypeRequest,
        oms.ontology.v1.object_type_service_pb2.DeleteObjectTypeResponse,
    ]

class ObjectTypeServiceServicer:
    async def CreateObjectType(
        self, request: oms.ontology.v1.object_type_service_pb2.CreateObjectTypeRequest, context: Any, /
    ) -> oms.ontology.v1.object_type_service_pb2.CreateObjectTypeResponse: ...
    async def GetObjectType(
        self, request: oms.ontology.v1.object_type_service_pb2.GetObjectTypeRequest, context: Any, /
    ) -> oms.ontology.v1.object_type_service_pb2.GetObjectTypeResponse: ...
    async def BatchGetObjectTypes(
        self, request: oms.ontology.v1.object_type_service_pb2.BatchGetObjectTypesRequest, context: Any, /
    ) -> oms.ontology.v1.object_type_service_pb2.BatchGetObjectTypesResponse: ...
    async def ListObjectTypes(
        self, request: oms.ontology.v1.object_type_service_pb2.ListObjectTypesRequest, context: Any, /
    ) -> oms.ontology.v1.object_type_service_pb2.ListObjectTypesResponse: ...
    async def UpdateObjectType(
        self, request: oms.ontology.v1.object_type_service_pb2.UpdateObjectTypeRequest, context: Any, /
    ) -> oms.ontology.v1.object_type_service_pb2.UpdateObjectTypeResponse: ...
    async def DeleteObjectType(
        self, request: oms.ontology.v1.object_type_service_pb2.DeleteObjectTypeRequest, context: Any, /
    ) -> oms.ontology.v1.object_type_service_pb2.DeleteObjectTypeResponse: ...

def add_ObjectTypeServiceServicer_to_server(servicer: ObjectTypeServiceServicer, server: Any) -> None: ...

