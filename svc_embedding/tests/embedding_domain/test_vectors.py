"""Scores of vectors, in numbers of any size."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from oms_core.errors import InvalidVector
from svc_embedding.domain.embedding import Matrix, ModelFacts
from svc_embedding.domain.vectors import Metric, compare, cut, unit

_FACTS = ModelFacts(model="m", source="m", dimensions=4, max_tokens=8, matryoshka_dimensions=(2,))


def _rows(*rows: list[float]) -> Matrix:
    return np.array(rows, np.float32)


@pytest.mark.parametrize("size", [1e-45, 1e-25, 1.0, 1e20, 3e38])
def test_a_direction_does_not_depend_on_the_length(size: float) -> None:
    vectors = _rows([size, size, 0], [0, size, 0], [-size, -size, 0])
    expected = [[1, 0.5**0.5, -1], [0.5**0.5, 1, -(0.5**0.5)], [-1, -(0.5**0.5), 1]]
    np.testing.assert_allclose(compare(vectors, vectors, Metric.COSINE), expected, atol=1e-6)
    np.testing.assert_allclose(np.linalg.norm(unit(vectors), axis=1), 1, atol=1e-6)


def test_a_cut_vector_has_length_one_whatever_its_size() -> None:
    vectors = _rows([3e38, 3e38, 1, 1], [1e-40, 0, 1, 1], [0, 0, 1, 1])
    expected = [[0.5**0.5] * 2, [1, 0], [0, 0]]
    np.testing.assert_allclose(cut(vectors, 2, _FACTS), expected, atol=1e-6)


def test_zero_has_no_direction() -> None:
    with pytest.raises(InvalidVector) as caught:
        compare(_rows([1, 0]), _rows([1, 1], [0, 0]), Metric.COSINE)
    assert caught.value.metadata["index"] == "2"


def test_a_score_too_large_for_a_float32_is_infinite_and_no_other_is() -> None:
    large = _rows([3e38, 3e38], [3e38, -3e38], [1e19, 0])
    dots = compare(large, large, Metric.DOT)
    assert dots[0].tolist() == [np.inf, 0, np.inf]
    assert dots[2, 2] == np.float32(1e38)
    assert compare(large, large, Metric.EUCLIDEAN)[0, :2].tolist() == [0, np.inf]


@given(
    arrays(np.float32, (5, 3), elements=st.floats(-1e6, 1e6, width=32)),
    st.floats(1e-7, 1e-1),
)
def test_distances_are_those_of_the_differences(vectors: Matrix, shift: float) -> None:
    others = (vectors * np.float32(1 + shift)).astype(np.float32)
    wide, moved = vectors.astype(np.float64), others.astype(np.float64)
    expected = np.linalg.norm(wide[:, None] - moved[None, :], axis=2)
    actual = compare(vectors, others, Metric.EUCLIDEAN)
    np.testing.assert_allclose(actual, expected, rtol=1e-5, atol=1e-30)
