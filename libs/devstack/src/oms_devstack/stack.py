"""The stack: servers started together, stopped together."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Collection, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from oms_devstack import datadir, envoy, nats, postgres, valkey
from oms_devstack.process import Order, ServerProcess
from oms_devstack.server import PlannedServer, RunningServer, ServerHome


@dataclass(frozen=True, slots=True)
class ServerKind:
    """A server the stack can start, and the variable that names one to use instead."""

    name: str
    variable: str
    plan: Callable[[ServerHome], PlannedServer]
    url: Callable[[str, int], str]


KINDS = (
    ServerKind("postgresql", "DATABASE_URL", postgres.plan, postgres.url),
    ServerKind("valkey", "REDIS_URL", valkey.plan, valkey.url),
    ServerKind("nats", "NATS_URL", nats.plan, nats.url),
)


class Stack:
    """The servers of one data directory, and the programs that were started beside them.

    Attributes:
        folder: The data directory.
        urls: Address of each server by its variable, given or started; passwords inside.
        processes: Every process that is meant to run until the stack stops.
    """

    def __init__(
        self, folder: Path, *, lock: int, is_durable: bool, programs: AsyncExitStack
    ) -> None:
        self.folder = folder
        self.urls: dict[str, str] = {}
        self.processes: list[ServerProcess] = []
        self._lock = lock
        self._is_durable = is_durable
        self._programs = programs
        self._starts: Sequence[asyncio.Task[RunningServer]] = ()

    @property
    def servers(self) -> Sequence[RunningServer]:
        """The servers that this stack started and that are ready, PostgreSQL first."""
        done = (start for start in self._starts if start.done() and not start.cancelled())
        return [start.result() for start in done if start.exception() is None]

    async def ready(self) -> None:
        """Waits until every server is ready.

        Raises:
            ServerFailed: one did not start.
        """
        await asyncio.gather(*self._starts)

    async def run(self, order: Order, *, name: str) -> ServerProcess:
        """Runs a program like a server; the last one started stops first, all before the servers.

        Args:
            order: What to run.
            name: Name of its folder in the data directory.
        """
        process = await self._home(name, self._programs).launch(order)
        self.processes.append(process)
        return process

    async def start_envoy(self, config: Path, *, port: int) -> RunningServer:
        """Starts Envoy as `run` does. See `oms_devstack.envoy.start`."""
        server = await envoy.start(self._home("envoy", self._programs), config, port=port)
        self.processes.append(server.process)
        return server

    async def first_to_end(self) -> ServerProcess:
        """Waits until a process ends by itself, which none should."""
        waits = {asyncio.create_task(process.wait()): process for process in self.processes}
        try:
            done, _ = await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
            return waits[done.pop()]
        finally:
            for wait in waits:
                wait.cancel()

    def home(self, name: str) -> Path:
        """The folder of a server or program in the data directory; made if needed."""
        folder = self.folder / name
        folder.mkdir(mode=0o700, exist_ok=True)
        return folder

    def _home(self, name: str, resources: AsyncExitStack, port: int | None = None) -> ServerHome:
        return ServerHome(
            name=name,
            folder=self.home(name),
            lock=self._lock,
            resources=resources,
            port=port,
            is_durable=self._is_durable,
        )

    @asynccontextmanager
    async def start_servers(
        self, kinds: Sequence[ServerKind], ports: Mapping[str, int]
    ) -> AsyncGenerator[None]:
        """Starts servers in the background, and stops them at the end of the block."""
        async with AsyncExitStack() as resources:
            plans = [
                kind.plan(self._home(kind.name, resources, ports.get(kind.name))) for kind in kinds
            ]
            self.urls |= {k.variable: plan.url for k, plan in zip(kinds, plans, strict=True)}
            self._starts = [asyncio.create_task(self._start(plan)) for plan in plans]
            try:
                yield
            finally:
                for start in self._starts:
                    start.cancel()
                await asyncio.gather(*self._starts, return_exceptions=True)

    async def _start(self, plan: PlannedServer) -> RunningServer:
        server = await plan.start()
        self.processes.append(server.process)
        return server


@asynccontextmanager
async def starting_stack(
    folder: Path,
    *,
    given: Mapping[str, str] | None = None,
    ports: Mapping[str, int] | None = None,
    only: Collection[str] | None = None,
    is_durable: bool = True,
    leftover_timeout_s: float = 20.0,
) -> AsyncGenerator[Stack]:
    """Starts PostgreSQL, Valkey and NATS side by side, and stops them at the end.

    Their addresses are settled when the block is entered; `Stack.ready` waits for them. What
    the block itself starts with `Stack.run` is stopped before them.

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
        leftover_timeout_s: How long to wait for the servers of a crashed owner.
    Raises:
        DataDirInUse: another process uses the folder.
        PortInUse: a port of `ports` is taken.
    """
    folder = folder.resolve()
    urls = {name: url for name, url in (given or {}).items() if url}
    wanted = [
        kind for kind in KINDS if kind.variable not in urls and (only is None or kind.name in only)
    ]
    async with datadir.locked(folder, leftover_timeout_s=leftover_timeout_s) as lock:
        programs = AsyncExitStack()
        stack = Stack(folder, lock=lock, is_durable=is_durable, programs=programs)
        stack.urls |= urls
        async with stack.start_servers(wanted, ports or {}), programs:
            yield stack


@asynccontextmanager
async def running_stack(
    folder: Path,
    *,
    given: Mapping[str, str] | None = None,
    ports: Mapping[str, int] | None = None,
    only: Collection[str] | None = None,
    is_durable: bool = True,
    leftover_timeout_s: float = 20.0,
) -> AsyncGenerator[Stack]:
    """The same as `starting_stack`, with every server ready when the block is entered.

    Raises:
        ServerFailed: a server did not start; those that did are stopped.
    """
    async with starting_stack(
        folder,
        given=given,
        ports=ports,
        only=only,
        is_durable=is_durable,
        leftover_timeout_s=leftover_timeout_s,
    ) as stack:
        await stack.ready()
        yield stack


def kept_urls(folder: Path) -> dict[str, str]:
    """Addresses of the servers that a data directory has, by variable, whoever started them there
    and whether they run or not. Passwords inside."""
    urls: dict[str, str] = {}
    for kind in KINDS:
        home = folder.resolve() / kind.name
        port, password = home / "port", home / "password"
        if port.is_file() and password.is_file():
            urls[kind.variable] = kind.url(password.read_text().strip(), int(port.read_text()))
    return urls
