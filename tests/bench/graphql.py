"""What idle subscriptions cost, and how fast an event reaches many subscribers."""

from __future__ import annotations

import asyncio
import base64
import json
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

from oms.ontology.v1 import object_type_service_pb2 as types_pb
from oms.ontology.v1 import ontology_service_pb2 as ontology_pb
from oms_devstack import LOOPBACK, free_port
from oms_testing.e2e import Endpoint, GrpcApi

from tests.bench.processes import Credentials, Target, cpu_seconds, running_service
from tests.bench.report import Goal, Section

_IDLE, _IDLE_MB = 5_000, 200
_SUBSCRIBERS, _P99_MS = 1_000, 100
_ONTOLOGY = "bench"
_AT_ONCE = 100
_PATIENCE_S = 120
_QUERY = """subscription { elementChanged(ontology: "bench") { change kind elementId commitId } }"""


async def subscriptions(*, idle: int, subscribers: int, events: int) -> Section:
    """Measures both against a monolith of its own process.

    Args:
        idle: How many idle subscriptions.
        subscribers: How many subscribers hear of each event.
        events: How many events.
    """
    section = Section(
        "GraphQL subscriptions",
        "Each subscription has a WebSocket of its own, without the gateway. Memory: what "
        "svc_graphql, started alone, has grown by once every subscription was taken. Latency, in a "
        "monolith: from the answer to a commit until a subscriber has the message, over all "
        "subscribers and events; the clients share the machine.",
        ("what", "count", "measured"),
    )
    with TemporaryDirectory() as folder:
        for name in ("first", "second"):
            os.mkdir(Path(folder) / name)  # noqa: PTH102 - in passing
        async with _alone(Path(folder) / "first") as world:
            growth_mb = await _memory(world, idle)
            section.rows.append(("idle subscriptions", f"{idle:,}", f"{growth_mb:.0f} MB"))
            section.goals.append(
                Goal(
                    f"{idle:,} idle subscriptions in {growth_mb:.0f} MB, at most "
                    f"{_IDLE_MB * idle / _IDLE:.0f}",
                    growth_mb <= _IDLE_MB * idle / _IDLE,
                )
            )
        async with _monolith(Path(folder) / "second") as world:
            p50, p99, worst, cpu_ms = await _latency(world, subscribers, events)
            told = f"p50 {p50:.0f} ms, p99 {p99:.0f} ms, max {worst:.0f} ms"
            section.rows.append(("subscribers of one event", f"{subscribers:,}", told))
            used = f"{cpu_ms:.0f} ms"
            section.rows.append(("processor time of the monolith for it", f"{subscribers:,}", used))
            section.goals.append(
                Goal(
                    f"an event at {subscribers:,} subscribers in {p99:.0f} ms (p99), at most "
                    f"{_P99_MS}",
                    p99 <= _P99_MS,
                )
            )
    return section


@dataclass
class _World:
    target: Target
    port: int
    credentials: Credentials
    call: GrpcApi


@asynccontextmanager
async def _monolith(folder: Path) -> AsyncIterator[_World]:
    credentials, port = Credentials.fresh(), free_port()
    async with running_service("oms_monolith", folder, credentials, **_settings(port)) as targets:
        target = targets["api"]
        async with GrpcApi(Endpoint(target.address, "", credentials.token)) as call:
            await call(ontology_pb.CreateOntologyRequest(ontology_id=_ONTOLOGY))
            yield _World(target, port, credentials, call)


@asynccontextmanager
async def _alone(folder: Path) -> AsyncIterator[_World]:
    """The GraphQL service in a process of its own, beside a monolith: whose memory it is."""
    async with _monolith(folder) as world:
        port = free_port()
        async with running_service(
            "svc_graphql",
            folder,
            world.credentials,
            OMS_API_ADDR=world.target.address,
            DATA_KERNEL_ADDR=world.target.address,
            **_settings(port),
        ) as targets:
            yield replace(world, target=targets["graphql"], port=port)


def _settings(port: int) -> dict[str, str]:
    return {
        "OMS_GRAPHQL_HTTP_PORT": str(port),
        "OMS_GRAPHQL_MAX_CALLER_SESSIONS": "20000",
        "OMS_LOG_LEVEL": "WARNING",
    }


