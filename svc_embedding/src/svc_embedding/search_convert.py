"""Proto <-> domain for the search of ontologies."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final

from oms.embedding.v1 import search_service_pb2 as pb

from svc_embedding.domain.indexes.records import IndexRecord
from svc_embedding.domain.models import model_name
from svc_embedding.domain.search.contents import Kind
from svc_embedding.domain.search.duplicates import Compared, Duplicate
from svc_embedding.domain.search.ontology import Snapshot
from svc_embedding.domain.search.position import Position
from svc_embedding.domain.search.reasons import Match, Reason, ReasonKind
from svc_embedding.domain.search.recommending import (
    DraftProperty,
    DraftType,
    Recommendations,
    SuggestedLink,
    SuggestedProperty,
)
from svc_embedding.index_convert import progress_to_pb, timestamp

_KINDS: Final = {
    pb.ELEMENT_KIND_OBJECT_TYPE: Kind.OBJECT_TYPE,
    pb.ELEMENT_KIND_LINK_TYPE: Kind.LINK_TYPE,
    pb.ELEMENT_KIND_INTERFACE: Kind.INTERFACE,
    pb.ELEMENT_KIND_PROPERTY: Kind.PROPERTY,
}
_KINDS_OUT: Final = {kind: number for number, kind in _KINDS.items()}
_REASONS_OUT: Final = {
    ReasonKind.MEANING: pb.MATCH_REASON_KIND_MEANING,
    ReasonKind.WORDS: pb.MATCH_REASON_KIND_WORDS,
    ReasonKind.SAME_NAME: pb.MATCH_REASON_KIND_SAME_NAME,
    ReasonKind.SHARED_PROPERTIES: pb.MATCH_REASON_KIND_SHARED_PROPERTIES,
    ReasonKind.SIMILAR_TYPES: pb.MATCH_REASON_KIND_SIMILAR_TYPES,
}
_SHOWN_DESCRIPTION: Final = 1000


class Shown:
    """Writes matches of one ontology in one language."""

    def __init__(self, ontology: str, language: str) -> None:
        self._name = f"ontologies/{ontology}"
        self._language = language

    def name(self, element: str) -> str:
        """Resource name of an element."""
        return f"{self._name}/{element}"

    def match(self, match: Match) -> pb.ElementMatch:
        """A match."""
        content = match.content
        return pb.ElementMatch(
            name=self.name(content.element),
            property_id=content.property_id,
            kind=_KINDS_OUT[content.kind],
            label=content.label(self._language),
            description=content.description(self._language)[:_SHOWN_DESCRIPTION],
            score=match.score,
            similarity=match.similarity,
            reasons=map(_reason, match.reasons),
        )

    def duplicate(self, pair: Duplicate) -> pb.DuplicatePair:
        """Two elements that say nearly the same."""
        first, second = (
            Match(content=each, score=pair.similarity, similarity=pair.similarity)
            for each in (pair.first, pair.second)
        )
        return pb.DuplicatePair(
            first=self.match(first),
            second=self.match(second),
            similarity=pair.similarity,
            reasons=map(_reason, pair.reasons),
        )

    def duplicates(self, found: Compared, snapshot: Snapshot) -> pb.FindDuplicatesResponse:
        """Pairs of an ontology."""
        return pb.FindDuplicatesResponse(
            pairs=map(self.duplicate, found.pairs),
            pair_count=found.pair_count,
            element_count=found.element_count,
            missing_count=found.missing_count,
            commit_id=snapshot.commit,
        )

    def recommendations(
        self, found: Recommendations, snapshot: Snapshot, *, is_complete: bool
    ) -> pb.RecommendSchemaResponse:
        """What a draft could use."""
        properties = [
            pb.PropertyRecommendation(draft_property_id=key, matches=map(self.match, matches))
            for key, matches in found.similar_properties.items()
        ]
        return pb.RecommendSchemaResponse(
            similar_types=map(self.match, found.similar_types),
            similar_properties=properties,
            suggested_properties=map(self._property, found.suggested_properties),
            suggested_links=map(self._link, found.suggested_links),
            commit_id=snapshot.commit,
            is_complete=is_complete,
        )

    def _property(self, found: SuggestedProperty) -> pb.SuggestedProperty:
        return pb.SuggestedProperty(
            property_id=found.property_id,
            example=self.match(found.example),
            types=map(self.name, found.types),
            score=found.score,
            reasons=map(_reason, found.reasons),
        )

    def _link(self, found: SuggestedLink) -> pb.SuggestedLink:
        return pb.SuggestedLink(
            link_type=self.name(found.link_type) if found.link_type else "",
            other_type=self.name(found.other_type),
            is_source=found.is_source,
            score=found.score,
            reasons=map(_reason, found.reasons),
        )


def kinds_from_pb(kinds: Sequence[Any], default: Sequence[Kind] = ()) -> list[Kind]:
    """Kinds of elements."""
    return [_KINDS[kind] for kind in kinds] or list(default)


def draft_type_from_pb(message: pb.DraftType) -> DraftType:
    """An object type that is being made."""
    return DraftType(
        id=message.type_id,
        labels=list(message.labels),
        descriptions=list(message.descriptions),
        properties=[
            DraftProperty(id=each.property_id, text=each.text) for each in message.properties
        ],
    )


def search_index_to_pb(
    snapshot: Snapshot, position: Position, record: IndexRecord | None, count: int
) -> pb.SearchIndex:
    """How far an ontology is searchable."""
    building = record.building if record else None
    return pb.SearchIndex(
        name=f"ontologies/{snapshot.ontology}/searchIndex",
        indexed_commit=position.commit,
        indexed_sequence=max(position.sequence, 0),
        lag_commits=max(0, snapshot.sequence - position.sequence),
        entry_count=count,
        model=model_name(record.active.model) if record else "",
        vector_space=record.active.space if record else "",
        update_time=timestamp(datetime.fromtimestamp(position.time, UTC))
        if position.time
        else None,
        reindex=progress_to_pb(building) if building else None,
    )


def _reason(reason: Reason) -> pb.MatchReason:
    return pb.MatchReason(kind=_REASONS_OUT[reason.kind], text=reason.text, weight=reason.weight)
