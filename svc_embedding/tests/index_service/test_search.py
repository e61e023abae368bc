"""The search of ontologies, from commits to answers."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import grpc
import pytest
import pytest_asyncio
from google.protobuf.duration_pb2 import Duration
from oms.common.v1.revision_pb2 import Revision
from oms.embedding.v1 import index_service_pb2 as index_pb
from oms.embedding.v1 import search_service_pb2 as pb
from oms_core.errors import LimitExceeded
from oms_testing.postgresql import new_database, running_postgresql
from svc_embedding.adapters.search.kernel import KernelOntologies
from svc_embedding.domain.search.contents import Kind

from .server import Served
from .world import SHOP, World, at, element, eventually, names, query

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.fixture(scope="module")
def postgresql_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running_postgresql(tmp_path_factory.mktemp("postgresql")) as address:
        yield address


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    async with World.running(tmp_path_factory.mktemp("kernel")) as world:
        yield world


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=["local", "pgvector"])
async def service(
    request: pytest.FixtureRequest, world: World, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Served]:
    folder: Path = tmp_path_factory.mktemp("embedding")
    if request.param == "local":
        async with world.searched(folder) as running:
            yield running
        return
    server: str = request.getfixturevalue("postgresql_server")
    async with (
        new_database(server) as database,
        world.searched(folder, postgres=database) as running,
    ):
        yield running


class Shop:
    """An ontology of the test's own."""

    def __init__(self, world: World, service: Served, name: str) -> None:
        self.world = world
        self.service = service
        self.name = name
        self.first = ""

    async def commit(self, elements: Any, branch: str = "main") -> str:
        return await self.world.commit(self.name, elements, branch)

    async def search(self, text: str, **fields: Any) -> pb.SearchOntologyResponse:
        request = query(text, **fields)
        request.parent = f"ontologies/{self.name}"
        return await self.service.search().SearchOntology(request)


@pytest_asyncio.fixture(loop_scope="module")
async def shop(world: World, service: Served) -> AsyncIterator[Shop]:
    name = f"shop-{uuid4().hex[:8]}"
    await world.create(name)
    made = Shop(world, service, name)
    made.first = await made.commit(SHOP)
    yield made
    await world.delete(name)


async def test_elements_and_properties_are_found_by_meaning_and_in_every_language(shop: Shop):
    found = await shop.search("client", min_commit=shop.first)
    assert names(found)[0] in ("Customer", "Buyer")
    assert found.is_complete
    assert found.is_semantic
    assert found.commit_id == shop.first
    assert names(await shop.search("Kunde"))[0] == "Customer"
    assert names(await shop.search("고객"))[0] == "Customer"
    assert names(await shop.search("postal code"))[0] == "Customer#postalCode"
    property_ = (await shop.search("mail", kinds=[pb.ELEMENT_KIND_PROPERTY])).matches[0]
    assert (property_.property_id, property_.kind) == ("email", pb.ELEMENT_KIND_PROPERTY)
    german = (await shop.search("Customer", language="de")).matches[0]
    assert german.label == "Kunde"
    assert german.description == "A person who orders goods"
    reasons = {reason.kind for reason in german.reasons}
    assert pb.MATCH_REASON_KIND_SAME_NAME in reasons
    assert pb.MATCH_REASON_KIND_WORDS in reasons
    only = await shop.search("orders", kinds=[pb.ELEMENT_KIND_LINK_TYPE])
    assert names(only) == ["orders"]
    words = await shop.search("goods", mode=index_pb.SEARCH_MODE_FULL_TEXT)
    assert {"Customer", "Buyer", "Product"} == set(names(words))
    assert not words.is_semantic


async def test_a_search_sees_what_its_revision_says(shop: Shop):
    await shop.world.branch(shop.name, "dev")
    on_dev = await shop.commit({"ObjectType/Valve": element(("en", "Valve"))}, "dev")
    changed = await shop.commit(
        {"ObjectType/Product": element(("en", "Turbine")), "ObjectType/Buyer": None}
    )
    assert "Valve" not in names(await shop.search("valve", min_commit=on_dev))
    dev = await shop.search("valve", revision=Revision(branch="dev"), min_commit=on_dev)
    assert names(dev)[0] == "Valve"
    assert dev.commit_id == on_dev
    now = await shop.search("turbine", min_commit=changed)
    assert names(now)[0] == "Product"
    assert "Buyer" not in names(await shop.search("buyer", page_size=100))
    former = await shop.search("turbine", revision=at(shop.first), page_size=100)
    assert "Turbine" not in {match.label for match in former.matches}
    assert "Buyer" in names(await shop.search("buyer", revision=at(shop.first)))


