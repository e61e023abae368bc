"""Types of the gRPC stubs and servicers of oms/object/v1/object_service.proto, for grpc.aio. Generated."""

from collections.abc import AsyncIterator
from typing import Any

import grpc.aio
import oms.object.v1.object_service_pb2

class ObjectServiceStub:
    def __init__(self, channel: Any) -> None: ...
    CreateObject: grpc.aio.UnaryUnaryMultiCallable[
        oms.object.v1.object_service_pb2.CreateObjectRequest,
        oms.object.v1.object_service_pb2.CreateObjectResponse,
    ]
    GetObject: grpc.aio.UnaryUnaryMultiCallable[
        oms.object.v1.object_service_pb2.GetObjectRequest,
        oms.object.v1.object_service_pb2.GetObjectResponse,
    ]
    BatchGetObjects: grpc.aio.UnaryUnaryMultiCallable[
        oms.object.v1.object_service_pb2.BatchGetObjectsRequest,
        oms.object.v1.object_service_pb2.BatchGetObjectsResponse,
    ]
    ListObjects: grpc.aio.UnaryUnaryMultiCallable[
        oms.object.v1.object_service_pb2.ListObjectsRequest,
        oms.object.v1.object_service_pb2.ListObjectsResponse,
    ]
    SearchObjects: grpc.aio.UnaryUnaryMultiCallable[
        oms.object.v1.object_service_pb2.SearchObjectsRequest,
        oms.object.v1.object_service_pb2.SearchObjectsResponse,
    ]
    AggregateObjects: grpc.aio.UnaryUnaryMultiCallable[
        oms.object.v1.object_service_pb2.AggregateObjectsRequest,
        oms.object.v1.object_service_pb2.AggregateObjectsResponse,
    ]
    UpdateObject: grpc.aio.UnaryUnaryMultiCallable[
        oms.object.v1.object_service_pb2.UpdateObjectRequest,
        oms.object.v1.object_service_pb2.UpdateObjectResponse,
    ]
    DeleteObject: grpc.aio.UnaryUnaryMultiCallable[
        oms.object.v1.object_service_pb2.DeleteObjectRequest,
        oms.object.v1.object_service_pb2.DeleteObjectResponse,
    ]
    ApplyObjectChanges: grpc.aio.UnaryUnaryMultiCallable[
        oms.object.v1.object_service_pb2.ApplyObjectChangesRequest,
        oms.object.v1.object_service_pb2.ApplyObjectChangesResponse,
    ]

class ObjectServiceServicer:
    async def CreateObject(
        self, request: oms.object.v1.object_service_pb2.CreateObjectRequest, context: Any, /
    ) -> oms.object.v1.object_service_pb2.CreateObjectResponse: ...
    async def GetObject(
        self, request: oms.object.v1.object_service_pb2.GetObjectRequest, context: Any, /
    ) -> oms.object.v1.object_service_pb2.GetObjectResponse: ...
    async def BatchGetObjects(
        self, request: oms.object.v1.object_service_pb2.BatchGetObjectsRequest, context: Any, /
    ) -> oms.object.v1.object_service_pb2.BatchGetObjectsResponse: ...
    async def ListObjects(
        self, request: oms.object.v1.object_service_pb2.ListObjectsRequest, context: Any, /
    ) -> oms.object.v1.object_service_pb2.ListObjectsResponse: ...
    async def SearchObjects(
        self, request: oms.object.v1.object_service_pb2.SearchObjectsRequest, context: Any, /
    ) -> oms.object.v1.object_service_pb2.SearchObjectsResponse: ...
    async def AggregateObjects(
        self, request: oms.object.v1.object_service_pb2.AggregateObjectsRequest, context: Any, /
    ) -> oms.object.v1.object_service_pb2.AggregateObjectsResponse: ...
    async def UpdateObject(
        self, request: oms.object.v1.object_service_pb2.UpdateObjectRequest, context: Any, /
    ) -> oms.object.v1.object_service_pb2.UpdateObjectResponse: ...
    async def DeleteObject(
        self, request: oms.object.v1.object_service_pb2.DeleteObjectRequest, context: Any, /
    ) -> oms.object.v1.object_service_pb2.DeleteObjectResponse: ...
    async def ApplyObjectChanges(
        self, request: oms.object.v1.object_service_pb2.ApplyObjectChangesRequest, context: Any, /
    ) -> oms.object.v1.object_service_pb2.ApplyObjectChangesResponse: ...

def add_ObjectServiceServicer_to_server(servicer: ObjectServiceServicer, server: Any) -> None: ...

