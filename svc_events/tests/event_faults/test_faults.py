"""Whatever breaks between an event and who it is for: nothing is lost, nothing done twice, and the
order of each key is kept."""

from __future__ import annotations

import asyncio
import random
from datetime import timedelta
from typing import Any

import pytest
from oms.event.v1 import subscription_service_pb2 as subscription_pb
from oms_testing.nats import KillableNats
from oms_testing.proxy import CuttableProxy

from .chain import Chain, JumpingClock, until

pytestmark = [
    pytest.mark.timeout(240),
    # The driver of NATS leaves a connection that breaks while it is being made to the collector.
    pytest.mark.filterwarnings("ignore:(unclosed|loop is closed):ResourceWarning"),
]


async def test_a_network_that_is_cut_again_and_again_loses_nothing(
    chain: Chain, proxy: CuttableProxy
) -> None:
    chance = random.Random(11)
    async with chain.consuming():
        publishing = asyncio.create_task(chain.publish(25))
        for _ in range(3):
            await _passing(proxy, chance.randint(10_000, 40_000), publishing)
            proxy.cut()
            await asyncio.sleep(chance.uniform(0, 0.5))
            await proxy.mend()
        await publishing
        await chain.check()


async def test_a_broker_that_is_killed_under_rules_and_consumers_loses_nothing(
    chain: Chain, proxy: CuttableProxy, broker: KillableNats
) -> None:
    chance = random.Random(12)
    async with chain.consuming():
        publishing = asyncio.create_task(chain.publish(25))
        for _ in range(2):
            await _passing(proxy, chance.randint(10_000, 40_000), publishing)
            await broker.kill()
            await broker.start()
        await publishing
        await chain.check()


async def test_a_clock_that_jumps_changes_nothing(
    chain: Chain, proxy: CuttableProxy, clock: JumpingClock
) -> None:
    chance = random.Random(13)
    async with chain.consuming():
        publishing = asyncio.create_task(chain.publish(20))
        for hours in (26, -50, 400, -376):
            await _passing(proxy, chance.randint(10_000, 20_000), publishing)
            clock.jump(timedelta(hours=hours))
        await publishing
        await chain.check()


async def test_a_consumer_that_never_acknowledges_holds_up_nobody_for_long(chain: Chain) -> None:
    request = subscription_pb.SubscribeRequest(
        subscription=chain.subscription, max_outstanding=8, heartbeat={"seconds": 1}
    )
    call: Any = chain.subscriptions.Subscribe(request)
    await chain.publish(1)
    # It has events in its hands, and does nothing about them.
    async for answer in call:
        if answer.events:
            break
    async with chain.consuming():
        await chain.publish(3)
        await until(chain.has_applied)
        call.cancel()
        await chain.check()


async def _passing(proxy: CuttableProxy, count: int, meanwhile: asyncio.Task[None]) -> None:
    """Waits until so many bytes more went over the network, or there is nothing more to do."""
    target = proxy.passed + count
    while proxy.passed < target and not meanwhile.done():  # noqa: ASYNC110 - others' doing
        await asyncio.sleep(0.005)
