"""A server process that cannot outlive the process that started it."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from oms_devstack.errors import ServerFailed

_GUARD = Path(__file__).with_name("_guard.py")
_POLL_S = 0.02


@dataclass(frozen=True, kw_only=True)
class Order:
    """What to run.

    Attributes:
        command: Program and arguments; visible to every user of the machine, so no secrets.
        cwd: Working directory.
        log: File that standard output and error are appended to.
        held: Descriptors that the program inherits, besides the lock of its data directory.
        uid: User to run as, instead of the current one.
        env: The program's whole environment.
        stop_signal: Signal that makes the program end in good order.
        grace_s: How long it may take for that before it is killed, in seconds.
    """

    command: Sequence[str]
    cwd: Path
    log: Path
    held: Sequence[int] = ()
    uid: int | None = None
    env: dict[str, str] = field(default_factory=lambda: {"TZ": "UTC", "LC_ALL": "C"})
    stop_signal: int = signal.SIGTERM
    grace_s: float = 10.0


class ServerProcess:
    """A running server, with the guard that ends it when this process is gone.

    Made by `ServerProcess.start`; whoever starts it stops it.
    """

    def __init__(self, name: str, order: Order, guard: asyncio.subprocess.Process) -> None:
        self.name = name
        self._order = order
        self._guard = guard

    @classmethod
    async def start(cls, name: str, order: Order) -> ServerProcess:
        """Starts a server; returns before it is ready."""
        guard = await asyncio.create_subprocess_exec(
            *(sys.executable, "-I", "-S", str(_GUARD)),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.DEVNULL,
            pass_fds=tuple(order.held),
            # Away from the terminal: Ctrl-C reaches this process only, which stops in order.
            start_new_session=True,
        )
        assert guard.stdin is not None
        guard.stdin.write(json.dumps(asdict(order), default=str).encode() + b"\n")
        return cls(name, order, guard)

    @property
    def is_running(self) -> bool:
        """Whether the server has not ended."""
        return self._guard.returncode is None

    @property
    def log(self) -> Path:
        """The file with what the server prints."""
        return self._order.log

    async def wait(self) -> int:
        """Waits until the server has ended; returns its exit code."""
        return await self._guard.wait()

    async def stop(self) -> None:
        """Ends the server in good order, or by force after its grace period. Idempotent."""
        assert self._guard.stdin is not None
        self._guard.stdin.close()
        try:
            async with asyncio.timeout(self._order.grace_s + 5):
                await self._guard.wait()
        except TimeoutError:
            os.killpg(self._guard.pid, signal.SIGKILL)
            await self._guard.wait()

    async def wait_until(
        self,
        probe: Callable[[], Awaitable[None]],
        *,
        passing: tuple[type[Exception], ...] = (),
        timeout_s: float = 30.0,
    ) -> None:
        """Waits until a probe succeeds.

        Args:
            probe: Raises while the server is not ready.
            passing: Errors, besides OSError, that mean "not yet"; any other one is raised.
            timeout_s: How long to try, in seconds.
        Raises:
            ServerFailed: the server ended, or the time is over.
        """
        not_yet = (OSError, *passing)
        deadline = asyncio.get_running_loop().time() + timeout_s
        while True:
            try:
                await probe()
            except not_yet as exc:
                if not self.is_running:
                    raise self.failed(f"ended with code {self._guard.returncode}") from exc
                if asyncio.get_running_loop().time() > deadline:
                    raise self.failed(f"was not ready within {timeout_s:g} s ({exc})") from exc
                await asyncio.sleep(_POLL_S)
            else:
                return

    def failed(self, what: str) -> ServerFailed:
        """An error about this server that carries the end of its log."""
        return ServerFailed(self.name, what, self._order.log)
