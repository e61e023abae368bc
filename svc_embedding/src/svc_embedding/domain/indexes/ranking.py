"""Fusing rankings, and spreading them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from svc_embedding.domain.indexes.entries import Hit

RRF_CONSTANT: Final = 60


@dataclass(frozen=True, slots=True)
class Ranked:
    """An entry in the final ranking; a rank is 0 where it was not found."""

    id: str
    score: float
    vector_rank: int = 0
    text_rank: int = 0
    vector_score: float = 0.0


def fuse(by_vector: Sequence[Hit], by_words: Sequence[Hit]) -> list[Ranked]:
    """Reciprocal rank fusion, the best first, equal scores by vector and then by id.

    Source: Cormack, Clarke and Büttcher, SIGIR 2009.
    """
    vector = {hit.id: (rank, hit.score) for rank, hit in enumerate(by_vector, 1)}
    words = {hit.id: rank for rank, hit in enumerate(by_words, 1)}
    fused: list[Ranked] = []
    for key in vector.keys() | words.keys():
        rank, score = vector.get(key, (0, 0.0))
        text_rank = words.get(key, 0)
        total = sum(1 / (RRF_CONSTANT + place) for place in (rank, text_rank) if place)
        fused.append(Ranked(key, total, rank, text_rank, score))
    return sorted(fused, key=lambda each: (-each.score, each.vector_rank or 1 << 30, each.id))


def by_vector_alone(hits: Sequence[Hit]) -> list[Ranked]:
    """A ranking by vector."""
    return [Ranked(hit.id, hit.score, rank, 0, hit.score) for rank, hit in enumerate(hits, 1)]


def by_words_alone(hits: Sequence[Hit]) -> list[Ranked]:
    """A ranking by words."""
    return [Ranked(hit.id, hit.score, 0, rank) for rank, hit in enumerate(hits, 1)]


def diversified(
    relevance: Sequence[float], vectors: NDArray[np.float32], diversity: float, most: int
) -> list[int]:
    """Maximal marginal relevance: picks one after the other what is relevant and unlike those
    picked.

    Args:
        relevance: Larger is better; scaled to 0 to 1 here.
        vectors: Rows in the same order.
        diversity: 0: relevance alone; 1: difference alone.
    Returns:
        Positions, at most `most`.
    Source: Carbonell and Goldstein, SIGIR 1998.
    """
    count = len(relevance)
    if not count:
        return []
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit = vectors / np.where(norms == 0, 1, norms)
    scores = np.asarray(relevance, dtype=np.float64)
    spread = float(scores.max() - scores.min())
    scores = (scores - scores.min()) / spread if spread else np.ones(count)
    nearest = np.zeros(count)
    is_left = np.ones(count, dtype=bool)
    picked: list[int] = []
    while len(picked) < min(most, count):
        value = (1 - diversity) * scores - diversity * nearest
        best = int(np.argmax(np.where(is_left, value, -np.inf)))
        picked.append(best)
        is_left[best] = False
        similar = unit @ unit[best]
        nearest = np.maximum(nearest, similar) if len(picked) > 1 else similar.astype(np.float64)
    return picked
