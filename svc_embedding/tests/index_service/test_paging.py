"""Rankings are read in pages of any size: nothing comes twice, and nothing is skipped."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pytest
import pytest_asyncio
from svc_embedding.adapters.indexes.local.index import LocalIndex
from svc_embedding.domain.indexes.embedding import TextEmbedder
from svc_embedding.domain.indexes.entries import Entry, Vector
from svc_embedding.domain.indexes.querying import EntryFinder, Query, SearchMode
from svc_embedding.domain.indexes.records import IndexRecord, Metric
from svc_embedding.domain.models import Models
from svc_embedding.domain.search.contents import Content, Kind, contents_of
from svc_embedding.domain.search.ontology import Snapshot
from svc_embedding.domain.search.position import namespace_of
from svc_embedding.domain.search.searching import INDEX_ID, OntologySearch, SearchQuery

from .tiny import TinyModel

_COUNT = 140


class _Ontology:
    """An ontology that never changes; implements `Ontologies`."""

    def __init__(self, contents: Sequence[Content]) -> None:
        self._by_element = {content.element: [content] for content in contents}

    async def at(self, ontology: str, revision: Any) -> Snapshot:
        return Snapshot(ontology=ontology, incarnation="1", commit="c", sequence=0)

    async def sequence_of(self, ontology: str, commit: str) -> int:
        return 0

    async def contents(
        self, snapshot: Snapshot, elements: Sequence[str]
    ) -> Mapping[str, Sequence[Content]]:
        return {each: self._by_element[each] for each in elements}

    async def all_contents(
        self, snapshot: Snapshot, kinds: Collection[Kind], *, most: int
    ) -> Sequence[Content]:
        return [content for each in self._by_element.values() for content in each]


@pytest_asyncio.fixture
async def index(tmp_path: Path) -> AsyncIterator[LocalIndex]:
    made = LocalIndex(tmp_path)
    yield made
    await made.close()


@pytest.fixture
def embedder() -> TextEmbedder:
    return TextEmbedder(Models([TinyModel("tiny")]))


async def _made(index: LocalIndex, embedder: TextEmbedder, index_id: str) -> IndexRecord:
    record = IndexRecord(
        id=index_id,
        metric=Metric.COSINE,
        active=await embedder.generation(1, "", 0),
        create_time=datetime(2026, 1, 2, tzinfo=UTC),
    )
    await index.create(record)
    return record


async def _turned(embedder: TextEmbedder, record: IndexRecord, text: str) -> list[Vector]:
    """Vectors further and further away from that of a text."""
    near = await embedder.query(record.active, text)
    away = np.roll(near, 1) - near * float(np.roll(near, 1) @ near)
    return [
        (np.cos(angle) * near + np.sin(angle) * away).astype(np.float32)
        for angle in np.linspace(0.1, 1.4, _COUNT)
    ]


def _text(at: int) -> str:
    """The nearer the vector, the longer the text, and so the later it comes by its words."""
    return " ".join(["pump", *(f"w{at}x{word}" for word in range((_COUNT - at) // 4))])


@pytest.mark.parametrize("mode", SearchMode)
@pytest.mark.parametrize("diversity", [0.0, 0.5])
async def test_pages_of_entries_are_parts_of_one_ranking(
    mode: SearchMode, diversity: float, index: LocalIndex, embedder: TextEmbedder
):
    record = await _made(index, embedder, "a")
    vectors = await _turned(embedder, record, "pump")
    entries = [Entry(id=f"e{at:03}", text=_text(at), vector=v) for at, v in enumerate(vectors)]
    await index.write(record, "", {1: entries})
    finder = EntryFinder(index, embedder)
    query = Query(text="pump", mode=mode, diversity=diversity)
    whole = await finder.find("a", query, start=0, size=1000)
    assert sorted(each.id for each in whole.ranked) == [entry.id for entry in entries]
    seen: list[str] = []
    has_more = True
    while has_more:
        page = await finder.find("a", query, start=len(seen), size=40)
        seen += [each.id for each in page.ranked]
        has_more = page.has_more
    assert seen == [each.id for each in whole.ranked]


@pytest.mark.parametrize("mode", SearchMode)
async def test_pages_of_matches_are_parts_of_one_ranking(
    mode: SearchMode, index: LocalIndex, embedder: TextEmbedder
):
    record = await _made(index, embedder, INDEX_ID)
    contents = [
        contents_of(f"ObjectType/T{at:03}", orjson.dumps({"labels": [{"text": _text(at)}]}))[0]
        for at in range(_COUNT)
    ]
    # One is called as what is searched for, and is far behind by its vector.
    named = replace(contents[120], labels=[("en", "Pump")])
    contents[120] = named
    vectors = await _turned(embedder, record, "pump")
    entries = [
        Entry(id=content.entry_id, text=content.text, vector=vector)
        for content, vector in zip(contents, vectors, strict=True)
    ]
    await index.write(record, namespace_of("shop", "1"), {1: entries})
    search = OntologySearch(index, embedder, _Ontology(contents))
    snapshot = await search.snapshot("shop", None)
    query = SearchQuery(text="pump", mode=mode)
    whole = await search.search(snapshot, query, start=0, size=500)
    assert len(whole.matches) == _COUNT
    assert all(match.reasons for match in whole.matches)
    seen: list[str] = []
    has_more = True
    while has_more:
        page = await search.search(snapshot, query, start=len(seen), size=12)
        seen += [match.content.key for match in page.matches]
        has_more = page.has_more
    assert seen == [match.content.key for match in whole.matches]
