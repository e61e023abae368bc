"""How well vectors agree with people: the STS benchmark."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
from oms.embedding.v1 import embedding_service_pb2 as pb

from tests.bench.embedding import batches, running_embedding
from tests.bench.report import Goal, Section

FILE_VARIABLE = "OMS_BENCH_STSB"
"""Names `sts-test.csv` of http://ixa2.si.ehu.eus/stswiki, which is not ours to pass on."""
_PUBLISHED = 0.8203


async def sts_benchmark() -> Section:
    """Spearman's correlation of cosines with the judgements of people."""
    section = Section(
        "Agreement with people",
        "STS benchmark, test part: Spearman's correlation of the cosine of two sentences with how "
        f"alike people judged them, over gRPC. `{FILE_VARIABLE}` names the file. The published "
        f"value for all-MiniLM-L6-v2 is {_PUBLISHED}.",
        ("pairs", "Spearman"),
    )
    file = os.environ.get(FILE_VARIABLE)
    if not file:
        section.rows.append(("0", f"not measured: {FILE_VARIABLE} is not set"))
        return section
    rows = _rows(Path(file))
    scores = np.array([float(row[4]) for row in rows])
    vectors = await _vectors([row[place].strip() for place in (5, 6) for row in rows])
    cosines = (vectors[: len(rows)] * vectors[len(rows) :]).sum(axis=1)
    spearman = float(np.corrcoef(_ranks(scores), _ranks(cosines))[0, 1])
    section.rows.append((f"{len(rows):,}", f"{spearman:.4f}"))
    text = f"{spearman:.4f}; promised is {_PUBLISHED} to within 0.001"
    section.goals.append(Goal(text, abs(spearman - _PUBLISHED) <= 0.001))
    return section


def _rows(file: Path) -> list[list[str]]:
    return [line.split("\t") for line in file.read_text(encoding="utf-8").splitlines()]


async def _vectors(texts: list[str]) -> Any:
    rows: list[Any] = []
    async with running_embedding() as client:
        for request in batches(texts):
            answer = pb.EmbedBatchResponse.FromString(await client.call("EmbedBatch", request))
            rows += [np.frombuffer(each.vector.packed, "<f4") for each in answer.embeddings]
    return np.stack(rows)


def _ranks(values: Any) -> Any:
    """Places in order of size; equal values share the mean of theirs."""
    _, places, counts = np.unique(values, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    return (ends - (counts - 1) / 2)[places]
