"""What a new object type could use of an ontology: similar types, properties, and links."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from oms_core.errors import InvalidField, ResourceNotFound

from svc_embedding.domain.indexes.embedding import TextEmbedder
from svc_embedding.domain.indexes.records import IndexRecord
from svc_embedding.domain.indexes.vector_index import VectorIndex
from svc_embedding.domain.indexes.words import same_name
from svc_embedding.domain.indexes.writing import with_layout
from svc_embedding.domain.search.candidates import CurrentContents
from svc_embedding.domain.search.contents import Content, Kind, draft_text, spelled
from svc_embedding.domain.search.ontology import Ontologies, Snapshot
from svc_embedding.domain.search.reasons import Match, Reason, ReasonKind
from svc_embedding.domain.search.searching import (
    INDEX_ID,
    MAX_COMPARED,
    OntologySearch,
    SearchQuery,
    explained,
)

_TYPES_READ: Final = 20
"""Similar types whose properties and links are looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftProperty:
    """A property of a draft; `text` is its labels and descriptions."""

    id: str
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftType:
    """An object type that is being made."""

    id: str = ""
    labels: Sequence[str] = ()
    descriptions: Sequence[str] = ()
    properties: Sequence[DraftProperty] = ()

    @property
    def text(self) -> str:
        """What it says, as the contents of stored types do."""
        names = ", ".join(spelled(each.id) for each in self.properties)
        further = f"Properties: {names}" if names else ""
        return draft_text(self.id, self.labels, self.descriptions, further)


@dataclass(frozen=True, slots=True, kw_only=True)
class SuggestedProperty:
    """A property that similar types have."""

    property_id: str
    example: Match
    types: Sequence[str]
    score: float
    reasons: Sequence[Reason]


@dataclass(frozen=True, slots=True, kw_only=True)
class SuggestedLink:
    """A link that objects of the draft could have.

    Args:
        link_type: Such as `linkTypes/owns`; empty: a new one.
    """

    link_type: str
    other_type: str
    is_source: bool
    score: float
    reasons: Sequence[Reason]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recommendations:
    """Everything that is recommended, each the best first."""

    similar_types: Sequence[Match]
    similar_properties: Mapping[str, Sequence[Match]]
    suggested_properties: Sequence[SuggestedProperty]
    suggested_links: Sequence[SuggestedLink]


@dataclass(slots=True)
class _Votes:
    """What speaks for a property: similar types that have it."""

    contents: list[Content] = field(default_factory=list[Content])
    similarities: list[float] = field(default_factory=list[float])


class Recommender:
    """Recommends from what is there at a commit."""

    def __init__(
        self,
        index: VectorIndex,
        embedder: TextEmbedder,
        ontologies: Ontologies,
        search: OntologySearch,
    ) -> None:
        self._index = index
        self._embedder = embedder
        self._ontologies = ontologies
        self._search = search

    async def recommend(
        self, snapshot: Snapshot, draft: DraftType, *, limit: int, min_similarity: float
    ) -> Recommendations:
        """What the draft could use.

        Raises:
            InvalidField: the draft says nothing.
            ModelUnusable, ServiceUnavailable: vectors can't be made now.
            LimitExceeded: the ontology is too large.
        """
        if not draft.text.strip():
            raise InvalidField.of("draft", "says nothing: give it an id, a label or a description")

        async def recommend(record: IndexRecord) -> Recommendations:
            current = CurrentContents(self._ontologies, snapshot)
            types = await self._similar(
                record,
                current,
                draft.text,
                Kind.OBJECT_TYPE,
                min_similarity=min_similarity,
                limit=_TYPES_READ,
            )
            types = [each for each in types if each.content.own_id != draft.id]
            properties: dict[str, Sequence[Match]] = {}
            for each in draft.properties:
                text = draft_text(each.id, [each.text] if each.text.strip() else [], [])
                if text.strip():
                    properties[each.id] = await self._similar(
                        record,
                        current,
                        text,
                        Kind.PROPERTY,
                        min_similarity=min_similarity,
                        limit=limit,
                    )
            elements = sorted(match.content.element for match in types)
            theirs = await self._ontologies.contents(snapshot, elements)
            everything = await self._ontologies.all_contents(
                snapshot, [Kind.OBJECT_TYPE, Kind.LINK_TYPE], most=MAX_COMPARED
            )
            suggested = _properties(draft, types, [c for e in elements for c in theirs.get(e, ())])
            return Recommendations(
                similar_types=types[:limit],
                similar_properties={key: found for key, found in properties.items() if found},
                suggested_properties=suggested[:limit],
                suggested_links=(await asyncio.to_thread(_links, draft, types, everything))[:limit],
            )

        try:
            return await with_layout(self._index, INDEX_ID, recommend)
        except ResourceNotFound as exc:
            if exc.metadata.get("resource_type") != "index":
                raise
            return Recommendations(
                similar_types=(),
                similar_properties={},
                suggested_properties=(),
                suggested_links=(),
            )

    async def _similar(
        self,
        record: IndexRecord,
        current: CurrentContents,
        text: str,
        kind: Kind,
        *,
        min_similarity: float,
        limit: int,
    ) -> list[Match]:
        vector = await self._embedder.query(record.active, text)
        query = SearchQuery(text=text, kinds=[kind], min_similarity=min_similarity)
        matches = await self._search.matches(record, current, query, vector, 4 * limit)
        found = await asyncio.to_thread(explained, query, matches)
        # Words alone are no reason to recommend something, the same name is.
        kept = [
            match
            for match in found
            if match.similarity > 0
            or any(reason.kind is ReasonKind.SAME_NAME for reason in match.reasons)
        ]
        return kept[:limit]


