"""Types of the gRPC stubs and servicers of oms/scheduler/v1/job_service.proto, for grpc.aio. Generated."""

from collections.abc import AsyncIterator
from typing import Any

import grpc.aio
import oms.scheduler.v1.job_service_pb2

class JobServiceStub:
    def __init__(self, channel: Any) -> None: ...
    CreateJob: grpc.aio.UnaryUnaryMultiCallable[
        oms.scheduler.v1.job_service_pb2.CreateJobRequest,
        oms.scheduler.v1.job_service_pb2.CreateJobResponse,
    ]
    GetJob: grpc.aio.UnaryUnaryMultiCallable[
        oms.scheduler.v1.job_service_pb2.GetJobRequest,
        oms.scheduler.v1.job_service_pb2.GetJobResponse,
    ]
    ListJobs: grpc.aio.UnaryUnaryMultiCallable[
        oms.scheduler.v1.job_service_pb2.ListJobsRequest,
        oms.scheduler.v1.job_service_pb2.ListJobsResponse,
    ]
    UpdateJob: grpc.aio.UnaryUnaryMultiCallable[
        oms.scheduler.v1.job_service_pb2.UpdateJobRequest,
        oms.scheduler.v1.job_service_pb2.UpdateJobResponse,
    ]
    DeleteJob: grpc.aio.UnaryUnaryMultiCallable[
        oms.scheduler.v1.job_service_pb2.DeleteJobRequest,
        oms.scheduler.v1.job_service_pb2.DeleteJobResponse,
    ]
    PauseJob: grpc.aio.UnaryUnaryMultiCallable[
        oms.scheduler.v1.job_service_pb2.PauseJobRequest,
        oms.scheduler.v1.job_service_pb2.PauseJobResponse,
    ]
    ResumeJob: grpc.aio.UnaryUnaryMultiCallable[
        oms.scheduler.v1.job_service_pb2.ResumeJobRequest,
        oms.scheduler.v1.job_service_pb2.ResumeJobResponse,
    ]
    RunJob: grpc.aio.UnaryUnaryMultiCallable[
        oms.scheduler.v1.job_service_pb2.RunJobRequest,
        oms.scheduler.v1.job_service_pb2.RunJobResponse,
    ]
    BackfillJob: grpc.aio.UnaryUnaryMultiCallable[
        oms.scheduler.v1.job_service_pb2.BackfillJobRequest,
        oms.scheduler.v1.job_service_pb2.BackfillJobResponse,
    ]
    ListTasks: grpc.aio.UnaryUnaryMultiCallable[
        oms.scheduler.v1.job_service_pb2.ListTasksRequest,
        oms.scheduler.v1.job_service_pb2.ListTasksResponse,
    ]

class JobServiceServicer:
    async def CreateJob(
        self, request: oms.scheduler.v1.job_service_pb2.CreateJobRequest, context: Any, /
    ) -> oms.scheduler.v1.job_service_pb2.CreateJobResponse: ...
    async def GetJob(
        self, request: oms.scheduler.v1.job_service_pb2.GetJobRequest, context: Any, /
    ) -> oms.scheduler.v1.job_service_pb2.GetJobResponse: ...
    async def ListJobs(
        self, request: oms.scheduler.v1.job_service_pb2.ListJobsRequest, context: Any, /
    ) -> oms.scheduler.v1.job_service_pb2.ListJobsResponse: ...
    async def UpdateJob(
        self, request: oms.scheduler.v1.job_service_pb2.UpdateJobRequest, context: Any, /
    ) -> oms.scheduler.v1.job_service_pb2.UpdateJobResponse: ...
    async def DeleteJob(
        self, request: oms.scheduler.v1.job_service_pb2.DeleteJobRequest, context: Any, /
    ) -> oms.scheduler.v1.job_service_pb2.DeleteJobResponse: ...
    async def PauseJob(
        self, request: oms.scheduler.v1.job_service_pb2.PauseJobRequest, context: Any, /
    ) -> oms.scheduler.v1.job_service_pb2.PauseJobResponse: ...
    async def ResumeJob(
        self, request: oms.scheduler.v1.job_service_pb2.ResumeJobRequest, context: Any, /
    ) -> oms.scheduler.v1.job_service_pb2.ResumeJobResponse: ...
    async def RunJob(
        self, request: oms.scheduler.v1.job_service_pb2.RunJobRequest, context: Any, /
    ) -> oms.scheduler.v1.job_service_pb2.RunJobResponse: ...
    async def BackfillJob(
        self, request: oms.scheduler.v1.job_service_pb2.BackfillJobRequest, context: Any, /
    ) -> oms.scheduler.v1.job_service_pb2.BackfillJobResponse: ...
    async def ListTasks(
        self, request: oms.scheduler.v1.job_service_pb2.ListTasksRequest, context: Any, /
    ) -> oms.scheduler.v1.job_service_pb2.ListTasksResponse: ...

def add_JobServiceServicer_to_server(servicer: JobServiceServicer, server: Any) -> None: ...

