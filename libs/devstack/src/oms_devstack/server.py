"""What the servers of the stack have in common."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path

from oms_devstack.errors import PortInUse
from oms_devstack.ports import free_port, is_free, reserve
from oms_devstack.process import Order, ServerProcess


@dataclass(frozen=True, kw_only=True)
class ServerHome:
    """Where one server lives, and what it is started with.

    Attributes:
        name: The server's name, such as `postgresql`.
        folder: The server's own folder; its data, configuration and logs.
        lock: Descriptor of the data directory's lock, inherited by the server.
        resources: Stops the server when it is closed.
        port: Port to listen on; None picks a free one and keeps it for the next start.
        is_durable: Whether data has to survive a crash of the machine; tests need not wait
            for the disk.
    """

    name: str
    folder: Path
    lock: int
    resources: AsyncExitStack
    port: int | None = None
    is_durable: bool = True

    def choose_port(self) -> int:
        """The port to listen on.

        Raises:
            PortInUse: the port that was asked for is taken.
        """
        if self.port is not None:
            if not is_free(self.port):
                raise PortInUse(self.name, self.port)
            return self.port
        kept = self.folder / "port"
        if kept.exists() and kept.read_text().isdecimal():
            port = int(kept.read_text())
            if reserve(port) and is_free(port):
                return port
        port = free_port()
        kept.write_text(str(port))
        return port

    async def launch(self, order: Order) -> ServerProcess:
        """Starts a process that is stopped with `resources`; keeps the previous run's log."""
        if order.log.exists():
            order.log.replace(order.log.with_suffix(".previous.log"))
        process = await ServerProcess.start(
            self.name, replace(order, held=(*order.held, self.lock))
        )
        self.resources.push_async_callback(process.stop)
        return process


@dataclass(frozen=True, kw_only=True)
class PlannedServer:
    """A server whose address is settled before it runs.

    Attributes:
        url: Address with the password in it, as clients take it; kept out of `repr`.
        start: Starts it, and returns when it is ready.
    """

    name: str
    url: str = field(repr=False)
    start: Callable[[], Awaitable[RunningServer]] = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class RunningServer:
    """A server that is ready.

    Attributes:
        process: The server's process; stopped by the stack.
        check: Connects with the server's protocol; raises when it does not answer.
    """

    name: str
    port: int
    process: ServerProcess
    check: Callable[[], Awaitable[None]] = field(repr=False)
