"""Types of the gRPC stubs and servicers of oms/datakernel/v1/diff_service.proto, for grpc.aio. Generated."""

from collections.abc import AsyncIterator
from typing import Any

import grpc.aio
import oms.datakernel.v1.diff_service_pb2

class DiffServiceStub:
    def __init__(self, channel: Any) -> None: ...
    CompareJson: grpc.aio.UnaryUnaryMultiCallable[
        oms.datakernel.v1.diff_service_pb2.CompareJsonRequest,
        oms.datakernel.v1.diff_service_pb2.CompareJsonResponse,
    ]
    PatchJson: grpc.aio.UnaryUnaryMultiCallable[
        oms.datakernel.v1.diff_service_pb2.PatchJsonRequest,
        oms.datakernel.v1.diff_service_pb2.PatchJsonResponse,
    ]
    MergeJson: grpc.aio.UnaryUnaryMultiCallable[
        oms.datakernel.v1.diff_service_pb2.MergeJsonRequest,
        oms.datakernel.v1.diff_service_pb2.MergeJsonResponse,
    ]
    ApplyDifference: grpc.aio.UnaryUnaryMultiCallable[
        oms.datakernel.v1.diff_service_pb2.ApplyDifferenceRequest,
        oms.datakernel.v1.diff_service_pb2.ApplyDifferenceResponse,
    ]

class DiffServiceServicer:
    async def CompareJson(
        self, request: oms.datakernel.v1.diff_service_pb2.CompareJsonRequest, context: Any, /
    ) -> oms.datakernel.v1.diff_service_pb2.CompareJsonResponse: ...
    async def PatchJson(
        self, request: oms.datakernel.v1.diff_service_pb2.PatchJsonRequest, context: Any, /
    ) -> oms.datakernel.v1.diff_service_pb2.PatchJsonResponse: ...
    async def MergeJson(
        self, request: oms.datakernel.v1.diff_service_pb2.MergeJsonRequest, context: Any, /
    ) -> oms.datakernel.v1.diff_service_pb2.MergeJsonResponse: ...
    async def ApplyDifference(
        self, request: oms.datakernel.v1.diff_service_pb2.ApplyDifferenceRequest, context: Any, /
    ) -> oms.datakernel.v1.diff_service_pb2.ApplyDifferenceResponse: ...

def add_DiffServiceServicer_to_server(servicer: DiffServiceServicer, server: Any) -> None: ...

