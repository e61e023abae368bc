"""Policies of jobs, at work: overlaps, limits, catching up, failures, expiry."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio
from oms.scheduler.v1 import (
    job_pb2,
    job_service_pb2,
    run_pb2,
    run_service_pb2,
)

from .world import Request, World

pytestmark = pytest.mark.asyncio(loop_scope="package")

HOURLY = {"trigger": {"cron": {"expression": "0 * * * *"}}}
SUCCEEDED, FAILED = run_pb2.RUN_STATE_SUCCEEDED, run_pb2.RUN_STATE_FAILED
CANCELLED, SKIPPED = run_pb2.RUN_STATE_CANCELLED, run_pb2.RUN_STATE_SKIPPED
WAITING, RUNNING = run_pb2.RUN_STATE_WAITING, run_pb2.RUN_STATE_RUNNING
MISSED = run_pb2.RUN_STATE_MISSED


class Gate:
    """Lets requests that ask for it wait until it is opened."""

    def __init__(self) -> None:
        self.is_open = asyncio.Event()
        self.at_once: dict[str, int] = {}
        self.most: dict[str, int] = {}

    async def answer(self, request: Request) -> int:
        path = request.path
        self.at_once[path] = self.at_once.get(path, 0) + 1
        self.most[path] = max(self.most.get(path, 0), self.at_once[path])
        try:
            await self.is_open.wait()
        finally:
            self.at_once[path] -= 1
        return 200


@pytest_asyncio.fixture(loop_scope="package")
async def gate(world: World) -> AsyncIterator[Gate]:
    gate = Gate()
    world.endpoint.answer = gate.answer
    yield gate
    gate.is_open.set()
    world.endpoint.answer = None


async def begun(world: World, **settings: Any) -> tuple[job_pb2.Job, run_pb2.Run, str]:
    """A job with a run that the endpoint holds up, and the path it calls."""
    path = world.name()
    job = await world.create(world.calls(path, **settings))
    run = await world.run(job.name)
    await world.endpoint.until(f"/{path}", 1)
    return job, run, f"/{path}"


async def test_a_run_is_skipped_while_another_is_under_way(world: World, gate: Gate) -> None:
    job, first, path = await begun(world)
    second = await world.run(job.name)
    assert (second.state, second.attempt_count) == (SKIPPED, 0)
    gate.is_open.set()
    assert (await world.ended(first.name)).state == SUCCEEDED
    assert len(world.endpoint.of(path)) == 1


async def test_a_run_waits_for_the_one_before_it(world: World, gate: Gate) -> None:
    job, first, path = await begun(world, overlap=job_pb2.OVERLAP_POLICY_QUEUE_ALL)
    others = [await world.run(job.name) for _ in range(3)]
    assert [run.state for run in others] == [WAITING] * 3
    gate.is_open.set()
    for run in (first, *others):
        assert (await world.ended(run.name)).state == SUCCEEDED
    ended = [(await world.get_run(run.name)).end_time.ToDatetime() for run in (first, *others)]
    assert ended == sorted(ended)
    assert gate.most[path] == 1


async def test_no_more_runs_are_under_way_than_the_limit(world: World, gate: Gate) -> None:
    allow = job_pb2.OVERLAP_POLICY_ALLOW
    job, first, path = await begun(world, overlap=allow, max_concurrency=2)
    others = [await world.run(job.name) for _ in range(4)]
    await world.endpoint.until(path, 2)
    gate.is_open.set()
    for run in (first, *others):
        assert (await world.ended(run.name)).state == SUCCEEDED
    assert gate.most[path] == 2


async def test_a_later_run_cancels_the_one_under_way_and_then_begins(
    world: World, gate: Gate
) -> None:
    job, first, path = await begun(world, overlap=job_pb2.OVERLAP_POLICY_CANCEL_OTHER)
    second = await world.run(job.name)
    assert (await world.ended(first.name)).state == CANCELLED
    await world.endpoint.until(path, 2)
    gate.is_open.set()
    assert (await world.ended(second.name)).state == SUCCEEDED


async def test_a_terminated_run_is_over_at_once_and_its_result_refused(
    world: World, gate: Gate
) -> None:
    job, first, path = await begun(world, overlap=job_pb2.OVERLAP_POLICY_TERMINATE_OTHER)
    second = await world.run(job.name)
    assert (await world.get_run(first.name)).state == CANCELLED
    await world.endpoint.until(path, 2)
    gate.is_open.set()
    assert (await world.ended(second.name)).state == SUCCEEDED
    assert (await world.get_run(first.name)).state == CANCELLED


async def test_a_run_is_cancelled_wherever_it_stands(world: World, gate: Gate) -> None:
    job, first, _ = await begun(world, overlap=job_pb2.OVERLAP_POLICY_QUEUE_ALL)
    second = await world.run(job.name)
    for run in (second, first):
        await world.client.runs.CancelRun(run_service_pb2.CancelRunRequest(name=run.name))
    assert (await world.get_run(second.name)).state == CANCELLED
    assert (await world.ended(first.name)).state == CANCELLED
    again = await world.client.runs.CancelRun(run_service_pb2.CancelRunRequest(name=first.name))
    assert again.run.state == CANCELLED


async def test_an_attempt_that_hangs_ends_at_its_timeout(world: World, gate: Gate) -> None:
    job, first, _ = await begun(world, timeout={"seconds": 1})
    run = await world.ended(first.name)
    assert (run.state, run.error.code) == (FAILED, "DEADLINE_EXCEEDED")
    assert job.timeout.seconds == 1


async def test_a_job_whose_runs_fail_is_paused(world: World) -> None:
    async def answer(_: Request) -> int:
        return 500

    world.endpoint.answer = answer
    job = await world.create(
        world.calls("bad", schedule=HOURLY, pause_after_failures=2), world.name()
    )
    for _ in range(2):
        assert (await world.ended((await world.run(job.name)).name)).state == FAILED
    world.endpoint.answer = None
    request = job_service_pb2.GetJobRequest(name=job.name)
    found = (await world.client.jobs.GetJob(request)).job
    assert found.state == job_pb2.JOB_STATE_PAUSED
    assert found.state_reason == "2 runs in a row failed"
    resume = job_service_pb2.ResumeJobRequest(name=job.name)
    found = (await world.client.jobs.ResumeJob(resume)).job
    assert (found.state, found.failures_in_a_row) == (job_pb2.JOB_STATE_ACTIVE, 0)


async def test_what_would_fail_again_is_not_repeated(world: World) -> None:
    async def answer(_: Request) -> int:
        return 404

    world.endpoint.answer = answer
    job = await world.create(world.calls("no", retry={"max_attempts": 5}), world.name())
    run = await world.ended((await world.run(job.name)).name)
    world.endpoint.answer = None
    assert (run.state, run.attempt_count) == (FAILED, 1)


async def test_times_of_an_outage_are_caught_up(world: World) -> None:
    path = world.name()
    job = world.calls(
        path,
        schedule=HOURLY,
        overlap=job_pb2.OVERLAP_POLICY_ALLOW,
        misfire={"catch_up_window": {"seconds": 4 * 3600}},
    )
    made = await world.create(job, path)
    await world.set_back(path, timedelta(hours=10))
    await world.endpoint.until(f"/{path}", 4)
    runs = await world.list_runs(made.name)
    assert runs[0].state == MISSED
    # Ten times since then; four are at most four hours old, the fifth if the hour begins now.
    assert runs[0].missed_count in (5, 6)
    assert len(runs) == 11 - runs[0].missed_count
    assert len({run.fire_time.seconds for run in runs}) == len(runs)


async def test_a_job_that_is_deleted_while_it_runs_ends(world: World, gate: Gate) -> None:
    job, _, _ = await begun(world)
    await world.delete(job.name)
    await world.until_status(lambda status: status.workers[0].run_count == 0)


async def test_a_span_is_backfilled_once_for_a_request(world: World) -> None:
    path = world.name()
    job = await world.create(world.calls(path, schedule=HOURLY), path)
    request = job_service_pb2.BackfillJobRequest(
        name=job.name, overlap=job_pb2.OVERLAP_POLICY_ALLOW, request_id="r1"
    )
    request.start_time.FromJsonString("2026-01-01T00:00:00Z")
    request.end_time.FromJsonString("2026-01-01T05:00:00Z")
    for _ in range(2):
        assert (await world.client.jobs.BackfillJob(request)).run_count == 6
    await world.endpoint.until(f"/{path}", 6)
    runs = await world.list_runs(job.name)
    assert [run.fire_time.ToJsonString() for run in runs] == [
        f"2026-01-01T0{hour}:00:00Z" for hour in range(6)
    ]
    assert {run.cause for run in runs} == {run_pb2.RUN_CAUSE_BACKFILL}


async def test_a_run_by_hand_is_recorded_once_for_a_request(world: World) -> None:
    job = await world.create(world.calls("once", overlap=job_pb2.OVERLAP_POLICY_ALLOW))
    names = {(await world.run(job.name, request_id="same")).name for _ in range(2)}
    names.add((await world.run(job.name)).name)
    assert len(names) == 2
    assert len(await world.list_runs(job.name)) == 2
