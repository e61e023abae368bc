"""Types of the gRPC stubs and servicers of oms/scheduler/v1/scheduler_service.proto, for grpc.aio. Generated."""

from collections.abc import AsyncIterator
from typing import Any

import grpc.aio
import oms.scheduler.v1.scheduler_service_pb2

class SchedulerServiceStub:
    def __init__(self, channel: Any) -> None: ...
    GetSchedulerStatus: grpc.aio.UnaryUnaryMultiCallable[
        oms.scheduler.v1.scheduler_service_pb2.GetSchedulerStatusRequest,
        oms.scheduler.v1.scheduler_service_pb2.GetSchedulerStatusResponse,
    ]
    DrainWorker: grpc.aio.UnaryUnaryMultiCallable[
        oms.scheduler.v1.scheduler_service_pb2.DrainWorkerRequest,
        oms.scheduler.v1.scheduler_service_pb2.DrainWorkerResponse,
    ]

class SchedulerServiceServicer:
    async def GetSchedulerStatus(
        self, request: oms.scheduler.v1.scheduler_service_pb2.GetSchedulerStatusRequest, context: Any, /
    ) -> oms.scheduler.v1.scheduler_service_pb2.GetSchedulerStatusResponse: ...
    async def DrainWorker(
        self, request: oms.scheduler.v1.scheduler_service_pb2.DrainWorkerRequest, context: Any, /
    ) -> oms.scheduler.v1.scheduler_service_pb2.DrainWorkerResponse: ...

def add_SchedulerServiceServicer_to_server(servicer: SchedulerServiceServicer, server: Any) -> None: ...

