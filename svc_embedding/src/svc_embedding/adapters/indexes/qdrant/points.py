"""Points of Qdrant, to entries and back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final
from uuid import NAMESPACE_URL, uuid5

import numpy as np

from svc_embedding.domain.indexes.entries import Entry, Vector
from svc_embedding.domain.indexes.words import terms_of

_PAGE: Final = 1000


async def scrolled(client: Any, collection: str, **options: Any) -> Sequence[Any]:
    """Every point of a collection that the options of `scroll` select, page by page."""
    found: list[Any] = []
    offset: Any = None
    while True:
        points, offset = await client.scroll(collection, limit=_PAGE, offset=offset, **options)
        found += points
        if offset is None:
            return found


def collection_of(number: int) -> str:
    """The collection of a generation."""
    return f"oms_entries_{number}"


def point_id(namespace: str, key: str) -> str:
    """Qdrant takes numbers and UUIDs for ids alone."""
    return str(uuid5(NAMESPACE_URL, f"{len(namespace)}:{namespace}{key}"))


def of_namespace(namespace: str) -> Any:
    """A filter: the points of a namespace."""
    from qdrant_client import models

    match = models.MatchValue(value=namespace)
    return models.Filter(must=[models.FieldCondition(key="namespace", match=match)])


def stored(namespace: str, entry: Entry) -> Any:
    """A point; the vector is in the payload too, since Qdrant gives a normalised one back with
    cosine."""
    from qdrant_client import models

    payload = {
        "namespace": namespace,
        "id": entry.id,
        "text": entry.text,
        "hash": entry.text_hash,
        "terms": terms_of(entry.text),
        "metadata": dict(entry.metadata),
        "version": entry.version,
        "vector": entry.vector.tolist(),
    }
    return models.PointStruct(
        id=point_id(namespace, entry.id), vector=entry.vector.tolist(), payload=payload
    )


def vector_of(payload: Any) -> Vector:
    """The vector as it was stored."""
    return np.asarray(payload["vector"], np.float32)


def entry_of(payload: Any) -> Entry:
    """The entry that a point stands for."""
    return Entry(
        id=payload["id"],
        text=payload["text"],
        vector=vector_of(payload),
        metadata=payload["metadata"],
        version=payload["version"],
    )
