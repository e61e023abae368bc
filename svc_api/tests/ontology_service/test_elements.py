"""Elements of every kind, one by one."""

from __future__ import annotations

import asyncio

import pytest
from oms.ontology.v1 import object_type_service_pb2 as object_pb2
from oms.ontology.v1 import revision_service_pb2 as revision_pb2
from oms_testing.e2e import ApiError, GrpcApi

from .conftest import endpoint
from .helpers import COLLECTIONS, MODULES, ids, noun, typed

KINDS = pytest.mark.parametrize("field", sorted(COLLECTIONS))


@KINDS
async def test_element_lives_through_create_get_update_and_delete(acme, field):
    created = await acme.create("Zone", field, body={"labels": [{"text": "Zone"}]})
    element = getattr(created, field)
    assert element.name == acme.element_name("Zone", field)
    assert created.commit_id == await acme.head()
    assert element.etag
    assert element.created_by == element.updated_by == "alice123"
    assert element.create_time.seconds > 0
    assert await acme.get("Zone", field) == element

    updated = await acme.update("Zone", field, body={"iri": "urn:zone"})
    after = getattr(updated, field)
    assert (after.iri, after.labels[0].text) == ("urn:zone", "Zone")
    assert after.etag != element.etag
    assert after.create_time == element.create_time

    deleted = await acme.delete("Zone", field, etag=after.etag)
    assert deleted.commit_id == await acme.head()
    with pytest.raises(ApiError) as caught:
        await acme.get("Zone", field)
    assert caught.value.metadata["resource_type"] == field
    assert caught.value.metadata["resource_name"] == acme.element_name("Zone", field)
    before = await acme.get("Zone", field, revision={"commit": updated.commit_id})
    assert before == after


@KINDS
async def test_elements_are_listed_by_id_and_fetched_together(acme, field):
    for element_id in ("b", "c", "a"):
        await acme.create(element_id, field)
    listed = await acme.list(field)
    plural = f"{field}s"
    assert ids(getattr(listed, plural)) == ["a", "b", "c"]
    assert (listed.total_size, listed.next_page_token) == (3, "")
    request = getattr(MODULES[field], f"BatchGet{noun(field)}sRequest")
    names = [acme.element_name("c", field), acme.element_name("a", field)]
    fetched = await acme.call(request(parent=acme.name, names=names))
    assert ids(getattr(fetched, plural)) == ["c", "a"]
    assert fetched.commit_id == listed.commit_id


async def test_pages_read_the_commit_of_the_first_one(acme):
    await acme.apply(*({"create": acme.element(f"T{n}")} for n in range(5)))
    first = await acme.list(page_size=2)
    await acme.create("T1b")
    await acme.delete("T3")
    second = await acme.list(page_size=2, page_token=first.next_page_token)
    third = await acme.list(page_size=2, page_token=second.next_page_token)
    pages = [ids(page.object_types) for page in (first, second, third)]
    assert pages == [["T0", "T1"], ["T2", "T3"], ["T4"]]
    assert first.commit_id == second.commit_id == third.commit_id
    assert third.next_page_token == ""


async def test_page_holds_no_more_than_a_mebibyte(acme):
    large = {"descriptions": [{"text": "x" * 20_000}] + [{"text": f"{n}" * 9000} for n in range(9)]}
    await acme.apply(*({"create": acme.element(f"T{n:02}", **large)} for n in range(20)))
    first = await acme.list()
    assert 1 <= len(first.object_types) < 20
    assert first.ByteSize() <= 1024 * 1024 + 200
    rest = await acme.list(page_token=first.next_page_token)
    assert len(first.object_types) + len(rest.object_types) == 20


async def test_write_on_a_branch_leaves_main_as_it_is(acme):
    await acme.branch("dev")
    created = await acme.create("Zone", branch="dev")
    assert ids((await acme.list()).object_types) == []
    listed = await acme.list(revision={"branch": "dev"})
    assert ids(listed.object_types) == ["Zone"]
    assert listed.commit_id == created.commit_id


