"""A kernel on SQLite, NATS and PostgreSQL, all real, and the event service between them."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
from oms_devstack import running_stack
from oms_nats import NatsConnection, NatsSettings
from oms_testing.postgresql import new_database
from pydantic import SecretStr

from .world import Urls, World


class Background:
    """An event loop in a thread, for servers that outlive a test."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self._thread.start()
        self.stack = AsyncExitStack()

    def run(self, work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(60)

    def close(self) -> None:
        self.run(self.stack.aclose())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join()
        self.loop.close()


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """Addresses of NATS and PostgreSQL."""
    background = Background()
    stack = background.run(
        background.stack.enter_async_context(
            running_stack(
                tmp_path_factory.mktemp("servers"), only={"nats", "postgresql"}, is_durable=False
            )
        )
    )
    yield dict(stack.urls)
    background.close()


@pytest.fixture
async def urls(servers: dict[str, str]) -> AsyncIterator[Urls]:
    """A JetStream without streams, and a PostgreSQL database of the test's own."""
    async with new_database(servers["DATABASE_URL"]) as database:
        nats = NatsConnection(NatsSettings(url=SecretStr(servers["NATS_URL"])), "test")
        jetstream = await nats.jetstream()
        for stream in await jetstream.streams_info():
            await jetstream.delete_stream(stream.config.name or "")
        await nats.close()
        yield Urls(servers["NATS_URL"], database)


@pytest.fixture
async def world(urls: Urls, tmp_path: Path) -> AsyncIterator[World]:
    """A running kernel and what one looks at streams with; the event service is not started."""
    async with World.running(urls, tmp_path) as world:
        yield world
