"""Types of the gRPC stubs and servicers of oms/datakernel/v1/query_service.proto, for grpc.aio. Generated."""

from collections.abc import AsyncIterator
from typing import Any

import grpc.aio
import oms.datakernel.v1.query_service_pb2

class QueryServiceStub:
    def __init__(self, channel: Any) -> None: ...
    Query: grpc.aio.UnaryUnaryMultiCallable[
        oms.datakernel.v1.query_service_pb2.QueryRequest,
        oms.datakernel.v1.query_service_pb2.QueryResponse,
    ]
    StreamQuery: grpc.aio.UnaryStreamMultiCallable[
        oms.datakernel.v1.query_service_pb2.StreamQueryRequest,
        oms.datakernel.v1.query_service_pb2.StreamQueryResponse,
    ]
    ExplainQuery: grpc.aio.UnaryUnaryMultiCallable[
        oms.datakernel.v1.query_service_pb2.ExplainQueryRequest,
        oms.datakernel.v1.query_service_pb2.ExplainQueryResponse,
    ]

class QueryServiceServicer:
    async def Query(
        self, request: oms.datakernel.v1.query_service_pb2.QueryRequest, context: Any, /
    ) -> oms.datakernel.v1.query_service_pb2.QueryResponse: ...
    def StreamQuery(
        self, request: oms.datakernel.v1.query_service_pb2.StreamQueryRequest, context: Any, /
    ) -> AsyncIterator[oms.datakernel.v1.query_service_pb2.StreamQueryResponse]: ...
    async def ExplainQuery(
        self, request: oms.datakernel.v1.query_service_pb2.ExplainQueryRequest, context: Any, /
    ) -> oms.datakernel.v1.query_service_pb2.ExplainQueryResponse: ...

def add_QueryServiceServicer_to_server(servicer: QueryServiceServicer, server: Any) -> None: ...

