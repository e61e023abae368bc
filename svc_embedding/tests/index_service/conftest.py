"""The service over each backend that keeps something; everything shares the module's event loop."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from oms_testing.postgresql import new_database, running_postgresql

from .server import Served, served


@pytest.fixture(scope="session")
def postgresql_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running_postgresql(tmp_path_factory.mktemp("postgresql")) as address:
        yield address


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=["local", "pgvector"])
async def service(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Served]:
    folder: Path = tmp_path_factory.mktemp("embedding")
    if request.param == "local":
        async with served(folder) as running:
            yield running
        return
    server: str = request.getfixturevalue("postgresql_server")
    async with new_database(server) as database, served(folder, postgres=database) as running:
        yield running
