"""NATS, PostgreSQL and a server of the event service for a module; all share its event loop."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from oms_devstack import running_stack
from oms_nats import NatsConnection, NatsSettings
from pydantic import SecretStr

from .server import Served, served

_NUMBERS = itertools.count(1)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def urls(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[dict[str, str]]:
    folder: Path = tmp_path_factory.mktemp("routing")
    async with running_stack(folder, only={"nats", "postgresql"}, is_durable=False) as stack:
        yield dict(stack.urls)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def service(urls: dict[str, str]) -> AsyncIterator[Served]:
    async with served(urls) as running:
        yield running


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def nats(urls: dict[str, str]) -> AsyncIterator[NatsConnection]:
    connection = NatsConnection(NatsSettings(url=SecretStr(urls["NATS_URL"])), "test")
    yield connection
    await connection.close()


@pytest.fixture
def unique() -> str:
    """A name that no other test uses."""
    return f"t{next(_NUMBERS)}"


@pytest.fixture
def until() -> Callable[..., Any]:
    """Asks until an answer is right; gives it back."""

    async def until(ask: Callable[[], Any], is_right: Callable[[Any], bool]) -> Any:
        async with asyncio.timeout(30):
            while True:
                answer = await ask()
                if is_right(answer):
                    return answer
                await asyncio.sleep(0.02)

    return until
