"""What every backend of `VectorIndex` does alike."""

from __future__ import annotations

import asyncio
import os
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from oms_core.errors import ResourceAlreadyExists, ResourceNotFound
from svc_embedding.domain.indexes.entries import Entry, Placed
from svc_embedding.domain.indexes.filters import (
    All,
    AnyHolds,
    AnyOf,
    Compare,
    Comparison,
    Filter,
    HasKey,
    Not,
    matches,
)
from svc_embedding.domain.indexes.records import Building, LayoutChanged, Metric, score_of
from svc_embedding.domain.indexes.vector_index import State, VectorIndex

from .making import entry, generation, random_entries, record, vector


async def test_records_are_made_once_listed_by_id_and_deleted(index: VectorIndex):
    second, first = record("b"), record("a", 2)
    await index.create(second)
    await index.create(first)
    with pytest.raises(ResourceAlreadyExists):
        await index.create(record("a", 3))
    assert list(await index.list()) == [first, second]
    assert await index.get("a") == first
    await index.delete("a")
    with pytest.raises(ResourceNotFound):
        await index.get("a")
    with pytest.raises(ResourceNotFound):
        await index.delete("a")
    with pytest.raises(LayoutChanged):
        await index.write(first, "", {2: [entry("x")]})


async def test_entries_are_written_replaced_and_deleted(index: VectorIndex):
    made = record("a")
    await index.create(made)
    stored = entry(
        "é/1", vector(0.25, -3), "안녕 world", {"k": "v", "n": 2.5, "b": True, "l": ["x"]}
    )
    await index.write(made, "ns", {1: [stored, entry("two")]})
    found = await index.entries(made, "ns", ["é/1", "two", "three"])
    assert found.keys() == {"é/1", "two"}
    assert found["é/1"].text == stored.text
    assert found["é/1"].metadata == stored.metadata
    assert found["é/1"].vector.tolist() == stored.vector.tolist()
    assert await index.entries(made, "other", ["two"]) == {}
    await index.write(made, "ns", {1: [entry("two", text="new")]})
    again = (await index.entries(made, "ns", ["two"]))["two"]
    assert again.text == "new"
    assert again.version > found["two"].version
    assert await index.write(made, "ns", {}, ["two", "three"]) == 1
    assert await index.count(made) == 1
    await index.write(made, "other", {1: [entry("two")]})
    assert (await index.count(made, "ns"), await index.count(made)) == (1, 2)
    assert await index.clear(made, "ns") == 1
    assert (await index.count(made, "ns"), await index.count(made)) == (0, 1)


@pytest.mark.parametrize("metric", Metric)
async def test_the_nearest_come_first_with_exact_scores(index: VectorIndex, metric: Metric):
    made = record("a", metric=metric)
    await index.create(made)
    entries = random_entries(60)
    await index.write(made, "ns", {1: entries})
    await index.write(made, "other", {1: [entry("elsewhere", entries[0].vector)]})
    query = entries[5].vector * 1.5
    sign = 1 if metric.is_distance else -1
    scored = {each.id: score_of(metric, each.vector, query) for each in entries}
    expected = sorted(scored, key=lambda key: (sign * scored[key], key))
    hits = await index.nearest(made, "ns", query, limit=10)
    assert [hit.id for hit in hits] == expected[:10]
    assert [hit.score for hit in hits] == pytest.approx(
        [scored[key] for key in expected[:10]], abs=1e-4
    )
    assert len(await index.nearest(made, "ns", query, limit=100)) == 60
    assert await index.nearest(made, "nothing", query, limit=5) == []


async def test_equal_scores_are_ordered_by_id(index: VectorIndex):
    made = record("a")
    await index.create(made)
    await index.write(made, "ns", {1: [entry(key) for key in ("c", "B", "a", "d")]})
    hits = await index.nearest(made, "ns", vector(2.0), limit=3)
    assert [hit.id for hit in hits] == ["B", "a", "c"]


