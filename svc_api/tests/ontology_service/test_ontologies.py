"""Ontologies and their headers."""

from __future__ import annotations

import asyncio

import pytest
from oms.datakernel.v1 import database_service_pb2 as database_pb2
from oms.ontology.v1 import branch_service_pb2 as branch_pb2
from oms.ontology.v1 import ontology_service_pb2 as ontology_pb2
from oms.ontology.v1 import revision_service_pb2 as revision_pb2
from oms_testing.e2e import ApiError

from .helpers import Ontology

HEADER = {
    "iri": "https://brickschema.org/schema/1.4/Brick",
    "labels": [{"language": "en", "text": "Brick"}],
    "prefixes": {"brick": "https://brickschema.org/schema/Brick#"},
    "version": "1.4.4",
}


def create(ontology_id="brick", request_id="", **header):
    return ontology_pb2.CreateOntologyRequest(
        ontology_id=ontology_id, ontology=header or HEADER, request_id=request_id
    )


def get(ontology_id="brick", **options):
    return ontology_pb2.GetOntologyRequest(name=f"ontologies/{ontology_id}", **options)


async def database_of_kind(call, kind):
    await call(database_pb2.CreateDatabaseRequest(database_id="brick", database={"kind": kind}))


async def test_ontology_lives_through_create_get_update_and_delete(call):
    created = await call(create())
    assert created.ontology.name == "ontologies/brick"
    assert created.ontology.prefixes == HEADER["prefixes"]
    assert created.ontology.created_by == "alice123"
    read = await call(get())
    assert (read.ontology, read.commit_id) == (created.ontology, created.commit_id)

    updated = await call(
        ontology_pb2.UpdateOntologyRequest(
            ontology={"name": "ontologies/brick", "version": "1.5"},
            update_mask={"paths": ["version", "labels"]},
        )
    )
    assert (updated.ontology.version, len(updated.ontology.labels)) == ("1.5", 0)
    assert updated.ontology.iri == HEADER["iri"]
    earlier = await call(get(revision={"commit": created.commit_id}))
    assert earlier.ontology.version == "1.4.4"

    await call(ontology_pb2.DeleteOntologyRequest(name="ontologies/brick"))
    for revision in (None, {"commit": created.commit_id}):
        with pytest.raises(ApiError) as caught:
            await call(get(revision=revision))
        assert caught.value.metadata == {
            "resource_type": "ontology",
            "resource_name": "ontologies/brick",
        }


async def test_counts_are_by_collection(acme, call):
    await acme.apply(
        {"create": acme.element("A")},
        {"create": acme.element("B")},
        {"create": acme.element("feeds", "link_type")},
    )
    counts = {c.collection: c.count for c in (await call(get("acme"))).counts}
    assert counts == {"objectTypes": 2, "linkTypes": 1, "interfaces": 0}


async def test_ontologies_are_listed_by_id_in_pages(call):
    for ontology_id in ("b", "c", "a"):
        await call(create(ontology_id, version=ontology_id))
    await call(database_pb2.CreateDatabaseRequest(database_id="other"))
    first = await call(ontology_pb2.ListOntologiesRequest(page_size=2))
    rest = await call(
        ontology_pb2.ListOntologiesRequest(page_size=2, page_token=first.next_page_token)
    )
    found = [(o.name, o.version) for o in (*first.ontologies, *rest.ontologies)]
    assert found == [(f"ontologies/{i}", i) for i in "abc"]
    assert rest.next_page_token == ""
    with pytest.raises(ApiError) as caught:
        await call(ontology_pb2.ListOntologiesRequest(page_token="damaged"))
    assert caught.value.reason == "INVALID_PAGE_TOKEN"


async def test_id_that_is_taken_is_refused(call):
    await call(create())
    with pytest.raises(ApiError) as caught:
        await call(create(version="other"))
    assert (caught.value.code, caught.value.metadata["resource_name"]) == (
        "ALREADY_EXISTS",
        "ontologies/brick",
    )
    assert (await call(get())).ontology.version == "1.4.4"


async def test_repeated_creation_answers_the_first(call):
    first = await call(create(request_id="r1"))
    assert await call(create(request_id="r1")) == first
    with pytest.raises(ApiError) as caught:
        await call(create(request_id="r1", version="other"))
    assert caught.value.reason == "REQUEST_ID_REUSED"


async def test_creation_by_several_at_once_has_one_winner(call):
    requests = [call(create(version=f"{n}")) for n in range(6)]
    results = await asyncio.gather(*requests, return_exceptions=True)
    won = [result for result in results if not isinstance(result, BaseException)]
    lost = [result for result in results if isinstance(result, ApiError)]
    assert len(won) == 1
    assert {error.code for error in lost} == {"ALREADY_EXISTS"}
    assert (await call(get())).ontology == won[0].ontology


async def test_creation_that_was_cut_short_can_be_read_and_finished(call):
    await database_of_kind(call, "ontology")  # what the first of two steps leaves behind
    half = (await call(get())).ontology
    assert half.name == "ontologies/brick"
    assert half.create_time.seconds > 0
    listed = await call(ontology_pb2.ListOntologiesRequest())
    assert [o.name for o in listed.ontologies] == ["ontologies/brick"]
    finished = await call(create(request_id="r1"))
    assert finished.ontology.version == "1.4.4"
    assert await call(create(request_id="r1")) == finished


async def test_creation_that_was_cut_short_is_not_finished_over_somebodys_work(call):
    await database_of_kind(call, "ontology")
    await Ontology(call, "brick").create("Zone")
    with pytest.raises(ApiError) as caught:
        await call(create())
    assert caught.value.code == "ALREADY_EXISTS"
    updated = await call(
        ontology_pb2.UpdateOntologyRequest(ontology={"name": "ontologies/brick", "version": "1"})
    )
    assert updated.ontology.version == "1"


async def test_database_of_another_kind_is_no_ontology(call):
    await database_of_kind(call, "ledger")
    brick = Ontology(call, "brick")
    for request in (
        get(),
        brick.create_request("Zone"),
        branch_pb2.ListBranchesRequest(parent=brick.name),
        branch_pb2.CreateBranchRequest(parent=brick.name, branch_id="dev"),
        branch_pb2.DeleteBranchRequest(name=f"{brick.name}/branches/dev"),
        revision_pb2.ListCommitsRequest(parent=brick.name),
        revision_pb2.DiffRevisionsRequest(parent=brick.name),
        ontology_pb2.DeleteOntologyRequest(name=brick.name),
    ):
        with pytest.raises(ApiError) as caught:
            await call(request)
        assert caught.value.reason == "RESOURCE_NOT_FOUND"
    with pytest.raises(ApiError) as caught:
        await call(create())
    assert caught.value.code == "ALREADY_EXISTS"


async def test_header_that_breaks_a_rule_makes_no_ontology(call):
    twice = [{"text": "Brick"}, {"text": "Brick"}]
    with pytest.raises(ApiError) as caught:
        await call(create(labels=twice))
    assert caught.value.fields == ["ontology.labels[1]"]
    with pytest.raises(ApiError) as caught:
        await call(get())
    assert caught.value.code == "NOT_FOUND"


@pytest.mark.parametrize("name", ["", "brick", "ontologies/", "ontologies/Brick", "ontologies/a/b"])
async def test_update_of_a_name_that_is_none_is_refused(call, name):
    with pytest.raises(ApiError) as caught:
        await call(ontology_pb2.UpdateOntologyRequest(ontology={"name": name}))
    assert caught.value.fields == ["ontology.name"]
