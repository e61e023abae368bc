"""Types of the gRPC stubs and servicers of oms/ontology/v1/link_type_service.proto, for grpc.aio. Generated."""

from collections.abc import AsyncIterator
from typing import Any

import grpc.aio
import oms.ontology.v1.link_type_service_pb2

class LinkTypeServiceStub:
    def __init__(self, channel: Any) -> None: ...
    CreateLinkType: grpc.aio.UnaryUnaryMultiCallable[
        oms.ontology.v1.link_type_service_pb2.CreateLinkTypeRequest,
        oms.ontology.v1.link_type_service_pb2.CreateLinkTypeResponse,
    ]
    GetLinkType: grpc.aio.UnaryUnaryMultiCallable[
        oms.ontology.v1.link_type_service_pb2.GetLinkTypeRequest,
        oms.ontology.v1.link_type_service_pb2.GetLinkTypeResponse,
    ]
    BatchGetLinkTypes: grpc.aio.UnaryUnaryMultiCallable[
        oms.ontology.v1.link_type_service_pb2.BatchGetLinkTypesRequest,
        oms.ontology.v1.link_type_service_pb2.BatchGetLinkTypesResponse,
    ]
    ListLinkTypes: grpc.aio.UnaryUnaryMultiCallable[
        oms.ontology.v1.link_type_service_pb2.ListLinkTypesRequest,
        oms.ontology.v1.link_type_service_pb2.ListLinkTypesResponse,
    ]
    UpdateLinkType: grpc.aio.UnaryUnaryMultiCallable[
        oms.ontology.v1.link_type_service_pb2.UpdateLinkTypeRequest,
        oms.ontology.v1.link_type_service_pb2.UpdateLinkTypeResponse,
    ]
    DeleteLinkType: grpc.aio.UnaryUnaryMultiCallable[
        oms.ontology.v1.link_type_service_pb2.DeleteLinkTypeRequest,
        oms.ontology.v1.link_type_service_pb2.DeleteLinkTypeResponse,
    ]

class LinkTypeServiceServicer:
    async def CreateLinkType(
        self, request: oms.ontology.v1.link_type_service_pb2.CreateLinkTypeRequest, context: Any, /
    ) -> oms.ontology.v1.link_type_service_pb2.CreateLinkTypeResponse: ...
    async def GetLinkType(
        self, request: oms.ontology.v1.link_type_service_pb2.GetLinkTypeRequest, context: Any, /
    ) -> oms.ontology.v1.link_type_service_pb2.GetLinkTypeResponse: ...
    async def BatchGetLinkTypes(
        self, request: oms.ontology.v1.link_type_service_pb2.BatchGetLinkTypesRequest, context: Any, /
    ) -> oms.ontology.v1.link_type_service_pb2.BatchGetLinkTypesResponse: ...
    async def ListLinkTypes(
        self, request: oms.ontology.v1.link_type_service_pb2.ListLinkTypesRequest, context: Any, /
    ) -> oms.ontology.v1.link_type_service_pb2.ListLinkTypesResponse: ...
    async def UpdateLinkType(
        self, request: oms.ontology.v1.link_type_service_pb2.UpdateLinkTypeRequest, context: Any, /
    ) -> oms.ontology.v1.link_type_service_pb2.UpdateLinkTypeResponse: ...
    async def DeleteLinkType(
        self, request: oms.ontology.v1.link_type_service_pb2.DeleteLinkTypeRequest, context: Any, /
    ) -> oms.ontology.v1.link_type_service_pb2.DeleteLinkTypeResponse: ...

def add_LinkTypeServiceServicer_to_server(servicer: LinkTypeServiceServicer, server: Any) -> None: ...

