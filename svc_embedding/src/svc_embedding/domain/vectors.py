"""Vectors: cutting, packing, comparing."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from typing import Final

import numpy as np
from numpy.typing import NDArray
from oms_core.errors import InvalidField, InvalidVector

from svc_embedding.domain.embedding import Matrix, ModelFacts

Wide = NDArray[np.float64]

# Squared distances below this part of the squared lengths are computed from the differences.
_NEAR: Final = 1e-4


class Metric(Enum):
    """How vectors are compared."""

    COSINE = "cosine"
    DOT = "dot"
    EUCLIDEAN = "euclidean"


def check_dimensions(dimensions: int | None, facts: ModelFacts) -> None:
    """Makes sure that a model's vectors can be cut to a length.

    Raises:
        InvalidField: they can't.
    """
    if dimensions is None or dimensions == facts.dimensions:
        return
    if dimensions not in facts.matryoshka_dimensions:
        allowed = sorted({facts.dimensions, *facts.matryoshka_dimensions})
        raise InvalidField.of(
            "options.dimensions",
            f"model {facts.model!r} has no vectors of {dimensions} numbers, "
            f"only of {', '.join(map(str, allowed))}",
        )


def cut(vectors: Matrix, dimensions: int | None, facts: ModelFacts) -> Matrix:
    """The first numbers of each vector, with length 1 again if the model's have it.

    Raises:
        InvalidField: the model was not trained for that.
    Source: Matryoshka representation learning, arXiv:2205.13147.
    """
    check_dimensions(dimensions, facts)
    if dimensions is None or dimensions == vectors.shape[1]:
        return vectors
    short = np.ascontiguousarray(vectors[:, :dimensions])
    return unit(short) if facts.is_normalized else short


def unit(vectors: Matrix) -> Matrix:
    """The vectors with length 1; those of length zero as they are."""
    wide, sizes = vectors.astype(np.float64), lengths(vectors)
    return (wide / np.where(sizes == 0, 1.0, sizes)[:, None]).astype(np.float32)


def lengths(vectors: Matrix) -> Wide:
    """The length of each vector, which is zero for zeros alone.

    Squares of the largest and of the smallest float32 numbers have no place in a float32.
    """
    return np.sqrt(_squares(vectors.astype(np.float64)))


def compare(sources: Matrix, targets: Matrix, metric: Metric) -> Matrix:
    """The score of every source with every target, shape (sources, targets). Blocking.

    A score that is larger than a float32 can be is infinite.

    Raises:
        InvalidVector: cosine of a vector of length zero; carries `index`, sources first.
    """
    if metric is Metric.COSINE:
        return np.clip(_directions(sources, 0) @ _directions(targets, len(sources)).T, -1.0, 1.0)
    wide = sources.astype(np.float64), targets.astype(np.float64)
    scores = wide[0] @ wide[1].T if metric is Metric.DOT else _distances(*wide)
    with np.errstate(over="ignore"):
        return scores.astype(np.float32)


def check_finite(vector: Sequence[float] | Matrix, index: int) -> None:
    """Makes sure that a vector holds numbers only.

    Raises:
        InvalidVector: it does not; carries `index`.
    """
    if not np.isfinite(vector).all():
        raise invalid_vector(index, "holds what is no finite number")


def invalid_vector(index: int, why: str) -> InvalidVector:
    """The error of one of several vectors."""
    return InvalidVector(f"vector {index} {why}", metadata={"index": str(index), "why": why})


def _directions(vectors: Matrix, first: int) -> Matrix:
    zero = np.flatnonzero(lengths(vectors) == 0)
    if len(zero):
        raise invalid_vector(first + int(zero[0]), "has length zero, so it has no direction")
    return unit(vectors)


def _distances(sources: Wide, targets: Wide) -> Wide:
    """|a - b|² = |a|² + |b|² - 2ab, but for near ones, whose distance rounding would eat."""
    sums = _squares(sources)[:, None] + _squares(targets)[None, :]
    squares = sums - 2 * (sources @ targets.T)
    for row, source in enumerate(sources):
        near = np.flatnonzero(squares[row] <= _NEAR * sums[row])
        if len(near):
            squares[row, near] = _squares(targets[near] - source)
    return np.sqrt(squares)


def _squares(vectors: Wide) -> Wide:
    return np.einsum("ij,ij->i", vectors, vectors)
