"""Replicas of the event service are killed while rules copy and consumers consume."""

from __future__ import annotations

import asyncio
import json
import random
import secrets
from collections.abc import AsyncIterator
from pathlib import Path

import grpc.aio
import pytest
from oms_devstack import free_port
from oms_security import SecuritySettings, TokenIssuer
from oms_testing.e2e_process import ServiceProcess
from oms_testing.nats import KillableNats
from oms_testing.postgresql import new_database
from pydantic import SecretStr

from .chain import Chain, Endpoint, WithToken

_SECRET = secrets.token_urlsafe(48)


@pytest.fixture
async def database(postgresql: str) -> AsyncIterator[str]:
    async with new_database(postgresql) as database:
        yield database


@pytest.fixture
async def replicas(
    broker: KillableNats, database: str, tmp_path: Path
) -> AsyncIterator[list[ServiceProcess]]:
    replicas = [_replica(broker.url, database, tmp_path, name) for name in ("first", "second")]
    try:
        await asyncio.gather(*(each.start() for each in replicas))
        yield replicas
    finally:
        for each in replicas:
            each.kill()
        await asyncio.gather(*(each.wait() for each in replicas))


def _replica(nats: str, database: str, folder: Path, name: str) -> ServiceProcess:
    port = free_port()
    return ServiceProcess(
        "svc_events",
        address=f"127.0.0.1:{port}",
        environment={
            "JWT_SECRET": _SECRET,
            "DATABASE_URL": database,
            "NATS_URL": nats,
            "OMS_OUTBOUND_ALLOW_HTTP": "true",
            "OMS_OUTBOUND_PRIVATE_NETWORKS": "127.0.0.0/8",
            "OMS_EVENTS_WEBHOOK_ACK_WAIT_S": "2",
            "OMS_PORTS": json.dumps({"events": port}),
        },
        log=folder / f"{name}.log",
    )


@pytest.mark.slow
async def test_replicas_that_are_killed_copy_each_event_once_and_in_order(
    replicas: list[ServiceProcess], database: str
) -> None:
    chance = random.Random(14)
    issuer = TokenIssuer(SecuritySettings(jwt_secret=SecretStr(_SECRET)))
    token = issuer.issue("tests", roles=["administrator"]).token
    targets = ",".join(each.address for each in replicas)
    async with (
        Endpoint().running() as endpoint,
        grpc.aio.insecure_channel(
            f"ipv4:{targets}",
            interceptors=WithToken.both(token),
            options=[
                ("grpc.lb_policy_name", "round_robin"),
                ("grpc.max_reconnect_backoff_ms", 250),
            ],
        ) as channel,
    ):
        chain = Chain(channel, database, endpoint, "killed")
        await chain.open()
        async with chain.consuming():
            for victim in (0, 1):
                publishing = asyncio.create_task(chain.publish(chance.randint(4, 12)))
                await asyncio.sleep(chance.uniform(0, 0.3))
                replicas[victim].kill()
                await replicas[victim].wait()
                await publishing
                await replicas[victim].start()
            await chain.check()
