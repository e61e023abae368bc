"""Whatever breaks between an event and who it is for: nothing is lost, nothing done twice, and the
order of each key is kept."""

from __future__ import annotations

import asyncio
import gc
import itertools
import random
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from oms.event.v1 import subscription_service_pb2 as subscription_pb
from oms_nats import NatsSettings
from oms_outbound import OutboundSettings
from oms_postgres import PostgresSettings
from oms_testing.nats import KillableNats
from oms_testing.postgresql import new_database, running_postgresql
from oms_testing.proxy import CuttableProxy
from oms_testing.suite import Suite, running_suite, security_settings
from pydantic import SecretStr
from svc_events.settings import EventSettings
from svc_events.setup import service
from svc_events.webhook_settings import WebhookSettings

from .chain import Chain, Endpoint, JumpingClock, until

pytestmark = [
    pytest.mark.timeout(240),
    # The driver of NATS leaves a connection that breaks while it is being made to the collector.
    pytest.mark.filterwarnings("ignore:(unclosed|loop is closed):ResourceWarning"),
]

_numbers = itertools.count(1)


@pytest.fixture(scope="module")
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
        _serving(f"nats://127.0.0.1:{proxy.port}", database, clock) as suite,
        Endpoint().running() as endpoint,
    ):
        chain = Chain(suite.channel(), database, endpoint, f"chain-{next(_numbers)}")
        await chain.open()
        yield chain


@asynccontextmanager
async def _serving(nats: str, database: str, clock: JumpingClock) -> AsyncIterator[Suite]:
    events = service(
        EventSettings(),
        NatsSettings(url=SecretStr(nats), timeout_s=2),
        PostgresSettings(url=SecretStr(database)),
        webhooks=WebhookSettings(key=SecretStr("k" * 40), ack_wait_s=2),
        outbound=OutboundSettings(allow_http=True, private_networks="127.0.0.0/8"),
    )
    async with running_suite([events], security=security_settings(), clock=clock) as suite:
        yield suite


async def test_a_network_that_is_cut_again_and_again_loses_nothing(
    chain: Chain, proxy: CuttableProxy
) -> None:
    chance = random.Random(11)
    async with chain.consuming():
        publishing = asyncio.create_task(chain.publish(40))
        for _ in range(3):
            await _passing(proxy, chance.randint(20_000, 60_000), publishing)
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
        publishing = asyncio.create_task(chain.publish(40))
        for _ in range(2):
            await _passing(proxy, chance.randint(20_000, 60_000), publishing)
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
