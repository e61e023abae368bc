"""What a vector has to be like."""

from __future__ import annotations

import numpy as np
from oms_core.errors import InvalidVector

from svc_embedding.domain.indexes.entries import Vector
from svc_embedding.domain.indexes.records import Metric


def check_vector(vector: Vector, *, dimensions: int, metric: Metric, field: str) -> Vector:
    """A vector as it may be kept and compared.

    Raises:
        InvalidVector: the length, a number that is not finite, or length zero with cosine.
    """
    if vector.shape != (dimensions,):
        raise _invalid(field, f"has {vector.size} numbers; the index's vectors have {dimensions}")
    if not np.isfinite(vector).all():
        at = int(np.argmin(np.isfinite(vector)))
        raise _invalid(field, f"number {at} is not finite")
    with np.errstate(over="ignore"):
        length = float(np.linalg.norm(vector))
    if not np.isfinite(length):
        raise _invalid(field, "is too long to be compared")
    if metric is Metric.COSINE and length == 0:
        raise _invalid(field, "has length zero, which has no direction to compare")
    return np.ascontiguousarray(vector, dtype=np.float32)


def _invalid(field: str, why: str) -> InvalidVector:
    return InvalidVector(f"{field}: {why}", metadata={"field": field})
