"""Vectors as they come in JSON."""

from __future__ import annotations

from binascii import a2b_base64
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from svc_embedding.domain.embedding import Matrix


def matrix(rows: Sequence[Any]) -> Matrix:
    """Rows of numbers as a matrix.

    Raises:
        ValueError: they are of different lengths, or hold something else than numbers.
    """
    found = np.asarray(rows)
    if found.dtype.kind not in "fiu":
        raise ValueError("not numbers")
    with np.errstate(over="ignore"):  # too large for a float32 is infinite, and found later
        return found.astype(np.float32)


def packed_matrix(rows: Sequence[Any]) -> Matrix:
    """Rows that are numbers, or float32 in base64, little-endian.

    Raises:
        ValueError, TypeError: they are neither.
    """
    if not isinstance(rows[0], str):
        return matrix(rows)
    return np.stack([np.frombuffer(a2b_base64(row, strict_mode=True), "<f4") for row in rows])


def by_index(data: Sequence[Mapping[str, Any]]) -> Sequence[Any]:
    """The `embedding` of each item, in the order that their `index` says.

    Raises:
        ValueError: the indices are not 0, 1, 2 and so on.
    """
    ordered = sorted(data, key=lambda item: int(item["index"]))
    if [item["index"] for item in ordered] != list(range(len(ordered))):
        raise ValueError("indices with gaps")
    return [item["embedding"] for item in ordered]