async def test_a_graph_finds_what_comparing_all_does(index: VectorIndex):
    if index.backend == "qdrant" and not os.environ.get("OMS_QDRANT_URL"):
        pytest.skip("Qdrant in this process has no graph: OMS_QDRANT_URL names a server")
    made = record("a")
    await index.create(made)
    entries = random_entries(1200)
    for start in range(0, len(entries), 500):
        await index.write(made, "ns", {1: entries[start : start + 500]})
    await index.write(made, "ns", {}, [each.id for each in entries[::5]])
    gone = {each.id for each in entries[::5]}
    odd = Compare("odd", Comparison.EQUAL, True)
    rare = Compare("n", Comparison.LESS, 3)
    for where, least in ((None, 9.5), (odd, 9.5), (rare, 2)):
        shared = 0
        for each in entries[:20]:
            exact = await index.nearest(
                made, "ns", each.vector, limit=10, where=where, is_exact=True
            )
            quick = await index.nearest(made, "ns", each.vector, limit=10, where=where)
            assert not {hit.id for hit in quick} & gone
            assert len(quick) == len(exact)
            shared += len({hit.id for hit in quick} & {hit.id for hit in exact})
        assert shared / 20 >= least


async def test_words_are_found_in_every_script(index: VectorIndex):
    made = record("a")
    await index.create(made)
    texts = {
        "sensor": "TemperatureSensor: measures the air",
        "german": "Lüftungsgerät für die Zuluft",
        "korean": "온도센서 장치",
        "other": "a customer of the shop",
    }
    await index.write(made, "ns", {1: [entry(key, text=text) for key, text in texts.items()]})

    async def found(*terms: str, where: Filter | None = None) -> list[str]:
        hits = await index.by_words(made, "ns", terms, limit=3, where=where)
        assert all(hit.score > 0 for hit in hits)
        return [hit.id for hit in hits]

    assert await found("sensor", "of") == ["other", "sensor"] or await found("sensor") == ["sensor"]
    assert await found("lüftungsgerät") == ["german"]
    assert await found("센서") == ["korean"]
    assert await found("nothing") == []
    assert await found("the", "air") == ["sensor", "other"]
    await index.write(made, "ns", {1: [entry("sensor", text="a valve")]})
    assert await found("temperature") == []
    assert await found("valve", where=HasKey("k")) == []


async def test_a_new_generation_is_filled_beside_the_old_one_and_switched_to(index: VectorIndex):
    made = record("a")
    await index.create(made)
    await index.write(made, "ns", {1: [entry("old"), entry("changed"), entry("deleted")]})
    read = await index.scan(made, None, 10)
    building = Building(generation=generation(2, 3), start_time=made.create_time, total=3)
    with_new = await index.change(replace(made, building=building))
    assert with_new.layout == made.layout + 1
    with pytest.raises(LayoutChanged):
        await index.write(made, "ns", {1: [entry("lost")]})
    short = np.asarray([1, 2, 3], np.float32)
    changed = Entry(id="changed", text="new", vector=short)
    await index.write(
        with_new, "ns", {1: [entry("changed", text="new")], 2: [changed]}, ["deleted"]
    )
    await index.fill(
        with_new,
        [Placed("ns", replace(each.entry, vector=np.zeros(3, np.float32) + 5)) for each in read],
    )
    await index.note(with_new, replace(building, done=3, after=("ns", "old")))
    assert (await index.get("a")).building == replace(building, done=3, after=("ns", "old"))
    assert (await index.nearest(with_new, "ns", vector(1), limit=5))[0].score == pytest.approx(1)
    switched = await index.change(with_new.switched())
    assert await index.get("a") == switched
    found = await index.entries(switched, "ns", ["old", "changed", "deleted", "lost"])
    assert {key: each.vector.tolist() for key, each in found.items()} == {
        "old": [5, 5, 5],
        "changed": [1, 2, 3],
    }
    with pytest.raises(LayoutChanged):
        await index.nearest(with_new, "ns", vector(1), limit=5)


