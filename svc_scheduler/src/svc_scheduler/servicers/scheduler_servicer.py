"""`oms.scheduler.v1.SchedulerService`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from google.protobuf.duration_pb2 import Duration
from oms.scheduler.v1 import scheduler_service_pb2 as pb
from oms.scheduler.v1 import scheduler_service_pb2_grpc as pb_grpc

from svc_scheduler.adapters.runs.rows import timestamp
from svc_scheduler.adapters.status import SchedulerStatus


class SchedulerServicer(pb_grpc.SchedulerServiceServicer):
    """The scheduler itself.

    Args:
        find_leader: Answers the id of the replica that holds the lease; empty: nobody does.
    """

    def __init__(self, status: SchedulerStatus, find_leader: Callable[[], Awaitable[str]]) -> None:
        self._status = status
        self._find_leader = find_leader

    async def GetSchedulerStatus(
        self, request: pb.GetSchedulerStatusRequest, context: Any
    ) -> pb.GetSchedulerStatusResponse:
        leader, counts, workers = await self._status.read()
        lag = Duration()
        lag.FromNanoseconds(int((counts["lag_s"] or 0) * 1e9))
        response = pb.GetSchedulerStatusResponse(
            workers=[_worker(row) for row in workers],
            lag=lag,
            active_job_count=counts["active_jobs"],
            paused_job_count=counts["paused_jobs"],
            pending_run_count=counts["pending"],
            waiting_run_count=counts["waiting"],
            queued_run_count=counts["queued"],
            running_run_count=counts["running"],
        )
        if await self._find_leader() == leader["leader"] != "":
            response.leader.CopyFrom(
                pb.Leader(
                    id=leader["leader"],
                    fencing_token=leader["token"],
                    lead_time=timestamp(leader["lead_time"]),
                )
            )
        return response

    async def DrainWorker(
        self, request: pb.DrainWorkerRequest, context: Any
    ) -> pb.DrainWorkerResponse:
        worker = request.name.removeprefix("workers/")
        row = await self._status.drain(worker, is_draining=not request.resume)
        return pb.DrainWorkerResponse(worker=_worker(row))


def _worker(row: Mapping[str, Any]) -> pb.Worker:
    return pb.Worker(
        name=f"workers/{row['id']}",
        host=row["host"],
        start_time=timestamp(row["start_time"]),
        heartbeat_time=timestamp(row["heartbeat_time"]),
        run_count=row["run_count"],
        capacity=row["capacity"],
        draining=row["is_draining"],
    )
