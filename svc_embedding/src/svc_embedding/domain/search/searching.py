"""Searching an ontology, finding what it says twice, and recommending what a draft could use."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from oms_core.errors import (
    InvalidField,
    ModelUnusable,
    OmsError,
    ResourceNotFound,
    ServiceUnavailable,
    VectorSpaceMismatch,
)

from svc_embedding.domain.indexes.embedding import TextEmbedder
from svc_embedding.domain.indexes.entries import Vector, text_hash
from svc_embedding.domain.indexes.querying import SearchMode
from svc_embedding.domain.indexes.ranking import RRF_CONSTANT, fuse
from svc_embedding.domain.indexes.records import IndexRecord
from svc_embedding.domain.indexes.vector_index import VectorIndex
from svc_embedding.domain.indexes.words import MAX_QUERY_TERMS, terms_of
from svc_embedding.domain.indexes.writing import with_layout
from svc_embedding.domain.search.candidates import CurrentContents, find_candidates
from svc_embedding.domain.search.contents import Content, Kind
from svc_embedding.domain.search.duplicates import similar_pairs
from svc_embedding.domain.search.ontology import Ontologies, Snapshot
from svc_embedding.domain.search.position import (
    Position,
    position_from_text,
    position_key,
)
from svc_embedding.domain.search.reasons import (
    Match,
    Reason,
    is_named,
    reasons_for,
    shared_properties,
)

INDEX_ID: Final = "ontologies"
"""The index that holds the contents of all ontologies."""
MAX_MATCHES: Final = 500
MAX_COMPARED: Final = 20_000
_POLL_S: Final = 0.05
_MAX_POLL_S: Final = 0.5
_HASHES: Final = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchQuery:
    """What is searched for."""

    text: str
    kinds: Collection[Kind] = ()
    mode: SearchMode = SearchMode.HYBRID
    min_similarity: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchResult:
    """What was found at a commit.

    Args:
        is_complete: Whether everything the commit says is indexed.
        is_semantic: Whether vectors were compared.
    """

    matches: Sequence[Match]
    has_more: bool
    snapshot: Snapshot
    is_complete: bool
    is_semantic: bool
    space: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Duplicate:
    """Two contents that say nearly the same."""

    first: Content
    second: Content
    similarity: float
    reasons: Sequence[Reason]


@dataclass(frozen=True, slots=True, kw_only=True)
class Duplicates:
    """Pairs, the most alike first, and what was compared."""

    pairs: Sequence[Duplicate]
    pair_count: int
    element_count: int
    missing_count: int
    snapshot: Snapshot


class OntologySearch:
    """Answers from the index, checked against the ontology."""

    def __init__(self, index: VectorIndex, embedder: TextEmbedder, ontologies: Ontologies) -> None:
        self._index = index
        self._embedder = embedder
        self._ontologies = ontologies

    async def snapshot(
        self, ontology: str, revision: Any, *, min_commit: str = "", max_wait_s: float = 0.0
    ) -> Snapshot:
        """The commit that a revision means, once `min_commit` is searchable.

        Raises:
            ResourceNotFound: there is no such ontology, revision or commit.
            ServiceUnavailable: `min_commit` is not searchable in time.
        """
        if min_commit:
            await self._until_indexed(ontology, min_commit, max_wait_s)
        return await self._ontologies.at(ontology, revision)

    async def position(self, snapshot: Snapshot) -> Position:
        """How far the ontology is searchable."""
        state = await self._index.state(position_key(snapshot.ontology))
        position = position_from_text(state.value)
        if position.incarnation != snapshot.incarnation:
            return Position(incarnation=snapshot.incarnation)
        return position

    async def search(
        self, snapshot: Snapshot, query: SearchQuery, *, start: int, size: int
    ) -> SearchResult:
        """A part of the ranking.

        Raises:
            InvalidField: the text is white space alone.
        """
        if not query.text.strip():
            raise InvalidField.of("query", "is white space alone")
        position = await self.position(snapshot)

        async def search(record: IndexRecord) -> SearchResult:
            current = CurrentContents(self._ontologies, snapshot)
            until = min(start + size, MAX_MATCHES)
            vector = (
                None if query.mode is SearchMode.WORDS else await self._query_vector(record, query)
            )
            matches = await self.matches(record, current, query, vector, until + 1)
            return SearchResult(
                matches=matches[start:until],
                has_more=len(matches) > until < MAX_MATCHES,
                snapshot=snapshot,
                is_complete=position.sequence >= snapshot.sequence,
                is_semantic=vector is not None or query.mode is SearchMode.WORDS,
                space=record.active.space,
            )

        try:
            return await with_layout(self._index, INDEX_ID, search)
        except ResourceNotFound as exc:
            raise _not_ready() from exc

    async def matches(
        self,
        record: IndexRecord,
        current: CurrentContents,
        query: SearchQuery,
        vector: Vector | None,
        wanted: int,
    ) -> list[Match]:
        """The best matches, explained."""
        words = query.mode is not SearchMode.VECTOR or vector is None
        candidates = await find_candidates(
            self._index,
            record,
            current,
            vector=vector,
            terms=terms_of(query.text, most=MAX_QUERY_TERMS) if words else [],
            kinds=query.kinds,
            wanted=wanted,
        )
        by_vector = candidates.by_vector
        if query.min_similarity:
            by_vector = [hit for hit in by_vector if hit.score >= query.min_similarity]
        found: list[Match] = []
        for ranked in fuse(by_vector, candidates.by_words):
            content = candidates.contents[ranked.id]
            reasons = reasons_for(content, [query.text], query.text, ranked.vector_score)
            # A third ranking, in which only those of that very name are, all first.
            bonus = 1 / (RRF_CONSTANT + 1) if words and is_named(content, [query.text]) else 0.0
            score = ranked.score + bonus
            if not candidates.by_words and vector is not None:
                score = ranked.vector_score
            similarity = ranked.vector_score
            found.append(
                Match(content=content, score=score, similarity=similarity, reasons=reasons)
            )
        found.sort(key=lambda match: -match.score)
        return found[:wanted]

    async def duplicates(
        self,
        snapshot: Snapshot,
        *,
        kinds: Collection[Kind],
        threshold: float,
        limit: int,
    ) -> Duplicates:
        """Pairs of the same kind that are at least so similar.

        Raises:
            LimitExceeded: there is too much to compare.
        """
        everything = await self._ontologies.all_contents(snapshot, most=MAX_COMPARED)
        contents = [each for each in everything if each.kind in kinds]

        async def compare(record: IndexRecord) -> Duplicates:
            vectors = await self._known(record, contents)
            pairs: list[Duplicate] = []
            count = 0
            for kind in sorted(set(kinds), key=lambda kind: kind.value):
                known = [
                    each
                    for each in contents
                    if each.kind is kind and text_hash(each.text) in vectors
                ]
                if not known:
                    continue
                matrix = np.stack([vectors[text_hash(each.text)] for each in known])
                found = await asyncio.to_thread(
                    similar_pairs, matrix, threshold=threshold, limit=limit
                )
                count += found.count
                pairs += [_duplicate(known[i], known[j], score) for score, i, j in found.best]
            pairs.sort(key=lambda pair: (-pair.similarity, pair.first.key, pair.second.key))
            compared = sum(text_hash(each.text) in vectors for each in contents)
            return Duplicates(
                pairs=pairs[:limit],
                pair_count=count,
                element_count=compared,
                missing_count=len(contents) - compared,
                snapshot=snapshot,
            )

        try:
            return await with_layout(self._index, INDEX_ID, compare)
        except ResourceNotFound as exc:
            raise _not_ready() from exc

    async def _known(self, record: IndexRecord, contents: Sequence[Content]) -> dict[str, Vector]:
        hashes = list({text_hash(each.text) for each in contents})
        found: dict[str, Vector] = {}
        for start in range(0, len(hashes), _HASHES):
            part = hashes[start : start + _HASHES]
            found |= await self._index.known_vectors(record, record.active.number, part)
        return found

    async def _query_vector(self, record: IndexRecord, query: SearchQuery) -> Vector | None:
        """None when the model can't answer and words may do."""
        try:
            return await self._embedder.query(record.active, query.text)
        except (ModelUnusable, ResourceNotFound, ServiceUnavailable, VectorSpaceMismatch) as exc:
            if query.mode is SearchMode.VECTOR:
                raise _unavailable(exc) from exc
            return None

    async def _until_indexed(self, ontology: str, commit: str, max_wait_s: float) -> None:
        sequence = await self._ontologies.sequence_of(ontology, commit)
        now = await self._ontologies.at(ontology, None)
        pause_s = _POLL_S
        try:
            async with asyncio.timeout(max_wait_s):
                while (await self.position(now)).sequence < sequence:
                    await asyncio.sleep(pause_s)
                    pause_s = min(2 * pause_s, _MAX_POLL_S)
        except TimeoutError as exc:
            position = await self.position(now)
            raise ServiceUnavailable(
                f"commit {commit} is not searchable yet: {sequence - position.sequence} commits "
                f"are to "
                "be read; try again later",
                metadata={"service": "search index", "indexed_commit": position.commit},
                retry_after_s=1.0,
            ) from exc


def _duplicate(one: Content, other: Content, similarity: float) -> Duplicate:
    first, second = sorted((one, other), key=lambda content: content.key)
    reasons = reasons_for(second, first.names, first.text, similarity)
    shared = shared_properties(first, second)
    if shared is not None:
        reasons.append(shared)
    reasons.sort(key=lambda reason: -reason.weight)
    return Duplicate(first=first, second=second, similarity=similarity, reasons=reasons)


def _not_ready() -> ServiceUnavailable:
    return ServiceUnavailable(
        "the index of ontologies is not made yet; try again later",
        metadata={"service": "search index"},
        retry_after_s=1.0,
    )


def _unavailable(error: OmsError) -> ServiceUnavailable:
    return ServiceUnavailable(
        f"the model of the search index does not answer: {error.message}",
        metadata={"service": "search index"},
        retry_after_s=1.0,
    )


def with_score(match: Match, score: float) -> Match:
    """The same match with another score."""
    return replace(match, score=score)
