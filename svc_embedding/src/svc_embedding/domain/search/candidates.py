"""From what an index has to what an ontology says: candidates, checked at a commit.

An index holds every content that an element ever had. So candidates are read until enough of
them are what the
elements say at the commit that is asked for; each element is read from the ontology once.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from svc_embedding.domain.indexes.entries import Hit, Vector
from svc_embedding.domain.indexes.filters import AnyOf, Filter
from svc_embedding.domain.indexes.records import IndexRecord
from svc_embedding.domain.indexes.vector_index import VectorIndex
from svc_embedding.domain.search.contents import Content, Kind, element_of, key_of
from svc_embedding.domain.search.ontology import Ontologies, Snapshot
from svc_embedding.domain.search.position import namespace_of

_FIRST: Final = 64
_GROWTH: Final = 4
MAX_CANDIDATES: Final = 4096
"""How far an index is read for one search."""


@dataclass(frozen=True, slots=True)
class Candidates:
    """What was found and is said at the commit, in two rankings."""

    by_vector: Sequence[Hit]
    by_words: Sequence[Hit]
    contents: Mapping[str, Content]


@dataclass(slots=True)
class CurrentContents:
    """What elements say at a commit, by the ids that those contents have in the index."""

    ontologies: Ontologies
    snapshot: Snapshot
    known: dict[str, Content] = field(default_factory=dict[str, Content])
    _read: set[str] = field(default_factory=set[str])

    async def keep(self, hits: Sequence[Hit]) -> list[Hit]:
        """Those of them that are said at the commit."""
        wanted = {element_of(key_of(hit.id)) for hit in hits} - self._read
        if wanted:
            found = await self.ontologies.contents(self.snapshot, sorted(wanted))
            self._read |= wanted
            for contents in found.values():
                self.known |= {content.entry_id: content for content in contents}
        return [hit for hit in hits if hit.id in self.known]


def kind_filter(kinds: Collection[Kind]) -> Filter | None:
    """Looks at contents of some kinds; of none: at all."""
    is_all = not kinds or len(set(kinds)) == len(Kind)
    return None if is_all else AnyOf("kind", sorted({kind.value for kind in kinds}))


async def find_candidates(
    index: VectorIndex,
    record: IndexRecord,
    current: CurrentContents,
    *,
    vector: Vector | None,
    terms: Sequence[str],
    kinds: Collection[Kind],
    wanted: int,
) -> Candidates:
    """Both rankings of what is said at the commit, read until each has enough or has no more.

    Args:
        vector: None: by words alone.
        terms: Empty: by vector alone.
    Returns:
        At most `wanted` of each ranking.
    """
    namespace = namespace_of(current.snapshot.ontology, current.snapshot.incarnation)
    where = kind_filter(kinds)
    by_vector: Sequence[Hit] = []
    by_words: Sequence[Hit] = []
    limit = max(_FIRST, wanted + wanted // 2)
    needs_vector, needs_words = vector is not None, bool(terms)
    while needs_vector or needs_words:
        if vector is not None and needs_vector:
            hits = await index.nearest(record, namespace, vector, limit=limit, where=where)
            by_vector = await current.keep(hits)
            needs_vector = len(by_vector) < wanted and len(hits) == limit
        if needs_words:
            hits = await index.by_words(record, namespace, terms, limit=limit, where=where)
            by_words = await current.keep(hits)
            needs_words = len(by_words) < wanted and len(hits) == limit
        limit *= _GROWTH
        if limit > MAX_CANDIDATES:
            break
    return Candidates(by_vector[:wanted], by_words[:wanted], current.known)
