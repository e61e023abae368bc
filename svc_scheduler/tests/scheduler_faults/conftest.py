from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from oms_testing.nats import KillableNats
from oms_testing.postgresql import new_database, running_postgresql
from oms_testing.valkey import KillableValkey

from .cluster import Cluster, Ledger


@pytest.fixture(scope="package")
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running_postgresql(tmp_path_factory.mktemp("postgresql")) as address:
        yield address


@pytest.fixture
async def cluster(postgresql: str, tmp_path: Path) -> AsyncIterator[Cluster]:
    """Servers without replicas."""
    nats, valkey, ledger = KillableNats(tmp_path), KillableValkey(tmp_path), Ledger()
    server = await asyncio.start_server(ledger.serve, "127.0.0.1", 0)
    ledger.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
    async with new_database(postgresql) as database:
        await asyncio.gather(nats.start(), valkey.start())
        cluster = Cluster(tmp_path, database, nats, valkey, ledger)
        yield cluster
        await cluster.stop()
        await asyncio.gather(nats.kill(), valkey.kill())
    server.close()
