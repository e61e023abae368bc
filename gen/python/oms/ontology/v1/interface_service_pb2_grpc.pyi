"""Types of the gRPC stubs and servicers of oms/ontology/v1/interface_service.proto, for grpc.aio. Generated."""

from collections.abc import AsyncIterator
from typing import Any

import grpc.aio
import oms.ontology.v1.interface_service_pb2

class InterfaceServiceStub:
    def __init__(self, channel: Any) -> None: ...
    CreateInterface: grpc.aio.UnaryUnaryMultiCallable[
        oms.ontology.v1.interface_service_pb2.CreateInterfaceRequest,
        oms.ontology.v1.interface_service_pb2.CreateInterfaceResponse,
    ]
    GetInterface: grpc.aio.UnaryUnaryMultiCallable[
        oms.ontology.v1.interface_service_pb2.GetInterfaceRequest,
        oms.ontology.v1.interface_service_pb2.GetInterfaceResponse,
    ]
    BatchGetInterfaces: grpc.aio.UnaryUnaryMultiCallable[
        oms.ontology.v1.interface_service_pb2.BatchGetInterfacesRequest,
        oms.ontology.v1.interface_service_pb2.BatchGetInterfacesResponse,
    ]
    ListInterfaces: grpc.aio.UnaryUnaryMultiCallable[
        oms.ontology.v1.interface_service_pb2.ListInterfacesRequest,
        oms.ontology.v1.interface_service_pb2.ListInterfacesResponse,
    ]
    UpdateInterface: grpc.aio.UnaryUnaryMultiCallable[
        oms.ontology.v1.interface_service_pb2.UpdateInterfaceRequest,
        oms.ontology.v1.interface_service_pb2.UpdateInterfaceResponse,
    ]
    DeleteInterface: grpc.aio.UnaryUnaryMultiCallable[
        oms.ontology.v1.interface_service_pb2.DeleteInterfaceRequest,
        oms.ontology.v1.interface_service_pb2.DeleteInterfaceResponse,
    ]

class InterfaceServiceServicer:
    async def CreateInterface(
        self, request: oms.ontology.v1.interface_service_pb2.CreateInterfaceRequest, context: Any, /
    ) -> oms.ontology.v1.interface_service_pb2.CreateInterfaceResponse: ...
    async def GetInterface(
        self, request: oms.ontology.v1.interface_service_pb2.GetInterfaceRequest, context: Any, /
    ) -> oms.ontology.v1.interface_service_pb2.GetInterfaceResponse: ...
    async def BatchGetInterfaces(
        self, request: oms.ontology.v1.interface_service_pb2.BatchGetInterfacesRequest, context: Any, /
    ) -> oms.ontology.v1.interface_service_pb2.BatchGetInterfacesResponse: ...
    async def ListInterfaces(
        self, request: oms.ontology.v1.interface_service_pb2.ListInterfacesRequest, context: Any, /
    ) -> oms.ontology.v1.interface_service_pb2.ListInterfacesResponse: ...
    async def UpdateInterface(
        self, request: oms.ontology.v1.interface_service_pb2.UpdateInterfaceRequest, context: Any, /
    ) -> oms.ontology.v1.interface_service_pb2.UpdateInterfaceResponse: ...
    async def DeleteInterface(
        self, request: oms.ontology.v1.interface_service_pb2.DeleteInterfaceRequest, context: Any, /
    ) -> oms.ontology.v1.interface_service_pb2.DeleteInterfaceResponse: ...

def add_InterfaceServiceServicer_to_server(servicer: InterfaceServiceServicer, server: Any) -> None: ...

