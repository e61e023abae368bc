"""Finding entries: by vector, by words, by both, and spread."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final

import numpy as np
from oms_core.errors import InvalidField, ResourceNotFound

from svc_embedding.domain.indexes.embedding import TextEmbedder, space_mismatch
from svc_embedding.domain.indexes.entries import Entry, Hit, Vector, check_plain
from svc_embedding.domain.indexes.filters import Filter, check_filter
from svc_embedding.domain.indexes.ranking import (
    Ranked,
    by_vector_alone,
    by_words_alone,
    diversified,
    fuse,
    in_windows,
)
from svc_embedding.domain.indexes.records import IndexRecord, index_name
from svc_embedding.domain.indexes.vector_index import MAX_RESULTS, VectorIndex
from svc_embedding.domain.indexes.vectors import check_vector
from svc_embedding.domain.indexes.words import MAX_QUERY_TERMS, terms_of
from svc_embedding.domain.indexes.writing import with_layout

_WINDOW: Final = 100
"""Of so many each ranking is fused, and so many are spread, before all of them are."""


class SearchMode(Enum):
    """How entries are found."""

    VECTOR = "vector"
    WORDS = "words"
    HYBRID = "hybrid"


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What entries are looked for; exactly one of text, vector and entry.

    Args:
        space: Of the vector, if the caller says.
        diversity: 0 to 1; see `diversified`.
    """

    namespace: str = ""
    text: str = ""
    vector: Vector | None = None
    entry_id: str = ""
    mode: SearchMode | None = None
    where: Filter | None = None
    space: str = ""
    diversity: float = 0.0
    is_exact: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """A part of a ranking, with what is in it.

    Args:
        has_more: Whether it goes on.
    """

    ranked: Sequence[Ranked]
    entries: Mapping[str, Entry]
    has_more: bool
    space: str


class EntryFinder:
    """Finds entries of an index."""

    def __init__(self, index: VectorIndex, embedder: TextEmbedder) -> None:
        self._index = index
        self._embedder = embedder

    async def find(self, index_id: str, query: Query, *, start: int, size: int) -> Found:
        """The part of the ranking from `start` on; no more than the best 1,000 are ranked.

        Raises:
            ResourceNotFound: there is no such index or entry.
            InvalidField, InvalidVector, VectorSpaceMismatch: the query can't be made.
        """
        mode = _mode(query)
        if query.where is not None:
            check_filter(query.where)
        check_plain(query.namespace, field="namespace")
        check_plain(query.entry_id, field="entry_id")

        async def find(record: IndexRecord) -> Found:
            until = min(start + size, MAX_RESULTS)
            ranked = await self._ranked(record, query, mode, min(until + 1, MAX_RESULTS))
            part = ranked[start:until]
            ids = [each.id for each in part]
            entries = await self._index.entries(record, query.namespace, ids) if ids else {}
            # One that was deleted since it was ranked is gone.
            kept = [each for each in part if each.id in entries]
            return Found(kept, entries, len(ranked) > until, record.active.space)

        return await with_layout(self._index, index_id, find)

    async def _ranked(
        self, record: IndexRecord, query: Query, mode: SearchMode, limit: int
    ) -> Sequence[Ranked]:
        """The first of the ranking: the same ones however far it is read."""
        if not query.diversity:
            return (await self._ranking(record, query, mode, limit))[:limit]
        deep = _WINDOW if limit <= _WINDOW else MAX_RESULTS
        ranked = (await self._ranking(record, query, mode, deep))[:deep]
        first = await self._spread(record, query, mode, ranked[:_WINDOW])
        return [*first, *(await self._spread(record, query, mode, ranked[_WINDOW:]))][:limit]

    async def _ranking(
        self, record: IndexRecord, query: Query, mode: SearchMode, limit: int
    ) -> Sequence[Ranked]:
        """At least so many of the ranking, if it has them."""
        if mode is SearchMode.WORDS:
            return by_words_alone(await self._by_words(record, query, limit))
        vector = await self._vector(record, query)
        if mode is SearchMode.VECTOR:
            return by_vector_alone(await self._near(record, query, vector, limit))

        async def fused(depth: int) -> tuple[Sequence[Ranked], bool]:
            hits = await self._near(record, query, vector, depth)
            words = await self._by_words(record, query, depth)
            return fuse(hits, words), max(len(hits), len(words)) == depth

        return await in_windows(
            fused, lambda each: each.id, depths=(_WINDOW, MAX_RESULTS), wanted=limit
        )

    async def _near(
        self, record: IndexRecord, query: Query, vector: Vector, limit: int
    ) -> Sequence[Hit]:
        hits = await self._index.nearest(
            record,
            query.namespace,
            vector,
            limit=limit + bool(query.entry_id),
            where=query.where,
            is_exact=query.is_exact,
        )
        return [hit for hit in hits if not query.entry_id or hit.id != query.entry_id][:limit]

    async def _by_words(self, record: IndexRecord, query: Query, limit: int) -> Sequence[Hit]:
        terms = terms_of(query.text, most=MAX_QUERY_TERMS)
        if not terms:
            return []
        return await self._index.by_words(
            record, query.namespace, terms, limit=limit, where=query.where
        )

    async def _vector(self, record: IndexRecord, query: Query) -> Vector:
        if query.text:
            return await self._embedder.query(record.active, query.text)
        if query.vector is not None:
            if query.space and query.space != record.active.space:
                raise space_mismatch(query.space, record.active)
            return check_vector(
                query.vector,
                dimensions=record.active.dimensions,
                metric=record.metric,
                field="vector",
            )
        found = await self._index.entries(record, query.namespace, [query.entry_id])
        if query.entry_id not in found:
            name = f"{index_name(record.id)}/entries/{query.entry_id}"
            raise ResourceNotFound.of("entry", name)
        return found[query.entry_id].vector

    async def _spread(
        self, record: IndexRecord, query: Query, mode: SearchMode, ranked: Sequence[Ranked]
    ) -> list[Ranked]:
        """A part of the ranking, reordered."""
        ids = [each.id for each in ranked]
        entries = await self._index.entries(record, query.namespace, ids) if ids else {}
        kept = [each for each in ranked if each.id in entries]
        if not kept:
            return []
        is_distance = record.metric.is_distance and mode is SearchMode.VECTOR
        relevance = [-each.score if is_distance else each.score for each in kept]
        vectors = np.stack([entries[each.id].vector for each in kept])
        order = await asyncio.to_thread(diversified, relevance, vectors, query.diversity)
        return [kept[at] for at in order]


def _mode(query: Query) -> SearchMode:
    mode = query.mode or (SearchMode.HYBRID if query.text else SearchMode.VECTOR)
    if mode is not SearchMode.VECTOR and not query.text:
        raise InvalidField.of("mode", "full text and hybrid search need a text")
    if query.text and not query.text.strip():
        raise InvalidField.of("text", "is white space alone")
    return mode
