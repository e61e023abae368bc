"""How long a commit takes to become an event in the stream, and how fast the relay catches up."""

from __future__ import annotations

import asyncio
import statistics
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy
from oms.datakernel.v1 import commit_service_pb2 as commit_pb2
from oms.datakernel.v1 import commit_service_pb2_grpc as commit_grpc
from oms.datakernel.v1 import database_service_pb2 as database_pb2
from oms.datakernel.v1 import database_service_pb2_grpc as database_grpc
from oms_core.logging import configure_logging
from oms_devstack import running_stack
from oms_nats import NatsConnection, NatsSettings
from oms_postgres import PostgresSettings
from oms_testing.suite import Suite, running_suite, security_settings
from pydantic import SecretStr
from svc_datakernel.settings import KernelSettings
from svc_datakernel.setup import service as kernel_service
from svc_events.domain.subjects import broker_stream
from svc_events.settings import EventSettings
from svc_events.setup import service as event_service

from tests.bench.report import Goal, Section

_GOAL_MS = 150.0
_DATABASE = "bench"
_PATIENCE_S = 120


async def relaying(*, seconds: float, commits: int) -> Section:
    """Measures both, over the kernel on SQLite, in one process as the monolith has them.

    Args:
        seconds: For each rate.
        commits: To catch up with.
    """
    section = Section(
        "From commits to events",
        "A commit replaces two documents of about 300 bytes: three events. Latency: "
        "from the answer to `CreateCommit` until a consumer of the stream has the event of the "
        "commit itself. Catching up: the relay starts behind commits of five documents each.",
        ("what", "rate", "p50", "p95", "p99"),
    )
    configure_logging("ERROR")
    with TemporaryDirectory() as folder:
        async with running_stack(Path(folder), only={"nats", "postgresql"}) as stack:
            urls = stack.urls
            async with _running(Path(folder) / "one", urls, with_relay=True) as world:
                for rate in (10, 100):
                    await _latency(section, world, rate=rate, seconds=seconds)
            await _clear(urls["NATS_URL"])
            await _catching_up(section, Path(folder) / "two", urls, commits)
    return section


class _World:
    def __init__(self, suite: Suite, nats: NatsConnection) -> None:
        self.nats = nats
        channel = suite.channel()
        self.commits: Any = commit_grpc.CommitServiceStub(channel)
        self.databases: Any = database_grpc.DatabaseServiceStub(channel)

    async def create(self) -> None:
        request = database_pb2.CreateDatabaseRequest(database_id=_DATABASE)
        await self.databases.CreateDatabase(request)

    async def commit(self, number: int, documents: int) -> str:
        content = f'{{"n":{number},"text":"{"x" * 280}"}}'.encode()
        writes = [
            commit_pb2.DocumentWrite(document_id=f"Note/{each}", type="Note", json=content)
            for each in range(documents)
        ]
        response = await self.commits.CreateCommit(
            commit_pb2.CreateCommitRequest(
                parent=f"databases/{_DATABASE}/branches/main",
                operations=[commit_pb2.DocumentOperation(upsert=write) for write in writes],
            )
        )
        return response.commit.commit_id


@asynccontextmanager
async def _running(
    folder: Path, urls: dict[str, str], *, with_relay: bool
) -> AsyncGenerator[_World]:
    services = [kernel_service(KernelSettings(data_dir=folder))]
    nats = NatsSettings(url=SecretStr(urls["NATS_URL"]))
    if with_relay:
        postgres = PostgresSettings(url=SecretStr(urls["DATABASE_URL"]))
        services.append(event_service(EventSettings(), nats, postgres))
    async with AsyncExitStack() as stack:
        suite = await stack.enter_async_context(
            running_suite(services, security=security_settings())
        )
        connection = NatsConnection(nats, "bench")
        stack.push_async_callback(connection.close)
        yield _World(suite, connection)


class _Arrivals:
    """When the event of each commit itself came to a consumer."""

    def __init__(self) -> None:
        self.at: dict[str, float] = {}
        self.events = 0
        self._news = asyncio.Event()

    async def note(self, message: Any) -> None:
        self.events += 1
        if ".commit.created." in message.subject:
            commit = message.headers["Nats-Msg-Id"].partition(":")[0]
            self.at[commit] = perf_counter()
            self._news.set()

    async def until(self, commit: str) -> None:
        async with asyncio.timeout(_PATIENCE_S):
            while commit not in self.at:
                self._news.clear()
                await self._news.wait()


async def _watch(nats: NatsConnection) -> _Arrivals:
    """A consumer that gets what is stored from now on."""
    arrivals = _Arrivals()
    jetstream = await nats.jetstream()
    await jetstream.subscribe(
        "oms.ev.events.>",
        stream=broker_stream("events"),
        cb=arrivals.note,
        config=ConsumerConfig(
            deliver_policy=DeliverPolicy.ALL, ack_policy=AckPolicy.NONE, headers_only=True
        ),
    )
    return arrivals


async def _latency(section: Section, world: _World, *, rate: int, seconds: float) -> None:
    """Commits at an even pace, whether or not the events have come."""
    if not section.rows:
        await world.create()
        await _until_stream(world.nats)
    arrivals = await _watch(world.nats)
    await arrivals.until(await world.commit(-rate, 2))
    answered: dict[str, float] = {}

    async def one(number: int) -> None:
        commit = await world.commit(number, 2)
        answered[commit] = perf_counter()

    start = perf_counter()
    async with asyncio.TaskGroup() as group:
        for number in range(int(rate * seconds)):
            due = start + number / rate
            await asyncio.sleep(max(0.0, due - perf_counter()))
            group.create_task(one(rate * 1_000_000 + number))
    for commit in list(answered):
        await arrivals.until(commit)
    took = sorted(max(0.0, arrivals.at[each] - at) * 1000 for each, at in answered.items())
    cuts = statistics.quantiles(took, n=100, method="inclusive")
    section.rows.append(
        ("commit to event", f"{rate} commits/s", *(f"{cuts[n]:.1f} ms" for n in (49, 94, 98)))
    )
    if rate == 100:
        text = f"p99 at 100 commits/s at most {_GOAL_MS:.0f} ms: {cuts[98]:.0f} ms"
        section.goals.append(Goal(text, cuts[98] <= _GOAL_MS))


async def _catching_up(section: Section, folder: Path, urls: dict[str, str], commits: int) -> None:
    async with _running(folder, urls, with_relay=False) as world:
        await world.create()
        last = ""
        for number in range(commits):
            last = await world.commit(number, 5)
    async with _running(folder, urls, with_relay=True) as world:
        await _until_stream(world.nats)
        started = perf_counter()
        arrivals = await _watch(world.nats)
        await arrivals.until(last)
        rate = arrivals.events / (perf_counter() - started)
    section.rows.append(("catching up", f"{rate:,.0f} events/s", "", "", ""))


async def _until_stream(nats: NatsConnection) -> None:
    from nats.js.errors import NotFoundError

    jetstream = await nats.jetstream()
    async with asyncio.timeout(_PATIENCE_S):
        while True:
            try:
                await jetstream.stream_info(broker_stream("events"))
            except NotFoundError:
                await asyncio.sleep(0.01)
            else:
                return


async def _clear(url: str) -> None:
    connection = NatsConnection(NatsSettings(url=SecretStr(url)), "bench")
    await (await connection.jetstream()).delete_stream(broker_stream("events"))
    await connection.close()
