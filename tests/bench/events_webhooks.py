"""Webhooks: deliveries a second, and how long an event takes to its endpoint."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import grpc
import grpc.aio
from oms.event.v1 import subscription_service_pb2 as subscription_pb
from oms.event.v1 import webhook_service_pb2 as pb
from oms.event.v1 import webhook_service_pb2_grpc as pb_grpc
from oms_devstack import starting_stack
from oms_nats import NatsConnection, NatsSettings
from pydantic import SecretStr
from svc_events.adapters.jetstream.outgoing import outgoing
from svc_events.adapters.jetstream.publishing import EventPublisher
from svc_events.adapters.jetstream.streams import EventStreams
from svc_events.domain.events import CloudEvent, EventData
from svc_events.domain.streams import StreamOptions

from tests.bench.processes import Credentials, Target, cpu_seconds, running_service
from tests.bench.report import ROOT, Goal, Section

_GOAL_PER_S = 1000
_GOAL_P99_MS = 250
_BY_KEY = subscription_pb.DELIVERY_ORDERING_BY_KEY


class Sink:
    """The endpoint's process."""

    def __init__(self, process: asyncio.subprocess.Process, port: int) -> None:
        self._process = process
        self.pid = process.pid
        self.url = f"http://127.0.0.1:{port}/hook"

    async def reset(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(b"reset\n")
        await self._process.stdin.drain()

    async def report(self) -> dict[str, Any]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(b"report\n")
        await self._process.stdin.drain()
        return json.loads(await self._process.stdout.readline())

    async def events(self, count: int, timeout_s: float = 120) -> dict[str, Any]:
        """Waits for so many events."""
        async with asyncio.timeout(timeout_s):
            found = await self.report()
            while len(found["ages"]) < count:
                await asyncio.sleep(0.25)
                found = await self.report()
            return found


@dataclass(frozen=True)
class Bench:
    """What is measured with."""

    service: Target
    sink: Sink
    webhooks: Any
    publisher: EventPublisher

    async def webhook(self, name: str, **fields: Any) -> str:
        """A webhook that gets events of a type of its own."""
        filters = [{"exact": {"values": {"type": name}}}]
        webhook = pb.Webhook(url=self.sink.url, filters=filters, **fields)
        request = pb.CreateWebhookRequest(webhook_id=name, webhook=webhook)
        return (await self.webhooks.CreateWebhook(request)).webhook.name

    async def publish(self, name: str, count: int) -> None:
        """Publishes events of its type, over a hundred keys."""
        for start in range(0, count, 500):
            ready = [_event(name, start + n) for n in range(min(500, count - start))]
            await self.publisher.publish("events", ready)


async def throughput(*, count: int) -> Section:
    """Deliveries a second of one webhook, in each mode."""
    section = Section(
        "Webhook deliveries a second",
        "Events of 200 bytes are published and delivered at the same time, by one process of the "
        "event service, to one process that does nothing but answer 204; the bench itself, NATS "
        "and PostgreSQL are on the same cores. Each attempt is signed (HMAC-SHA256), logged in "
        "PostgreSQL and acknowledged. Counted between the first and the last request; for the "
        "batched mode, events.",
        ("mode", "events", "requests", "events a second", "CPU ms an event", "of it the endpoint"),
    )
    async with _bench() as bench:
        for label, fields in (
            ("structured", {"max_concurrency": 64}),
            ("binary", {"mode": pb.WEBHOOK_MODE_BINARY, "max_concurrency": 64}),
            ("ordered by key", {"ordering": _BY_KEY}),
            ("batched", {"mode": pb.WEBHOOK_MODE_BATCHED}),
        ):
            row, rate = await _run(bench, label, fields, count)
            section.rows.append(row)
            if label == "structured":
                text = f"{rate:,.0f} signed deliveries a second; {_GOAL_PER_S:,} were promised"
                section.goals.append(Goal(text, rate >= _GOAL_PER_S))
    return section


async def latency(*, seconds: int, per_second: int = 100) -> Section:
    """From publication to arrival, at a steady pace."""
    section = Section(
        "From a publication to the webhook",
        f"{per_second} events a second for {seconds} s, each published by itself; the time from "
        "just before the publication until the endpoint has the whole request. Same machine, same "
        "clock.",
        ("ordering", "events", "p50 ms", "p90 ms", "p99 ms", "max ms"),
    )
    async with _bench() as bench:
        for label, fields in (("none", {}), ("by key", {"ordering": _BY_KEY})):
            name = f"latency-{label.replace(' ', '-')}"
            webhook = await bench.webhook(name, **fields)
            await bench.publish(name, 50)
            await bench.sink.events(50)
            await bench.sink.reset()
            await _pace(bench, name, seconds * per_second, per_second)
            ages = sorted((await bench.sink.events(seconds * per_second))["ages"])
            await bench.webhooks.DeleteWebhook(pb.DeleteWebhookRequest(name=webhook))
            found = [_percentile(ages, share) for share in (0.5, 0.9, 0.99, 1.0)]
            section.rows.append((label, f"{len(ages):,}", *(f"{each:.1f}" for each in found)))
            text = f"p99 {found[2]:.0f} ms, ordering {label}; {_GOAL_P99_MS} ms were promised"
            section.goals.append(Goal(text, found[2] <= _GOAL_P99_MS))
            await bench.sink.reset()
    return section


async def _run(
    bench: Bench, label: str, fields: dict[str, Any], count: int
) -> tuple[Sequence[str], float]:
    name = f"bench-{label.replace(' ', '-')}"
    webhook = await bench.webhook(name, **fields)
    await bench.publish(name, 500)
    await bench.sink.events(500)
    await bench.sink.reset()
    before = cpu_seconds(bench.service.pid), cpu_seconds(bench.sink.pid)
    await bench.publish(name, count)
    found = await bench.sink.events(count)
    after = cpu_seconds(bench.service.pid), cpu_seconds(bench.sink.pid)
    await bench.webhooks.DeleteWebhook(pb.DeleteWebhookRequest(name=webhook))
    await bench.sink.reset()
    assert found["signed"] == len(found["times"])
    rate = len(found["ages"]) / ((max(found["times"]) - min(found["times"])) / 1e9)
    own, theirs = ((after[n] - before[n]) / count * 1000 for n in (0, 1))
    numbers = (f"{len(found['ages']):,}", f"{len(found['times']):,}", f"{rate:,.0f}")
    return (label, *numbers, f"{own + theirs:.2f}", f"{theirs:.2f}"), rate


async def _pace(bench: Bench, name: str, count: int, per_second: int) -> None:
    loop = asyncio.get_running_loop()
    start = loop.time()
    async with asyncio.TaskGroup() as tasks:
        for n in range(count):
            await asyncio.sleep(max(start + n / per_second - loop.time(), 0))
            tasks.create_task(bench.publisher.publish("events", [_event(name, n)]))


def _event(name: str, n: int) -> Any:
    data = {"sent_ns": time.monotonic_ns(), "n": n, "filling": "x" * 120}
    text = json.dumps(data, separators=(",", ":"))
    event = CloudEvent(
        id=f"{time.monotonic_ns()}-{n}",
        source="/bench",
        type=name,
        subject=f"key-{n % 100}",
        datacontenttype="application/json",
        data=EventData.text(text),
    )
    return outgoing(event)


def _percentile(ages: Sequence[int], share: float) -> float:
    return ages[min(int(len(ages) * share), len(ages) - 1)] / 1e6


@asynccontextmanager
async def _bench() -> AsyncIterator[Bench]:
    credentials = Credentials.fresh()
    with TemporaryDirectory() as folder:
        async with (
            starting_stack(Path(folder), only={"postgresql", "nats"}) as stack,
            _sink() as sink,
        ):
            await stack.ready()
            environment = {
                **stack.urls,
                "OMS_OUTBOUND_ALLOW_HTTP": "true",
                "OMS_OUTBOUND_PRIVATE_NETWORKS": "127.0.0.0/8",
                "OMS_LOG_LEVEL": "WARNING",
            }
            service = Path(folder) / "service"
            service.mkdir()
            async with (
                running_service("svc_events", service, credentials, **environment) as targets,
                grpc.aio.insecure_channel(targets["events"].address) as channel,
            ):
                url = stack.urls["NATS_URL"]
                connection = NatsConnection(NatsSettings(url=SecretStr(url)), "bench")
                streams = EventStreams(connection, StreamOptions())
                await streams.ensure()
                stub = pb_grpc.WebhookServiceStub(channel)
                webhooks = _Authorised(stub, credentials.token)
                publisher = EventPublisher(connection, streams)
                yield Bench(targets["events"], sink, webhooks, publisher)
                await connection.close()


@asynccontextmanager
async def _sink() -> AsyncIterator[Sink]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.bench.events_sink"),
        cwd=ROOT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=2**26,
    )
    assert process.stdout is not None
    try:
        yield Sink(process, int(await process.stdout.readline()))
    finally:
        process.kill()
        await process.wait()


class _Authorised:
    """A stub that sends a token."""

    def __init__(self, stub: Any, token: str) -> None:
        self._stub = stub
        self._metadata = (("authorization", f"Bearer {token}"),)

    def __getattr__(self, method: str) -> Any:
        call = getattr(self._stub, method)
        return lambda request: call(request, metadata=self._metadata, timeout=30)
