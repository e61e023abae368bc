"""Types of the gRPC stubs and servicers of oms/health/v1/health_service.proto, for grpc.aio. Generated."""

from collections.abc import AsyncIterator
from typing import Any

import grpc.aio
import oms.health.v1.health_service_pb2

class HealthServiceStub:
    def __init__(self, channel: Any) -> None: ...
    GetHealth: grpc.aio.UnaryUnaryMultiCallable[
        oms.health.v1.health_service_pb2.GetHealthRequest,
        oms.health.v1.health_service_pb2.GetHealthResponse,
    ]
    CheckLiveness: grpc.aio.UnaryUnaryMultiCallable[
        oms.health.v1.health_service_pb2.CheckLivenessRequest,
        oms.health.v1.health_service_pb2.CheckLivenessResponse,
    ]
    CheckReadiness: grpc.aio.UnaryUnaryMultiCallable[
        oms.health.v1.health_service_pb2.CheckReadinessRequest,
        oms.health.v1.health_service_pb2.CheckReadinessResponse,
    ]
    GetDetailedHealth: grpc.aio.UnaryUnaryMultiCallable[
        oms.health.v1.health_service_pb2.GetDetailedHealthRequest,
        oms.health.v1.health_service_pb2.GetDetailedHealthResponse,
    ]

class HealthServiceServicer:
    async def GetHealth(
        self, request: oms.health.v1.health_service_pb2.GetHealthRequest, context: Any, /
    ) -> oms.health.v1.health_service_pb2.GetHealthResponse: ...
    async def CheckLiveness(
        self, request: oms.health.v1.health_service_pb2.CheckLivenessRequest, context: Any, /
    ) -> oms.health.v1.health_service_pb2.CheckLivenessResponse: ...
    async def CheckReadiness(
        self, request: oms.health.v1.health_service_pb2.CheckReadinessRequest, context: Any, /
    ) -> oms.health.v1.health_service_pb2.CheckReadinessResponse: ...
    async def GetDetailedHealth(
        self, request: oms.health.v1.health_service_pb2.GetDetailedHealthRequest, context: Any, /
    ) -> oms.health.v1.health_service_pb2.GetDetailedHealthResponse: ...

def add_HealthServiceServicer_to_server(servicer: HealthServiceServicer, server: Any) -> None: ...

