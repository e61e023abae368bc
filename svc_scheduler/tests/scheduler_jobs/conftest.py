from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from oms_devstack import running_stack

from .world import World, open_endpoint


@pytest_asyncio.fixture(scope="package", loop_scope="package")
async def world(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    """One replica on stores of its own."""
    folder = tmp_path_factory.mktemp("scheduler")
    async with (
        running_stack(folder, is_durable=False) as devstack,
        open_endpoint() as endpoint,
    ):
        await devstack.ready()
        made = World(dict(devstack.urls), endpoint)
        await made.start_first()
        yield made
        await made.stop_first()
