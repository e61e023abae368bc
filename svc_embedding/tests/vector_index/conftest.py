"""Every backend of `VectorIndex`, real, with nothing in it."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from oms_postgres import PostgresSchema, PostgresSettings, migrations_in
from oms_testing.postgresql import new_database, running_postgresql
from pydantic import SecretStr
from svc_embedding.adapters.indexes.local.index import LocalIndex
from svc_embedding.adapters.indexes.pgvector.index import MIGRATIONS, SCHEMA, PgVectorIndex
from svc_embedding.adapters.indexes.qdrant.index import QdrantIndex
from svc_embedding.domain.indexes.vector_index import VectorIndex

GRAPH_FROM = 300
"""Few enough that the tests reach graphs."""


@pytest.fixture(scope="session")
def postgresql_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running_postgresql(tmp_path_factory.mktemp("postgresql")) as address:
        yield address


@pytest.fixture(params=["local", "pgvector", "qdrant"])
def backend(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest_asyncio.fixture
async def index(
    backend: str, request: pytest.FixtureRequest, tmp_path: Path
) -> AsyncIterator[VectorIndex]:
    if backend == "local":
        local = LocalIndex(tmp_path / "indexes", graph_from=GRAPH_FROM)
        yield local
        await local.close()
    elif backend == "qdrant":
        qdrant = QdrantIndex(os.environ.get("OMS_QDRANT_URL") or ":memory:")
        for record in await qdrant.list():
            await qdrant.delete(record.id)
        yield qdrant
        await qdrant.close()
    else:
        async with new_database(request.getfixturevalue("postgresql_server")) as address:
            settings = PostgresSettings(url=SecretStr(address), pool_size=4)
            schema = PostgresSchema(settings, SCHEMA, migrations_in(MIGRATIONS))
            pgvector = PgVectorIndex(schema, small=GRAPH_FROM)
            yield pgvector
            await pgvector.close()
