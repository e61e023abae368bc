"""The stack: servers started together, stopped together."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Collection, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from oms_devstack import datadir, envoy, nats, postgres, valkey
from oms_devstack.process import Order, ServerProcess
from oms_devstack.server import RunningServer, ServerHome


@dataclass(frozen=True)
class ServerKind:
    """A server the stack can start, and the variable that names one to use instead."""

    name: str
    variable: str
    start: Callable[[ServerHome], Awaitable[RunningServer]]


KINDS = (
    ServerKind("postgresql", "DATABASE_URL", postgres.start),
    ServerKind("valkey", "REDIS_URL", valkey.start),
    ServerKind("nats", "NATS_URL", nats.start),
)


@dataclass(kw_only=True)
class Stack:
    """The servers that run.

    Attributes:
        urls: Address of each server by its variable, given or started; passwords inside.
        servers: The servers this stack started; a given one is not among them.
        processes: Every process that is meant to run until the stack stops.
    """

    folder: Path
    lock: int
    is_durable: bool
    resources: AsyncExitStack = field(repr=False)
    urls: dict[str, str] = field(default_factory=dict[str, str], repr=False)
    servers: list[RunningServer] = field(default_factory=list[RunningServer])
    processes: list[ServerProcess] = field(default_factory=list[ServerProcess])

    async def start_envoy(self, config: Path, *, port: int) -> RunningServer:
        """Starts Envoy; it is the first to stop. See `oms_devstack.envoy.start`."""
        server = await envoy.start(self.home("envoy"), config, port=port)
        self.add(server)
        return server

    async def run(self, order: Order, *, name: str) -> ServerProcess:
        """Runs a program of one's own like a server; it stops before those started earlier."""
        process = await self.home(name).launch(order)
        self.processes.append(process)
        return process

    async def first_to_end(self) -> ServerProcess:
        """Waits until a process ends by itself, which none should."""
        waits = {asyncio.create_task(process.wait()): process for process in self.processes}
        try:
            done, _ = await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
            return waits[done.pop()]
        finally:
            for wait in waits:
                wait.cancel()

    def add(self, server: RunningServer) -> None:
        """Takes a server that was started with one of this stack's homes."""
        self.servers.append(server)
        self.processes.append(server.process)

    def home(self, name: str, port: int | None = None) -> ServerHome:
        """The home of a server of this stack; its folder is made if needed."""
        folder = self.folder / name
        folder.mkdir(mode=0o700, exist_ok=True)
        return ServerHome(
            name=name,
            folder=folder,
            lock=self.lock,
            resources=self.resources,
            port=port,
            is_durable=self.is_durable,
        )


@asynccontextmanager
async def running_stack(
    folder: Path,
    *,
    given: Mapping[str, str] | None = None,
    ports: Mapping[str, int] | None = None,
    only: Collection[str] | None = None,
    is_durable: bool = True,
) -> AsyncGenerator[Stack]:
    """Starts PostgreSQL, Valkey and NATS side by side, and stops them at the end.

    Nothing outlives this process: the servers end with it, however it ends, and a start
    after a crash waits for them and clears what they left. Data is found again by the next
    start on the same folder.

    Args:
        folder: The data directory; each server has a folder in it.
        given: Addresses by variable, such as `DATABASE_URL`; a server given here is used and
            not started. An empty address does not count.
        ports: Port by server name, such as `postgresql`; else a free one is picked and kept.
        only: Names of the servers to start; all of them by default.
        is_durable: Whether data has to survive a crash of the machine.
    Raises:
        DataDirInUse: another process uses the folder.
        PortInUse: a port of `ports` is taken.
        ServerFailed: a server did not start; those that did are stopped.
    """
    folder = folder.resolve()
    urls = {name: url for name, url in (given or {}).items() if url}
    async with datadir.locked(folder) as lock, AsyncExitStack() as resources:
        stack = Stack(
            folder=folder, lock=lock, is_durable=is_durable, resources=resources, urls=urls
        )
        wanted = [
            kind
            for kind in KINDS
            if kind.variable not in urls and (only is None or kind.name in only)
        ]
        homes = [stack.home(kind.name, (ports or {}).get(kind.name)) for kind in wanted]
        starts = [kind.start(home) for kind, home in zip(wanted, homes, strict=True)]
        for kind, result in zip(
            wanted, await asyncio.gather(*starts, return_exceptions=True), strict=True
        ):
            if isinstance(result, BaseException):
                raise result
            stack.urls[kind.variable] = result.url
            stack.add(result)
        yield stack
