"""IndexService through the whole chain."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import grpc
import numpy as np
import pytest
from oms.embedding.v1 import embedding_service_pb2 as embedding_pb2
from oms.embedding.v1 import index_service_pb2 as pb
from oms_rpc.errors import from_rpc_error

from .server import Served

pytestmark = pytest.mark.asyncio(loop_scope="module")


def value(plain: Any) -> pb.MetadataValue:
    if isinstance(plain, bool):
        return pb.MetadataValue(bool_value=plain)
    if isinstance(plain, str):
        return pb.MetadataValue(string_value=plain)
    if isinstance(plain, list):
        return pb.MetadataValue(list_value=pb.StringList(values=plain))
    return pb.MetadataValue(number_value=plain)


def entry(entry_id: str, text: str = "", *, vector: Any = None, **metadata: Any) -> pb.Entry:
    made = pb.Entry(entry_id=entry_id, text=text)
    if vector is not None:
        made.vector.values.extend(vector)
    for key, plain in metadata.items():
        made.metadata[key].CopyFrom(value(plain))
    return made


async def made(service: Served, **fields: Any) -> str:
    index_id = f"i{uuid4().hex[:12]}"
    request = pb.CreateIndexRequest(index_id=index_id, index=pb.Index(**fields))
    return (await service.indexes().CreateIndex(request)).index.name


async def filled(service: Served) -> str:
    name = await made(service)
    entries = [
        entry("customer", "a customer of the shop", price=3, tags=["person", "key"], is_new=True),
        entry("order", "an order of goods", price=7.5, tags=["document"], is_new=False),
        entry("sensor", "a temperature sensor", price=100, kind="device"),
    ]
    request = pb.UpsertEntriesRequest(parent=name, namespace="ns", entries=entries)
    assert (await service.indexes().UpsertEntries(request)).entry_count == 3
    return name


async def found(service: Served, name: str, **fields: Any) -> list[str]:
    request = pb.QueryEntriesRequest(parent=name, namespace="ns", **fields)
    response = await service.indexes().QueryEntries(request)
    return [result.entry.entry_id for result in response.results]


async def refused(call: Any) -> tuple[str, str]:
    """The code and the reason that a call is refused with."""
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await call
    error = from_rpc_error(caught.value)
    return caught.value.code().name, error.reason


async def test_an_index_is_made_shown_listed_and_deleted(service: Served):
    indexes = service.indexes()
    name = await made(service, description="d", metric=embedding_pb2.METRIC_DOT)
    index = (await indexes.GetIndex(pb.GetIndexRequest(name=name))).index
    assert (index.model, index.dimensions, index.vector_space) == ("models/tiny", 32, "tiny#32")
    assert index.metric == embedding_pb2.METRIC_DOT
    assert index.backend in ("local", "pgvector")
    short = await made(service, model="models/other", dimensions=8)
    shown = (await indexes.GetIndex(pb.GetIndexRequest(name=short))).index
    assert (shown.vector_space, shown.dimensions) == ("other#8", 8)
    names: list[str] = []
    request = pb.ListIndexesRequest(page_size=1)
    while True:
        page = await indexes.ListIndexes(request)
        names += [each.name for each in page.indexes]
        if not page.next_page_token:
            break
        request.page_token = page.next_page_token
    assert names == sorted(names)
    assert {name, short} <= set(names)
    await indexes.DeleteIndex(pb.DeleteIndexRequest(name=name))
    assert (await refused(indexes.GetIndex(pb.GetIndexRequest(name=name))))[0] == "NOT_FOUND"


async def test_entries_are_found_by_text_vector_entry_and_words(service: Served):
    name = await filled(service)
    assert (await found(service, name, text="client"))[0] == "customer"
    assert await found(service, name, text="sensor", mode=pb.SEARCH_MODE_FULL_TEXT) == ["sensor"]
    got = await service.indexes().GetEntries(
        pb.GetEntriesRequest(
            parent=name, namespace="ns", entry_ids=["order", "none"], include_vectors=True
        )
    )
    assert list(got.missing_ids) == ["none"]
    vector = got.entries[0].vector
    assert (await found(service, name, vector=vector))[0] == "order"
    packed = embedding_pb2.Vector(
        encoding=embedding_pb2.VECTOR_ENCODING_FLOAT16,
        packed=np.asarray(vector.values, "<f2").tobytes(),
    )
    assert (await found(service, name, vector=packed, exact=True))[0] == "order"
    assert "order" not in await found(service, name, entry_id="order")


async def test_hybrid_search_fuses_both_rankings(service: Served):
    name = await filled(service)
    request = pb.QueryEntriesRequest(parent=name, namespace="ns", text="buyer goods")
    response = await service.indexes().QueryEntries(request)
    for result in response.results:
        ranks = [rank for rank in (result.vector_rank, result.text_rank) if rank]
        assert result.score == pytest.approx(sum(1 / (60 + rank) for rank in ranks))
    assert response.vector_space == "tiny#32"


async def test_filters_choose_by_typed_values(service: Served):
    name = await filled(service)

    def compared(key: str, comparison: Any, plain: Any) -> pb.EntryFilter:
        return pb.EntryFilter(
            comparison=pb.MetadataComparison(key=key, comparison=comparison, value=value(plain))
        )

    cheap = compared("price", pb.COMPARISON_LESS, 50)
    person = compared("tags", pb.COMPARISON_EQUAL, "person")
    both = pb.EntryFilter(all=pb.EntryFilterList(filters=[cheap, person]))
    either = pb.EntryFilter(
        any=pb.EntryFilterList(filters=[person, pb.EntryFilter(has_key="kind")])
    )
    negated = pb.EntryFilter()
    getattr(negated, "not").CopyFrom(cheap)
    wrong_type = compared("price", pb.COMPARISON_EQUAL, "3")
    one_of = pb.EntryFilter(
        any_of=pb.MetadataMembership(key="price", values=[value(3), value("x"), value(100)])
    )
    for chosen, expected in (
        (cheap, {"customer", "order"}),
        (both, {"customer"}),
        (either, {"customer", "sensor"}),
        (negated, {"sensor"}),
        (wrong_type, set[str]()),
        (one_of, {"customer", "sensor"}),
    ):
        assert set(await found(service, name, text="x shop", filter=chosen)) <= expected
        by_vector = await found(service, name, text="x", mode=pb.SEARCH_MODE_VECTOR, filter=chosen)
        assert set(by_vector) == expected


async def test_results_come_in_pages_and_spread(service: Served):
    name = await made(service)
    entries = [entry(f"e{at}", f"customer number{at % 3}") for at in range(7)]
    await service.indexes().UpsertEntries(pb.UpsertEntriesRequest(parent=name, entries=entries))
    request = pb.QueryEntriesRequest(parent=name, text="customer", page_size=3)
    seen: list[str] = []
    while True:
        page = await service.indexes().QueryEntries(request)
        seen += [each.entry.entry_id for each in page.results]
        if not page.next_page_token:
            break
        request.page_token = page.next_page_token
    assert sorted(seen) == [f"e{at}" for at in range(7)]
    spread = pb.QueryEntriesRequest(
        parent=name,
        text="customer number0",
        mode=pb.SEARCH_MODE_VECTOR,
        page_size=3,
        diversity=0.9,
    )
    texts = {e.entry.text for e in (await service.indexes().QueryEntries(spread)).results}
    assert len(texts) == 3
    request.text = "another"
    assert await refused(service.indexes().QueryEntries(request)) == (
        "INVALID_ARGUMENT",
        "INVALID_PAGE_TOKEN",
    )


async def test_texts_that_were_cut_are_told(service: Served):
    name = await made(service)
    long = " ".join(f"word{at}" for at in range(100))
    request = pb.UpsertEntriesRequest(parent=name, entries=[entry("long", long), entry("s", "a b")])
    assert list((await service.indexes().UpsertEntries(request)).truncated_entry_ids) == ["long"]


async def test_a_reindex_moves_to_another_model_without_a_gap(service: Served):
    name = await filled(service)
    indexes = service.indexes()
    service.other.gate.clear()
    stream = indexes.Reindex(pb.ReindexRequest(name=name, model="other"))
    first = (await stream.read()).progress
    assert (first.model, first.total_count) == ("models/other", 3)
    other = indexes.Reindex(pb.ReindexRequest(name=name, model="tiny"))
    assert await refused(other.read()) == ("ABORTED", "STALE_ETAG")
    assert (await found(service, name, text="client"))[0] == "customer"
    service.other.gate.set()
    await indexes.UpsertEntries(
        pb.UpsertEntriesRequest(parent=name, namespace="ns", entries=[entry("new", "new valve")])
    )
    while not (await stream.read()).is_done:
        pass
    index = (await indexes.GetIndex(pb.GetIndexRequest(name=name))).index
    assert (index.vector_space, index.entry_count) == ("other#16", 4)
    assert not index.HasField("reindex")
    assert index.generation == first.generation
    assert (await found(service, name, text="valve", mode=pb.SEARCH_MODE_VECTOR))[0] == "new"


async def test_a_reindex_is_cancelled_and_one_that_can_not_be_is_told(service: Served):
    name = await filled(service)
    indexes = service.indexes()
    service.other.gate.clear()
    stream = indexes.Reindex(pb.ReindexRequest(name=name, model="other"))
    assert (await stream.read()).progress.total_count == 3
    cancelled = await indexes.CancelReindex(pb.CancelReindexRequest(name=name))
    assert not cancelled.index.HasField("reindex")
    service.other.gate.set()
    assert (await refused(stream.read()))[0] == "CANCELLED"
    vector = [1.0] + [0.0] * 31
    await indexes.UpsertEntries(
        pb.UpsertEntriesRequest(parent=name, entries=[entry("bare", vector=vector)])
    )
    stream = indexes.Reindex(pb.ReindexRequest(name=name, model="other"))

    async def drain() -> None:
        async for part in stream:
            assert not part.is_done

    assert await refused(drain()) == ("FAILED_PRECONDITION", "VECTOR_SPACE_MISMATCH")
    index = (await indexes.GetIndex(pb.GetIndexRequest(name=name))).index
    assert index.vector_space == "tiny#32"
    assert index.entry_count == 4


async def test_bad_input_is_refused_by_name(service: Served):
    name = await filled(service)
    indexes = service.indexes()

    async def upsert(*entries: pb.Entry, **fields: Any) -> tuple[str, str]:
        request = pb.UpsertEntriesRequest(parent=name, entries=entries, **fields)
        return await refused(indexes.UpsertEntries(request))

    good = [1.0] * 32
    invalid = ("INVALID_ARGUMENT", "INVALID_VECTOR")
    assert await upsert(entry("a", vector=[1.0] * 31)) == invalid
    assert await upsert(entry("a", vector=[float("nan"), *good[1:]])) == invalid
    assert await upsert(entry("a", vector=[float("inf"), *good[1:]])) == invalid
    assert await upsert(entry("a", vector=[0.0] * 32)) == invalid
    assert await upsert(entry("a", vector=[1e-12] * 32)) == invalid
    for large in (3e38, -65_505.0):
        too_large = upsert(entry("a", vector=[*good[1:], large]))
        assert await too_large == invalid
        bad = embedding_pb2.Vector(values=[*good[1:], large])
        request = pb.QueryEntriesRequest(parent=name, vector=bad)
        with pytest.raises(grpc.aio.AioRpcError, match="vector: number 31 is") as caught:
            await indexes.QueryEntries(request)
        assert from_rpc_error(caught.value).metadata["field"] == "vector"
    field = ("INVALID_ARGUMENT", "INVALID_FIELD")
    assert await upsert(entry("a")) == field
    assert await upsert(entry("a", " \n")) == field
    assert await upsert(entry("a", "x"), entry("a", "y")) == field
    assert await upsert(entry("a\x00", "x")) == field
    assert await upsert(entry("a", "x\x00")) == field
    assert await upsert(entry("a", "x", key="\x00")) == field
    assert await upsert(entry("a", "x", key=float("nan"))) == field
    assert await upsert(entry("a", "x", **{f"k{at}": "y" * 4000 for at in range(20)})) == field
    mismatch = ("FAILED_PRECONDITION", "VECTOR_SPACE_MISMATCH")
    assert await upsert(entry("a", vector=good), vector_space="another#32") == mismatch

    async def query(**fields: Any) -> tuple[str, str]:
        request = pb.QueryEntriesRequest(parent=name, namespace="ns", **fields)
        return await refused(indexes.QueryEntries(request))

    bad = embedding_pb2.Vector(values=[float("nan")] * 32)
    assert await query(vector=bad) == invalid
    assert await query(text="  ") == field
    assert await query() == field
    assert await query(entry_id="or\x00der") == field
    for fields in ({"entry_ids": ["or\x00der"]}, {"entry_ids": ["a"], "namespace": "\x00"}):
        get, delete = (
            kind(parent=name, **fields) for kind in (pb.GetEntriesRequest, pb.DeleteEntriesRequest)
        )
        assert await refused(indexes.GetEntries(get)) == field
        assert await refused(indexes.DeleteEntries(delete)) == field
    everything = pb.DeleteEntriesRequest(parent=name, namespace="\x00", all=True)
    assert await refused(indexes.DeleteEntries(everything)) == field
    described = pb.CreateIndexRequest(index_id="x", index=pb.Index(description="\x00"))
    assert await refused(indexes.CreateIndex(described)) == field
    assert await query(entry_id="none") == ("NOT_FOUND", "RESOURCE_NOT_FOUND")
    assert await query(entry_id="order", mode=pb.SEARCH_MODE_HYBRID) == field
    deep = pb.EntryFilter(has_key="k")
    for _ in range(20):
        outer = pb.EntryFilter()
        getattr(outer, "not").CopyFrom(deep)
        deep = outer
    assert await query(text="x", filter=deep) == field
    wide = pb.EntryFilter(
        all=pb.EntryFilterList(filters=[pb.EntryFilter(has_key="k") for _ in range(256)])
    )
    assert await query(text="x", filter=wide) == field
    values = [value(at) for at in range(501)]
    many = pb.EntryFilter(any_of=pb.MetadataMembership(key="k", values=values))
    twice = pb.EntryFilter(all=pb.EntryFilterList(filters=[many, many]))
    assert await query(text="x", filter=twice) == field
    assert await found(service, name, text="x", filter=many) == []
    hostile = pb.EntryFilter(has_key="k' OR true --")
    assert await query(text="x", filter=hostile) == field
    missing = pb.GetIndexRequest(name="indexes/none")
    assert await refused(indexes.GetIndex(missing)) == ("NOT_FOUND", "RESOURCE_NOT_FOUND")
    unknown = pb.CreateIndexRequest(index_id="x", index=pb.Index(model="models/none"))
    assert (await refused(indexes.CreateIndex(unknown)))[0] == "NOT_FOUND"
    assert (await refused(indexes.DeleteEntries(pb.DeleteEntriesRequest(parent=name)))) == field


async def test_who_only_reads_can_not_write(service: Served):
    indexes = service.indexes("viewer")
    request = pb.CreateIndexRequest(index_id="mine")
    assert (await refused(indexes.CreateIndex(request)))[0] == "PERMISSION_DENIED"


async def test_entries_are_deleted_by_id_and_altogether(service: Served):
    name = await filled(service)
    indexes = service.indexes()

    async def delete(**fields: Any) -> int:
        request = pb.DeleteEntriesRequest(parent=name, namespace="ns", **fields)
        return (await indexes.DeleteEntries(request)).entry_count

    assert await delete(entry_ids=["order", "none"]) == 1
    assert await delete(all=True) == 2
    assert await found(service, name, text="customer") == []
