"""A nats-server that may be killed and started again on its data."""

from __future__ import annotations

import asyncio
import json
import signal
from pathlib import Path

from oms_devstack import LOOPBACK, free_port
from oms_devstack.binaries import nats_server
from oms_nats import NatsConnection, NatsSettings
from pydantic import SecretStr


class KillableNats:
    """One server on a free port.

    Args:
        folder: Keeps its data, from one start to the next.
        max_store_bytes: All the room that there is for streams; 0: the disk's.
    """

    def __init__(self, folder: Path, *, max_store_bytes: int = 0) -> None:
        self.port = free_port()
        self._config = folder / "nats.conf"
        jetstream: dict[str, object] = {"store_dir": str(folder / "data")}
        if max_store_bytes:
            jetstream["max_file_store"] = max_store_bytes
        config = {"listen": f"{LOOPBACK}:{self.port}", "jetstream": jetstream}
        self._config.write_text(json.dumps(config))
        self._log = folder / "nats.log"
        self._process: asyncio.subprocess.Process | None = None

    @property
    def url(self) -> str:
        """Where clients connect to."""
        return f"nats://{LOOPBACK}:{self.port}"

    async def start(self) -> None:
        """Starts it, and returns once JetStream answers."""
        with self._log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                str(nats_server()), "--config", str(self._config), stdout=log, stderr=log
            )
        async with asyncio.timeout(60):
            while not await self._answers():
                assert self._process.returncode is None, self._log.read_text()[-2000:]

    async def kill(self) -> None:
        """Ends it with no time to do anything about it."""
        if self._process is not None and self._process.returncode is None:
            self._process.send_signal(signal.SIGKILL)
            await self._process.wait()

    async def _answers(self) -> bool:
        settings = NatsSettings(url=SecretStr(self.url), timeout_s=2)
        connection = NatsConnection(settings, "probe")
        try:
            await connection.check()
        except Exception:  # noqa: BLE001 - it may be anything while it starts
            return False
        finally:
            await connection.close()
        return True
