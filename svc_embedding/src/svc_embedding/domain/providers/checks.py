"""A vector is right, or there is none."""

from __future__ import annotations

import numpy as np

from svc_embedding.domain.embedding import Matrix
from svc_embedding.domain.providers.errors import wrong_answer
from svc_embedding.domain.vectors import lengths, unit


def checked_vectors(
    vectors: Matrix, *, count: int, sent: int, wanted: int, normalise: bool, provider: str
) -> Matrix:
    """Vectors that are what was asked for.

    Args:
        vectors: As the provider sent them.
        count: How many were asked for.
        sent: The length the provider was to send.
        wanted: The length that is wanted; shorter ones are cut and normalised again.
        normalise: Whether vectors of the model have length 1.
    Raises:
        ProviderUnavailable: they are not: too few, of another length, or not numbers.
    """
    if vectors.ndim != 2 or len(vectors) != count:
        found = len(vectors) if vectors.ndim == 2 else "no matrix of"
        raise wrong_answer(provider, f"answered {found} vectors for {count} texts")
    if vectors.shape[1] != sent:
        what = f"answered vectors of {vectors.shape[1]} dimensions, not {sent}"
        raise wrong_answer(provider, what)
    if not np.isfinite(vectors).all():
        raise wrong_answer(provider, "answered a vector with a number that is not finite")
    cut = vectors[:, :wanted]
    return _normalised(cut, provider) if normalise else np.ascontiguousarray(cut, np.float32)


def _normalised(vectors: Matrix, provider: str) -> Matrix:
    if not lengths(vectors).all():
        raise wrong_answer(provider, "answered a vector of zeros")
    return unit(vectors)
