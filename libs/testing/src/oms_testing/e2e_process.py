"""Service processes that a test may kill."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import grpc
import grpc.aio
from grpc_health.v1 import health_pb2, health_pb2_grpc

_POLL_S = 0.02


class ServiceProcess:
    """A Python module run as a process of its own, in a session of its own.

    Args:
        module: Run with `python -m`.
        address: `host:port` of its gRPC server, probed for readiness.
        environment: Added to this process's own, of which no OMS variable is passed on.
        log: File that its output is appended to.
    """

    def __init__(
        self, module: str, *, address: str, environment: Mapping[str, str], log: Path
    ) -> None:
        self.module = module
        self.address = address
        self._environment = environment
        self._log = log
        self._process: asyncio.subprocess.Process | None = None

    async def start(self, arguments: Sequence[str] = (), *, timeout_s: float = 100.0) -> None:
        """Starts it, and returns once it says that it is serving.

        Raises:
            RuntimeError: it ended, or was not serving in time; carries the end of its log.
        """
        with self._log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", self.module, *arguments),
                env={**clean_environment(), **self._environment},
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        deadline = asyncio.get_running_loop().time() + timeout_s
        while not await is_serving(self.address):
            is_late = asyncio.get_running_loop().time() > deadline
            if is_late or self._process.returncode is not None:
                self.kill()
                raise RuntimeError(f"{self.module} is not serving:\n{self.log_end()}")
            await asyncio.sleep(_POLL_S)

    @property
    def pid(self) -> int:
        """Its process id. It has been started."""
        assert self._process is not None
        return self._process.pid

    def signal(self, number: int) -> None:
        """Sends a signal to it, if it is still there."""
        if self._process is not None and self._process.returncode is None:
            os.kill(self._process.pid, number)

    def kill(self) -> None:
        """Ends it and all it started, with no time to do anything about it."""
        if self._process is not None and self._process.returncode is None:
            os.killpg(self._process.pid, signal.SIGKILL)

    async def wait(self, *, timeout_s: float = 100.0) -> int:
        """Waits until it has ended; returns its exit code."""
        assert self._process is not None
        async with asyncio.timeout(timeout_s):
            return await self._process.wait()

    def log_end(self, size: int = 4000) -> str:
        """The last characters of its output."""
        return self._log.read_text(errors="replace")[-size:] if self._log.exists() else ""


def clean_environment() -> dict[str, str]:
    """This process's environment without what configures OMS."""
    names = ("OMS_", "USE_", "JWT_", "DATABASE_URL", "REDIS_URL", "NATS_URL", "ENABLE_TELEMETRY")
    return {name: value for name, value in os.environ.items() if not name.startswith(names)}


async def is_serving(address: str, *, service: str = "") -> bool:
    """Whether a server answers `grpc.health.v1` that it serves."""
    # A channel of its own: a refused connection makes a channel wait before it tries again.
    options = (("grpc.use_local_subchannel_pool", 1),)
    async with grpc.aio.insecure_channel(address, options=options) as channel:
        stub: Any = health_pb2_grpc.HealthStub(channel)
        try:
            answer = await stub.Check(health_pb2.HealthCheckRequest(service=service), timeout=2)
        except grpc.aio.AioRpcError:
            return False
        return bool(answer.status == health_pb2.HealthCheckResponse.SERVING)
