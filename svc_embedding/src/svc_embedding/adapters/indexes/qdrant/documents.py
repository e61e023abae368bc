"""Records and states as points without vectors, in a collection of their own."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final

from svc_embedding.adapters.indexes.qdrant.points import point_id, scrolled

COLLECTION: Final = "oms_records"


class Documents:
    """Texts with a version, each under a kind and a key."""

    def __init__(self, opened: Callable[[], Awaitable[Any]]) -> None:
        """Asks for the client with every call."""
        self._opened = opened

    async def put(self, kind: str, key: str, value: str, version: int) -> None:
        """Writes one, whatever it was before."""
        from qdrant_client import models

        client = await self._opened()
        payload = {"kind": kind, "key": key, "value": value, "version": version}
        point = models.PointStruct(id=point_id(kind, key), vector={}, payload=payload)
        await client.upsert(COLLECTION, points=[point], wait=True)

    async def get(self, kind: str, key: str) -> Any:
        """One, with `value` and `version`; None: there is none."""
        client = await self._opened()
        points = await client.retrieve(COLLECTION, ids=[point_id(kind, key)], with_payload=True)
        return points[0].payload if points else None

    async def delete(self, kind: str, key: str) -> None:
        """Drops one."""
        client = await self._opened()
        await client.delete(COLLECTION, points_selector=[point_id(kind, key)], wait=True)

    async def all(self, kind: str) -> Sequence[Any]:
        """Every one of a kind, in no order."""
        points = await scrolled(await self._opened(), COLLECTION, with_payload=True)
        return [point.payload for point in points if point.payload["kind"] == kind]
