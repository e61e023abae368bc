"""Fusing rankings, and spreading them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from svc_embedding.domain.indexes.entries import Hit

RRF_CONSTANT: Final = 60
_T = TypeVar("_T")


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


async def in_windows(
    rank: Callable[[int], Awaitable[tuple[Sequence[_T], bool]]],
    key: Callable[[_T], str],
    *,
    depths: Sequence[int],
    wanted: int,
) -> list[_T]:
    """A ranking that begins alike however far it is read, of rankings that depend on their depth.

    What a deeper ranking finds comes behind what the one before has found, so that pages neither
    repeat nor skip anything.

    Args:
        rank: The whole ranking of a depth, and whether there may be more behind it.
        key: Tells what is ranked apart.
        depths: In growing order; those behind what is wanted are not asked for.
    """
    found: dict[str, _T] = {}
    for depth in depths:
        ranked, has_more = await rank(depth)
        for each in ranked:
            found.setdefault(key(each), each)
        if len(found) >= wanted or not has_more:
            break
    return list(found.values())


def by_vector_alone(hits: Sequence[Hit]) -> list[Ranked]:
    """A ranking by vector."""
    return [Ranked(hit.id, hit.score, rank, 0, hit.score) for rank, hit in enumerate(hits, 1)]


def by_words_alone(hits: Sequence[Hit]) -> list[Ranked]:
    """A ranking by words."""
    return [Ranked(hit.id, hit.score, 0, rank) for rank, hit in enumerate(hits, 1)]


def diversified(
    relevance: Sequence[float], vectors: NDArray[np.float32], diversity: float
) -> list[int]:
    """Maximal marginal relevance: picks one after the other what is relevant and unlike those
    picked; takes long for many, so in a thread.

    Args:
        relevance: Larger is better; scaled to 0 to 1 here.
        vectors: Rows in the same order.
        diversity: 0: relevance alone; 1: difference alone.
    Returns:
        All positions.
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
    while len(picked) < count:
        value = (1 - diversity) * scores - diversity * nearest
        best = int(np.argmax(np.where(is_left, value, -np.inf)))
        picked.append(best)
        is_left[best] = False
        similar = unit @ unit[best]
        nearest = np.maximum(nearest, similar) if len(picked) > 1 else similar.astype(np.float64)
    return picked
