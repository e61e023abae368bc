"""Types of the gRPC stubs and servicers of oms/datakernel/v1/triple_service.proto, for grpc.aio. Generated."""

from collections.abc import AsyncIterator
from typing import Any

import grpc.aio
import oms.datakernel.v1.triple_service_pb2

class TripleServiceStub:
    def __init__(self, channel: Any) -> None: ...
    ExportTriples: grpc.aio.UnaryStreamMultiCallable[
        oms.datakernel.v1.triple_service_pb2.ExportTriplesRequest,
        oms.datakernel.v1.triple_service_pb2.ExportTriplesResponse,
    ]
    ReplaceTriples: grpc.aio.UnaryUnaryMultiCallable[
        oms.datakernel.v1.triple_service_pb2.ReplaceTriplesRequest,
        oms.datakernel.v1.triple_service_pb2.ReplaceTriplesResponse,
    ]
    InsertTriples: grpc.aio.UnaryUnaryMultiCallable[
        oms.datakernel.v1.triple_service_pb2.InsertTriplesRequest,
        oms.datakernel.v1.triple_service_pb2.InsertTriplesResponse,
    ]

class TripleServiceServicer:
    def ExportTriples(
        self, request: oms.datakernel.v1.triple_service_pb2.ExportTriplesRequest, context: Any, /
    ) -> AsyncIterator[oms.datakernel.v1.triple_service_pb2.ExportTriplesResponse]: ...
    async def ReplaceTriples(
        self, request: oms.datakernel.v1.triple_service_pb2.ReplaceTriplesRequest, context: Any, /
    ) -> oms.datakernel.v1.triple_service_pb2.ReplaceTriplesResponse: ...
    async def InsertTriples(
        self, request: oms.datakernel.v1.triple_service_pb2.InsertTriplesRequest, context: Any, /
    ) -> oms.datakernel.v1.triple_service_pb2.InsertTriplesResponse: ...

def add_TripleServiceServicer_to_server(servicer: TripleServiceServicer, server: Any) -> None: ...

