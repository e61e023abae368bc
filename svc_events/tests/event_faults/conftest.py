"""NATS behind a network that can be cut, and a chain that stands on it, for each test."""

from __future__ import annotations

import gc
import itertools
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from oms_testing.nats import KillableNats
from oms_testing.postgresql import new_database, running_postgresql
from oms_testing.proxy import CuttableProxy

from .chain import Chain, Endpoint, JumpingClock, serving

_numbers = itertools.count(1)


@pytest.fixture(scope="package")
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running_postgresql(tmp_path_factory.mktemp("postgresql")) as address:
        yield address


@pytest.fixture(autouse=True)
def collected() -> Iterator[None]:
    """Whatever a test leaves is collected under its own filters."""
    yield
    gc.collect()


@pytest.fixture
async def broker(tmp_path: Path) -> AsyncIterator[KillableNats]:
    broker = KillableNats(tmp_path)
    await broker.start()
    yield broker
    await broker.kill()


@pytest.fixture
async def proxy(broker: KillableNats) -> AsyncIterator[CuttableProxy]:
    """The network between the service and NATS."""
    async with CuttableProxy(broker.port).running() as proxy:
        yield proxy


@pytest.fixture
def clock() -> JumpingClock:
    return JumpingClock()


@pytest.fixture
async def chain(postgresql: str, proxy: CuttableProxy, clock: JumpingClock) -> AsyncIterator[Chain]:
    async with (
        new_database(postgresql) as database,
        serving(f"nats://127.0.0.1:{proxy.port}", database, clock) as suite,
        Endpoint().running() as endpoint,
    ):
        chain = Chain(suite.channel(), database, endpoint, f"chain-{next(_numbers)}")
        await chain.open()
        yield chain
