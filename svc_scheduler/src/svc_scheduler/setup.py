"""Composition of the scheduler service."""

from __future__ import annotations

from functools import partial

from oms_rpc import Service, ServiceContext

from svc_scheduler.settings import SchedulerSettings


def service(settings: SchedulerSettings) -> Service:
    """The service, ready to be hosted alone or beside others."""
    return Service(name="scheduler", setup=partial(_setup, settings=settings))


async def _setup(ctx: ServiceContext, settings: SchedulerSettings) -> None:
    """Registers nothing: the server itself answers health, reflection and channelz."""
