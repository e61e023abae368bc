"""Rules to try."""

from __future__ import annotations

import pytest
from oms_testing.suite import Suite

from event_service.routing.worlds import World
from event_service.servers import Servers


@pytest.fixture
def world(servers: Servers, suite: Suite) -> World:
    """Names that no other test uses."""
    return World(servers, suite)