async def test_pages_are_of_one_commit(shop: Shop):
    request = query("shop", min_commit=shop.first, page_size=3)
    request.parent = f"ontologies/{shop.name}"
    seen: list[str] = []
    while True:
        page = await shop.service.search().SearchOntology(request)
        assert page.commit_id == shop.first
        seen += names(page)
        if not page.next_page_token:
            break
        if len(seen) == 3:
            await shop.commit({"ObjectType/New": element(("en", "shop"))})
        request.page_token = page.next_page_token
    assert len(seen) == len(set(seen)) == 9


async def test_what_is_said_twice_is_found(shop: Shop):
    twin = element(("en", "Client"), about="A person who orders goods", properties=("email",))
    last = await shop.commit({"ObjectType/Client": twin})
    await shop.search("x", min_commit=last)
    request = pb.FindDuplicatesRequest(parent=f"ontologies/{shop.name}", threshold=0.5)
    found = await shop.service.search().FindDuplicates(request)
    assert found.element_count == 4
    assert not found.missing_count
    assert found.pair_count >= 1
    pairs = [(pair.first.name[-8:], pair.second.name[-8:]) for pair in found.pairs]
    assert all(pair.first.name < pair.second.name for pair in found.pairs), pairs
    similarities = [pair.similarity for pair in found.pairs]
    assert similarities == sorted(similarities, reverse=True)
    assert min(similarities) >= 0.5
    kinds = {reason.kind for pair in found.pairs for reason in pair.reasons}
    assert {
        pb.MATCH_REASON_KIND_MEANING,
        pb.MATCH_REASON_KIND_WORDS,
        pb.MATCH_REASON_KIND_SHARED_PROPERTIES,
    } <= kinds
    request.kinds.append(pb.ELEMENT_KIND_PROPERTY)
    request.threshold = 0.99
    same = await shop.service.search().FindDuplicates(request)
    assert [(p.first.property_id, p.second.property_id) for p in same.pairs] == [("email", "email")]


async def test_a_draft_gets_recommendations(shop: Shop):
    draft = pb.DraftType(
        type_id="Client",
        labels=["Client"],
        descriptions=["A person who orders goods"],
        properties=[
            pb.DraftProperty(property_id="mail"),
            pb.DraftProperty(property_id="productId"),
        ],
    )
    request = pb.RecommendSchemaRequest(
        parent=f"ontologies/{shop.name}", draft=draft, min_commit=shop.first
    )
    request.max_wait.FromSeconds(30)
    found = await shop.service.search().RecommendSchema(request)
    assert found.is_complete
    assert found.commit_id == shop.first
    types = [match.name.rpartition("/")[2] for match in found.similar_types]
    assert set(types[:2]) == {"Customer", "Buyer"}
    similar = {each.draft_property_id: each.matches for each in found.similar_properties}
    assert similar["mail"][0].property_id == "email"
    suggested = {each.property_id: each for each in found.suggested_properties}
    assert suggested["postalCode"].types == [f"ontologies/{shop.name}/objectTypes/Customer"]
    assert 0 < suggested["postalCode"].score <= 1
    assert suggested["postalCode"].reasons
    links = {
        (link.link_type.rpartition("/")[2], link.other_type[-7:]) for link in found.suggested_links
    }
    assert ("orders", "Product") in links
    assert ("", "Product") in links


