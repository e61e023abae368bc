"""Searches of the in-process index while somebody writes, and while a graph grows."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from svc_embedding.adapters.indexes.local import table
from svc_embedding.adapters.indexes.local.index import LocalIndex
from svc_embedding.domain.indexes.records import IndexRecord, Metric
from svc_embedding.domain.indexes.words import terms_of
from usearch.index import Index

from .holding import PATIENCE_S, held
from .making import DIMENSIONS, entry, record, vector

_COUNT = 120


async def test_searches_beside_a_writer_see_every_entry_once(tmp_path: Path):
    index, made = LocalIndex(tmp_path), record("a")
    await index.create(made)
    keys = {f"e{at:03}" for at in range(_COUNT)}
    entries = [entry(key, vector(1, at), "some words") for at, key in enumerate(sorted(keys))]
    await index.write(made, "ns", {1: entries})
    is_done = False

    async def write() -> int:
        turns = 0
        while not is_done:
            await index.write(made, "ns", {1: entries})
            turns += 1
        return turns

    writer = asyncio.create_task(write())
    for _ in range(100):
        near = await index.nearest(made, "ns", vector(1), limit=2 * _COUNT)
        assert sorted(hit.id for hit in near) == sorted(keys)
        worded = await index.by_words(made, "ns", ["words"], limit=2 * _COUNT)
        assert sorted(hit.id for hit in worded) == sorted(keys)
        assert len({hit.score for hit in worded}) == 1
        assert (await index.entries(made, "ns", sorted(keys))).keys() == keys
    is_done = True
    assert await writer
    await index.close()


async def test_an_entry_is_there_until_the_one_in_its_place_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    index, made = LocalIndex(tmp_path), record("a")
    await index.create(made)
    await index.write(made, "ns", {1: [entry("one", vector(1), "old"), entry("two", vector(0, 1))]})

    async def seen() -> tuple[str, list[str], list[str]]:
        near = await index.nearest(made, "ns", vector(1), limit=5)
        worded = await index.by_words(made, "ns", ["old"], limit=5)
        text = (await index.entries(made, "ns", ["one"]))["one"].text
        return text, [hit.id for hit in near], [hit.id for hit in worded]

    new = [entry("one", vector(0, 1), "new"), entry("two", vector(1))]
    with held(monkeypatch, table, terms_of.__name__, after=False) as reached:
        writer = asyncio.create_task(index.write(made, "ns", {1: new}))
        assert await asyncio.to_thread(reached.wait, PATIENCE_S)
        assert await seen() == ("old", ["one", "two"], ["one"])
    await writer
    assert await seen() == ("new", ["two", "one"], [])
    await index.close()


async def test_a_growing_graph_finds_nothing_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(table, "_TAIL", 1)
    index, made = LocalIndex(tmp_path, graph_from=10), record("a", metric=Metric.EUCLIDEAN)
    await index.create(made)
    await index.write(made, "ns", {1: [entry(f"e{at:02}", vector(1, at)) for at in range(20)]})
    await index.settle()
    with held(monkeypatch, Index, "add", after=True) as reached:
        more = [entry(f"f{at:02}", vector(1, at)) for at in range(20)]
        await index.write(made, "ns", {1: more})
        assert await asyncio.to_thread(reached.wait, PATIENCE_S)
        for limit in (10, 40):
            hits = await index.nearest(made, "ns", vector(1), limit=limit)
            expected = sorted((at, f"{name}{at:02}") for name in "ef" for at in range(20))
            assert [hit.id for hit in hits] == [key for _, key in expected][:limit]
    await index.close()


async def test_the_graph_is_ranked_by_the_vectors_of_its_own_rows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(table, "_TAIL", 1)
    index, made = LocalIndex(tmp_path, graph_from=10), record("a", metric=Metric.EUCLIDEAN)
    await index.create(made)
    # What the graph finds begins with the first row and ends with the last of as many rows.
    order = [0, *range(128, 150), *range(1, 105), 127, *range(105, 127)]
    distance = {row: place for place, row in enumerate(order)}
    entries = [entry(f"e{row:03}", vector(distance[row])) for row in range(150)]
    await index.write(made, "ns", {1: entries})
    await index.settle()
    hits = await index.nearest(made, "ns", vector(0), limit=5)
    assert [(hit.id, hit.score) for hit in hits] == [
        (f"e{row:03}", place) for place, row in enumerate(order[:5])
    ]
    await index.close()


async def test_a_scan_goes_on_behind_what_was_deleted_meanwhile(tmp_path: Path):
    index, made = LocalIndex(tmp_path), record("a")
    await index.create(made)
    keys = [f"e{at}" for at in range(6)]
    await index.write(made, "ns", {1: [entry(key) for key in keys]})
    assert await _scanned(index, made, ("ns", "e1"), 2) == ["e2", "e3"]
    await index.write(made, "ns", {1: [entry("e35")]}, ["e2", "e3", "e4"])
    assert await _scanned(index, made, ("ns", "e1"), 2) == ["e35", "e5"]
    await index.clear(made, "ns")
    assert await _scanned(index, made, None, 2) == []
    await index.close()


async def _scanned(
    index: LocalIndex, made: IndexRecord, after: tuple[str, str] | None, limit: int
) -> list[str]:
    return [placed.entry.id for placed in await index.scan(made, after, limit)]


async def test_a_known_text_outlives_one_of_its_entries(tmp_path: Path):
    index, made = LocalIndex(tmp_path), record("a")
    await index.create(made)
    same = [entry("one", vector(1), "text"), entry("two", vector(2), "text")]
    key = same[0].text_hash

    async def known() -> list[float]:
        found = await index.known_vectors(made, 1, [key])
        return [float(each[0]) for each in found.values()]

    await index.write(made, "n1", {1: same})
    await index.write(made, "n2", {1: [entry("one", vector(3), "text")]})
    await index.clear(made, "n2")
    assert await known() == [1.0]
    await index.write(made, "n1", {1: [entry("one", vector(1), "another")]})
    assert await known() == [2.0]
    await index.write(made, "n1", {}, ["two"])
    assert await known() == []
    await index.close()


def test_a_graph_that_is_not_wanted_any_more_ends_soon(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(table, "_PART", 1)
    entries = table.Table(DIMENSIONS, Metric.COSINE, graph_from=1)
    entries.put([entry(f"e{at:02}", vector(1, at)) for at in range(50)])
    original, taken = Index.add, list[int]()

    def stopped_at_once(graph: Any, keys: Any, vectors: Any) -> Any:
        taken.extend(keys.tolist())
        entries.is_stopping = True
        return original(graph, keys, vectors)

    monkeypatch.setattr(Index, "add", stopped_at_once)
    entries.extend()
    assert taken == [0]
    hits = entries.search(vector(1), limit=60, where=None, is_exact=False)
    assert [hit.id for hit in hits] == [f"e{at:02}" for at in range(50)]
