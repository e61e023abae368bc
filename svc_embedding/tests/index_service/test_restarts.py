"""What goes on after a restart, and what several replicas share."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack
from pathlib import Path

import grpc
import pytest
import pytest_asyncio
from oms.embedding.v1 import index_service_pb2 as index_pb
from oms.embedding.v1 import search_service_pb2 as pb
from oms_core.clock import SystemClock
from oms_core.tasks import in_own_task
from oms_kernel import CommitFeed
from oms_testing.postgresql import new_database
from svc_embedding.adapters.indexes.local.index import LocalIndex
from svc_embedding.adapters.search.following import Followed, OntologyFollower
from svc_embedding.adapters.search.kernel import incarnation_of
from svc_embedding.domain.indexes.embedding import TextEmbedder
from svc_embedding.domain.indexes.records import IndexRecord, Metric
from svc_embedding.domain.indexes.writing import EntryWriter
from svc_embedding.domain.models import Models
from svc_embedding.domain.search.searching import INDEX_ID

from .server import Served, served
from .tiny import TinyModel
from .world import PATIENCE_S, World, element, eventually, names, query

pytestmark = pytest.mark.asyncio(loop_scope="module")

_PART = 256
"""Entries that a re-index looks at at once."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    async with World.running(tmp_path_factory.mktemp("kernel")) as world:
        yield world


class Turnstile(asyncio.Event):
    """Lets one through, and nobody else."""

    async def wait(self) -> bool:
        if self.is_set():
            await asyncio.Event().wait()
        self.set()
        return True


@pytest.mark.parametrize("backend", ["local", "pgvector"])
async def test_a_reindex_goes_on_after_a_restart_where_it_was(
    backend: str, request: pytest.FixtureRequest, tmp_path: Path
):
    async with AsyncExitStack() as stack:
        database = ""
        if backend == "pgvector":
            server: str = request.getfixturevalue("postgresql_server")
            database = await stack.enter_async_context(new_database(server))
        async with served(tmp_path, postgres=database) as first:
            await _begin(first)
        second = await stack.enter_async_context(served(tmp_path, postgres=database))
        stream = second.indexes().Reindex(
            index_pb.ReindexRequest(name="indexes/notes", model="other")
        )
        while not (await stream.read()).is_done:
            pass
        assert len(second.other.embedded) == 10
        index = index_pb.GetIndexRequest(name="indexes/notes")
        made = (await second.indexes().GetIndex(index)).index
        assert (made.vector_space, made.entry_count) == ("other#16", _PART + 10)


async def _begin(service: Served) -> None:
    """Fills an index, and ends in the middle of a re-index."""
    indexes = service.indexes()
    await indexes.CreateIndex(index_pb.CreateIndexRequest(index_id="notes"))
    entries = [index_pb.Entry(entry_id=f"e{at:03}", text=f"note {at}") for at in range(_PART + 10)]
    await indexes.UpsertEntries(
        index_pb.UpsertEntriesRequest(parent="indexes/notes", entries=entries)
    )
    service.other.gate = Turnstile()
    stream = indexes.Reindex(index_pb.ReindexRequest(name="indexes/notes", model="other"))
    while (await stream.read()).progress.done_count < _PART:
        pass
    stream.cancel()


async def test_replicas_share_the_ontologies_and_take_over(
    world: World, request: pytest.FixtureRequest, tmp_path: Path
):
    shops = [f"shared-{at}" for at in range(4)]
    async with AsyncExitStack() as stack:
        server: str = request.getfixturevalue("postgresql_server")
        database = await stack.enter_async_context(new_database(server))
        for shop in shops:
            await world.create(shop)
            stack.push_async_callback(world.delete, shop)
        chosen = {"postgres": database, "search_ontologies": "shared-*"}
        second = await stack.enter_async_context(world.searched(tmp_path / "2", **chosen))
        async with world.searched(tmp_path / "1", **chosen) as first:
            await _all_find(world, first, shops, "valve")
        embedded = [*first.tiny.embedded, *second.tiny.embedded]
        assert len(embedded) == len(set(embedded)) == len(shops)
        await _all_find(world, second, shops, "pump")


async def _all_find(world: World, service: Served, shops: Iterable[str], word: str) -> None:
    """Says something new in each ontology, and finds it."""
    for shop in shops:
        last = await world.commit(
            shop, {f"ObjectType/{word.title()}": element(("en", f"{word} of {shop}"))}
        )
        request = query(word, min_commit=last, mode=index_pb.SEARCH_MODE_FULL_TEXT)
        request.parent = f"ontologies/{shop}"
        assert names(await service.search().SearchOntology(request)) == [word.title()]


async def test_an_index_of_ontologies_that_was_deleted_is_filled_again(
    world: World, tmp_path: Path
):
    await world.create("lost")
    last = await world.commit("lost", {"ObjectType/Pump": element(("en", "Pump"))})
    request = query("pump", min_commit=last)
    request.parent = "ontologies/lost"
    async with world.searched(tmp_path, search_ontologies="lost") as service:
        assert names(await service.search().SearchOntology(request)) == ["Pump"]
    (tmp_path / "embedding" / "indexes" / "ontologies.index").unlink()
    async with world.searched(tmp_path, search_ontologies="lost") as service:
        search = service.search()

        async def found() -> list[str]:
            try:
                return names(await search.SearchOntology(request))
            except grpc.aio.AioRpcError:  # until the index is made
                return []

        assert await eventually(found, bool) == ["Pump"]
    await world.delete("lost")


async def test_an_ontology_that_is_not_kept_searchable_is_not_rebuilt(world: World, tmp_path: Path):
    await world.create("other")
    async with world.searched(tmp_path, search_ontologies="shop-*, none") as service:
        name = "ontologies/other/searchIndex"
        stream = service.search().RebuildSearchIndex(pb.RebuildSearchIndexRequest(name=name))
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await stream.read()
    assert caught.value.code() is grpc.StatusCode.NOT_FOUND
    assert "OMS_EMBEDDING_SEARCH_ONTOLOGIES" in (caught.value.details() or "")
    await world.delete("other")


async def test_who_follows_says_that_it_gets_on(world: World, tmp_path: Path):
    await world.create("told")
    await world.commit("told", {"ObjectType/Pump": element(("en", "Pump"))})
    index, feed = LocalIndex(tmp_path), CommitFeed(world.channel)
    embedder = TextEmbedder(Models([TinyModel("tiny")]))
    clock = SystemClock()
    record = IndexRecord(
        id=INDEX_ID,
        metric=Metric.COSINE,
        active=await embedder.generation(1, "", 0),
        create_time=clock.now(),
    )
    await index.create(record)
    followed = Followed("told", incarnation_of(await feed.database("told")), 0)
    follower = OntologyFollower(feed, index, EntryWriter(index, embedder), clock)
    progress = asyncio.Event()
    following = asyncio.create_task(in_own_task(follower.follow(followed, progress.set)))
    async with asyncio.timeout(PATIENCE_S):
        await progress.wait()
    following.cancel()
    await asyncio.wait([following])
    await index.close()
    await world.delete("told")
