"""Calls of `oms.scheduler.v1.JobService`. Generated from its proto."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from google.protobuf import field_mask_pb2
from google.protobuf import struct_pb2
from google.protobuf import timestamp_pb2
from oms.scheduler.v1 import job_pb2 as scheduler_job_pb2
from oms.scheduler.v1 import job_service_pb2 as scheduler_job_service_pb2
import datetime
from oms_client.aio_calls import AsyncCalls
from oms_client.calls import Calls
from oms_client.methods import Method
from oms_client.paging import AsyncPaged, Paged

__all__ = ["AsyncJobs", "Jobs"]

_CREATE: Final = Method(
    "/oms.scheduler.v1.JobService/CreateJob",
    scheduler_job_service_pb2.CreateJobRequest,
    scheduler_job_service_pb2.CreateJobResponse,
)
_GET: Final = Method(
    "/oms.scheduler.v1.JobService/GetJob",
    scheduler_job_service_pb2.GetJobRequest,
    scheduler_job_service_pb2.GetJobResponse,
    is_read_only=True,
)
_LIST: Final = Method(
    "/oms.scheduler.v1.JobService/ListJobs",
    scheduler_job_service_pb2.ListJobsRequest,
    scheduler_job_service_pb2.ListJobsResponse,
    is_read_only=True,
    items="jobs",
)
_UPDATE: Final = Method(
    "/oms.scheduler.v1.JobService/UpdateJob",
    scheduler_job_service_pb2.UpdateJobRequest,
    scheduler_job_service_pb2.UpdateJobResponse,
)
_DELETE: Final = Method(
    "/oms.scheduler.v1.JobService/DeleteJob",
    scheduler_job_service_pb2.DeleteJobRequest,
    scheduler_job_service_pb2.DeleteJobResponse,
)
_PAUSE: Final = Method(
    "/oms.scheduler.v1.JobService/PauseJob",
    scheduler_job_service_pb2.PauseJobRequest,
    scheduler_job_service_pb2.PauseJobResponse,
)
_RESUME: Final = Method(
    "/oms.scheduler.v1.JobService/ResumeJob",
    scheduler_job_service_pb2.ResumeJobRequest,
    scheduler_job_service_pb2.ResumeJobResponse,
)
_RUN: Final = Method(
    "/oms.scheduler.v1.JobService/RunJob",
    scheduler_job_service_pb2.RunJobRequest,
    scheduler_job_service_pb2.RunJobResponse,
    takes_request_id=True,
)
_BACKFILL: Final = Method(
    "/oms.scheduler.v1.JobService/BackfillJob",
    scheduler_job_service_pb2.BackfillJobRequest,
    scheduler_job_service_pb2.BackfillJobResponse,
    takes_request_id=True,
)
_LIST_TASKS: Final = Method(
    "/oms.scheduler.v1.JobService/ListTasks",
    scheduler_job_service_pb2.ListTasksRequest,
    scheduler_job_service_pb2.ListTasksResponse,
    is_read_only=True,
)


class Jobs:
    """Jobs: what is run, and when.

    A time of a schedule is recorded once, as a run, before anyone works on it; workers of any
    replica take runs from a queue. A run may be tried more than once, by the job's retry policy
    or because its worker died: what it does carries a fencing token and an idempotency key.
    """

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def create(
        self,
        given: scheduler_job_service_pb2.CreateJobRequest | None = None,
        /,
        *,
        job_id: str = "",
        job: scheduler_job_pb2.Job | Mapping[str, Any] | None = None,
        paused: bool = False,
        timeout_s: float | None = None,
    ) -> scheduler_job_service_pb2.CreateJobResponse:
        """Creates a job. INVALID_ARGUMENT for a schedule that is none or never fires, or a target
        that can't be called; PERMISSION_DENIED when it is to do what the caller may not;
        ALREADY_EXISTS when there is one of that id.

        Args:
            given: The request as a message; what the others set is put on top.
            job_id: Last segment of the new name: a letter, then letters, digits and `-`, in
                lower case; at most 63.
            job: The job. Its `name` is ignored.
            paused: Begin paused.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "job_id": job_id,
            "job": job,
            "paused": paused,
        }
        return self._calls.unary(_CREATE, given, timeout_s, fields)

    def get(
        self,
        given: scheduler_job_service_pb2.GetJobRequest | None = None,
        /,
        *,
        name: str = "",
        timeout_s: float | None = None,
    ) -> scheduler_job_service_pb2.GetJobResponse:
        """Gets a job. NOT_FOUND when there is none.

        Args:
            given: The request as a message; what the others set is put on top.
            name: `jobs/{job}`.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "name": name,
        }
        return self._calls.unary(_GET, given, timeout_s, fields)

    def list(
        self,
        given: scheduler_job_service_pb2.ListJobsRequest | None = None,
        /,
        *,
        page_size: int = 0,
        state: scheduler_job_pb2.JobState | str | None = None,
        id_prefix: str = "",
        labels: Mapping[str, str] | None = None,
        timeout_s: float | None = None,
    ) -> Paged[scheduler_job_pb2.Job, scheduler_job_service_pb2.ListJobsResponse]:
        """Lists jobs, ordered by id.

        Args:
            given: The request as a message; what the others set is put on top.
            page_size: Most entries in one answer, up to 1,000. 0 means 100.
            state: Only jobs in this state.
            id_prefix: Only jobs whose id begins with this.
            labels: Only jobs with all of these labels.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "page_size": page_size,
            "state": state,
            "id_prefix": id_prefix,
            "labels": labels,
        }
        return self._calls.paged(_LIST, given, timeout_s, fields)

    def update(
        self,
        given: scheduler_job_service_pb2.UpdateJobRequest | None = None,
        /,
        *,
        job: scheduler_job_pb2.Job | Mapping[str, Any] | None = None,
        update_mask: field_mask_pb2.FieldMask | Mapping[str, Any] | None = None,
        timeout_s: float | None = None,
    ) -> scheduler_job_service_pb2.UpdateJobResponse:
        """Changes the fields of a job that the mask names. Times that lie before the change keep
        what was recorded for them; the new schedule begins now. Who changes the target or the
        permissions becomes the author.

        Args:
            given: The request as a message; what the others set is put on top.
            job: The job with its new values. With an `etag`, it is changed only while it has
                that.
            update_mask: Fields to change. Left out: every field that is set and can be changed.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "job": job,
            "update_mask": update_mask,
        }
        return self._calls.unary(_UPDATE, given, timeout_s, fields)

    def delete(
        self,
        given: scheduler_job_service_pb2.DeleteJobRequest | None = None,
        /,
        *,
        name: str = "",
        etag: str = "",
        timeout_s: float | None = None,
    ) -> scheduler_job_service_pb2.DeleteJobResponse:
        """Deletes a job with its runs. Those under way are cancelled.

        Args:
            given: The request as a message; what the others set is put on top.
            name: `jobs/{job}`.
            etag: When set, it is deleted only while it has this etag.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "name": name,
            "etag": etag,
        }
        return self._calls.unary(_DELETE, given, timeout_s, fields)

    def pause(
        self,
        given: scheduler_job_service_pb2.PauseJobRequest | None = None,
        /,
        *,
        name: str = "",
        reason: str = "",
        timeout_s: float | None = None,
    ) -> scheduler_job_service_pb2.PauseJobResponse:
        """Passes over the times of a job until it is resumed. Runs that are recorded already go on.
        Pausing a paused job changes its reason.

        Args:
            given: The request as a message; what the others set is put on top.
            name: `jobs/{job}`.
            reason: Why. Empty: by whom.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "name": name,
            "reason": reason,
        }
        return self._calls.unary(_PAUSE, given, timeout_s, fields)

    def resume(
        self,
        given: scheduler_job_service_pb2.ResumeJobRequest | None = None,
        /,
        *,
        name: str = "",
        timeout_s: float | None = None,
    ) -> scheduler_job_service_pb2.ResumeJobResponse:
        """Lets a paused job go on with the next time from now. Its failures are counted anew.

        Args:
            given: The request as a message; what the others set is put on top.
            name: `jobs/{job}`.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "name": name,
        }
        return self._calls.unary(_RESUME, given, timeout_s, fields)

    def run(
        self,
        given: scheduler_job_service_pb2.RunJobRequest | None = None,
        /,
        *,
        name: str = "",
        parameters: struct_pb2.Struct | Mapping[str, Any] | None = None,
        request_id: str = "",
        timeout_s: float | None = None,
    ) -> scheduler_job_service_pb2.RunJobResponse:
        """Runs a job now, paused or not, with other parameters if wanted, and answers the run,
        which has not begun yet. It heeds the job's policies on overlaps.

        Args:
            given: The request as a message; what the others set is put on top.
            name: `jobs/{job}`.
            parameters: What replaces a gRPC target's request, a task's parameters, an event's
                data or the body of an HTTP call. Not set: the job's own. Whoever may run a job
                may give it other parameters; what it may do stays what the job's permissions
                are.
            request_id: Repeating a request with the same id answers the same run.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "name": name,
            "parameters": parameters,
            "request_id": request_id,
        }
        return self._calls.unary(_RUN, given, timeout_s, fields)

    def backfill(
        self,
        given: scheduler_job_service_pb2.BackfillJobRequest | None = None,
        /,
        *,
        name: str = "",
        start_time: timestamp_pb2.Timestamp | datetime.datetime | Mapping[str, Any] | None = None,
        end_time: timestamp_pb2.Timestamp | datetime.datetime | Mapping[str, Any] | None = None,
        overlap: scheduler_job_pb2.OverlapPolicy | str | None = None,
        request_id: str = "",
        timeout_s: float | None = None,
    ) -> scheduler_job_service_pb2.BackfillJobResponse:
        """Records a run for each time that the schedule has in a span, whether there was one before
        or not. LIMIT_EXCEEDED for more than 1,000 times. They heed the job's policies on
        overlaps, so a job that skips runs once: give another policy.

        Args:
            given: The request as a message; what the others set is put on top.
            name: `jobs/{job}`.
            start_time: First instant of the span.
            end_time: Last instant of the span; not later than now.
            overlap: Policy on overlaps in place of the job's own.
            request_id: Repeating a request with the same id records nothing again.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "name": name,
            "start_time": start_time,
            "end_time": end_time,
            "overlap": overlap,
            "request_id": request_id,
        }
        return self._calls.unary(_BACKFILL, given, timeout_s, fields)

    def list_tasks(
        self,
        given: scheduler_job_service_pb2.ListTasksRequest | None = None,
        /,
        *,
        timeout_s: float | None = None,
    ) -> scheduler_job_service_pb2.ListTasksResponse:
        """Lists the built-in tasks, ordered by id.

        Args:
            given: The request as a message; what the others set is put on top.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
        }
        return self._calls.unary(_LIST_TASKS, given, timeout_s, fields)


class AsyncJobs:
    """Jobs: what is run, and when.

    A time of a schedule is recorded once, as a run, before anyone works on it; workers of any
    replica take runs from a queue. A run may be tried more than once, by the job's retry policy
    or because its worker died: what it does carries a fencing token and an idempotency key.
    """

    def __init__(self, calls: AsyncCalls) -> None:
        self._calls = calls

    async def create(
        self,
        given: scheduler_job_service_pb2.CreateJobRequest | None = None,
        /,
        *,
        job_id: str = "",
        job: scheduler_job_pb2.Job | Mapping[str, Any] | None = None,
        paused: bool = False,
        timeout_s: float | None = None,
    ) -> scheduler_job_service_pb2.CreateJobResponse:
        """Creates a job. INVALID_ARGUMENT for a schedule that is none or never fires, or a target
        that can't be called; PERMISSION_DENIED when it is to do what the caller may not;
        ALREADY_EXISTS when there is one of that id.

        Args:
            given: The request as a message; what the others set is put on top.
            job_id: Last segment of the new name: a letter, then letters, digits and `-`, in
                lower case; at most 63.
            job: The job. Its `name` is ignored.
            paused: Begin paused.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "job_id": job_id,
            "job": job,
            "paused": paused,
        }
        return await self._calls.unary(_CREATE, given, timeout_s, fields)

    async def get(
        self,
        given: scheduler_job_service_pb2.GetJobRequest | None = None,
        /,
        *,
        name: str = "",
        timeout_s: float | None = None,
    ) -> scheduler_job_service_pb2.GetJobResponse:
        """Gets a job. NOT_FOUND when there is none.

        Args:
            given: The request as a message; what the others set is put on top.
            name: `jobs/{job}`.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "name": name,
        }
        return await self._calls.unary(_GET, given, timeout_s, fields)

    def list(
        self,
        given: scheduler_job_service_pb2.ListJobsRequest | None = None,
        /,
        *,
        page_size: int = 0,
        state: scheduler_job_pb2.JobState | str | None = None,
        id_prefix: str = "",
        labels: Mapping[str, str] | None = None,
        timeout_s: float | None = None,
    ) -> AsyncPaged[scheduler_job_pb2.Job, scheduler_job_service_pb2.ListJobsResponse]:
        """Lists jobs, ordered by id.

        Args:
            given: The request as a message; what the others set is put on top.
            page_size: Most entries in one answer, up to 1,000. 0 means 100.
            state: Only jobs in this state.
            id_prefix: Only jobs whose id begins with this.
            labels: Only jobs with all of these labels.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "page_size": page_size,
            "state": state,
            "id_prefix": id_prefix,
            "labels": labels,
        }
        return self._calls.paged(_LIST, given, timeout_s, fields)

    async def update(
        self,
        given: scheduler_job_service_pb2.UpdateJobRequest | None = None,
        /,
        *,
        job: scheduler_job_pb2.Job | Mapping[str, Any] | None = None,
        update_mask: field_mask_pb2.FieldMask | Mapping[str, Any] | None = None,
        timeout_s: float | None = None,
    ) -> scheduler_job_service_pb2.UpdateJobResponse:
        """Changes the fields of a job that the mask names. Times that lie before the change keep
        what was recorded for them; the new schedule begins now. Who changes the target or the
        permissions becomes the author.

        Args:
            given: The request as a message; what the others set is put on top.
            job: The job with its new values. With an `etag`, it is changed only while it has
                that.
            update_mask: Fields to change. Left out: every field that is set and can be changed.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "job": job,
            "update_mask": update_mask,
        }
        return await self._calls.unary(_UPDATE, given, timeout_s, fields)

    async def delete(
        self,
        given: scheduler_job_service_pb2.DeleteJobRequest | None = None,
        /,
        *,
        name: str = "",
        etag: str = "",
        timeout_s: float | None = None,
    ) -> scheduler_job_service_pb2.DeleteJobResponse:
        """Deletes a job with its runs. Those under way are cancelled.

        Args:
            given: The request as a message; what the others set is put on top.
            name: `jobs/{job}`.
            etag: When set, it is deleted only while it has this etag.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "name": name,
            "etag": etag,
        }
        return await self._calls.unary(_DELETE, given, timeout_s, fields)

    async def pause(
        self,
        given: scheduler_job_service_pb2.PauseJobRequest | None = None,
        /,
        *,
        name: str = "",
        reason: str = "",
        timeout_s: float | None = None,
    ) -> scheduler_job_service_pb2.PauseJobResponse:
        """Passes over the times of a job until it is resumed. Runs that are recorded already go on.
        Pausing a paused job changes its reason.

        Args:
            given: The request as a message; what the others set is put on top.
            name: `jobs/{job}`.
            reason: Why. Empty: by whom.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "name": name,
            "reason": reason,
        }
        return await self._calls.unary(_PAUSE, given, timeout_s, fields)

    async def resume(
        self,
        given: scheduler_job_service_pb2.ResumeJobRequest | None = None,
        /,
        *,
        name: str = "",
        timeout_s: float | None = None,
    ) -> scheduler_job_service_pb2.ResumeJobResponse:
        """Lets a paused job go on with the next time from now. Its failures are counted anew.

        Args:
            given: The request as a message; what the others set is put on top.
            name: `jobs/{job}`.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "name": name,
        }
        return await self._calls.unary(_RESUME, given, timeout_s, fields)

    async def run(
        self,
        given: scheduler_job_service_pb2.RunJobRequest | None = None,
        /,
        *,
        name: str = "",
        parameters: struct_pb2.Struct | Mapping[str, Any] | None = None,
        request_id: str = "",
        timeout_s: float | None = None,
    ) -> scheduler_job_service_pb2.RunJobResponse:
        """Runs a job now, paused or not, with other parameters if wanted, and answers the run,
        which has not begun yet. It heeds the job's policies on overlaps.

        Args:
            given: The request as a message; what the others set is put on top.
            name: `jobs/{job}`.
            parameters: What replaces a gRPC target's request, a task's parameters, an event's
                data or the body of an HTTP call. Not set: the job's own. Whoever may run a job
                may give it other parameters; what it may do stays what the job's permissions
                are.
            request_id: Repeating a request with the same id answers the same run.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "name": name,
            "parameters": parameters,
            "request_id": request_id,
        }
        return await self._calls.unary(_RUN, given, timeout_s, fields)

    async def backfill(
        self,
        given: scheduler_job_service_pb2.BackfillJobRequest | None = None,
        /,
        *,
        name: str = "",
        start_time: timestamp_pb2.Timestamp | datetime.datetime | Mapping[str, Any] | None = None,
        end_time: timestamp_pb2.Timestamp | datetime.datetime | Mapping[str, Any] | None = None,
        overlap: scheduler_job_pb2.OverlapPolicy | str | None = None,
        request_id: str = "",
        timeout_s: float | None = None,
    ) -> scheduler_job_service_pb2.BackfillJobResponse:
        """Records a run for each time that the schedule has in a span, whether there was one before
        or not. LIMIT_EXCEEDED for more than 1,000 times. They heed the job's policies on
        overlaps, so a job that skips runs once: give another policy.

        Args:
            given: The request as a message; what the others set is put on top.
            name: `jobs/{job}`.
            start_time: First instant of the span.
            end_time: Last instant of the span; not later than now.
            overlap: Policy on overlaps in place of the job's own.
            request_id: Repeating a request with the same id records nothing again.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "name": name,
            "start_time": start_time,
            "end_time": end_time,
            "overlap": overlap,
            "request_id": request_id,
        }
        return await self._calls.unary(_BACKFILL, given, timeout_s, fields)

    async def list_tasks(
        self,
        given: scheduler_job_service_pb2.ListTasksRequest | None = None,
        /,
        *,
        timeout_s: float | None = None,
    ) -> scheduler_job_service_pb2.ListTasksResponse:
        """Lists the built-in tasks, ordered by id.

        Args:
            given: The request as a message; what the others set is put on top.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
        }
        return await self._calls.unary(_LIST_TASKS, given, timeout_s, fields)
