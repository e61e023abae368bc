"""A NATS server for a module, and what stands on it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from oms_devstack import running_stack
from oms_nats import NatsConnection, NatsSettings
from pydantic import SecretStr
from svc_events.adapters.jetstream.publishing import EventPublisher
from svc_events.adapters.jetstream.streams import EventStreams
from svc_events.domain.streams import StreamOptions


class Background:
    """An event loop in a thread, for what outlives a test."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self._thread.start()
        self.stack = AsyncExitStack()

    def run(self, work):
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(60)

    def close(self) -> None:
        self.run(self.stack.aclose())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join()
        self.loop.close()


@pytest.fixture(scope="module")
def nats_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    background = Background()
    folder: Path = tmp_path_factory.mktemp("nats")
    stack = background.run(
        background.stack.enter_async_context(running_stack(folder, only={"nats"}, is_durable=False))
    )
    yield stack.urls["NATS_URL"]
    background.close()


@pytest.fixture
async def nats(nats_url: str) -> AsyncIterator[NatsConnection]:
    connection = NatsConnection(NatsSettings(url=SecretStr(nats_url)), "test")
    yield connection
    await connection.close()


@pytest.fixture
def streams(nats: NatsConnection) -> EventStreams:
    return EventStreams(nats, StreamOptions(description="built in"))


@pytest.fixture
def publisher(nats: NatsConnection, streams: EventStreams) -> EventPublisher:
    return EventPublisher(nats, streams)
