"""Vectors: cutting, packing, comparing."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from typing import Final

import numpy as np
from oms_core.errors import InvalidField, InvalidVector

from svc_embedding.domain.embedding import Matrix, ModelFacts

_TINY: Final = 1e-12


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
    if not facts.is_normalized:
        return short
    return short / np.maximum(np.linalg.norm(short, axis=1, keepdims=True), _TINY)


def compare(sources: Matrix, targets: Matrix, metric: Metric) -> Matrix:
    """The score of every source with every target, shape (sources, targets).

    Raises:
        InvalidVector: cosine of a vector of length zero; carries `index`, sources first.
    """
    if metric is Metric.DOT:
        return sources @ targets.T
    if metric is Metric.EUCLIDEAN:
        return _distances(sources, targets)
    return np.clip(_unit(sources, 0) @ _unit(targets, len(sources)).T, -1.0, 1.0)


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


def _unit(vectors: Matrix, first: int) -> Matrix:
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    zero = np.flatnonzero(norms[:, 0] == 0)
    if len(zero):
        raise invalid_vector(first + int(zero[0]), "has length zero, so it has no direction")
    return vectors / norms


def _distances(sources: Matrix, targets: Matrix) -> Matrix:
    """Row by row: the shorter formula with products loses small distances to rounding."""
    rows = [np.linalg.norm(targets - source, axis=1) for source in sources]
    return np.array(rows, np.float32).reshape(len(sources), len(targets))
