"""Workers and the broker are killed under load: nothing is lost, and nothing out of order."""

from __future__ import annotations

import asyncio
import json
import random
import secrets
from collections import defaultdict
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import grpc
import pytest
from oms.event.v1 import subscription_service_pb2 as subscription_pb
from oms.event.v1 import webhook_service_pb2 as pb
from oms.event.v1 import webhook_service_pb2_grpc as pb_grpc
from oms_core.errors import ServiceUnavailable
from oms_devstack import free_port
from oms_devstack.binaries import nats_server
from oms_nats import NatsConnection, NatsSettings
from oms_security import SecuritySettings, TokenIssuer
from oms_testing.e2e_process import ServiceProcess
from oms_testing.postgresql import new_database, running_postgresql
from pydantic import SecretStr
from svc_events.adapters.jetstream.outgoing import outgoing
from svc_events.adapters.jetstream.publishing import EventPublisher
from svc_events.adapters.jetstream.streams import EventStreams
from svc_events.domain.events import CloudEvent, EventData
from svc_events.domain.streams import StreamOptions

from .sink import Answer, Received, Sink

KEYS = 12
EVENTS_OF_A_KEY = 25


class Broker:
    """A NATS server that is killed and comes back with what it had on disk."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._port = free_port()
        self._process: asyncio.subprocess.Process | None = None
        self.url = f"nats://127.0.0.1:{self._port}"

    async def start(self) -> None:
        where = ["--addr", "127.0.0.1", "--port", str(self._port)]
        self._process = await asyncio.create_subprocess_exec(
            *(str(nats_server()), *where, "--jetstream", "--store_dir", str(self._folder)),
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )

    async def kill(self) -> None:
        assert self._process is not None
        self._process.kill()
        await self._process.wait()


class History:
    """What the endpoints saw; fails some attempts."""

    def __init__(self, dice: random.Random, *, is_ordered: bool) -> None:
        self._dice = dice
        self._is_ordered = is_ordered
        self.ids: dict[str, set[str]] = defaultdict(set)
        self.accepted: dict[str, list[int]] = defaultdict(list)
        self.faults: list[str] = []
        self.requests = 0

    @property
    def events(self) -> set[str]:
        return {f"{key}/{n}" for key, numbers in self.accepted.items() for n in numbers}

    def decide(self, received: Received) -> Answer:
        (event,) = received.events
        key, n = event["subject"], event["data"]["n"]
        self.requests += 1
        self.ids[f"{key}/{n}"].add(received.id)
        before = self.accepted[key]
        missing = set(range(n)) - set(before)
        if self._is_ordered and missing:
            self.faults.append(f"{key}: {n} came before {sorted(missing)}")
        if self._dice.random() < 0.1:
            return Answer(503)
        before.append(n)
        return Answer()


class Replica:
    """A process of the event service."""

    def __init__(self, name: str, environment: dict[str, str], folder: Path) -> None:
        port = free_port()
        self.process = ServiceProcess(
            "svc_events",
            address=f"127.0.0.1:{port}",
            environment=environment | {"OMS_PORTS": json.dumps({"events": port})},
            log=folder / f"{name}.log",
        )

    async def restart(self) -> None:
        self.process.kill()
        await self.process.wait()
        await self.process.start()


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[str]:
    with running_postgresql(tmp_path / "postgresql") as server:
        async with new_database(server) as url:
            yield url


@pytest.fixture
async def broker(tmp_path: Path) -> AsyncIterator[Broker]:
    broker = Broker(tmp_path / "nats")
    await broker.start()
    yield broker
    await broker.kill()


@pytest.fixture
async def replicas(tmp_path: Path, database: str, broker: Broker, secret: str) -> Any:
    environment = {
        "JWT_SECRET": secret,
        "DATABASE_URL": database,
        "NATS_URL": broker.url,
        "OMS_OUTBOUND_ALLOW_HTTP": "true",
        "OMS_OUTBOUND_PRIVATE_NETWORKS": "127.0.0.0/8",
        "OMS_EVENTS_WEBHOOK_ACK_WAIT_S": "1",
    }
    started = [Replica(name, environment, tmp_path) for name in ("first", "second")]
    await asyncio.gather(*(each.process.start() for each in started))
    yield started
    for each in started:
        each.process.kill()
        await each.process.wait()


@pytest.fixture
def secret() -> str:
    return secrets.token_urlsafe(48)


@pytest.fixture
async def client(replicas: list[Replica], secret: str) -> AsyncIterator[Any]:
    issuer = TokenIssuer(SecuritySettings(jwt_secret=SecretStr(secret)))
    token = issuer.issue("tests", roles=["administrator"]).token
    metadata = (("authorization", f"Bearer {token}"),)
    async with grpc.aio.insecure_channel(replicas[0].process.address) as channel:
        stub = pb_grpc.WebhookServiceStub(channel)
        yield lambda request: stub.CreateWebhook(request, metadata=metadata, timeout=30)


async def publish_all(url: str, dice: random.Random) -> None:
    """Publishes every event, in the order of each key, however often it takes."""
    connection = NatsConnection(NatsSettings(url=SecretStr(url), timeout_s=1), "test")
    streams = EventStreams(connection, StreamOptions())
    publisher = EventPublisher(connection, streams)
    for n in range(EVENTS_OF_A_KEY):
        ready = [outgoing(event_of(f"key-{key}", n)) for key in range(KEYS)]
        while True:
            try:
                await streams.ensure()
                await publisher.publish("events", ready)
                break
            except ServiceUnavailable:
                await asyncio.sleep(0.05)
        await asyncio.sleep(dice.uniform(0.2, 0.6))
    await connection.close()


def event_of(key: str, n: int) -> CloudEvent:
    data = EventData.text(json.dumps({"n": n}))
    return CloudEvent(
        id=f"{key}-{n}",
        source="/tests",
        type="tests.happened",
        subject=key,
        datacontenttype="application/json",
        data=data,
    )


@pytest.mark.slow
@pytest.mark.timeout(300)
async def test_nothing_is_lost_or_out_of_order_when_workers_and_the_broker_are_killed(
    client, replicas, broker
):
    seed = random.SystemRandom().randrange(10**6)
    dice = random.Random(seed)
    histories = {True: History(dice, is_ordered=True), False: History(dice, is_ordered=False)}
    sinks = {is_ordered: Sink(history.decide) for is_ordered, history in histories.items()}
    for is_ordered, sink in sinks.items():
        await sink.start()
        ordering = subscription_pb.DELIVERY_ORDERING_BY_KEY if is_ordered else 0
        webhook = pb.Webhook(
            url=sink.url,
            filters=[{"exact": {"values": {"type": "tests.happened"}}}],
            ordering=ordering,
            retry={"delays": [{"nanos": 50_000_000}] * 30},
        )
        await client(pb.CreateWebhookRequest(webhook_id=f"w-{is_ordered}".lower(), webhook=webhook))
    publishing = asyncio.create_task(publish_all(broker.url, dice))
    kills = ["first", "second", "broker", "broker", dice.choice(["first", "second"])]
    dice.shuffle(kills)
    for kill in kills:
        await asyncio.sleep(dice.uniform(0.2, 1.0))
        if kill == "broker":
            await broker.kill()
            await asyncio.sleep(dice.uniform(0, 0.5))
            await broker.start()
        else:
            await replicas[kill == "second"].restart()
    await publishing
    wanted = {f"key-{key}/{n}" for key in range(KEYS) for n in range(EVENTS_OF_A_KEY)}
    for is_ordered, sink in sinks.items():
        history = histories[is_ordered]
        await sink.until(lambda _, history=history: history.events >= wanted, 120)
        assert history.events == wanted, seed
        assert not history.faults, (seed, history.faults)
        assert all(len(ids) == 1 for ids in history.ids.values()), seed
        every = [next(iter(ids)) for ids in history.ids.values()]
        assert len(set(every)) == len(wanted), seed
    for sink in sinks.values():
        await sink.stop()
