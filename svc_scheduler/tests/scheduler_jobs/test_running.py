"""Jobs that run: on their schedule, by hand, and again when they fail."""

from __future__ import annotations

import pytest
from oms.scheduler.v1 import run_pb2

from .world import Request, World

pytestmark = pytest.mark.asyncio(loop_scope="package")

EVERY_SECOND = {"trigger": {"interval": {"every": {"seconds": 1}}}}


async def test_a_job_runs_at_each_time_of_its_schedule(world: World) -> None:
    job = await world.create(world.calls("each", schedule=EVERY_SECOND))
    requests = await world.endpoint.until("/each", 3)
    keys = [each.headers["idempotency-key"] for each in requests]
    assert len(set(keys)) == len(keys)
    runs = [run for run in await world.list_runs(job.name) if run.state > 4]
    assert {run.state for run in runs} <= {run_pb2.RUN_STATE_SUCCEEDED, run_pb2.RUN_STATE_SKIPPED}
    times = [run.fire_time.seconds for run in await world.list_runs(job.name)]
    assert times == list(range(times[0], times[0] + len(times)))
    await world.delete(job.name)


async def test_a_run_by_hand_has_a_result_and_its_attempt(world: World) -> None:
    job = await world.create(world.calls("hand"))
    run = await world.run(job.name, parameters={"n": 7})
    assert run.state == run_pb2.RUN_STATE_PENDING
    run = await world.ended(run.name)
    assert run.state == run_pb2.RUN_STATE_SUCCEEDED
    (request,) = world.endpoint.of("/hand")
    assert request.body == {"n": 7}
    (attempt,) = run.attempts
    assert request.headers["oms-fencing-token"] == str(attempt.fencing_token)
    assert run.result.struct_value["status"] == 200


async def test_a_run_that_fails_is_repeated_with_the_same_key(world: World) -> None:
    async def answer(request: Request) -> int:
        return 200 if len(world.endpoint.of("/again")) > 2 else 503

    world.endpoint.answer = answer
    retry = {"max_attempts": 3, "first_delay": {"nanos": 100_000_000}}
    job = await world.create(world.calls("again", retry=retry))
    run = await world.ended((await world.run(job.name)).name)
    world.endpoint.answer = None
    assert run.state == run_pb2.RUN_STATE_SUCCEEDED
    assert [attempt.error.code for attempt in run.attempts] == ["UNAVAILABLE", "UNAVAILABLE", ""]
    requests = world.endpoint.of("/again")
    assert len({each.headers["idempotency-key"] for each in requests}) == 1
    tokens = [int(each.headers["oms-fencing-token"]) for each in requests]
    assert tokens == sorted(set(tokens))
