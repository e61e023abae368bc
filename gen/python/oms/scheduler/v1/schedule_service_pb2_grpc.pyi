"""Types of the gRPC stubs and servicers of oms/scheduler/v1/schedule_service.proto, for grpc.aio. Generated."""

from collections.abc import AsyncIterator
from typing import Any

import grpc.aio
import oms.scheduler.v1.schedule_service_pb2

class ScheduleServiceStub:
    def __init__(self, channel: Any) -> None: ...
    PreviewSchedule: grpc.aio.UnaryUnaryMultiCallable[
        oms.scheduler.v1.schedule_service_pb2.PreviewScheduleRequest,
        oms.scheduler.v1.schedule_service_pb2.PreviewScheduleResponse,
    ]

class ScheduleServiceServicer:
    async def PreviewSchedule(
        self, request: oms.scheduler.v1.schedule_service_pb2.PreviewScheduleRequest, context: Any, /
    ) -> oms.scheduler.v1.schedule_service_pb2.PreviewScheduleResponse: ...

def add_ScheduleServiceServicer_to_server(servicer: ScheduleServiceServicer, server: Any) -> None: ...