def _properties(
    draft: DraftType, types: Sequence[Match], everything: Sequence[Content]
) -> list[SuggestedProperty]:
    """Properties of similar types that the draft has not, those of more and nearer ones first."""
    similarity = {match.content.element: _weight(match) for match in types}
    votes: defaultdict[str, _Votes] = defaultdict(_Votes)
    for content in everything:
        weight = similarity.get(content.element)
        if content.kind is Kind.PROPERTY and weight is not None:
            if any(same_name(content.property_id, each.id) for each in draft.properties):
                continue
            votes[content.property_id].contents.append(content)
            votes[content.property_id].similarities.append(weight)
    total = sum(similarity.values())
    found = [_suggested(key, vote, total) for key, vote in votes.items()]
    return sorted(found, key=lambda each: (-each.score, each.property_id))


def _suggested(property_id: str, votes: _Votes, total: float) -> SuggestedProperty:
    best = max(votes.similarities)
    # Both count: that the nearest type has it, and that many have.
    score = min(1.0, (best + sum(votes.similarities) / total) / 2) if total else 0.0
    elements = [content.element for content in votes.contents]
    names = ", ".join(element.partition("/")[2] for element in elements[:6])
    text = f"{len(elements)} similar types have it: {names}"
    reason = Reason(ReasonKind.SIMILAR_TYPES, text, score)
    example = votes.contents[votes.similarities.index(best)]
    return SuggestedProperty(
        property_id=property_id,
        example=Match(content=example, score=score, reasons=[reason]),
        types=elements,
        score=score,
        reasons=[reason],
    )


def _links(
    draft: DraftType, types: Sequence[Match], everything: Sequence[Content]
) -> list[SuggestedLink]:
    """Link types that similar types are an end of, and links that the draft's properties speak
    of."""
    similarity = {match.content.own_id: _weight(match) for match in types}
    found: dict[tuple[str, str, bool], SuggestedLink] = {}
    for content in everything:
        if content.kind is Kind.LINK_TYPE:
            for link in _of_link_type(content, similarity):
                key = (link.link_type, link.other_type, link.is_source)
                if key not in found or found[key].score < link.score:
                    found[key] = link
        elif content.kind is Kind.OBJECT_TYPE:
            for link in _of_properties(content, draft):
                found[link.link_type, link.other_type, True] = link
    return sorted(found.values(), key=lambda each: (-each.score, each.link_type, each.other_type))


def _of_link_type(link: Content, similarity: Mapping[str, float]) -> list[SuggestedLink]:
    sources: Sequence[str] = link.body.get("source_types", ())
    targets: Sequence[str] = link.body.get("target_types", ())
    found: list[SuggestedLink] = []
    for mine, others, is_source in ((sources, targets, True), (targets, sources, False)):
        near = [(similarity[each], each) for each in mine if each in similarity]
        if not near:
            continue
        score, like = max(near)
        end = "a source" if is_source else "a target"
        reason = Reason(
            ReasonKind.SIMILAR_TYPES, f"{like}, which is similar, is {end} of {link.own_id}", score
        )
        found += [
            SuggestedLink(
                link_type=link.element,
                other_type=f"objectTypes/{other}",
                is_source=is_source,
                score=score,
                reasons=[reason],
            )
            for other in others
        ]
    return found


def _of_properties(content: Content, draft: DraftType) -> list[SuggestedLink]:
    """A link to a type that a property of the draft is named after, such as `customerId`."""
    words = spelled(content.own_id).split()
    for each in draft.properties:
        spoken = spelled(each.id).split()
        rest = spoken[len(words) :]
        if words and spoken[: len(words)] == words and rest in ([], ["id"], ["ref"], ["key"]):
            reason = Reason(
                ReasonKind.SAME_NAME,
                f"the property {each.id} is named after the type {content.own_id}",
                0.9,
            )
            return [
                SuggestedLink(
                    link_type="",
                    other_type=content.element,
                    is_source=True,
                    score=0.9,
                    reasons=[reason],
                )
            ]
    return []


def _weight(match: Match) -> float:
    """How similar a type is, 0 to 1."""
    return max(0.0, min(1.0, match.similarity)) or 0.5
