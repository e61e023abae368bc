"""What an index holds, and what a search finds."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray
from oms_core.errors import InvalidField

Vector: TypeAlias = NDArray[np.float32]
"""One vector, shape (dimensions,)."""
MetadataValue: TypeAlias = str | float | bool | Sequence[str]
Metadata: TypeAlias = Mapping[str, MetadataValue]

MAX_METADATA_BYTES: Final = 64 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An entry with the vector it has in one generation.

    Args:
        id: Unique in its namespace.
        text: Empty when only a vector was given.
        version: Grows with every write of the entry; given by the index.
    """

    id: str
    text: str
    vector: Vector
    metadata: Metadata = field(default_factory=dict[str, MetadataValue])
    version: int = 0

    @property
    def text_hash(self) -> str:
        """Hash of the text, empty when there is none."""
        return text_hash(self.text)


@dataclass(frozen=True, slots=True)
class Placed:
    """An entry and the namespace it is in."""

    namespace: str
    entry: Entry


@dataclass(frozen=True, slots=True)
class Hit:
    """An entry that was found; `score` by the metric, or the weight of words."""

    id: str
    score: float


def text_hash(text: str) -> str:
    """SHA-256 of a text in hexadecimal; empty for the empty text."""
    return hashlib.sha256(text.encode()).hexdigest() if text else ""


def check_plain(value: str, *, field: str) -> None:
    """Refuses the one character that not every store can keep.

    Raises:
        InvalidField: the value has a NUL character.
    """
    if "\x00" in value:
        raise InvalidField.of(field, "must not have a NUL character")


def check_metadata(metadata: Metadata, *, field: str) -> None:
    """Refuses metadata that is too large or can't be kept.

    Raises:
        InvalidField: names the field.
    """
    size = 0
    for key, value in metadata.items():
        texts = [value] if isinstance(value, str) else []
        if not isinstance(value, str | float | int | bool):
            texts = list(value)
        for text in texts:
            check_plain(text, field=f"{field}.{key}")
        size += len(key) + 16 + sum(len(text.encode()) for text in texts)
    if size > MAX_METADATA_BYTES:
        raise InvalidField.of(field, f"takes {size} bytes; at most {MAX_METADATA_BYTES}")
