"""How vectors are written."""

from __future__ import annotations

from enum import Enum
from typing import Final

import numpy as np
from numpy.typing import NDArray

from svc_embedding.domain.embedding import Matrix
from svc_embedding.domain.vectors import invalid_vector

Vector = NDArray[np.float32]
_INT8_TOP: Final = 127


class Encoding(Enum):
    """See `VectorEncoding` in the proto for the bytes of each."""

    FLOAT32 = "float32"
    PACKED_FLOAT32 = "packed_float32"
    FLOAT16 = "float16"
    INT8 = "int8"
    BINARY = "binary"


_FLOATS: Final = {
    Encoding.FLOAT32: np.dtype("<f4"),
    Encoding.PACKED_FLOAT32: np.dtype("<f4"),
    Encoding.FLOAT16: np.dtype("<f2"),
}


def pack(vectors: Matrix, encoding: Encoding) -> tuple[list[bytes], list[float]]:
    """The bytes of each vector, and what they are multiplied by; 0 where they are not."""
    scales = [0.0] * len(vectors)
    if encoding is Encoding.BINARY:
        packed = np.packbits(vectors > 0, axis=1)
    elif encoding is Encoding.INT8:
        tops = np.abs(vectors).max(axis=1, keepdims=True) / _INT8_TOP
        # A vector of zeros is zeros whatever it is multiplied by.
        tops = np.where(tops == 0, np.float32(1), tops).astype(np.float32)
        packed, scales = np.rint(vectors / tops).astype(np.int8), tops[:, 0].tolist()
    else:
        packed = vectors.astype(_FLOATS[encoding])
    return [row.tobytes() for row in packed], scales


def unpack(
    packed: bytes, encoding: Encoding, *, dimensions: int, scale: float, index: int
) -> Vector:
    """The numbers of a vector; of a binary one 1 and -1.

    Args:
        dimensions: How many there are; 0: as many as the bytes hold.
        index: Of the vector among several, for errors.
    Raises:
        InvalidVector: the bytes don't fit.
    """
    if encoding is Encoding.BINARY:
        count = dimensions or len(packed) * 8
        if len(packed) != (count + 7) // 8:
            raise _unfit(index, packed, count)
        bits = np.unpackbits(np.frombuffer(packed, np.uint8), count=count)
        return bits.astype(np.float32) * 2 - 1
    kind = np.dtype(np.int8) if encoding is Encoding.INT8 else _FLOATS[encoding]
    if len(packed) % kind.itemsize or (dimensions and len(packed) != dimensions * kind.itemsize):
        raise _unfit(index, packed, dimensions)
    numbers = np.frombuffer(packed, kind).astype(np.float32)
    return numbers * np.float32(scale or 1.0) if encoding is Encoding.INT8 else numbers


def _unfit(index: int, packed: bytes, dimensions: int) -> Exception:
    return invalid_vector(index, f"has {len(packed)} bytes, which are not {dimensions} numbers")
