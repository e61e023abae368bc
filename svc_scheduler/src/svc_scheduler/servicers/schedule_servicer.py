"""`oms.scheduler.v1.ScheduleService`."""

from __future__ import annotations

import asyncio
from datetime import datetime, tzinfo
from typing import Any, Final

from google.protobuf.timestamp_pb2 import Timestamp
from oms.scheduler.v1 import schedule_service_pb2 as pb
from oms.scheduler.v1 import schedule_service_pb2_grpc as pb_grpc
from oms_core.clock import Clock

from svc_scheduler.domain.triggers.schedule import Schedule
from svc_scheduler.schedule_convert import instant_of, schedule_from_pb, zone_of

_DEFAULT_COUNT: Final = 10
_MOST_SECONDS: Final = 2.0


class ScheduleServicer(pb_grpc.ScheduleServiceServicer):
    """Looks into the future; keeps nothing."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    async def PreviewSchedule(
        self, request: pb.PreviewScheduleRequest, context: Any
    ) -> pb.PreviewScheduleResponse:
        schedule, zone = schedule_from_pb(request.schedule), zone_of(request.schedule)
        after = instant_of(request, "after_time", "request") or self._clock.now()
        count = request.count or _DEFAULT_COUNT
        # A search for what never comes takes a while.
        found, is_complete = await asyncio.to_thread(self._first, schedule, after, count)
        return pb.PreviewScheduleResponse(
            times=[_planned(schedule, request.job_id, zone, each) for each in found],
            is_complete=is_complete,
        )

    def _first(
        self, schedule: Schedule, after: datetime, count: int
    ) -> tuple[list[datetime], bool]:
        """Some of the next times, and whether they are all that there are."""
        found: list[datetime] = []
        end = self._clock.monotonic() + _MOST_SECONDS
        for each in schedule.after(after):
            if len(found) == count or self._clock.monotonic() > end:
                return found, False
            found.append(each)
        return found, True


def _planned(
    schedule: Schedule, key: str, zone: tzinfo, instant: datetime
) -> pb.PreviewScheduleResponse.PlannedTime:
    return pb.PreviewScheduleResponse.PlannedTime(
        fire_time=_timestamp(instant),
        begin_time=_timestamp(schedule.begin_of(key, instant)),
        local_time=instant.astimezone(zone).isoformat(),
    )


def _timestamp(instant: datetime) -> Timestamp:
    found = Timestamp()
    found.FromDatetime(instant)
    return found
