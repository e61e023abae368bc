"""The network to NATS is cut, and NATS is killed, while commits are relayed."""

from __future__ import annotations

import asyncio
import gc
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path

import pytest
from oms_core.errors import ServiceUnavailable
from oms_testing.nats import KillableNats
from oms_testing.proxy import CuttableProxy

from .rebuilding import check_branches
from .world import PATIENCE_S, Urls, World

pytestmark = [
    pytest.mark.timeout(240),
    # The driver of NATS leaves a connection that breaks while it is being made to the collector.
    pytest.mark.filterwarnings("ignore:(unclosed|loop is closed):ResourceWarning"),
]


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
async def world(broker: KillableNats, urls: Urls, tmp_path: Path) -> AsyncIterator[World]:
    async with World.running(Urls(broker.url, urls.postgres), tmp_path) as world:
        yield world


async def test_commits_are_relayed_once_over_a_network_that_is_cut(
    world: World, broker: KillableNats
) -> None:
    chance = random.Random(21)
    async with CuttableProxy(broker.port).running() as proxy:

        async def cut() -> None:
            proxy.cut()
            await asyncio.sleep(chance.uniform(0, 0.5))
            await proxy.mend()

        await _relayed_through(world, f"nats://127.0.0.1:{proxy.port}", chance, cut)


async def test_commits_are_relayed_once_whenever_the_broker_is_killed(
    world: World, broker: KillableNats
) -> None:
    async def kill() -> None:
        await broker.kill()
        await broker.start()

    await _relayed_through(world, broker.url, random.Random(22), kill)


async def _relayed_through(
    world: World, nats: str, chance: random.Random, fault: Callable[[], Awaitable[None]]
) -> None:
    """Commits while faults happen; then the events rebuild each branch, none is there twice."""
    await world.create("brick")
    async with world.relaying(nats=nats):
        for number in range(3):
            for step in range(chance.randint(5, 15)):
                content = f'{{"n":{number},"step":{step}}}'.encode()
                names = chance.sample("abcdefgh", 3)
                await world.commit("brick", **dict.fromkeys(names, content))
            # While the relay is somewhere among them.
            await fault()
        last = await world.commit("brick", last=b"{}")
        await _reconnected(world)
        events = await world.until_relayed("brick", last.commit_id)
        await check_branches(world, "brick", events)
        ids = [each.event.id for each in events]
        assert len(ids) == len(set(ids))


async def _reconnected(world: World) -> None:
    """Waits until the test itself can look at the stream again."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            try:
                await world.nats.check()
            except ServiceUnavailable:
                await asyncio.sleep(0.05)
            else:
                return