async def test_a_commit_that_is_not_there_or_not_searchable_is_told(shop: Shop):
    search = shop.service.search()
    missing = query("x", min_commit="0" * 64)
    missing.parent = f"ontologies/{shop.name}"
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await search.SearchOntology(missing)
    assert caught.value.code() is grpc.StatusCode.NOT_FOUND
    for request in (
        query("x", revision=Revision(branch="none")),
        pb.SearchOntologyRequest(parent="ontologies/none", query="x"),
    ):
        if request.parent.endswith("shop"):
            request.parent = f"ontologies/{shop.name}"
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await search.SearchOntology(request)
        assert caught.value.code() is grpc.StatusCode.NOT_FOUND
    shop.service.tiny.gate.clear()
    try:
        last = await shop.commit({"ObjectType/Late": element(("en", "Late"))})
        hasty = query("x", min_commit=last, mode=index_pb.SEARCH_MODE_FULL_TEXT)
        hasty.parent = f"ontologies/{shop.name}"
        hasty.max_wait.FromMilliseconds(10)
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await search.SearchOntology(hasty)
        assert caught.value.code() is grpc.StatusCode.UNAVAILABLE
        hasty.min_commit = ""
        assert not (await search.SearchOntology(hasty)).is_complete
    finally:
        shop.service.tiny.gate.set()
    assert names(await shop.search("late", min_commit=last))[0] == "Late"
    at_once = query("late", min_commit=last)
    at_once.parent = f"ontologies/{shop.name}"
    at_once.max_wait.CopyFrom(Duration())
    assert names(await search.SearchOntology(at_once))[0] == "Late"


async def test_no_more_is_compared_than_the_limit(shop: Shop):
    ontologies = KernelOntologies(shop.world.channel)
    snapshot = await ontologies.at(shop.name, None)
    types = await ontologies.all_contents(snapshot, [Kind.OBJECT_TYPE], most=3)
    assert [each.key for each in types] == [
        f"objectTypes/{name}" for name in ("Buyer", "Customer", "Product")
    ]
    properties = await ontologies.all_contents(snapshot, [Kind.PROPERTY], most=4)
    assert {each.property_id for each in properties} == {"email", "postalCode", "price", "street"}
    for kinds, most in (([Kind.OBJECT_TYPE], 2), ([Kind.PROPERTY], 3)):
        with pytest.raises(LimitExceeded):
            await ontologies.all_contents(snapshot, kinds, most=most)


async def test_words_do_when_the_model_does_not_answer(shop: Shop):
    await shop.search("x", min_commit=shop.first)
    shop.service.tiny.is_down = True
    try:
        found = await shop.search("customer")
        assert names(found)[0] == "Customer"
        assert not found.is_semantic
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await shop.search("customer", mode=index_pb.SEARCH_MODE_VECTOR)
        assert caught.value.code() is grpc.StatusCode.UNAVAILABLE
    finally:
        shop.service.tiny.is_down = False


async def test_contents_are_embedded_once_and_a_rebuild_makes_none_again(shop: Shop):
    search = shop.service.search()
    await shop.search("x", min_commit=shop.first)
    await shop.world.branch(shop.name, "copy")
    last = await shop.commit({"ObjectType/Copy": element(("en", "Copy"))}, "copy")
    await shop.search("x", min_commit=last)
    shop.service.tiny.embedded.clear()
    name = f"ontologies/{shop.name}/searchIndex"
    stream = search.RebuildSearchIndex(pb.RebuildSearchIndexRequest(name=name))
    parts = [part async for part in stream]
    assert parts[-1].is_done
    assert parts[-1].search_index.lag_commits == 0
    assert shop.service.tiny.embedded == []
    status = (await search.GetSearchIndex(pb.GetSearchIndexRequest(name=name))).search_index
    assert status.entry_count == 10
    assert status.model == "models/tiny"
    assert status.indexed_commit == last
    assert status.HasField("update_time")


async def test_an_ontology_made_again_is_another_one(shop: Shop, world: World):
    await shop.search("x", min_commit=shop.first)
    await world.delete(shop.name)
    await world.create(shop.name)
    last = await shop.commit({"ObjectType/Pump": element(("en", "Pump"))})
    assert names(await shop.search("customer", min_commit=last, page_size=50)) == ["Pump"]
    name = f"ontologies/{shop.name}/searchIndex"

    async def entries() -> int:
        request = pb.GetSearchIndexRequest(name=name)
        return (await shop.service.search().GetSearchIndex(request)).search_index.entry_count

    assert await eventually(entries, lambda count: count == 1) == 1


async def test_only_those_who_may_rebuild_do(shop: Shop):
    name = f"ontologies/{shop.name}/searchIndex"
    stream = shop.service.search("viewer").RebuildSearchIndex(
        pb.RebuildSearchIndexRequest(name=name)
    )
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await stream.read()
    assert caught.value.code() is grpc.StatusCode.PERMISSION_DENIED
    assert (
        await shop.service.search("viewer").SearchOntology(
            pb.SearchOntologyRequest(parent=f"ontologies/{shop.name}", query="customer")
        )
    ).commit_id