async def test_entries_are_scanned_by_namespace_and_id(index: VectorIndex):
    made = record("a")
    await index.create(made)
    for namespace in ("n2", "", "n1"):
        await index.write(made, namespace, {1: [entry(key) for key in ("b", "é", "a", "B")]})
    seen: list[tuple[str, str]] = []
    while page := await index.scan(made, seen[-1] if seen else None, 5):
        seen += [(each.namespace, each.entry.id) for each in page]
    assert seen == [(ns, key) for ns in ("", "n1", "n2") for key in ("B", "a", "b", "é")]


async def test_vectors_of_known_texts_are_found_by_hash(index: VectorIndex):
    made = record("a")
    await index.create(made)
    first = entry("one", vector(1, 2), "same text")
    await index.write(made, "ns", {1: [first, entry("two", vector(3))]})
    known = await index.known_vectors(made, 1, [first.text_hash, "0" * 64])
    assert {key: each.tolist() for key, each in known.items()} == {
        first.text_hash: first.vector.tolist()
    }


async def test_states_are_written_by_compare_and_swap(index: VectorIndex):
    assert await index.state("k") == State()
    assert await index.put_state("k", "one", 0)
    assert not await index.put_state("k", "two", 0)
    assert await index.put_state("k", "two", 1)
    assert await index.state("k") == State("two", 2)
    numbers = await asyncio.gather(*(index.next_generation() for _ in range(5)))
    assert len(set(numbers)) == 5


async def test_writers_at_once_lose_nothing(index: VectorIndex):
    made = record("a")
    await index.create(made)

    async def write(worker: int) -> None:
        for turn in range(5):
            keys = [f"shared{key}" for key in range(4)][:: 1 if worker % 2 else -1]
            await index.write(
                made, "ns", {1: [entry(key) for key in [*keys, f"own{worker}-{turn}"]]}
            )

    await asyncio.gather(*(write(worker) for worker in range(4)))
    assert await index.count(made, "ns") == 4 + 20


_VALUES = st.one_of(
    st.sampled_from(["", "a", "b", "Z", "é", "한", "'; DROP TABLE indexes; --", '"}', "%s", "\\"]),
    st.sampled_from([0.0, 1.0, -1.5, 1e300, 3.0]),
    st.booleans(),
)
_KEYS = st.sampled_from(["k", "x", "a.b"])


def _comparable(leaf: Compare) -> bool:
    return not isinstance(leaf.value, bool) or leaf.comparison in (
        Comparison.EQUAL,
        Comparison.NOT_EQUAL,
    )


_LEAVES = st.one_of(
    st.builds(Compare, _KEYS, st.sampled_from(Comparison), _VALUES).filter(_comparable),
    st.builds(AnyOf, _KEYS, st.lists(_VALUES, min_size=1, max_size=3)),
    st.builds(HasKey, _KEYS),
)
_FILTERS = st.recursive(
    _LEAVES,
    lambda inner: st.one_of(
        st.builds(All, st.lists(inner, max_size=3)),
        st.builds(AnyHolds, st.lists(inner, max_size=3)),
        st.builds(Not, inner),
    ),
    max_leaves=6,
)
_METADATA = st.dictionaries(
    _KEYS, st.one_of(_VALUES, st.lists(st.sampled_from(["a", "b", "é"]), max_size=2)), max_size=3
)


@settings(
    max_examples=5,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
async def test_filters_mean_the_same_everywhere(index: VectorIndex, data: st.DataObject):
    for known in await index.list():
        await index.delete(known.id)
    made = record("a")
    await index.create(made)
    drawn = data.draw(st.lists(_METADATA, min_size=8, max_size=12))
    entries = [entry(f"e{at:02}", metadata=each) for at, each in enumerate(drawn)]
    await index.write(made, "ns", {1: entries})
    for where in data.draw(st.lists(_FILTERS, min_size=15, max_size=15)):
        hits = await index.nearest(made, "ns", vector(1), limit=20, where=where)
        expected = [each.id for each in entries if matches(where, each.metadata)]
        assert [hit.id for hit in hits] == expected, where
