"""What a vector has to be like."""

from __future__ import annotations

from typing import Final

import numpy as np
from oms_core.errors import InvalidVector

from svc_embedding.domain.indexes.entries import Vector
from svc_embedding.domain.indexes.records import Metric

MAX_NUMBER: Final = 65_504.0
"""Largest number of float16, which graphs hold vectors in."""


def check_vector(vector: Vector, *, dimensions: int, metric: Metric, field: str) -> Vector:
    """A vector as it may be kept and compared.

    Raises:
        InvalidVector: the length, a number that is not finite or too large, or length zero with
            cosine.
    """
    if vector.shape != (dimensions,):
        raise _invalid(field, f"has {vector.size} numbers; the index's vectors have {dimensions}")
    if not np.isfinite(vector).all():
        at = int(np.argmin(np.isfinite(vector)))
        raise _invalid(field, f"number {at} is not finite")
    largest = int(np.argmax(np.abs(vector)))
    if abs(vector[largest]) > MAX_NUMBER:
        number = f"number {largest} is {vector[largest]:g}"
        raise _invalid(
            field, f"{number}; numbers are between -{MAX_NUMBER:.0f} and {MAX_NUMBER:.0f}"
        )
    if metric is Metric.COSINE and not vector.astype(np.float16).any():
        raise _invalid(field, "has length zero, or nearly so: it has no direction to compare")
    return np.ascontiguousarray(vector, dtype=np.float32)


def _invalid(field: str, why: str) -> InvalidVector:
    return InvalidVector(f"{field}: {why}", metadata={"field": field})
