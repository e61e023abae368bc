from __future__ import annotations

import itertools
from collections.abc import AsyncIterator
from typing import Any

import pytest_asyncio
from oms_outbound import OutboundClient, OutboundPolicy
from oms_rpc import ServerSettings
from oms_testing.suite import running_suite, security_settings

from .world import Seen, World, services, targets_over


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=["local", "network"])
async def world(request: Any) -> AsyncIterator[World]:
    """Services called within the process, and the same over a network."""
    seen = Seen()
    limited = ServerSettings(port=0, max_message_bytes=4 * 1024 * 1024)
    async with (
        running_suite(services(seen), security=security_settings(), server=limited) as suite,
        OutboundClient(OutboundPolicy()) as outbound,
    ):
        server = suite.server
        channel = server.local_channel() if request.param == "local" else server.channel()
        yield World(suite, seen, targets_over(channel, outbound), itertools.count(1))
