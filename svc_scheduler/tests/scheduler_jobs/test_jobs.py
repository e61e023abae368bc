"""Jobs as resources: created, read, changed, paused and deleted; and what is refused."""

from __future__ import annotations

import time
from typing import Any

import grpc
import pytest
from google.protobuf.field_mask_pb2 import FieldMask
from google.protobuf.timestamp_pb2 import Timestamp
from oms.scheduler.v1 import job_pb2, job_service_pb2, run_service_pb2
from oms_rpc.errors import from_rpc_error

from .world import World

pytestmark = pytest.mark.asyncio(loop_scope="package")

YEARLY = {"trigger": {"cron": {"expression": "0 0 1 1 *"}}}
PREVIEW = "oms.scheduler.v1.ScheduleService/PreviewSchedule"


async def refused(call: Any) -> tuple[grpc.StatusCode, str, list[str]]:
    """Status, reason and the fields named by an error."""
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await call
    error = from_rpc_error(caught.value)
    named = [each.field for each in error.fields] or [error.message]
    return caught.value.code(), error.reason, named


async def update(world: World, job: job_pb2.Job, *paths: str) -> job_pb2.Job:
    request = job_service_pb2.UpdateJobRequest(job=job, update_mask=FieldMask(paths=paths))
    return (await world.client.jobs.UpdateJob(request)).job


async def test_a_job_is_answered_as_it_was_given(world: World) -> None:
    job = world.calls(
        "kept",
        schedule=YEARLY | {"time_zone": "Asia/Seoul", "jitter": {"seconds": 60}},
        description="What it is for",
        labels={"team": "data"},
        retry={"max_attempts": 3},
        overlap=job_pb2.OVERLAP_POLICY_QUEUE_ONE,
        timeout={"seconds": 30},
        misfire={"coalesce": True},
        priority=job_pb2.PRIORITY_HIGH,
        pause_after_failures=5,
    )
    made = await world.create(job)
    assert made.state == job_pb2.JOB_STATE_ACTIVE
    assert made.next_fire_time.ToDatetime().strftime("%m-%d %H:%M") == "12-31 15:00"
    later = made.next_begin_time.seconds - made.next_fire_time.seconds
    assert 0 <= later <= 60
    assert (made.author, made.created_by) == ("alice", "alice")
    got = (await world.client.jobs.GetJob(job_service_pb2.GetJobRequest(name=made.name))).job
    assert got == made
    for name in ("schedule", "target", "retry", "misfire", "labels", "timeout", "priority"):
        assert getattr(got, name) == getattr(job, name)


async def test_a_job_is_changed_where_the_mask_says(world: World) -> None:
    made = await world.create(world.calls("a", schedule=YEARLY, description="before"))
    changed = job_pb2.Job(name=made.name, description="after", etag=made.etag)
    found = await update(world, changed, "description")
    assert (found.description, found.schedule) == ("after", made.schedule)
    assert found.etag != made.etag
    found = await update(world, job_pb2.Job(name=made.name), "schedule")
    assert found.state == job_pb2.JOB_STATE_ENDED
    assert not found.HasField("next_fire_time")


async def test_a_change_of_something_that_changed_meanwhile_is_refused(world: World) -> None:
    made = await world.create(world.calls("a", schedule=YEARLY))
    await update(world, job_pb2.Job(name=made.name, description="one"))
    stale = job_pb2.Job(name=made.name, description="two", etag=made.etag)
    code, reason, _ = await refused(update(world, stale))
    assert (code, reason) == (grpc.StatusCode.ABORTED, "STALE_ETAG")
    request = job_service_pb2.DeleteJobRequest(name=made.name, etag=made.etag)
    assert (await refused(world.client.jobs.DeleteJob(request)))[1] == "STALE_ETAG"


async def test_jobs_are_listed_by_page_state_prefix_and_label(world: World) -> None:
    prefix = world.name()
    for number in range(5):
        labels = {"odd": str(number % 2)}
        job = world.calls("a", schedule=YEARLY, labels=labels)
        await world.create(job, f"{prefix}-{number}", paused=number == 3)
    found: list[str] = []
    token = ""
    while True:
        request = job_service_pb2.ListJobsRequest(id_prefix=prefix, page_size=2, page_token=token)
        page = await world.client.jobs.ListJobs(request)
        found += [job.name for job in page.jobs]
        if not (token := page.next_page_token):
            break
    assert found == [f"jobs/{prefix}-{number}" for number in range(5)]
    request = job_service_pb2.ListJobsRequest(id_prefix=prefix, labels={"odd": "1"})
    assert len((await world.client.jobs.ListJobs(request)).jobs) == 2
    request.state = job_pb2.JOB_STATE_PAUSED
    assert [j.name for j in (await world.client.jobs.ListJobs(request)).jobs] == [
        f"jobs/{prefix}-3"
    ]


async def test_a_paused_job_has_no_next_time_until_it_is_resumed(world: World) -> None:
    made = await world.create(world.calls("a", schedule=YEARLY))
    request = job_service_pb2.PauseJobRequest(name=made.name, reason="stocktaking")
    paused = (await world.client.jobs.PauseJob(request)).job
    assert (paused.state, paused.state_reason) == (job_pb2.JOB_STATE_PAUSED, "stocktaking")
    assert not paused.HasField("next_fire_time")
    resume = job_service_pb2.ResumeJobRequest(name=made.name)
    resumed = (await world.client.jobs.ResumeJob(resume)).job
    assert (resumed.state, resumed.next_fire_time) == (
        job_pb2.JOB_STATE_ACTIVE,
        made.next_fire_time,
    )


