"""A network that can be cut, or fall silent: a TCP proxy in front of a server."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from oms_devstack import LOOPBACK, free_port


class CuttableProxy:
    """Passes bytes on until it is cut. Then connections break, and new ones are refused."""

    def __init__(self, port: int) -> None:
        """Listens to nothing yet.

        Args:
            port: Of the server on this machine.
        """
        self._target = port
        self.port = free_port()
        """Where clients connect to."""
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._flows = asyncio.Event()
        self._flows.set()
        self.passed = 0
        """Bytes that went either way."""

    def cut(self) -> None:
        """Breaks every connection and refuses new ones."""
        server, self._server = self._server, None
        if server is not None:
            server.close()
        for writer in self._writers:
            writer.transport.abort()

    def fall_silent(self) -> None:
        """Keeps connections, takes new ones, and passes nothing on: neither side is told."""
        self._flows.clear()

    def speak(self) -> None:
        """Passes on again, also what came meanwhile."""
        self._flows.set()

    async def mend(self) -> None:
        """Lets connections through again."""
        self._server = await asyncio.start_server(self._accept, LOOPBACK, self.port)

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[CuttableProxy]:
        """Listens for as long as the block runs."""
        await self.mend()
        try:
            yield self
        finally:
            self.cut()
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    def _is_cut(self) -> bool:
        return self._server is None

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._connect(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        try:
            if self._is_cut():
                return
            other_reader, other_writer = await asyncio.open_connection(LOOPBACK, self._target)
            self._writers.add(other_writer)
            try:
                if not self._is_cut():
                    await self._both(reader, writer, other_reader, other_writer)
            finally:
                self._drop(other_writer)
        except OSError:
            return
        finally:
            self._drop(writer)

    async def _both(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        other_reader: asyncio.StreamReader,
        other_writer: asyncio.StreamWriter,
    ) -> None:
        ways = [
            asyncio.create_task(self._pass(reader, other_writer)),
            asyncio.create_task(self._pass(other_reader, writer)),
        ]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(65536):
                await self._flows.wait()
                self.passed += len(data)
                writer.write(data)
                await writer.drain()

    def _drop(self, writer: asyncio.StreamWriter) -> None:
        self._writers.discard(writer)
        writer.transport.abort()
