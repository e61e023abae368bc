"""Calls of `oms.scheduler.v1.ScheduleService`. Generated from its proto."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from google.protobuf import timestamp_pb2
from oms.scheduler.v1 import schedule_pb2 as scheduler_schedule_pb2
from oms.scheduler.v1 import schedule_service_pb2 as scheduler_schedule_service_pb2
import datetime
from oms_client.aio_calls import AsyncCalls
from oms_client.calls import Calls
from oms_client.methods import Method

__all__ = ["AsyncSchedules", "Schedules"]

_PREVIEW: Final = Method(
    "/oms.scheduler.v1.ScheduleService/PreviewSchedule",
    scheduler_schedule_service_pb2.PreviewScheduleRequest,
    scheduler_schedule_service_pb2.PreviewScheduleResponse,
    is_read_only=True,
)


class Schedules:
    """Schedules before anything depends on them."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def preview(
        self,
        given: scheduler_schedule_service_pb2.PreviewScheduleRequest | None = None,
        /,
        *,
        schedule: scheduler_schedule_pb2.Schedule | Mapping[str, Any] | None = None,
        after_time: timestamp_pb2.Timestamp | datetime.datetime | Mapping[str, Any] | None = None,
        count: int = 0,
        job_id: str = "",
        timeout_s: float | None = None,
    ) -> scheduler_schedule_service_pb2.PreviewScheduleResponse:
        """Tells the next times of a schedule, or why it is none.

        INVALID_ARGUMENT names the field: INVALID_EXPRESSION for a cron expression, INVALID_FIELD
        for a zone that does not exist, an interval of zero, an end before its start, triggers
        nested too deep.

        Args:
            given: The request as a message; what the others set is put on top.
            schedule: The schedule.
            after_time: Only times later than this; not set: now.
            count: How many times, 1 to 1,000; 0: 10.
            job_id: Id of the job that is to have the schedule, on which the jitter depends.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "schedule": schedule,
            "after_time": after_time,
            "count": count,
            "job_id": job_id,
        }
        return self._calls.unary(_PREVIEW, given, timeout_s, fields)


class AsyncSchedules:
    """Schedules before anything depends on them."""

    def __init__(self, calls: AsyncCalls) -> None:
        self._calls = calls

    async def preview(
        self,
        given: scheduler_schedule_service_pb2.PreviewScheduleRequest | None = None,
        /,
        *,
        schedule: scheduler_schedule_pb2.Schedule | Mapping[str, Any] | None = None,
        after_time: timestamp_pb2.Timestamp | datetime.datetime | Mapping[str, Any] | None = None,
        count: int = 0,
        job_id: str = "",
        timeout_s: float | None = None,
    ) -> scheduler_schedule_service_pb2.PreviewScheduleResponse:
        """Tells the next times of a schedule, or why it is none.

        INVALID_ARGUMENT names the field: INVALID_EXPRESSION for a cron expression, INVALID_FIELD
        for a zone that does not exist, an interval of zero, an end before its start, triggers
        nested too deep.

        Args:
            given: The request as a message; what the others set is put on top.
            schedule: The schedule.
            after_time: Only times later than this; not set: now.
            count: How many times, 1 to 1,000; 0: 10.
            job_id: Id of the job that is to have the schedule, on which the jitter depends.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "schedule": schedule,
            "after_time": after_time,
            "count": count,
            "job_id": job_id,
        }
        return await self._calls.unary(_PREVIEW, given, timeout_s, fields)
