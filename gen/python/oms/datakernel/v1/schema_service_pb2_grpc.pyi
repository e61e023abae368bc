"""Types of the gRPC stubs and servicers of oms/datakernel/v1/schema_service.proto, for grpc.aio. Generated."""

from collections.abc import AsyncIterator
from typing import Any

import grpc.aio
import oms.datakernel.v1.schema_service_pb2

class SchemaServiceStub:
    def __init__(self, channel: Any) -> None: ...
    GetClassFrames: grpc.aio.UnaryUnaryMultiCallable[
        oms.datakernel.v1.schema_service_pb2.GetClassFramesRequest,
        oms.datakernel.v1.schema_service_pb2.GetClassFramesResponse,
    ]
    GetPrefixes: grpc.aio.UnaryUnaryMultiCallable[
        oms.datakernel.v1.schema_service_pb2.GetPrefixesRequest,
        oms.datakernel.v1.schema_service_pb2.GetPrefixesResponse,
    ]
    SetPrefix: grpc.aio.UnaryUnaryMultiCallable[
        oms.datakernel.v1.schema_service_pb2.SetPrefixRequest,
        oms.datakernel.v1.schema_service_pb2.SetPrefixResponse,
    ]
    MigrateSchema: grpc.aio.UnaryUnaryMultiCallable[
        oms.datakernel.v1.schema_service_pb2.MigrateSchemaRequest,
        oms.datakernel.v1.schema_service_pb2.MigrateSchemaResponse,
    ]
    CompareSchemas: grpc.aio.UnaryUnaryMultiCallable[
        oms.datakernel.v1.schema_service_pb2.CompareSchemasRequest,
        oms.datakernel.v1.schema_service_pb2.CompareSchemasResponse,
    ]

class SchemaServiceServicer:
    async def GetClassFrames(
        self, request: oms.datakernel.v1.schema_service_pb2.GetClassFramesRequest, context: Any, /
    ) -> oms.datakernel.v1.schema_service_pb2.GetClassFramesResponse: ...
    async def GetPrefixes(
        self, request: oms.datakernel.v1.schema_service_pb2.GetPrefixesRequest, context: Any, /
    ) -> oms.datakernel.v1.schema_service_pb2.GetPrefixesResponse: ...
    async def SetPrefix(
        self, request: oms.datakernel.v1.schema_service_pb2.SetPrefixRequest, context: Any, /
    ) -> oms.datakernel.v1.schema_service_pb2.SetPrefixResponse: ...
    async def MigrateSchema(
        self, request: oms.datakernel.v1.schema_service_pb2.MigrateSchemaRequest, context: Any, /
    ) -> oms.datakernel.v1.schema_service_pb2.MigrateSchemaResponse: ...
    async def CompareSchemas(
        self, request: oms.datakernel.v1.schema_service_pb2.CompareSchemasRequest, context: Any, /
    ) -> oms.datakernel.v1.schema_service_pb2.CompareSchemasResponse: ...

def add_SchemaServiceServicer_to_server(servicer: SchemaServiceServicer, server: Any) -> None: ...

