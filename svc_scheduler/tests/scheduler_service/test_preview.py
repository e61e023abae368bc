"""Previews over the real server: the next times, or the field that is wrong."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import grpc
import pytest
import pytest_asyncio
from google.protobuf.duration_pb2 import Duration
from google.protobuf.json_format import ParseDict
from google.protobuf.timestamp_pb2 import Timestamp
from google.rpc import error_details_pb2
from grpc_status.rpc_status import from_call  # pyright: ignore[reportMissingTypeStubs]
from oms.scheduler.v1 import schedule_pb2
from oms.scheduler.v1 import schedule_service_pb2 as pb
from oms.scheduler.v1 import schedule_service_pb2_grpc as pb_grpc
from oms_testing.suite import Suite, running_suite, security_settings
from svc_scheduler.settings import SchedulerSettings
from svc_scheduler.setup import service

AFTER = "2027-03-27T00:00:00Z"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def suite() -> AsyncIterator[Suite]:
    async with running_suite(
        [service(SchedulerSettings(), security := security_settings())], security=security
    ) as running:
        yield running


pytestmark = pytest.mark.asyncio(loop_scope="module")


async def preview(suite: Suite, schedule: dict[str, Any], **more: Any) -> Any:
    stub: Any = pb_grpc.ScheduleServiceStub(suite.channel("viewer"))
    request: Any = ParseDict(
        {"schedule": schedule, "afterTime": AFTER, **more}, pb.PreviewScheduleRequest()
    )
    return await stub.PreviewSchedule(request)


async def refusal(suite: Suite, schedule: Any, **more: Any) -> tuple[str, str, str]:
    """Reason, field and message of an error."""
    stub: Any = pb_grpc.ScheduleServiceStub(suite.channel())
    request: Any = (
        ParseDict({"schedule": schedule, **more}, pb.PreviewScheduleRequest())
        if isinstance(schedule, dict)
        else pb.PreviewScheduleRequest(schedule=schedule)
    )
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await stub.PreviewSchedule(request)
    assert caught.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    status: Any = from_call(caught.value)  # type: ignore[arg-type]
    info, bad = error_details_pb2.ErrorInfo(), error_details_pb2.BadRequest()
    for detail in status.details:
        detail.Unpack(info)
        detail.Unpack(bad)
    field = bad.field_violations[0].field if bad.field_violations else ""
    return info.reason, field, caught.value.details() or ""


async def test_the_next_times_come_in_the_zone_of_the_schedule(suite: Suite) -> None:
    answer = await preview(
        suite,
        {"trigger": {"cron": {"expression": "30 2 * * *"}}, "timeZone": "Europe/Berlin"},
        count=3,
    )
    assert [each.local_time for each in answer.times] == [
        "2027-03-27T02:30:00+01:00",
        "2027-03-28T03:00:00+02:00",
        "2027-03-29T02:30:00+02:00",
    ]
    assert answer.times[0].fire_time.ToDatetime(UTC) == datetime(2027, 3, 27, 1, 30, tzinfo=UTC)
    assert not answer.is_complete


async def test_every_kind_of_trigger_and_bound_is_understood(suite: Suite) -> None:
    answer = await preview(
        suite,
        {
            "trigger": {
                "any": {
                    "triggers": [
                        {"once": "2027-03-27T10:00:00Z"},
                        {"interval": {"every": "21600s", "anchorTime": "2027-03-27T01:00:00Z"}},
                        {
                            "calendarInterval": {
                                "firstDate": "2027-03-01",
                                "timeOfDay": "09:30",
                                "days": 1,
                            }
                        },
                        {
                            "all": {
                                "triggers": [
                                    {"cron": {"expression": "0 20 * * *"}},
                                    {"cron": {"expression": "0 20 * * SAT"}},
                                ]
                            }
                        },
                    ]
                }
            },
            "startTime": "2027-03-27T06:00:00Z",
            "endTime": "2027-03-27T23:00:00Z",
            "exclusions": [
                {"span": {"startTime": "2027-03-27T13:00:00Z", "endTime": "2027-03-27T13:00:01Z"}},
                {"recurring": {"cron": "30 9 * * *", "duration": "60s"}},
            ],
        },
    )
    assert [each.local_time[11:16] for each in answer.times] == ["07:00", "10:00", "19:00", "20:00"]
    assert answer.is_complete


async def test_jitter_shows_in_the_beginning_alone(suite: Suite) -> None:
    schedule = {"trigger": {"interval": {"every": "3600s"}}, "jitter": "600s"}
    first = await preview(suite, schedule, jobId="a", count=5)
    again = await preview(suite, schedule, jobId="a", count=5)
    other = await preview(suite, schedule, jobId="b", count=5)
    assert first == again
    assert [each.fire_time for each in first.times] == [each.fire_time for each in other.times]
    assert [each.begin_time for each in first.times] != [each.begin_time for each in other.times]
    for each in first.times:
        assert 0 <= each.begin_time.seconds - each.fire_time.seconds <= 600


async def test_the_default_is_ten_times_from_now(suite: Suite) -> None:
    answer = await preview(suite, {"trigger": {"interval": {"every": "60s"}}}, afterTime=None)
    assert len(answer.times) == 10
    assert answer.times[0].fire_time.ToDatetime(UTC) > datetime(2026, 1, 1, tzinfo=UTC)


async def test_a_schedule_of_the_past_has_no_times(suite: Suite) -> None:
    answer = await preview(suite, {"trigger": {"once": "2020-01-01T00:00:00Z"}})
    assert not answer.times
    assert answer.is_complete


CRON = {"cron": {"expression": "* * * * *"}}


def nested(depth: int) -> dict[str, Any]:
    return CRON if depth == 1 else {"any": {"triggers": [nested(depth - 1)]}}


@pytest.mark.parametrize(
    ("schedule", "field"),
    [
        ({}, "schedule.trigger"),
        ({"trigger": {}}, "schedule.trigger.kind"),
        ({"trigger": CRON, "timeZone": "Mars/Olympus"}, "schedule.time_zone"),
        ({"trigger": CRON, "timeZone": "../etc/passwd"}, "schedule.time_zone"),
        ({"trigger": CRON, "timeZone": "/etc/localtime"}, "schedule.time_zone"),
        ({"trigger": {"interval": {}}}, "schedule.trigger.interval.every"),
        ({"trigger": {"interval": {"every": "0s"}}}, "schedule.trigger.interval.every"),
        ({"trigger": {"interval": {"every": "-5s"}}}, "schedule.trigger.interval.every"),
        ({"trigger": {"interval": {"every": "9999999999s"}}}, "schedule.trigger.interval.every"),
        ({"trigger": {"once": "1969-12-31T23:59:59Z"}}, "schedule.trigger.once"),
        ({"trigger": {"once": "9500-01-01T00:00:00Z"}}, "schedule.trigger.once"),
        (
            {"trigger": {"calendarInterval": {"firstDate": "2027-01-01"}}},
            "schedule.trigger.calendar_interval",
        ),
        (
            {"trigger": {"calendarInterval": {"firstDate": "2027-02-30", "days": 1}}},
            "schedule.trigger.calendar_interval.first_date",
        ),
        (
            {
                "trigger": {
                    "calendarInterval": {
                        "firstDate": "2027-02-20",
                        "days": 1,
                        "timeOfDay": "25:00",
                    }
                }
            },
            "schedule.trigger.calendar_interval.time_of_day",
        ),
        (
            {
                "trigger": CRON,
                "startTime": "2027-01-02T00:00:00Z",
                "endTime": "2027-01-01T00:00:00Z",
            },
            "schedule.end_time",
        ),
        ({"trigger": CRON, "jitter": "3601s"}, "schedule.jitter"),
        ({"trigger": nested(5)}, "schedule.trigger" + ".any.triggers[0]" * 4),
        (
            {
                "trigger": CRON,
                "exclusions": [
                    {
                        "span": {
                            "startTime": "2027-01-02T00:00:00Z",
                            "endTime": "2027-01-02T00:00:00Z",
                        }
                    }
                ],
            },
            "schedule.exclusions[0].span.end_time",
        ),
        (
            {"trigger": CRON, "exclusions": [{"recurring": {"cron": "@daily", "duration": "0s"}}]},
            "schedule.exclusions[0].recurring.duration",
        ),
    ],
)
async def test_what_is_no_schedule_names_the_field(
    suite: Suite, schedule: dict[str, Any], field: str
) -> None:
    reason, named, _ = await refusal(suite, schedule)
    assert (reason, named) == ("INVALID_FIELD", field)


async def test_bad_cron_text_is_pointed_at(suite: Suite) -> None:
    schedule = {"trigger": {"cron": {"expression": "0 25 * * *"}}}
    reason, _, message = await refusal(suite, schedule)
    assert reason == "INVALID_EXPRESSION"
    assert "schedule.trigger.cron.expression" in message
    assert "'0 25 * * *'" in message
    assert "hour: 0-23" in message


@pytest.mark.parametrize("seconds", [2**62, -(2**62)])
async def test_timestamps_out_of_all_bounds_are_refused(suite: Suite, seconds: int) -> None:
    once = schedule_pb2.Trigger(once=Timestamp(seconds=seconds))
    _, field, _ = await refusal(suite, schedule_pb2.Schedule(trigger=once))
    assert field == "schedule.trigger.once"
    long = schedule_pb2.IntervalTrigger(every=Duration(seconds=seconds))
    schedule = schedule_pb2.Schedule(trigger=schedule_pb2.Trigger(interval=long))
    _, field, _ = await refusal(suite, schedule)
    assert field == "schedule.trigger.interval.every"


async def test_wide_triggers_are_bounded(suite: Suite) -> None:
    wide = {"any": {"triggers": [{"any": {"triggers": [CRON] * 16}}] * 5}}
    reason, field, _ = await refusal(suite, {"trigger": wide})
    assert reason == "INVALID_FIELD"
    assert field.startswith("schedule.trigger.any.triggers[3]")


async def test_a_search_for_what_hardly_comes_ends(suite: Suite) -> None:
    rare = {"all": {"triggers": [CRON, {"cron": {"expression": "*/7 * * * * 0#5"}}]}}
    answer = await preview(suite, {"trigger": rare}, count=1000)
    assert answer.times