async def _memory(world: _World, count: int) -> float:
    first = await _connect(world, 1)
    before = _resident_mb(world.target.pid)
    clients = await _connect(world, count)
    grown = _resident_mb(world.target.pid) - before
    for client in (*first, *clients):
        client.close()
    return grown


async def _latency(world: _World, count: int, events: int) -> tuple[float, float, float, float]:
    clients = await _connect(world, count)
    await _warm_up(world, clients)
    delays: list[float] = []
    used_s = cpu_seconds(world.target.pid)
    for number in range(events):
        for client in clients:
            client.messages.clear()
        answered = await _commit(world, f"T{number}")
        await _until(lambda: all(client.messages for client in clients))
        delays += [max(0.0, (client.messages[0] - answered) * 1000) for client in clients]
    cpu_ms = (cpu_seconds(world.target.pid) - used_s) / events * 1000
    for client in clients:
        client.close()
    delays.sort()
    return delays[len(delays) // 2], delays[int(len(delays) * 0.99)], delays[-1], cpu_ms


async def _warm_up(world: _World, clients: list[_Client]) -> None:
    """Commits until everybody hears of it, and waits until nothing is under way any more."""
    number = 0
    while not all(client.messages for client in clients):
        await _commit(world, f"W{number}")
        number += 1
        await asyncio.sleep(0.5)
    told = -1
    while told != (told := sum(len(client.messages) for client in clients)):  # noqa: ASYNC110
        await asyncio.sleep(1)


async def _commit(world: _World, object_type_id: str) -> float:
    request = types_pb.CreateObjectTypeRequest(
        parent=f"ontologies/{_ONTOLOGY}",
        object_type_id=object_type_id,
        object_type=types_pb.ObjectType(),
    )
    await world.call(request)
    return perf_counter()


async def _connect(world: _World, count: int) -> list[_Client]:
    """Subscriptions that the server has taken; the shared stream is open."""
    loop = asyncio.get_running_loop()
    clients: list[_Client] = []
    for start in range(0, count, _AT_ONCE):
        batch = [_Client(world.credentials.token) for _ in range(min(_AT_ONCE, count - start))]
        await asyncio.gather(
            *(loop.create_connection(lambda c=client: c, LOOPBACK, world.port) for client in batch)
        )
        await _until(lambda batch=batch: all(client.is_ready for client in batch))
        clients += batch
    return clients


async def _until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(_PATIENCE_S):
        while not condition():  # noqa: ASYNC110 - across processes
            await asyncio.sleep(0.002)


def _resident_mb(pid: int) -> float:
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def _frame(text: str) -> bytes:
    """A masked text frame, its mask of zeros: RFC 6455, 5.2."""
    payload = text.encode()
    size = len(payload)
    head = bytes((0x81, 0x80 | size)) if size < 126 else b"\x81\xfe" + size.to_bytes(2, "big")
    return head + bytes(4) + payload


@dataclass(eq=False)
class _Client(asyncio.Protocol):
    """As little of a client as it takes, so that measuring it costs little."""

    token: str
    is_ready: bool = False
    messages: list[float] = field(default_factory=list)
    _transport: Any = None
    _is_open: bool = False

    def connection_made(self, transport: Any) -> None:
        self._transport = transport
        key = base64.b64encode(os.urandom(16)).decode()
        transport.write(
            (
                "GET /graphql HTTP/1.1\r\nHost: bench\r\nUpgrade: websocket\r\n"
                f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\n"
                "Sec-WebSocket-Version: 13\r\n"
                "Sec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n"
            ).encode()
        )

    def data_received(self, data: bytes) -> None:
        if not self._is_open:
            self._is_open = True
            init = {"authorization": f"Bearer {self.token}"}
            subscribe = {"id": "1", "type": "subscribe", "payload": {"query": _QUERY}}
            for message in (
                {"type": "connection_init", "payload": init},
                subscribe,
                # Answered when what came before was taken.
                {"type": "ping"},
            ):
                self._transport.write(_frame(json.dumps(message)))
        elif b'"next"' in data:
            self.messages.append(perf_counter())
        elif b'"pong"' in data:
            self.is_ready = True

    def close(self) -> None:
        """Goes away."""
        self._transport.abort()
