"""Types of the gRPC stubs and servicers of oms/ontology/v1/ontology_service.proto, for grpc.aio. Generated."""

from collections.abc import AsyncIterator
from typing import Any

import grpc.aio
import oms.ontology.v1.ontology_service_pb2

class OntologyServiceStub:
    def __init__(self, channel: Any) -> None: ...
    CreateOntology: grpc.aio.UnaryUnaryMultiCallable[
        oms.ontology.v1.ontology_service_pb2.CreateOntologyRequest,
        oms.ontology.v1.ontology_service_pb2.CreateOntologyResponse,
    ]
    GetOntology: grpc.aio.UnaryUnaryMultiCallable[
        oms.ontology.v1.ontology_service_pb2.GetOntologyRequest,
        oms.ontology.v1.ontology_service_pb2.GetOntologyResponse,
    ]
    ListOntologies: grpc.aio.UnaryUnaryMultiCallable[
        oms.ontology.v1.ontology_service_pb2.ListOntologiesRequest,
        oms.ontology.v1.ontology_service_pb2.ListOntologiesResponse,
    ]
    UpdateOntology: grpc.aio.UnaryUnaryMultiCallable[
        oms.ontology.v1.ontology_service_pb2.UpdateOntologyRequest,
        oms.ontology.v1.ontology_service_pb2.UpdateOntologyResponse,
    ]
    DeleteOntology: grpc.aio.UnaryUnaryMultiCallable[
        oms.ontology.v1.ontology_service_pb2.DeleteOntologyRequest,
        oms.ontology.v1.ontology_service_pb2.DeleteOntologyResponse,
    ]

class OntologyServiceServicer:
    async def CreateOntology(
        self, request: oms.ontology.v1.ontology_service_pb2.CreateOntologyRequest, context: Any, /
    ) -> oms.ontology.v1.ontology_service_pb2.CreateOntologyResponse: ...
    async def GetOntology(
        self, request: oms.ontology.v1.ontology_service_pb2.GetOntologyRequest, context: Any, /
    ) -> oms.ontology.v1.ontology_service_pb2.GetOntologyResponse: ...
    async def ListOntologies(
        self, request: oms.ontology.v1.ontology_service_pb2.ListOntologiesRequest, context: Any, /
    ) -> oms.ontology.v1.ontology_service_pb2.ListOntologiesResponse: ...
    async def UpdateOntology(
        self, request: oms.ontology.v1.ontology_service_pb2.UpdateOntologyRequest, context: Any, /
    ) -> oms.ontology.v1.ontology_service_pb2.UpdateOntologyResponse: ...
    async def DeleteOntology(
        self, request: oms.ontology.v1.ontology_service_pb2.DeleteOntologyRequest, context: Any, /
    ) -> oms.ontology.v1.ontology_service_pb2.DeleteOntologyResponse: ...

def add_OntologyServiceServicer_to_server(servicer: OntologyServiceServicer, server: Any) -> None: ...

