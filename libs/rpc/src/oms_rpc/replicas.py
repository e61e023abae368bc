"""Several processes of one service that share its port (SO_REUSEPORT).

Each is started anew rather than forked: gRPC's threads don't survive a fork.
"""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from collections import deque
from collections.abc import Sequence
from types import FrameType

from oms_core.logging import get_logger

from oms_rpc.server import PortInUse, wanted_port
from oms_rpc.settings import ServerSettings

_INDEX = "OMS_WORKER_INDEX"
# That many deaths within that time mean that starting again does not help.
_MAX_DEATHS = 5
_DEATHS_WITHIN_S = 30.0
_PAUSE_S = 0.5


def is_parent(settings: ServerSettings) -> bool:
    """Whether this process should only start and watch others."""
    return settings.workers > 1 and settings.worker_index is None


def supervise(settings: ServerSettings, services: Sequence[str]) -> int:
    """Starts the workers and keeps them running until a signal comes.

    The first SIGTERM or SIGINT is passed on; a second one kills. A worker that dies is
    started again; when they keep dying all are stopped.

    Returns:
        The exit status: 0 after a signal, 1 when workers kept dying or the port is taken.
    """
    log = get_logger()
    if len(services) > 1:
        log.error("start failed", error="OMS_WORKERS above 1 needs a service started alone")
        return 1
    try:
        _check_port(settings, services[0])
    except PortInUse as error:
        log.error("start failed", error=str(error))  # noqa: TRY400 - the message says it all
        return 1
    return _Supervisor(settings.workers).run()


class _Supervisor:
    def __init__(self, count: int) -> None:
        self._children: dict[int, subprocess.Popen[bytes]] = {}
        self._count = count
        self._deaths: deque[float] = deque(maxlen=_MAX_DEATHS)
        self._is_stopping = False
        self._log = get_logger()

    def run(self) -> int:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._on_signal)
        for index in range(self._count):
            self._start(index)
        while not self._is_stopping:
            if self._keep_dying():
                self._log.error("workers keep dying, giving up", deaths=_MAX_DEATHS)
                self._send(signal.SIGTERM)
                self._wait_all()
                return 1
            self._restart_dead()
        self._wait_all()
        return 0

    def _start(self, index: int) -> None:
        # The child reads the end of its standard input as the end of its parent.
        child = subprocess.Popen(  # noqa: S603 - the very command this process was started with
            [sys.executable, *sys.orig_argv[1:]],
            env={**os.environ, _INDEX: str(index)},
            stdin=subprocess.PIPE,
            # A Ctrl+C at the terminal reaches this process alone, which passes it on once.
            start_new_session=True,
        )
        self._children[index] = child
        self._log.info("worker started", index=index, pid=child.pid)

    def _restart_dead(self) -> None:
        time.sleep(_PAUSE_S / 5)
        for index, child in list(self._children.items()):
            status = child.poll()
            if status is None or self._is_stopping:
                continue
            self._deaths.append(time.monotonic())
            self._log.error("worker died", index=index, pid=child.pid, status=status)
            time.sleep(_PAUSE_S)
            if not self._is_stopping:
                self._start(index)

    def _keep_dying(self) -> bool:
        return (
            len(self._deaths) == _MAX_DEATHS
            and time.monotonic() - self._deaths[0] < _DEATHS_WITHIN_S
        )

    def _on_signal(self, number: int, _frame: FrameType | None) -> None:
        if self._is_stopping:
            self._send(signal.SIGKILL)
            os._exit(1)
        self._is_stopping = True
        self._send(signal.Signals(number))

    def _send(self, number: signal.Signals) -> None:
        for child in self._children.values():
            if child.poll() is None:
                child.send_signal(number)

    def _wait_all(self) -> None:
        for child in self._children.values():
            child.wait()


def _check_port(settings: ServerSettings, service: str) -> None:
    """Refuses a port that another server holds; with SO_REUSEPORT the workers would share it."""
    port = wanted_port(settings, service, 0)
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, port))
        except OSError as exc:
            raise PortInUse(
                f"port {port} of service {service!r} can't be bound on {settings.host}: is "
                "another server running? Stop it, or set OMS_PORT"
            ) from exc


def watch_parent(loop: asyncio.AbstractEventLoop, stopping: asyncio.Event) -> None:
    """Stops a worker whose parent is gone, however it went."""

    def on_readable() -> None:
        if not os.read(sys.stdin.fileno(), 1):
            loop.remove_reader(sys.stdin.fileno())
            stopping.set()

    loop.add_reader(sys.stdin.fileno(), on_readable)
