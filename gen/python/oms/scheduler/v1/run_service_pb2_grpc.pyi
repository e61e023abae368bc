"""Types of the gRPC stubs and servicers of oms/scheduler/v1/run_service.proto, for grpc.aio. Generated."""

from collections.abc import AsyncIterator
from typing import Any

import grpc.aio
import oms.scheduler.v1.run_service_pb2

class RunServiceStub:
    def __init__(self, channel: Any) -> None: ...
    GetRun: grpc.aio.UnaryUnaryMultiCallable[
        oms.scheduler.v1.run_service_pb2.GetRunRequest,
        oms.scheduler.v1.run_service_pb2.GetRunResponse,
    ]
    ListRuns: grpc.aio.UnaryUnaryMultiCallable[
        oms.scheduler.v1.run_service_pb2.ListRunsRequest,
        oms.scheduler.v1.run_service_pb2.ListRunsResponse,
    ]
    WatchRuns: grpc.aio.UnaryStreamMultiCallable[
        oms.scheduler.v1.run_service_pb2.WatchRunsRequest,
        oms.scheduler.v1.run_service_pb2.WatchRunsResponse,
    ]
    CancelRun: grpc.aio.UnaryUnaryMultiCallable[
        oms.scheduler.v1.run_service_pb2.CancelRunRequest,
        oms.scheduler.v1.run_service_pb2.CancelRunResponse,
    ]

class RunServiceServicer:
    async def GetRun(
        self, request: oms.scheduler.v1.run_service_pb2.GetRunRequest, context: Any, /
    ) -> oms.scheduler.v1.run_service_pb2.GetRunResponse: ...
    async def ListRuns(
        self, request: oms.scheduler.v1.run_service_pb2.ListRunsRequest, context: Any, /
    ) -> oms.scheduler.v1.run_service_pb2.ListRunsResponse: ...
    def WatchRuns(
        self, request: oms.scheduler.v1.run_service_pb2.WatchRunsRequest, context: Any, /
    ) -> AsyncIterator[oms.scheduler.v1.run_service_pb2.WatchRunsResponse]: ...
    async def CancelRun(
        self, request: oms.scheduler.v1.run_service_pb2.CancelRunRequest, context: Any, /
    ) -> oms.scheduler.v1.run_service_pb2.CancelRunResponse: ...

def add_RunServiceServicer_to_server(servicer: RunServiceServicer, server: Any) -> None: ...

