"""Schedules are previewed alike over gRPC and REST, wherever the scheduler runs."""

from __future__ import annotations

import pytest
from oms.scheduler.v1 import schedule_pb2
from oms.scheduler.v1 import schedule_service_pb2 as schedules
from oms_testing.e2e import Api, ApiError


def _request(expression: str) -> schedules.PreviewScheduleRequest:
    request = schedules.PreviewScheduleRequest(
        schedule=schedule_pb2.Schedule(
            trigger=schedule_pb2.Trigger(cron=schedule_pb2.CronTrigger(expression=expression)),
            time_zone="Europe/Berlin",
        ),
        count=2,
    )
    request.after_time.FromJsonString("2027-03-27T00:00:00Z")
    return request


async def test_the_next_times_are_told(api: Api) -> None:
    answer = await api(_request("30 2 * * *"))
    assert [each.local_time for each in answer.times] == [
        "2027-03-27T02:30:00+01:00",
        "2027-03-28T03:00:00+02:00",
    ]


async def test_bad_cron_text_is_pointed_at(api: Api) -> None:
    with pytest.raises(ApiError) as caught:
        await api(_request("0 25 * * *"))
    assert caught.value.code == "INVALID_ARGUMENT"
    assert caught.value.reason == "INVALID_EXPRESSION"
    assert caught.value.metadata["offset"] == "2"
