"""Bad input: a clear typed error, and the store as it was."""

from __future__ import annotations

import pytest
from oms.ontology.v1 import object_type_service_pb2 as object_pb2

from .helpers import typed

STALE = "0" * 64


async def test_over_long_id_is_refused(acme):
    async with acme.refused("INVALID_FIELD") as refusal:
        await acme.create("x" * 201)
    assert refusal.error.fields == ["object_type_id"]


async def test_over_long_name_in_a_change_set_is_refused(acme):
    for length in (201, 400):
        async with acme.refused("INVALID_FIELD") as refusal:
            await acme.apply({"create": acme.element("x" * length)})
        assert refusal.error.fields == ["changes[0].create.object_type.name"]


async def test_over_long_text_is_refused(acme):
    async with acme.refused("INVALID_FIELD") as refusal:
        await acme.create("Zone", body={"labels": [{"text": "x" * 20_001}]})
    assert refusal.error.fields == ["object_type.labels[0].text"]


async def test_cyclic_inheritance_is_refused_with_its_path(acme):
    await acme.create("A")
    await acme.create("B", body={"parents": ["A"]})
    async with acme.refused("CYCLIC_REFERENCE") as refusal:
        await acme.update("A", body={"parents": ["B"]})
    assert refusal.error.metadata["cycle"] == "A → B → A"
    assert refusal.error.fields == ["object_type.parents[0]"]


async def test_property_of_a_type_that_does_not_exist_is_refused(acme):
    body = {"properties": [typed("name"), typed("zone", object_type="Nope")]}
    async with acme.refused("UNKNOWN_REFERENCE") as refusal:
        await acme.create("Room", body=body)
    assert refusal.error.fields == ["object_type.properties[1].type.object_type"]
    assert "'Nope'" in refusal.error.message


async def test_property_without_a_type_is_refused(acme):
    async with acme.refused("INVALID_FIELD") as refusal:
        await acme.create("Room", body={"properties": [{"property_id": "p"}]})
    assert refusal.error.fields == ["object_type.properties[0].type"]


async def test_stale_expected_head_is_refused_with_both_heads(acme):
    stale = await acme.head()
    created = await acme.create("A")
    async with acme.refused("STALE_HEAD", "ABORTED") as refusal:
        await acme.create("B", expected_head=stale)
    metadata = refusal.error.metadata
    assert (metadata["expected_head"], metadata["actual_head"]) == (stale, created.commit_id)
    assert metadata["branch"] == "main"


async def test_page_token_of_another_query_is_refused(acme):
    for element_id in "AB":
        await acme.create(element_id)
        await acme.create(element_id, "interface")
    token = (await acme.list(page_size=1)).next_page_token
    for field, options in (
        ("interface", {}),
        ("object_type", {"revision": {"branch": "main"}}),
    ):
        async with acme.refused("INVALID_PAGE_TOKEN"):
            await acme.list(field, page_token=token, **options)
    async with acme.refused("INVALID_PAGE_TOKEN"):
        await acme.list(page_token="damaged")


@pytest.mark.parametrize("path", ["nope", "name", "etag", "create_time", "labels.text"])
async def test_wrong_update_mask_is_refused_by_its_path(acme, path):
    await acme.create("Zone")
    async with acme.refused("INVALID_UPDATE_MASK") as refusal:
        await acme.update("Zone", body={"is_abstract": True}, mask=["is_abstract", path])
    assert refusal.error.metadata["path"] == path


async def test_stale_etag_is_refused(acme):
    created = await acme.create("Zone")
    await acme.update("Zone", body={"is_abstract": True})
    stale = created.object_type.etag
    async with acme.refused("STALE_ETAG", "ABORTED") as refusal:
        await acme.update("Zone", body={"iri": "urn:z", "etag": stale})
    assert refusal.error.metadata["expected_etag"] == stale
    async with acme.refused("STALE_ETAG", "ABORTED"):
        await acme.delete("Zone", etag=stale)


async def test_delete_of_an_element_in_use_is_refused_with_its_referrers(acme):
    await acme.create("Zone")
    await acme.create("Room", body={"parents": ["Zone"]})
    await acme.create("feeds", "link_type", body={"target_types": ["Zone"]})
    async with acme.refused("RESOURCE_IN_USE", "FAILED_PRECONDITION") as refusal:
        await acme.delete("Zone")
    assert sorted(refusal.error.subjects) == [
        "ontologies/acme/linkTypes/feeds",
        "ontologies/acme/objectTypes/Room",
    ]


async def test_element_twice_in_a_change_set_is_refused(acme):
    async with acme.refused("INVALID_FIELD") as refusal:
        await acme.apply({"create": acme.element("A")}, {"upsert": acme.element("A")})
    assert refusal.error.fields == ["changes[1].upsert.object_type"]


async def test_create_of_an_element_that_is_there_is_refused(acme):
    await acme.create("Zone")
    async with acme.refused("RESOURCE_ALREADY_EXISTS", "ALREADY_EXISTS") as refusal:
        await acme.create("Zone")
    assert refusal.error.metadata["resource_name"] == "ontologies/acme/objectTypes/Zone"


@pytest.mark.parametrize("name", ["", "Zone", "ontologies/acme/linkTypes/Zone", "ontologies//x/y"])
async def test_update_of_a_name_that_is_none_is_refused(acme, name):
    async with acme.refused("INVALID_FIELD") as refusal:
        await acme.call(object_pb2.UpdateObjectTypeRequest(object_type={"name": name}))
    assert refusal.error.fields == ["object_type.name"]


async def test_request_id_of_another_request_is_refused(acme):
    await acme.create("A", request_id="r1")
    async with acme.refused("REQUEST_ID_REUSED") as refusal:
        await acme.create("B", request_id="r1")
    assert refusal.error.metadata["request_id"] == "r1"


@pytest.mark.parametrize(
    ("revision", "resource"),
    [
        ({"branch": "nope"}, "ontologies/acme/branches/nope"),
        ({"commit": STALE}, f"ontologies/acme/commits/{STALE}"),
    ],
)
async def test_revision_that_does_not_exist_is_not_found(acme, revision, resource):
    await acme.create("Zone")
    async with acme.refused("RESOURCE_NOT_FOUND", "NOT_FOUND") as refusal:
        await acme.get("Zone", revision=revision)
    assert refusal.error.metadata["resource_name"] == resource
    assert resource in refusal.error.message
    assert "databases/" not in refusal.error.text


async def test_revision_by_commit_excludes_a_branch(acme):
    created = await acme.create("Zone")
    async with acme.refused("INVALID_FIELD"):
        await acme.get("Zone", revision={"commit": created.commit_id, "branch": "main"})


async def test_write_to_a_branch_that_does_not_exist_is_refused(acme):
    async with acme.refused("RESOURCE_NOT_FOUND", "NOT_FOUND"):
        await acme.create("Zone", branch="nope")


async def test_batch_get_of_something_missing_names_the_first(acme):
    await acme.create("A")
    names = [acme.element_name(i) for i in ("A", "B", "C")]
    async with acme.refused("RESOURCE_NOT_FOUND", "NOT_FOUND") as refusal:
        await acme.call(object_pb2.BatchGetObjectTypesRequest(parent=acme.name, names=names))
    assert refusal.error.metadata["resource_name"] == names[1]
    other = ["ontologies/other/objectTypes/A"]
    async with acme.refused("INVALID_FIELD") as refusal:
        await acme.call(object_pb2.BatchGetObjectTypesRequest(parent=acme.name, names=other))
    assert refusal.error.fields == ["names[0]"]
