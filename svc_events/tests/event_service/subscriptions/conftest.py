"""Events to subscribe to."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio
from nats.js.api import StreamConfig
from oms_nats import NatsConnection, NatsSettings
from oms_testing.suite import Suite
from pydantic import SecretStr
from svc_events.domain.subjects import broker_stream, every_subject

from event_service.servers import Servers
from event_service.subscriptions.worlds import World


@pytest_asyncio.fixture(loop_scope="module")
async def world(servers: Servers, suite: Suite) -> AsyncIterator[World]:
    """A fresh stream."""
    nats = NatsConnection(NatsSettings(url=SecretStr(servers.nats)), "tests")
    world = World(await nats.jetstream(), suite)
    await world.jetstream.add_stream(
        StreamConfig(name=broker_stream(world.stream), subjects=[every_subject(world.stream)])
    )
    yield world
    await nats.close()
