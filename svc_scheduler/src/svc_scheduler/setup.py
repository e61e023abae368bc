"""Composition of the scheduler service."""

from __future__ import annotations

import socket
from datetime import timedelta
from functools import partial
from typing import Final

from oms.scheduler.v1 import (
    job_service_pb2_grpc,
    run_service_pb2_grpc,
    schedule_service_pb2_grpc,
    scheduler_service_pb2_grpc,
)
from oms_core.ids import new_request_id
from oms_nats import NatsConnection, NatsSettings
from oms_outbound import OutboundClient, OutboundSettings
from oms_postgres import PostgresSchema, PostgresSettings, migrations_in
from oms_rpc import Service, ServiceContext
from oms_security import SecuritySettings, TokenIssuer
from oms_security.sealing import Sealer

from svc_scheduler.adapters.jobs.administration import JobAdministration
from svc_scheduler.adapters.jobs.definitions import Headers, KnownJobs
from svc_scheduler.adapters.jobs.store import JobStore
from svc_scheduler.adapters.leading.dispatching import Dispatching
from svc_scheduler.adapters.leading.leader import Leader, LeaderTools
from svc_scheduler.adapters.leading.lease import Lease
from svc_scheduler.adapters.leading.recorder import Recorder
from svc_scheduler.adapters.leading.shared_clock import SharedClock
from svc_scheduler.adapters.redis import RedisConnection
from svc_scheduler.adapters.runs.queue import RunQueue
from svc_scheduler.adapters.runs.store import RunStore
from svc_scheduler.adapters.runs.watching import RunWatching
from svc_scheduler.adapters.status import SchedulerStatus
from svc_scheduler.adapters.targets.builtin import built_in_tasks
from svc_scheduler.adapters.targets.http_calls import scheduler_policy
from svc_scheduler.adapters.targets.identity import RunTokens
from svc_scheduler.adapters.targets.runner import Targets
from svc_scheduler.adapters.working.attempt import AttemptRunner
from svc_scheduler.adapters.working.claims import Claims
from svc_scheduler.adapters.working.worker import Worker
from svc_scheduler.servicers.job_servicer import JobServicer
from svc_scheduler.servicers.run_servicer import RunServicer
from svc_scheduler.servicers.schedule_servicer import ScheduleServicer
from svc_scheduler.servicers.scheduler_servicer import SchedulerServicer
from svc_scheduler.settings import SchedulerSettings

_SCHEMA: Final = "oms_scheduler"
_MIGRATIONS: Final = "svc_scheduler.adapters.postgres.migrations"
_PURPOSE: Final = "oms scheduler headers 1"


def service(
    settings: SchedulerSettings,
    security: SecuritySettings,
    nats: NatsSettings | None = None,
    postgres: PostgresSettings | None = None,
    *,
    outbound: OutboundSettings | None = None,
) -> Service:
    """The service, ready to be hosted alone or beside others.

    Args:
        security: Holds the key that tokens of runs are signed with.
        nats: Where NATS is. Left out: read from the environment.
        postgres: Where PostgreSQL is. Left out: read from the environment.
        outbound: What HTTP targets may reach. Left out: read from the environment.
    """
    setup = partial(
        _setup,
        settings=settings,
        security=security,
        nats=nats or NatsSettings(),
        postgres=postgres or PostgresSettings(),
        outbound=outbound or OutboundSettings(),
    )
    return Service(name="scheduler", setup=setup)


async def _setup(
    ctx: ServiceContext,
    *,
    settings: SchedulerSettings,
    security: SecuritySettings,
    nats: NatsSettings,
    postgres: PostgresSettings,
    outbound: OutboundSettings,
) -> None:
    schema = PostgresSchema(postgres, _SCHEMA, migrations_in(_MIGRATIONS))
    broker = NatsConnection(nats, "oms-scheduler")
    redis = RedisConnection(
        settings.redis_url, pool_size=settings.redis_pool_size, timeout_s=settings.lease_s / 5
    )
    client = OutboundClient(scheduler_policy(outbound), clock=ctx.clock)
    for store in (schema, broker, redis, client):
        ctx.stack.push_async_callback(store.close)
    # The suite serves ontologies without them, so the monolith stays ready.
    for name, store in (("postgresql", schema), ("nats", broker), ("redis", redis)):
        check = store.check if store.is_configured else None
        ctx.add_ready_check(name, check, is_required=False)
    replica = f"{socket.gethostname()[:64]}-{new_request_id()[:12]}"
    sealer = Sealer(
        settings.key.get_secret_value() or None, purpose=_PURPOSE, variable="OMS_SCHEDULER_KEY"
    )
    headers = Headers(sealer)
    known = KnownJobs(headers)
    tasks = built_in_tasks(export_dir=settings.export_dir)
    targets = Targets(ctx.channel, client, tasks)
    queue = RunQueue(broker, replicas=settings.queue_replicas, ack_wait_s=settings.run_lease_s)
    runs = RunStore(schema, known)
    watching = RunWatching(runs)
    clock = SharedClock(ctx.clock)
    lease = Lease(redis, schema, replica, ctx.clock, lease_s=settings.lease_s)
    jobs = JobAdministration(JobStore(schema), headers, targets)
    status = SchedulerStatus(schema, alive_s=settings.run_lease_s)
    _add_servicers(
        ctx,
        JobServicer(jobs, runs, tasks),
        RunServicer(runs, watching),
        SchedulerServicer(status, lease.holder),
    )
    if schema.is_configured:
        ctx.add_worker("watching", watching.run)
    if not (schema.is_configured and broker.is_configured and redis.is_configured):
        return
    leader = Leader(
        LeaderTools(
            schema=schema,
            redis=redis,
            lease=lease,
            clock=clock,
            recorder=Recorder(schema, known, clock),
            dispatching=Dispatching(schema, clock),
            queue=queue,
            keep_runs=timedelta(seconds=settings.keep_runs_s),
        )
    )
    ctx.add_worker("leader", leader.run)
    if settings.capacity:
        worker = Worker(
            Claims(schema, known, lease=timedelta(seconds=settings.run_lease_s)),
            queue,
            AttemptRunner(targets, RunTokens(TokenIssuer(security)), replica),
            ctx.clock,
            worker=replica,
            capacity=settings.capacity,
            grace_s=settings.grace_s,
        )
        ctx.add_worker("worker", worker.run)


def _add_servicers(
    ctx: ServiceContext, jobs: JobServicer, runs: RunServicer, scheduler: SchedulerServicer
) -> None:
    ctx.add_servicer(
        schedule_service_pb2_grpc.add_ScheduleServiceServicer_to_server,
        ScheduleServicer(ctx.clock),
    )
    ctx.add_servicer(job_service_pb2_grpc.add_JobServiceServicer_to_server, jobs)
    ctx.add_servicer(run_service_pb2_grpc.add_RunServiceServicer_to_server, runs)
    ctx.add_servicer(scheduler_service_pb2_grpc.add_SchedulerServiceServicer_to_server, scheduler)
