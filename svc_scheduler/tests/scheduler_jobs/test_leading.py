"""One replica leads, another follows it, and whoever led before records nothing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio
from oms.scheduler.v1 import run_pb2
from oms.scheduler.v1 import scheduler_service_pb2 as pb
from oms_core.clock import SystemClock
from oms_nats import NatsConnection, NatsSettings
from oms_postgres import PostgresSchema, PostgresSettings, migrations_in
from oms_security.sealing import Sealer
from pydantic import SecretStr
from svc_scheduler.adapters.jobs.definitions import Headers, KnownJobs
from svc_scheduler.adapters.leading.dispatching import Dispatching
from svc_scheduler.adapters.leading.lease import LeaseLost, Term
from svc_scheduler.adapters.leading.recorder import Recorder
from svc_scheduler.adapters.leading.shared_clock import SharedClock
from svc_scheduler.adapters.postgres.rows import fetch_one
from svc_scheduler.adapters.runs.keys import RunKey
from svc_scheduler.adapters.runs.queue import RunQueue
from svc_scheduler.adapters.working.claims import Claims, Report
from svc_scheduler.adapters.working.worker import Worker
from svc_scheduler.domain.runs.model import State

from .world import PATIENCE_S, World

pytestmark = pytest.mark.asyncio(loop_scope="package")

EVERY_SECOND = {"trigger": {"interval": {"every": {"seconds": 1}}}}


async def test_the_status_tells_who_leads_and_who_works(world: World) -> None:
    await world.ended((await world.run((await world.create(world.calls("s"))).name)).name)
    found = await world.status()
    assert found.leader.fencing_token >= 1
    (worker,) = found.workers
    assert (worker.name, worker.capacity) == (f"workers/{found.leader.id}", 100)


async def test_another_replica_leads_on_when_the_leader_stops(world: World) -> None:
    path = world.name()
    async with world.replica() as second:
        client, world.client = world.client, world.client_of(second)
        before = (await world.status()).leader
        job = await world.create(world.calls(path, schedule=EVERY_SECOND), path)
        await world.endpoint.until(f"/{path}", 1)
        await world.stop_first()
        await world.until_status(lambda now: now.leader.fencing_token > before.fencing_token)
        count = len(world.endpoint.of(f"/{path}"))
        await world.endpoint.until(f"/{path}", count + 2)
        times = [run.fire_time.seconds for run in await world.list_runs(job.name)]
        assert times == list(range(times[0], times[0] + len(times)))
        await world.delete(job.name)
        world.client = client
        await world.start_first()


@pytest_asyncio.fixture(loop_scope="package")
async def stores(world: World) -> AsyncIterator[tuple[PostgresSchema, KnownJobs]]:
    """What a replica works with, beside those that run."""
    schema = PostgresSchema(
        PostgresSettings(url=SecretStr(world.urls["DATABASE_URL"])),
        "oms_scheduler",
        migrations_in("svc_scheduler.adapters.postgres.migrations"),
    )
    yield schema, KnownJobs(Headers(Sealer("k" * 40, purpose="test", variable="X")))
    await schema.close()


async def test_who_led_before_records_nothing(
    world: World, stores: tuple[PostgresSchema, KnownJobs]
) -> None:
    schema, known = stores
    clock = SharedClock(SystemClock())
    stale = Term((await world.status()).leader.fencing_token - 1)
    with pytest.raises(LeaseLost):
        await Recorder(schema, known, clock).record(stale, [1, 2, 3])
    with pytest.raises(LeaseLost):
        await Dispatching(schema, clock).begin(stale)


async def test_what_a_worker_reports_that_lost_its_run_is_refused(
    world: World, stores: tuple[PostgresSchema, KnownJobs]
) -> None:
    schema, known = stores
    claims = Claims(schema, known, lease=timedelta(milliseconds=1))
    job = await world.create(world.calls("fenced"), paused=True)
    async with schema.connection() as connection:
        row = await fetch_one(
            connection,
            "INSERT INTO runs (job_uid, id, cause, state, priority, begin_time, create_time, "
            "update_time) SELECT uid, 'fenced', 2, 3, 2, now(), now(), now() FROM jobs "
            "WHERE id = %s RETURNING job_uid",
            [job.name.removeprefix("jobs/")],
        )
    assert row is not None
    key = RunKey(row["job_uid"], "fenced")
    (first,) = await claims.take("first", [key])
    (second,) = await claims.take("second", [key])
    assert second.fencing_token > first.fencing_token
    assert (second.attempt, second.lost) == (2, 1)
    assert await claims.end([Report(first, "first", State.SUCCEEDED, result="1")]) == set()
    assert await claims.extend([first]) == {}
    error = {"code": "INTERNAL", "reason": "", "message": "why"}
    assert await claims.end([Report(second, "second", State.FAILED, error=error)]) == {key}
    run = await world.get_run(f"{job.name}/runs/fenced")
    assert [attempt.error.code for attempt in run.attempts] == ["ABORTED", "INTERNAL"]
    assert (run.state, run.HasField("result")) == (run_pb2.RUN_STATE_FAILED, False)
    assert await claims.end([Report(second, "second", State.SUCCEEDED)]) == set()


async def test_a_worker_ends_when_it_can_not_report_any_more(
    world: World, stores: tuple[PostgresSchema, KnownJobs], monkeypatch: pytest.MonkeyPatch
) -> None:
    schema, known = stores
    claims = Claims(schema, known, lease=timedelta(seconds=1))
    nats = NatsConnection(NatsSettings(url=SecretStr(world.urls["NATS_URL"])), "test")
    queue = RunQueue(nats, replicas=1, ack_wait_s=5)
    runner: Any = None
    worker = Worker(claims, queue, runner, SystemClock(), worker="ends", capacity=1, grace_s=0)

    async def broken(*_: object) -> bool:
        raise RuntimeError("not foreseen")

    monkeypatch.setattr(claims, "beat", broken)
    async with asyncio.timeout(PATIENCE_S):
        with pytest.raises(RuntimeError, match="not foreseen"):
            await worker.run()
    await nats.close()


async def test_a_drained_worker_takes_no_runs_until_it_is_resumed(world: World) -> None:
    (worker,) = (await world.status()).workers
    drained = await world.client.scheduler.DrainWorker(pb.DrainWorkerRequest(name=worker.name))
    assert drained.worker.draining
    job = await world.create(world.calls("drained"))
    async with asyncio.timeout(PATIENCE_S):
        while True:
            # What was asked for before it was drained may still come.
            run = await world.ended_or_queued((await world.run(job.name)).name)
            if run.state == run_pb2.RUN_STATE_QUEUED:
                break
    await world.client.scheduler.DrainWorker(pb.DrainWorkerRequest(name=worker.name, resume=True))
    await world.ended(run.name)


async def test_what_is_no_run_in_the_queue_harms_nobody(world: World) -> None:
    nats = NatsConnection(NatsSettings(url=SecretStr(world.urls["NATS_URL"])), "test")
    js = await nats.jetstream()
    for data in (b"", b"{}", b"[1]", b'["x",2]', b"\xff", b'[9999,"gone"]'):
        await js.publish("oms.scheduler.runs.normal", data)
    job = await world.create(world.calls("after"))
    await world.ended((await world.run(job.name)).name)
    await nats.close()
