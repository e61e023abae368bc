"""Types of the gRPC stubs and servicers of oms/ontology/v1/transfer_service.proto, for grpc.aio. Generated."""

from collections.abc import AsyncIterator
from typing import Any

import grpc.aio
import oms.ontology.v1.transfer_service_pb2

class TransferServiceStub:
    def __init__(self, channel: Any) -> None: ...
    ImportOntology: grpc.aio.StreamUnaryMultiCallable[
        oms.ontology.v1.transfer_service_pb2.ImportOntologyRequest,
        oms.ontology.v1.transfer_service_pb2.ImportOntologyResponse,
    ]
    ExportOntology: grpc.aio.UnaryStreamMultiCallable[
        oms.ontology.v1.transfer_service_pb2.ExportOntologyRequest,
        oms.ontology.v1.transfer_service_pb2.ExportOntologyResponse,
    ]

class TransferServiceServicer:
    async def ImportOntology(
        self, request: AsyncIterator[oms.ontology.v1.transfer_service_pb2.ImportOntologyRequest], context: Any, /
    ) -> oms.ontology.v1.transfer_service_pb2.ImportOntologyResponse: ...
    def ExportOntology(
        self, request: oms.ontology.v1.transfer_service_pb2.ExportOntologyRequest, context: Any, /
    ) -> AsyncIterator[oms.ontology.v1.transfer_service_pb2.ExportOntologyResponse]: ...

def add_TransferServiceServicer_to_server(servicer: TransferServiceServicer, server: Any) -> None: ...

