"""Rows of PostgreSQL, to entries and records and back."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import orjson

from svc_embedding.adapters.indexes.record_json import record_from_json
from svc_embedding.domain.indexes.entries import Entry, Vector
from svc_embedding.domain.indexes.records import IndexRecord, LayoutChanged
from svc_embedding.domain.indexes.words import terms_of

COLUMNS: Final = "namespace, id, version, text, metadata, embedding::real[]"


def record_of(plain: Any) -> IndexRecord:
    """The record that a column of JSON holds."""
    return record_from_json(orjson.dumps(plain))


def same_record(row: Any, record: IndexRecord) -> IndexRecord:
    """The record of a row, which has to be the one that is meant.

    Raises:
        LayoutChanged: it is gone, or another one of its name or layout.
    """
    if row is None or row[0] != record.layout:
        raise LayoutChanged
    known = record_of(row[1])
    if known.create_time != record.create_time:
        raise LayoutChanged
    return known


def row_values(namespace: str, entry: Entry, version: int) -> list[Any]:
    """The columns of an entry, in the order of `statements`."""
    metadata = orjson.dumps(entry.metadata).decode()
    return [
        *(namespace, entry.id, version, entry.text, entry.text_hash, metadata),
        *(terms_of(entry.text), vector_text(entry.vector)),
    ]


def vector_text(vector: Vector) -> str:
    """A vector as pgvector reads it, every float32 exactly."""
    return "[" + ",".join(map(repr, vector.tolist())) + "]"


def entry_of(row: Any) -> Entry:
    """The entry of a row of `COLUMNS`."""
    _, key, version, text, metadata, vector = row
    return Entry(
        id=key,
        text=text,
        vector=np.asarray(vector, np.float32),
        metadata=metadata,
        version=version,
    )
