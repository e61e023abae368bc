"""Records, entries and vectors for the tests of every backend."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import numpy as np
from svc_embedding.domain.indexes.entries import Entry, Vector
from svc_embedding.domain.indexes.records import Generation, IndexRecord, Metric

DIMENSIONS = 8


def generation(number: int, dimensions: int = DIMENSIONS) -> Generation:
    return Generation(number=number, model="m", space=f"m#{dimensions}", dimensions=dimensions)


def record(index_id: str, number: int = 1, metric: Metric = Metric.COSINE) -> IndexRecord:
    return IndexRecord(
        id=index_id,
        metric=metric,
        active=generation(number),
        create_time=datetime(2026, 1, 2, tzinfo=UTC),
    )


def vector(*numbers: float) -> Vector:
    padded = [*numbers, *([0.0] * (DIMENSIONS - len(numbers)))]
    return np.asarray(padded, np.float32)


def entry(
    entry_id: str,
    value: Vector | None = None,
    text: str = "",
    metadata: Mapping[str, Any] | None = None,
) -> Entry:
    found = vector(1.0) if value is None else value
    return Entry(id=entry_id, text=text, vector=found, metadata=metadata or {})


def random_entries(count: int, *, seed: int = 7) -> list[Entry]:
    chance = np.random.default_rng(seed)
    centres = chance.standard_normal((12, DIMENSIONS))
    rows = centres[chance.integers(0, 12, count)] + 0.4 * chance.standard_normal(
        (count, DIMENSIONS)
    )
    return [
        entry(f"e{at:05}", row.astype(np.float32), metadata={"n": at, "odd": at % 2 == 1})
        for at, row in enumerate(rows)
    ]
