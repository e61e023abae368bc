"""Searching an ontology, finding what it says twice, and recommending what a draft could use."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any, Final

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
from svc_embedding.domain.indexes.ranking import RRF_CONSTANT, fuse, in_windows
from svc_embedding.domain.indexes.records import IndexRecord
from svc_embedding.domain.indexes.vector_index import VectorIndex
from svc_embedding.domain.indexes.words import MAX_QUERY_TERMS, terms_of
from svc_embedding.domain.indexes.writing import with_layout
from svc_embedding.domain.search.candidates import (
    Candidates,
    CurrentContents,
    find_candidates,
)
from svc_embedding.domain.search.contents import Content, Kind
from svc_embedding.domain.search.duplicates import Compared, compare_contents
from svc_embedding.domain.search.ontology import Ontologies, Snapshot
from svc_embedding.domain.search.position import (
    Position,
    position_from_text,
    position_key,
)
from svc_embedding.domain.search.reasons import Match, is_named, reasons_for

INDEX_ID: Final = "ontologies"
"""The index that holds the contents of all ontologies."""
MAX_MATCHES: Final = 500
_DEPTHS: Final = (50, 150, MAX_MATCHES)
"""How many of each ranking are fused, for the first matches and for those behind them."""
MAX_COMPARED: Final = 20_000
"""Contents that are compared with each other, or looked at for a recommendation."""
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
                matches=await asyncio.to_thread(explained, query, matches[start:until]),
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
        """The best matches, the same ones however many are wanted; `explained` says why."""
        has_words = query.mode is not SearchMode.VECTOR or vector is None
        terms = terms_of(query.text, most=MAX_QUERY_TERMS) if has_words else []

        async def ranked(depth: int) -> tuple[Sequence[Match], bool]:
            found = await find_candidates(
                self._index,
                record,
                current,
                vector=vector,
                terms=terms,
                kinds=query.kinds,
                wanted=depth,
            )
            has_more = max(len(found.by_vector), len(found.by_words)) == depth
            return _ranked(query, found, has_words=has_words), has_more

        matches = await in_windows(
            ranked, lambda match: match.content.entry_id, depths=_DEPTHS, wanted=wanted
        )
        return matches[:wanted]

    async def duplicates(
        self,
        snapshot: Snapshot,
        *,
        kinds: Collection[Kind],
        threshold: float,
        limit: int,
    ) -> Compared:
        """Pairs of the same kind that are at least so similar.

        Raises:
            LimitExceeded: there is too much to compare.
        """
        contents = await self._ontologies.all_contents(snapshot, kinds, most=MAX_COMPARED)

        async def compare(record: IndexRecord) -> Compared:
            return await asyncio.to_thread(
                compare_contents,
                contents,
                await self._known(record, contents),
                kinds=kinds,
                threshold=threshold,
                limit=limit,
            )

        try:
            return await with_layout(self._index, INDEX_ID, compare)
        except ResourceNotFound as exc:
            raise _not_ready() from exc

    async def _known(self, record: IndexRecord, contents: Sequence[Content]) -> dict[str, Vector]:
        hashes = await asyncio.to_thread(_hashes_of, contents)
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
        position = await self.position(now)
        pause_s = _POLL_S
        # No timeout is set up for who does not wait: it would be over before the first look.
        if position.sequence < sequence and max_wait_s > 0:
            with suppress(TimeoutError):
                async with asyncio.timeout(max_wait_s):
                    while (await self.position(now)).sequence < sequence:
                        await asyncio.sleep(pause_s)
                        pause_s = min(2 * pause_s, _MAX_POLL_S)
            position = await self.position(now)
        if position.sequence < sequence:
            raise _not_searchable(commit, sequence, position)


def _ranked(query: SearchQuery, found: Candidates, *, has_words: bool) -> list[Match]:
    """Fuses what was found, the best first."""
    by_vector = found.by_vector
    if query.min_similarity:
        by_vector = [hit for hit in by_vector if hit.score >= query.min_similarity]
    matches: list[Match] = []
    for each in fuse(by_vector, found.by_words):
        content = found.contents[each.id]
        # A third ranking, in which only those of that very name are, all first.
        is_same = has_words and is_named(content, [query.text])
        score = each.score + (1 / (RRF_CONSTANT + 1) if is_same else 0.0)
        if not has_words:
            score = each.vector_score
        matches.append(Match(content=content, score=score, similarity=each.vector_score))
    return sorted(matches, key=lambda match: -match.score)


def explained(query: SearchQuery, matches: Sequence[Match]) -> list[Match]:
    """Matches with what speaks for them; in a thread, since it reads all their texts."""
    return [
        replace(
            each,
            reasons=reasons_for(each.content, [query.text], query.text, each.similarity),
        )
        for each in matches
    ]


def _hashes_of(contents: Sequence[Content]) -> list[str]:
    return list({text_hash(each.text) for each in contents})


def _not_searchable(commit: str, sequence: int, position: Position) -> ServiceUnavailable:
    return ServiceUnavailable(
        f"commit {commit} is not searchable yet: {sequence - position.sequence} commits are to be "
        f"read; try again later",
        metadata={"service": "search index", "indexed_commit": position.commit},
        retry_after_s=1.0,
    )


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
