"""Composition of the scheduler service."""

from __future__ import annotations

from functools import partial

from oms.scheduler.v1 import schedule_service_pb2_grpc
from oms_rpc import Service, ServiceContext

from svc_scheduler.servicers.schedule_servicer import ScheduleServicer
from svc_scheduler.settings import SchedulerSettings


def service(settings: SchedulerSettings) -> Service:
    """The service, ready to be hosted alone or beside others."""
    return Service(name="scheduler", setup=partial(_setup, settings=settings))


async def _setup(ctx: ServiceContext, settings: SchedulerSettings) -> None:
    ctx.add_servicer(
        schedule_service_pb2_grpc.add_ScheduleServiceServicer_to_server,
        ScheduleServicer(ctx.clock),
    )
