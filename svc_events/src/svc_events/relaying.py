"""Composition of the relay."""

from __future__ import annotations

from oms_core.logging import get_logger
from oms_rpc import ServiceContext

from svc_events.adapters.relay.following import DatabaseRelay
from svc_events.adapters.relay.kernel_feed import KernelFeed
from svc_events.adapters.relay.positions import RelayPositions
from svc_events.adapters.relay.stream import RelayStream
from svc_events.adapters.relay.worker import RelayWorker
from svc_events.resources import Resources


def add_relay(ctx: ServiceContext, resources: Resources) -> None:
    """Relays commits in the background, where there are NATS and PostgreSQL."""
    settings = resources.settings
    if not (resources.nats.is_configured and resources.schema.is_configured):
        get_logger().info("no commits are relayed: NATS_URL or DATABASE_URL is not set")
        return
    feed = KernelFeed(ctx.channel("datakernel"))
    positions = RelayPositions(resources.schema)
    stream = RelayStream(resources.nats, resources.streams)
    relay = DatabaseRelay(feed, stream, positions, base_url=settings.public_url, clock=ctx.clock)
    ctx.add_worker("relay", RelayWorker(feed, relay, positions, resources.schema).run)
