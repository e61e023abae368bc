"""The processes die at any moment: no event is lost, none is there twice, order is kept."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import grpc
import grpc.aio
import pytest
from oms_devstack import free_port
from oms_security import TokenIssuer
from oms_testing.e2e_process import ServiceProcess
from oms_testing.suite import ADMINISTRATOR, security_settings

from .rebuilding import check_branches
from .world import PATIENCE_S, Urls, World, operation

_KILLS = 4
_LARGE = 3_000


class Deployment:
    """A kernel and two replicas of the event service, each a process of its own."""

    def __init__(self, urls: Urls, folder: Path) -> None:
        security = security_settings()
        secret = security.jwt_secret
        assert secret is not None
        shared = {"JWT_SECRET": secret.get_secret_value()}
        port = free_port()
        self.address = f"127.0.0.1:{port}"
        self.kernel = ServiceProcess(
            "svc_datakernel",
            address=self.address,
            environment=shared
            | {"OMS_PORTS": json.dumps({"datakernel": port}), "OMS_DATA_DIR": str(folder / "data")},
            log=folder / "kernel.log",
        )
        self.relays = [self._relay(urls, folder, shared, index) for index in range(2)]
        token = (
            TokenIssuer(security).issue("alice123", username="alice", roles=[ADMINISTRATOR]).token
        )
        self.security = security
        self.interceptor = _WithToken(token)

    def _relay(
        self, urls: Urls, folder: Path, shared: dict[str, str], index: int
    ) -> ServiceProcess:
        port = free_port()
        return ServiceProcess(
            "svc_events",
            address=f"127.0.0.1:{port}",
            environment=shared
            | {
                "OMS_PORTS": json.dumps({"events": port}),
                "DATA_KERNEL_ADDR": self.address,
                "NATS_URL": urls.nats,
                "DATABASE_URL": urls.postgres,
            },
            log=folder / f"relay{index}.log",
        )


class _WithToken(grpc.aio.UnaryUnaryClientInterceptor):
    """Sends the caller's token, and repeats calls while the kernel is away."""

    def __init__(self, token: str) -> None:
        self._token = token

    async def intercept_unary_unary(self, continuation, details, request):
        details = details._replace(
            metadata=grpc.aio.Metadata(("authorization", f"Bearer {self._token}")),
            wait_for_ready=True,
            timeout=PATIENCE_S,
        )
        return await continuation(details, request)


@pytest.fixture
async def deployment(urls: Urls, tmp_path: Path) -> AsyncIterator[Deployment]:
    deployment = Deployment(urls, tmp_path)
    processes = [deployment.kernel, *deployment.relays]
    try:
        await asyncio.gather(*(process.start() for process in processes))
        yield deployment
    finally:
        for process in processes:
            process.kill()


async def write(world: World, seed: int, permits: asyncio.Semaphore) -> None:
    """Commits as often as it may, small and large, on several branches."""
    chance = random.Random(seed)
    branches = ["main"]
    number = 0
    while True:
        number += 1
        await permits.acquire()
        count = _LARGE if number == 5 else chance.randint(1, 12)
        content = f'{{"n":{number}}}'.encode()
        ids = chance.sample(range(40), count) if count < 40 else range(count)
        try:
            if number % 10 == 0:
                await world.branch("brick", f"b{number}")
                branches.append(f"b{number}")
            await world.apply(
                "brick",
                chance.choice(branches),
                [operation(f"Note/{each}", content) for each in ids],
            )
        except grpc.aio.AioRpcError as exc:
            if exc.code() is not grpc.StatusCode.UNAVAILABLE:
                raise


@pytest.mark.timeout(300)
async def test_no_event_is_lost_or_there_twice_whoever_is_killed(
    urls: Urls, deployment: Deployment
) -> None:
    chance = random.Random(7)
    async with AsyncExitStack() as stack:
        channel = await stack.enter_async_context(
            grpc.aio.insecure_channel(
                deployment.address,
                interceptors=[deployment.interceptor],
                options=[("grpc.max_reconnect_backoff_ms", 250)],
            )
        )
        world = World(urls, channel, deployment.address, deployment.security)
        stack.push_async_callback(world.nats.close)
        stack.push_async_callback(world.schema.close)
        await world.create("brick")
        permits = asyncio.Semaphore(0)
        writer = asyncio.create_task(write(world, 7, permits))
        stack.callback(writer.cancel)
        for number in range(_KILLS):
            allow(permits, 60)
            await more_events(world, chance.randint(1, 200))
            assert not writer.done()
            victim = deployment.kernel if number == 3 else deployment.relays[number % 2]
            victim.kill()
            await victim.wait()
            if victim is not deployment.kernel and number % 3 != 1:
                # The other replica takes over.
                allow(permits, 20)
                await more_events(world, 1)
            await victim.start()
        writer.cancel()
        await asyncio.wait([writer])
        last = await world.commit("brick", last=b"{}")
        events = await world.until_relayed("brick", last.commit_id)
        await check_branches(world, "brick", events)
        assert len(events) > _LARGE
        span = await world.positions.sequence_of_commit(events[-1].place.commit)
        assert span is None or span.last in (None, events[-1].sequence)


def allow(permits: asyncio.Semaphore, commits: int) -> None:
    for _ in range(commits):
        permits.release()


async def more_events(world: World, count: int) -> None:
    """Waits until so many events more are in the stream."""
    async with asyncio.timeout(PATIENCE_S):
        target = await world.event_count() + count
        while await world.event_count() < target:
            await world.news()
