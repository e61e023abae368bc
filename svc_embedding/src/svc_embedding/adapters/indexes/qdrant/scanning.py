"""The order of entries, which Qdrant does not keep."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeAlias

from svc_embedding.domain.indexes.records import IndexRecord

Keys: TypeAlias = Sequence[tuple[str, str]]
"""Namespaces and ids, in order."""


class Scans:
    """What is being scanned, one scan of each index.

    Qdrant orders points by ids of its own, so the keys of all are read, once for a scan. Entries
    that are written while a layout lasts are in all its generations: who fills one of them by a
    scan needs none that came since.
    """

    def __init__(self) -> None:
        self._known: dict[str, tuple[int, Keys]] = {}

    async def keys(
        self, record: IndexRecord, read: Callable[[], Awaitable[Sequence[Any]]], *, is_first: bool
    ) -> Keys:
        """The keys of an index.

        Args:
            read: Reads the points with their namespaces and ids.
            is_first: Begins a scan.
        """
        known = self._known.get(record.id)
        if known is None or is_first or known[0] != record.layout:
            known = record.layout, await asyncio.to_thread(_sorted, await read())
            self._known[record.id] = known
        return known[1]

    def end(self, record: IndexRecord) -> None:
        """Forgets the keys of an index."""
        self._known.pop(record.id, None)


def _sorted(points: Sequence[Any]) -> Keys:
    return sorted((each.payload["namespace"], each.payload["id"]) for each in points)
