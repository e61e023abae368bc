"""`oms.scheduler.v1.JobService`."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, Final

from google.protobuf import json_format
from oms.scheduler.v1 import job_pb2
from oms.scheduler.v1 import job_service_pb2 as pb
from oms.scheduler.v1 import job_service_pb2_grpc as pb_grpc
from oms_core.call import current_identity
from oms_core.errors import InvalidField, LimitExceeded
from oms_core.ids import new_request_id
from oms_core.paging import decode_page_token, encode_page_token, page_size

from svc_scheduler.adapters.jobs.administration import JobAdministration, checked_settings
from svc_scheduler.adapters.jobs.definitions import JobRecord
from svc_scheduler.adapters.jobs.store import JobQuery
from svc_scheduler.adapters.runs.rows import run_to_pb, timestamp
from svc_scheduler.adapters.runs.store import RunStore
from svc_scheduler.adapters.targets.tasks import TaskRegistry
from svc_scheduler.domain.jobs.model import JobSettings, Overlap
from svc_scheduler.domain.runs.arranging import Planned
from svc_scheduler.domain.runs.model import Cause, State, scheduled_id
from svc_scheduler.schedule_convert import instant_of

MAX_BACKFILL: Final = 1_000


class JobServicer(pb_grpc.JobServiceServicer):
    """Jobs, which lie in PostgreSQL."""

    def __init__(self, jobs: JobAdministration, runs: RunStore, tasks: TaskRegistry) -> None:
        self._jobs = jobs
        self._runs = runs
        self._tasks = tasks

    async def CreateJob(self, request: pb.CreateJobRequest, context: Any) -> pb.CreateJobResponse:
        record = await self._jobs.create(
            request.job_id, request.job, current_identity(), is_paused=request.paused
        )
        return pb.CreateJobResponse(job=job_to_pb(record))

    async def GetJob(self, request: pb.GetJobRequest, context: Any) -> pb.GetJobResponse:
        return pb.GetJobResponse(job=job_to_pb(await self._jobs.store.get(id_of(request.name))))

    async def ListJobs(self, request: pb.ListJobsRequest, context: Any) -> pb.ListJobsResponse:
        labels = [f"{name}={value}" for name, value in sorted(request.labels.items())]
        query = ["jobs", str(request.state), request.id_prefix, *labels]
        cursor = decode_page_token(query, request.page_token, length=1)
        size = page_size(request.page_size)
        found = await self._jobs.store.list(
            JobQuery(
                cursor[0] if cursor else "",
                size + 1,
                request.state or None,
                request.id_prefix,
                dict(request.labels),
            )
        )
        page, has_more = found[:size], len(found) > size
        return pb.ListJobsResponse(
            jobs=[job_to_pb(record) for record in page],
            next_page_token=encode_page_token(query, [page[-1].id]) if has_more else "",
        )

    async def UpdateJob(self, request: pb.UpdateJobRequest, context: Any) -> pb.UpdateJobResponse:
        job_id = id_of(request.job.name, field="job.name")
        record = await self._jobs.update(
            job_id, request.job, request.update_mask, current_identity()
        )
        return pb.UpdateJobResponse(job=job_to_pb(record))

    async def DeleteJob(self, request: pb.DeleteJobRequest, context: Any) -> pb.DeleteJobResponse:
        await self._jobs.store.delete(id_of(request.name), request.etag)
        return pb.DeleteJobResponse()

    async def PauseJob(self, request: pb.PauseJobRequest, context: Any) -> pb.PauseJobResponse:
        reason = request.reason or f"paused by {current_identity().subject}"
        record = await self._jobs.pause(id_of(request.name), reason)
        return pb.PauseJobResponse(job=job_to_pb(record))

    async def ResumeJob(self, request: pb.ResumeJobRequest, context: Any) -> pb.ResumeJobResponse:
        return pb.ResumeJobResponse(job=job_to_pb(await self._jobs.resume(id_of(request.name))))

    async def RunJob(self, request: pb.RunJobRequest, context: Any) -> pb.RunJobResponse:
        parameters: dict[str, Any] | None = None
        if request.HasField("parameters"):
            parameters = json_format.MessageToDict(request.parameters)
        run_id = f"manual-{_unique(request.request_id)}"
        now = await self._runs.now()
        row = await self._runs.add(
            id_of(request.name),
            [Planned(run_id, None, now, State.PENDING)],
            Cause.MANUAL,
            parameters=parameters,
        )
        return pb.RunJobResponse(run=run_to_pb(row))

    async def BackfillJob(
        self, request: pb.BackfillJobRequest, context: Any
    ) -> pb.BackfillJobResponse:
        job_id, now = id_of(request.name), await self._runs.now()
        start = instant_of(request, "start_time", "request")
        end = instant_of(request, "end_time", "request")
        assert start is not None
        assert end is not None
        if not start <= end <= now:
            raise InvalidField.of(
                "end_time", f"{end.isoformat()} is before start_time, or later than now"
            )
        settings = checked_settings(await self._jobs.store.get(job_id), self._jobs.headers)
        times = await asyncio.to_thread(_times_between, settings, start, end)
        batch = _unique(request.request_id)[:12]
        runs = [
            Planned(f"backfill-{batch}-{scheduled_id(each)}", each, now, State.PENDING)
            for each in times
        ]
        if runs:
            policy = settings.with_overlap(Overlap(request.overlap)) if request.overlap else None
            await self._runs.add(job_id, runs, Cause.BACKFILL, settings=policy)
        return pb.BackfillJobResponse(run_count=len(runs))

    async def ListTasks(self, request: pb.ListTasksRequest, context: Any) -> pb.ListTasksResponse:
        return pb.ListTasksResponse(
            tasks=[
                pb.Task(
                    id=task.id,
                    description=task.description,
                    parameters=[
                        pb.Task.Parameter(
                            name=each.name,
                            description=each.description,
                            required=each.is_required,
                        )
                        for each in task.parameters
                    ],
                    permissions=sorted(task.permissions),
                )
                for task in sorted(self._tasks, key=lambda task: task.id)
            ]
        )


def id_of(name: str, *, field: str = "name") -> str:
    """The id in `jobs/{job}`.

    Raises:
        InvalidField: it is no name of a job.
    """
    collection, _, job_id = name.partition("/")
    if collection != "jobs" or not job_id or "/" in job_id:
        raise InvalidField.of(field, f"{name!r} is not jobs/{{job}}")
    return job_id


def job_to_pb(record: JobRecord) -> job_pb2.Job:
    """A job as it is sent."""
    job = job_pb2.Job()
    job.CopyFrom(record.definition)
    job.name, job.etag = record.name, record.etag
    job.state, job.state_reason = _state(record), record.state_reason
    job.failures_in_a_row = record.failures_in_a_row
    job.author, job.created_by = record.author, record.created_by
    if record.next_fire_time is not None and record.next_begin_time is not None:
        job.next_fire_time.CopyFrom(timestamp(record.next_fire_time))
        job.next_begin_time.CopyFrom(timestamp(record.next_begin_time))
    job.create_time.CopyFrom(timestamp(record.create_time))
    job.update_time.CopyFrom(timestamp(record.update_time))
    return job


def _state(record: JobRecord) -> job_pb2.JobState:
    if record.is_paused:
        return job_pb2.JOB_STATE_PAUSED
    return job_pb2.JOB_STATE_ACTIVE if record.next_fire_time else job_pb2.JOB_STATE_ENDED


def _unique(request_id: str) -> str:
    """Part of a run's id: the same for the same request, another one without an id."""
    text = request_id or new_request_id()
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _times_between(settings: JobSettings, start: datetime, end: datetime) -> list[datetime]:
    """The times of a schedule in a span, both ends included."""
    if settings.schedule is None:
        return []
    found: list[datetime] = []
    for each in _after(settings, start):
        if each > end:
            break
        found.append(each)
        if len(found) > MAX_BACKFILL:
            raise LimitExceeded(
                f"the schedule has more than {MAX_BACKFILL} times in that span; take a shorter one",
                metadata={"limit": "backfill_runs"},
            )
    return found


def _after(settings: JobSettings, start: datetime) -> Iterable[datetime]:

    assert settings.schedule is not None
    return settings.schedule.after(start - timedelta(microseconds=1))
