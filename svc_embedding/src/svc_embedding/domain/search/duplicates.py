"""Pairs of contents that say nearly the same."""

from __future__ import annotations

import heapq
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from svc_embedding.domain.indexes.entries import Vector, text_hash
from svc_embedding.domain.search.contents import Content, Kind
from svc_embedding.domain.search.reasons import Reason, reasons_for, shared_properties

_BLOCK: Final = 1024
"""Rows and columns of the similarities that are held at once, 4 MiB."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Duplicate:
    """Two contents that say nearly the same."""

    first: Content
    second: Content
    similarity: float
    reasons: Sequence[Reason]


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """Pairs, the most alike first.

    Args:
        pair_count: Of those above the threshold, more than the limit too.
        missing_count: Contents that there are no vectors of.
    """

    pairs: Sequence[Duplicate]
    pair_count: int
    element_count: int
    missing_count: int


@dataclass(frozen=True, slots=True)
class Pairs:
    """The most alike pairs, and how many there are above the threshold.

    Args:
        best: Similarity and the two positions, the most alike first, equal ones by position.
    """

    best: Sequence[tuple[float, int, int]]
    count: int


def compare_contents(
    contents: Sequence[Content],
    vectors: Mapping[str, Vector],
    *,
    kinds: Collection[Kind],
    threshold: float,
    limit: int,
) -> Compared:
    """Compares every two contents of a kind; takes long for many, so in a thread.

    Args:
        vectors: By the hash of the text.
    """
    known: dict[Kind, list[tuple[Content, Vector]]] = {kind: [] for kind in kinds}
    for content in contents:
        vector = vectors.get(text_hash(content.text))
        if vector is not None:
            known[content.kind].append((content, vector))
    count = 0
    best: list[tuple[float, Content, Content]] = []
    for mine in known.values():
        if mine:
            matrix = np.stack([vector for _, vector in mine])
            found = similar_pairs(matrix, threshold=threshold, limit=limit)
            count += found.count
            best += [(score, mine[i][0], mine[j][0]) for score, i, j in found.best]
    best.sort(key=lambda pair: (-pair[0], pair[1].key, pair[2].key))
    compared = sum(map(len, known.values()))
    return Compared(
        pairs=[_duplicate(one, other, score) for score, one, other in best[:limit]],
        pair_count=count,
        element_count=compared,
        missing_count=len(contents) - compared,
    )


def similar_pairs(vectors: NDArray[np.float32], *, threshold: float, limit: int) -> Pairs:
    """Compares every row with every later one by cosine; takes long for many, so in a thread."""
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit = vectors / np.where(norms == 0, 1, norms)
    best: list[tuple[float, int, int]] = []
    count = 0
    for top in range(0, len(unit), _BLOCK):
        for left in range(top, len(unit), _BLOCK):
            block = unit[top : top + _BLOCK] @ unit[left : left + _BLOCK].T
            is_pair = block >= threshold
            if left == top:
                is_pair = np.triu(is_pair, k=1)
            rows, columns = np.nonzero(is_pair)
            count += len(rows)
            scores = block[rows, columns]
            if len(rows) > limit:
                kept = _largest(scores, limit)
                rows, columns, scores = rows[kept], columns[kept], scores[kept]
            found = zip(scores.tolist(), rows.tolist(), columns.tolist(), strict=True)
            best += [(score, top + row, left + column) for score, row, column in found]
            best = heapq.nsmallest(limit, best, key=lambda pair: (-pair[0], pair[1], pair[2]))
    return Pairs(best, count)


def _largest(scores: NDArray[np.floating[Any]], count: int) -> NDArray[np.intp]:
    """Positions of the largest of more scores, of equal ones the first."""
    bound = np.partition(scores, len(scores) - count)[len(scores) - count]
    above = np.flatnonzero(scores > bound)
    return np.concatenate([above, np.flatnonzero(scores == bound)[: count - len(above)]])


def _duplicate(one: Content, other: Content, similarity: float) -> Duplicate:
    first, second = sorted((one, other), key=lambda content: content.key)
    reasons = reasons_for(second, first.names, first.text, similarity)
    shared = shared_properties(first, second)
    if shared is not None:
        reasons.append(shared)
    reasons.sort(key=lambda reason: -reason.weight)
    return Duplicate(first=first, second=second, similarity=similarity, reasons=reasons)
