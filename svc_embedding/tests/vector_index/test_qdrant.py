"""What is Qdrant's own: no transactions, and no order of entries."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest
import pytest_asyncio
from qdrant_client import AsyncQdrantClient
from svc_embedding.adapters.indexes.qdrant.index import QdrantIndex
from svc_embedding.adapters.indexes.qdrant.points import collection_of
from svc_embedding.domain.indexes.records import Building, IndexRecord

from .making import entry, generation, record


@pytest_asyncio.fixture
async def index() -> AsyncIterator[QdrantIndex]:
    made = QdrantIndex(":memory:")
    yield made
    await made.close()


async def _with_two_generations(index: QdrantIndex) -> IndexRecord:
    made = record("a")
    await index.create(made)
    building = Building(generation=generation(2), start_time=made.create_time, total=0)
    return await index.change(replace(made, building=building))


async def test_what_is_searched_is_in_the_generation_that_is_filled_too(
    index: QdrantIndex, monkeypatch: pytest.MonkeyPatch
):
    made = await _with_two_generations(index)
    upsert = AsyncQdrantClient.upsert
    broken: set[str] = set()

    async def failing(client: Any, collection: str, **options: Any) -> Any:
        if collection in broken:
            raise ConnectionError(collection)
        return await upsert(client, collection, **options)

    monkeypatch.setattr(AsyncQdrantClient, "upsert", failing)
    for number in (2, 1):
        broken.add(collection_of(number))
        with pytest.raises(ConnectionError):
            await index.write(made, "ns", {1: [entry("one")], 2: [entry("one")]})
        broken.clear()
        # Nobody takes the write for done, so it is repeated.
        assert await index.entries(made, "ns", ["one"]) == {}
    await index.write(made, "ns", {1: [entry("one")], 2: [entry("one")]})
    switched = await index.change(made.switched())
    assert (await index.entries(switched, "ns", ["one"])).keys() == {"one"}


async def test_a_scan_reads_the_order_of_all_entries_once(
    index: QdrantIndex, monkeypatch: pytest.MonkeyPatch
):
    made = await _with_two_generations(index)
    keys = [f"e{at}" for at in range(7)]
    both = [entry(key) for key in keys]
    await index.write(made, "ns", {1: both, 2: both})
    scroll, scrolls = AsyncQdrantClient.scroll, list[str]()

    async def counted(client: Any, collection: str, **options: Any) -> Any:
        scrolls.append(collection)
        return await scroll(client, collection, **options)

    monkeypatch.setattr(AsyncQdrantClient, "scroll", counted)
    seen: list[str] = []
    while page := await index.scan(made, ("ns", seen[-1]) if seen else None, 2):
        seen += [placed.entry.id for placed in page]
        if len(seen) == 2:
            await index.write(made, "ns", {}, ["e2", "e3"])
    assert seen == ["e0", "e1", "e4", "e5", "e6"]
    assert scrolls == [collection_of(1)]
    await index.write(made, "ns", {1: [entry("a")], 2: [entry("a")]})
    assert [placed.entry.id for placed in await index.scan(made, None, 2)] == ["a", "e0"]
