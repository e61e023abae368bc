"""Composition of the event service."""

from __future__ import annotations

from functools import partial

from oms_rpc import Service, ServiceContext

from svc_events.settings import EventSettings


def service(settings: EventSettings) -> Service:
    """The service, ready to be hosted alone or beside others."""
    return Service(name="events", setup=partial(_setup, settings=settings))


async def _setup(ctx: ServiceContext, settings: EventSettings) -> None:
    """Registers nothing: the server itself answers health, reflection and channelz."""
