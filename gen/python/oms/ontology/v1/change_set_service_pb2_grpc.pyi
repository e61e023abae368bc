"""Types of the gRPC stubs and servicers of oms/ontology/v1/change_set_service.proto, for grpc.aio. Generated."""

from collections.abc import AsyncIterator
from typing import Any

import grpc.aio
import oms.ontology.v1.change_set_service_pb2

class ChangeSetServiceStub:
    def __init__(self, channel: Any) -> None: ...
    ApplyChangeSet: grpc.aio.UnaryUnaryMultiCallable[
        oms.ontology.v1.change_set_service_pb2.ApplyChangeSetRequest,
        oms.ontology.v1.change_set_service_pb2.ApplyChangeSetResponse,
    ]

class ChangeSetServiceServicer:
    async def ApplyChangeSet(
        self, request: oms.ontology.v1.change_set_service_pb2.ApplyChangeSetRequest, context: Any, /
    ) -> oms.ontology.v1.change_set_service_pb2.ApplyChangeSetResponse: ...

def add_ChangeSetServiceServicer_to_server(servicer: ChangeSetServiceServicer, server: Any) -> None: ...

