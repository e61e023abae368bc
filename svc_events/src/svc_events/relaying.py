"""Composition of the relay."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from oms_core.errors import ResourceNotFound
from oms_core.logging import get_logger
from oms_rpc import ServiceContext

from svc_events.adapters.relay.following import DatabaseRelay
from svc_events.adapters.relay.kernel_feed import KernelFeed
from svc_events.adapters.relay.positions import RelayPositions
from svc_events.adapters.relay.stream import RelayStream
from svc_events.adapters.relay.worker import RelayWorker
from svc_events.domain.subjects import DEFAULT_STREAM
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


def commit_finder(resources: Resources) -> Callable[[str, str, bool], Awaitable[int]]:
    """Finds where in a stream the events of a commit begin, or where those after it do."""
    positions = RelayPositions(resources.schema)

    async def find(stream: str, commit: str, is_after: bool) -> int:
        span = await positions.sequence_of_commit(commit) if stream == DEFAULT_STREAM else None
        if span is None or (is_after and span.last is None):
            raise ResourceNotFound.of("commit", commit, f"in stream {stream!r}")
        return span.first if not is_after or span.last is None else span.last + 1

    return find
