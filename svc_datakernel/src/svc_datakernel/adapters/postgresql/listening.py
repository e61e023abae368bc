"""Hears of the commits of other kernels through LISTEN; whoever waits polls as well."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final

import psycopg
from oms_core.logging import get_logger

CHANNEL: Final = "oms_kernel_commits"
_FIRST_PAUSE_S: Final = 0.5
_LONGEST_PAUSE_S: Final = 5.0


class Listener:
    """Listens from the first time it is asked to until it is closed, on one connection."""

    def __init__(self, url: str, on_news: Callable[[str | None], None]) -> None:
        """Connects to nothing yet.

        Args:
            on_news: Called on the event loop with the schema that has new commits;
                with None when news may have been missed.
        """
        self._url = url
        self._on_news = on_news
        self._task: asyncio.Task[None] | None = None
        self.is_listening = False

    def start(self) -> None:
        """Listens from now on. On the event loop."""
        if self._task is None:
            self._task = asyncio.create_task(self._listen(), name="kernel-commit-listener")

    async def close(self) -> None:
        """Hangs up."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])

    async def _listen(self) -> None:
        pause_s = _FIRST_PAUSE_S
        while True:
            try:
                connection = await self._connect()
                async with connection:
                    await connection.execute(f"LISTEN {CHANNEL}")
                    pause_s = _FIRST_PAUSE_S
                    await self._hear(connection)
            except psycopg.Error as exc:
                get_logger().warning("not listening for commits", error=str(exc), retry_s=pause_s)
            finally:
                self.is_listening = False
            await asyncio.sleep(pause_s)
            pause_s = min(pause_s * 2, _LONGEST_PAUSE_S)

    async def _connect(self) -> psycopg.AsyncConnection[Any]:
        connecting = asyncio.ensure_future(
            psycopg.AsyncConnection.connect(
                self._url,
                autocommit=True,
                connect_timeout=5,
                application_name="oms-datakernel",
                # Nothing is ever sent on it: else the loss of the machine would go unnoticed.
                keepalives_idle=10,
                keepalives_interval=5,
                keepalives_count=3,
            )
        )
        try:
            return await asyncio.shield(connecting)
        except asyncio.CancelledError:
            # Half a connection would have the server wait for its other half, and everybody
            # who drops a database there wait for the server.
            with suppress(psycopg.Error):
                await (await connecting).close()
            raise

    async def _hear(self, connection: psycopg.AsyncConnection[Any]) -> None:
        self.is_listening = True
        self._on_news(None)
        async for notice in connection.notifies():
            self._on_news(notice.payload)
