"""Pairs of contents whose vectors are nearly the same."""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

_BLOCK: Final = 1024


@dataclass(frozen=True, slots=True)
class Pairs:
    """The most alike pairs, and how many there are above the threshold.

    Args:
        best: Similarity and the two positions, the most alike first, equal ones by position.
    """

    best: Sequence[tuple[float, int, int]]
    count: int


def similar_pairs(vectors: NDArray[np.float32], *, threshold: float, limit: int) -> Pairs:
    """Compares every row with every later one by cosine; takes long for many, so in a thread."""
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit = vectors / np.where(norms == 0, 1, norms)
    best: list[tuple[float, int, int]] = []
    count = 0
    for start in range(0, len(unit), _BLOCK):
        block = unit[start : start + _BLOCK] @ unit[start:].T
        rows, columns = np.nonzero(np.triu(block >= threshold, k=1))
        count += len(rows)
        scores = block[rows, columns]
        if len(rows) > limit:
            kept = np.argpartition(-scores, limit - 1)[:limit]
            rows, columns, scores = rows[kept], columns[kept], scores[kept]
        found = zip(scores.tolist(), rows.tolist(), columns.tolist(), strict=True)
        best += [(score, start + row, start + column) for score, row, column in found]
        best = heapq.nsmallest(limit, best, key=lambda pair: (-pair[0], pair[1], pair[2]))
    return Pairs(best, count)