async def test_values_of_headers_are_kept_and_never_shown(world: World) -> None:
    target = {"http": {"url": f"{world.endpoint.url}/secret", "headers": {"x-key": "hush"}}}
    made = await world.create(job_pb2.Job(target=target))
    assert dict(made.target.http.headers) == {"x-key": ""}
    changed = job_pb2.Job(name=made.name, target=made.target)
    changed.target.http.headers["x-other"] = "too"
    found = await update(world, changed, "target")
    assert dict(found.target.http.headers) == {"x-key": "", "x-other": ""}
    await world.ended((await world.run(made.name)).name)
    (request,) = world.endpoint.of("/secret")
    assert (request.headers["x-key"], request.headers["x-other"]) == ("hush", "too")
    changed.target.http.headers["x-new"] = ""
    assert (await refused(update(world, changed, "target")))[1] == "INVALID_FIELD"


async def test_a_deleted_job_is_gone_with_its_runs_and_its_name_is_free(world: World) -> None:
    made = await world.create(world.calls("a"))
    run = await world.ended((await world.run(made.name)).name)
    await world.delete(made.name)
    request = run_service_pb2.GetRunRequest(name=run.name)
    assert (await refused(world.client.runs.GetRun(request)))[0] == grpc.StatusCode.NOT_FOUND
    again = await world.create(world.calls("a"), made.name.removeprefix("jobs/"))
    assert again.etag != made.etag
    assert await world.list_runs(again.name) == []


async def test_a_name_is_given_once(world: World) -> None:
    made = await world.create(world.calls("a"))
    again = world.create(world.calls("a"), made.name.removeprefix("jobs/"))
    assert (await refused(again))[0] == grpc.StatusCode.ALREADY_EXISTS


PAST = Timestamp(seconds=1_000_000_000)
SOON = Timestamp(seconds=int(time.time()) + 2)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"schedule": {"trigger": {"cron": {"expression": "61 * * * *"}}}}, "61"),
        ({"schedule": {"trigger": {"interval": {"every": {}}}}}, "interval.every"),
        ({"schedule": {"trigger": {"once": PAST}}}, "job.schedule"),
        ({"schedule": YEARLY | {"time_zone": "Mars/Olympus"}}, "job.schedule.time_zone"),
        ({"schedule": YEARLY | {"end_time": PAST}}, "job.schedule"),
        ({"expire_time": PAST}, "job.expire_time"),
        ({"schedule": YEARLY, "expire_time": SOON}, "job.expire_time"),
        ({"timeout": {"seconds": 90_000}}, "job.timeout"),
        ({"retry": {"max_attempts": 0}}, "job.retry.max_attempts"),
        ({"retry": {"max_attempts": 2, "multiplier": 0.5}}, "job.retry.multiplier"),
        ({"misfire": {"grace": {"seconds": -1}}}, "job.misfire.grace"),
        ({"labels": {"Bad Name": "x"}}, "job.labels"),
        ({"permissions": ["not a permission"]}, "job.permissions"),
        ({"overlap": 99}, "job.overlap"),
    ],
)
async def test_what_makes_no_job_is_refused_by_field(
    world: World, fields: dict[str, Any], field: str
) -> None:
    code, _, named = await refused(world.create(world.calls("a", **fields)))
    assert code == grpc.StatusCode.INVALID_ARGUMENT
    assert any(field in each for each in named), named


@pytest.mark.parametrize(
    "target",
    [
        {},
        {"grpc": {"method": "oms.scheduler.v1.ScheduleService/Nothing"}},
        {"grpc": {"method": PREVIEW, "request": {"nothing": 1}}},
        {"grpc": {"method": "oms.scheduler.v1.RunService/WatchRuns"}},
        {"http": {"url": "ftp://example.com/"}},
        {"http": {"url": "http://169.254.169.254/latest/meta-data"}},
        {"event": {"type": "oms.ontology.object_type.updated.v1"}},
        {"task": {"task": "no-such-task"}},
    ],
)
async def test_a_target_that_can_not_be_called_is_refused(
    world: World, target: dict[str, Any]
) -> None:
    code, _, _ = await refused(world.create(job_pb2.Job(target=target)))
    assert code == grpc.StatusCode.INVALID_ARGUMENT


async def test_a_job_may_do_no_more_than_its_author(world: World) -> None:
    server = world.server
    job = world.calls("a", permissions=["kernel.commits.write"])
    for role, expected in (
        ("viewer", "scheduler.jobs.write"),
        ("operator", "kernel.commits.write"),
    ):
        jobs = world.client_of(server, role).jobs
        request = job_service_pb2.CreateJobRequest(job_id=world.name(), job=job)
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await jobs.CreateJob(request)
        assert caught.value.code() == grpc.StatusCode.PERMISSION_DENIED
        assert from_rpc_error(caught.value).metadata["permission"] == expected
    request = job_service_pb2.CreateJobRequest(
        job_id=world.name(),
        job=job_pb2.Job(target={"grpc": {"method": PREVIEW, "request": _PREVIEW}}),
    )
    made = (await world.client_of(server, "operator").jobs.CreateJob(request)).job
    assert list(made.permissions) == ["scheduler.schedules.preview"]


_PREVIEW = {"schedule": {"trigger": {"cron": {"expression": "@daily"}}}}
