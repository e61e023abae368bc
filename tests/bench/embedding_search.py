"""Vector indexes side by side: how much of the exact answer each finds, and how fast."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter

import numpy as np
from numpy.typing import NDArray
from oms_core.logging import configure_logging
from oms_devstack import starting_stack
from oms_postgres import PostgresSchema, PostgresSettings, migrations_in
from pydantic import SecretStr
from svc_embedding.adapters.indexes.local.index import LocalIndex
from svc_embedding.adapters.indexes.pgvector.index import MIGRATIONS, SCHEMA, PgVectorIndex
from svc_embedding.adapters.indexes.qdrant.index import QdrantIndex
from svc_embedding.domain.indexes.entries import Entry
from svc_embedding.domain.indexes.records import Generation, IndexRecord, Metric
from svc_embedding.domain.indexes.vector_index import VectorIndex

from tests.bench.report import Goal, Section

DIMENSIONS = 384
_CLUSTERS = 500
_SPREAD = 0.6
_RECALL = 0.99
_K = 10
_BATCH = 1000
_SEED = 20_261_127
_NAMESPACE = "bench"


@dataclass(frozen=True)
class _Data:
    """Vectors, queries from the same distribution, and the exact answers."""

    vectors: NDArray[np.float32]
    queries: NDArray[np.float32]
    nearest: Sequence[set[str]]


async def searching(*, count: int, queries: int, rounds: int) -> Section:
    """Fills each backend with the same vectors and asks it the same, in turn.

    Args:
        count: Entries.
        queries: Of each round.
    """
    section = Section(
        "Nearest neighbours",
        f"{count:,} entries of {DIMENSIONS} dimensions: points around {_CLUSTERS} centres, normal "
        f"with a standard deviation of {_SPREAD} times that of the centres, normalised; seed "
        f"{_SEED}. Queries come from the same distribution and are no entries. Recall@10: how many "
        "of the ten that comparing all by float32 gives are found. One caller; medians of "
        f"{rounds} rounds of {queries} queries. Filling: batches of {_BATCH} through "
        "`VectorIndex.write`, durable; for the in-process index until its graph is made.",
        ("backend", "entries/s filled", "recall@10", "queries/s", "p50 ms", "p99 ms"),
    )
    configure_logging("ERROR")
    data = _data(count, queries)
    for name in _names():
        with TemporaryDirectory() as folder:
            async with _backend(name, Path(folder)) as index:
                await _measure(section, name, index, data, rounds)
    return section


def _names() -> list[str]:
    return ["in-process", "pgvector", *(["Qdrant"] if os.environ.get("OMS_QDRANT_URL") else [])]


@asynccontextmanager
async def _backend(name: str, folder: Path) -> AsyncGenerator[VectorIndex]:
    if name == "in-process":
        local = LocalIndex(folder)
        yield local
        await local.close()
    elif name == "Qdrant":
        qdrant = QdrantIndex(os.environ["OMS_QDRANT_URL"])
        yield qdrant
        await qdrant.delete("bench")
        await qdrant.close()
    else:
        async with starting_stack(folder, only={"postgresql"}) as stack:
            await stack.ready()
            settings = PostgresSettings(url=SecretStr(stack.urls["DATABASE_URL"]), timeout_s=100)
            pgvector = PgVectorIndex(PostgresSchema(settings, SCHEMA, migrations_in(MIGRATIONS)))
            yield pgvector
            await pgvector.close()


def _data(count: int, queries: int) -> _Data:
    chance = np.random.default_rng(_SEED)
    centres = chance.standard_normal((_CLUSTERS, DIMENSIONS)).astype(np.float32)

    def drawn(number: int) -> NDArray[np.float32]:
        noise = chance.standard_normal((number, DIMENSIONS)).astype(np.float32)
        points = centres[chance.integers(0, _CLUSTERS, number)] + np.float32(_SPREAD) * noise
        return points / np.linalg.norm(points, axis=1, keepdims=True)

    vectors, asked = drawn(count), drawn(queries)
    nearest = [
        {_id(int(at)) for at in np.argpartition(-(vectors @ query), _K)[:_K]} for query in asked
    ]
    return _Data(vectors, asked, nearest)


def _id(at: int) -> str:
    return f"entry-{at:07}"


async def _measure(
    section: Section, name: str, index: VectorIndex, data: _Data, rounds: int
) -> None:
    space = Generation(number=1, model="bench", space="bench", dimensions=DIMENSIONS)
    record = IndexRecord(
        id="bench", metric=Metric.COSINE, active=space, create_time=datetime.now(UTC)
    )
    await index.create(record)
    started = perf_counter()
    for start in range(0, len(data.vectors), _BATCH):
        part = data.vectors[start : start + _BATCH]
        entries = [
            Entry(id=_id(start + at), text="", vector=vector) for at, vector in enumerate(part)
        ]
        await index.write(record, _NAMESPACE, {1: entries})
    if isinstance(index, LocalIndex):
        await index.settle()
    filled = len(data.vectors) / (perf_counter() - started)
    recall = 0.0
    rates: list[float] = []
    taken: list[float] = []
    for _ in range(rounds):
        found: list[set[str]] = []
        began = perf_counter()
        for query in data.queries:
            at = perf_counter()
            hits = await index.nearest(record, _NAMESPACE, query, limit=_K)
            taken.append((perf_counter() - at) * 1000)
            found.append({hit.id for hit in hits})
        rates.append(len(data.queries) / (perf_counter() - began))
        shared = sum(len(a & b) for a, b in zip(found, data.nearest, strict=True))
        recall = shared / (_K * len(data.queries))
        await asyncio.sleep(0)
    taken.sort()
    section.rows.append(
        (
            name,
            f"{filled:,.0f}",
            f"{recall:.4f}",
            f"{median(rates):,.0f}",
            f"{taken[len(taken) // 2]:.1f}",
            f"{taken[int(len(taken) * 0.99)]:.1f}",
        )
    )
    text = f"{name}: recall@10 {recall:.4f} at {len(data.vectors):,}; promised is {_RECALL}"
    section.goals.append(Goal(text, recall >= _RECALL))
