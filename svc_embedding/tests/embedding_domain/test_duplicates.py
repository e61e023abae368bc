"""Pairs that are nearly the same, against comparing them one by one."""

from __future__ import annotations

import numpy as np
import pytest
from svc_embedding.domain.search import duplicates
from svc_embedding.domain.search.duplicates import similar_pairs


@pytest.mark.parametrize("limit", [1, 3, 40, 1000])
@pytest.mark.parametrize("threshold", [0.1, 0.9])
def test_the_most_alike_pairs_come_first_and_equal_ones_by_position(
    limit: int, threshold: float, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(duplicates, "_BLOCK", 4)
    # Whole numbers of one length, so that every cosine is exact in every block.
    signs = np.random.default_rng(5).integers(0, 2, (23, 4)) * 2 - 1
    vectors = signs.astype(np.float32)
    cosines = {
        (one, other): float(vectors[one] @ vectors[other]) / 4
        for one in range(23)
        for other in range(one + 1, 23)
    }
    expected = sorted((-cosine, *pair) for pair, cosine in cosines.items() if cosine >= threshold)
    found = similar_pairs(vectors, threshold=threshold, limit=limit)
    assert found.count == len(expected)
    assert [(-score, one, other) for score, one, other in found.best] == expected[:limit]
