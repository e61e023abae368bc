"""A Valkey server that may be killed and comes back with nothing."""

from __future__ import annotations

import asyncio
import signal
from pathlib import Path

from oms_devstack import LOOPBACK, free_port
from oms_devstack.binaries import valkey_server
from redis.asyncio import Redis
from redis.exceptions import RedisError


class KillableValkey:
    """One server on a free port, which keeps nothing on disk."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self._folder = folder
        self._process: asyncio.subprocess.Process | None = None

    @property
    def url(self) -> str:
        """Where clients connect to."""
        return f"redis://{LOOPBACK}:{self.port}/0"

    async def start(self) -> None:
        """Starts it, and returns once it answers."""
        options = {"bind": LOOPBACK, "port": str(self.port), "save": "", "appendonly": "no"}
        arguments = [part for name, value in options.items() for part in (f"--{name}", value)]
        with (self._folder / "valkey.log").open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                str(valkey_server()), *arguments, cwd=self._folder, stdout=log, stderr=log
            )
        async with asyncio.timeout(60):
            while not await self._answers():
                assert self._process.returncode is None

    async def kill(self) -> None:
        """Ends it with no time to do anything about it."""
        if self._process is not None and self._process.returncode is None:
            self._process.send_signal(signal.SIGKILL)
            await self._process.wait()

    async def _answers(self) -> bool:
        client = Redis.from_url(self.url, socket_timeout=2)
        try:
            await client.ping()
        except (RedisError, OSError):
            await asyncio.sleep(0.02)
            return False
        finally:
            await client.aclose()
        return True