async def test_read_as_of_a_time_sees_what_was_there_then(acme):
    await acme.create("Zone", body={"iri": "urn:one"})
    changed = await acme.update("Zone", body={"iri": "urn:two"})
    then = changed.object_type.update_time
    then.FromNanoseconds(then.ToNanoseconds() - 1000)
    assert (await acme.get("Zone", revision={"time": then})).iri == "urn:one"


async def test_mask_clears_what_it_names_and_leaves_the_rest(acme):
    await acme.create("Zone", body={"iri": "urn:z", "is_abstract": True, "labels": [{"text": "Z"}]})
    updated = await acme.update(
        "Zone", body={"labels": [{"text": "New"}]}, mask=["labels", "is_abstract"]
    )
    zone = updated.object_type
    assert (zone.iri, zone.is_abstract, zone.labels[0].text) == ("urn:z", False, "New")
    everything = await acme.update("Zone", body={"is_abstract": True}, mask=["*"])
    zone = everything.object_type
    assert (zone.iri, zone.is_abstract, len(zone.labels)) == ("", True, 0)


async def test_update_to_what_is_there_makes_no_commit(acme):
    created = await acme.create("Zone", body={"iri": "urn:z"})
    updated = await acme.update("Zone", body={"iri": "urn:z"})
    assert updated.commit_id == created.commit_id
    assert updated.object_type == created.object_type


async def test_deleted_element_can_be_created_again(acme):
    await acme.create("Zone", body={"iri": "urn:one"})
    await acme.delete("Zone")
    again = await acme.create("Zone", body={"iri": "urn:two"})
    assert again.object_type.iri == "urn:two"


async def test_repeated_request_answers_what_the_first_call_did(acme):
    first = await acme.create("Zone", body={"iri": "urn:z"}, request_id="r1")
    await acme.update("Zone", body={"iri": "urn:later"})
    again = await acme.create("Zone", body={"iri": "urn:z"}, request_id="r1")
    assert again == first
    deleted = await acme.delete("Zone", request_id="r2")
    assert (await acme.delete("Zone", request_id="r2")) == deleted


async def test_same_request_sent_twice_at_once_is_done_once(acme):
    requests = [acme.create("Zone", request_id="r1") for _ in range(8)]
    responses = await asyncio.gather(*requests)
    assert all(response == responses[0] for response in responses)


async def test_writes_at_once_on_one_branch_are_all_kept(acme):
    await asyncio.gather(*(acme.create(f"T{n}") for n in range(30)))
    assert (await acme.list()).total_size == 30


async def test_expected_head_that_is_the_head_is_accepted(acme):
    head = await acme.head()
    created = await acme.create("Zone", expected_head=head)
    assert created.commit_id != head


async def test_message_says_what_was_done_unless_the_caller_does(acme, call):
    await acme.create("Zone")
    await acme.update("Zone", body={"is_abstract": True}, message="Because.")
    await acme.delete("Zone")
    listed = await call(revision_pb2.ListCommitsRequest(parent=acme.name, page_size=3))
    messages = [commit.message for commit in listed.commits]
    assert messages == ["Delete object type Zone", "Because.", "Create object type Zone"]


async def test_viewer_reads_without_any_permission_on_the_kernel(acme, suite):
    await acme.create("Zone", body={"properties": [typed("height")]})
    async with GrpcApi(endpoint(suite, "viewer")) as viewer:
        name = acme.element_name("Zone")
        response = await viewer(object_pb2.GetObjectTypeRequest(name=name))
        assert response.object_type.properties[0].property_id == "height"
        with pytest.raises(ApiError) as caught:
            await viewer(object_pb2.DeleteObjectTypeRequest(name=name))
    assert caught.value.reason == "PERMISSION_DENIED"
