"""Many changes as one commit."""

from __future__ import annotations

import pytest
from oms.ontology.v1 import revision_service_pb2 as revision_pb2
from oms_testing.e2e import ApiError

from .helpers import ids, typed


async def test_change_set_is_one_commit_with_its_changes_in_any_order(acme, call):
    await acme.create("Old")
    before = await acme.head()
    applied = await acme.apply(
        {"create": acme.element("Room", parents=["Zone"], interfaces=["Located"])},
        {
            "upsert": acme.element(
                "Zone", properties=[typed("size"), typed("next", object_type="Room")]
            )
        },
        {"create": acme.element("Located", "interface")},
        {"create": acme.element("feeds", "link_type", source_types=["Room", "Located"])},
        {"delete": {"name": acme.element_name("Old")}},
        message="All at once.",
    )
    commit = (
        await call(revision_pb2.GetCommitRequest(name=f"{acme.name}/commits/{applied.commit_id}"))
    ).commit
    assert list(commit.parents) == [before]
    assert (commit.message, commit.change_count, commit.branch) == ("All at once.", 5, "main")
    assert commit.author.startswith("alice.smith (alice123)|verified|ts:")
    assert [element.WhichOneof("kind") for element in applied.elements] == [
        "object_type",
        "object_type",
        "interface",
        "link_type",
    ]
    assert applied.elements[0].object_type == await acme.get("Room")


async def test_change_set_is_applied_whole_or_not_at_all(acme):
    async with acme.refused("UNKNOWN_REFERENCE"):
        await acme.apply(
            {"create": acme.element("A")}, {"create": acme.element("B", parents=["Nope"])}
        )
    assert (await acme.list()).total_size == 0


async def test_validation_alone_writes_nothing(acme):
    head = await acme.head()
    checked = await acme.apply({"create": acme.element("A")}, validate_only=True)
    assert (checked.commit_id, checked.unchanged, len(checked.elements)) == (head, False, 0)
    assert await acme.head() == head
    async with acme.refused("UNKNOWN_REFERENCE"):
        await acme.apply({"create": acme.element("A", parents=["No"])}, validate_only=True)


async def test_change_set_that_changes_nothing_makes_no_commit(acme):
    await acme.create("A", body={"iri": "urn:a"})
    head = await acme.head()
    applied = await acme.apply({"upsert": acme.element("A", iri="urn:a")})
    assert (applied.commit_id, applied.unchanged) == (head, True)


async def test_update_in_a_change_set_follows_its_mask_and_etag(acme):
    created = await acme.create("A", body={"iri": "urn:a", "is_abstract": True})
    applied = await acme.apply(
        {
            "update": {
                "element": acme.element("A", etag=created.object_type.etag),
                "update_mask": {"paths": ["is_abstract"]},
            }
        }
    )
    element = applied.elements[0].object_type
    assert (element.iri, element.is_abstract) == ("urn:a", False)


async def test_thousands_of_changes_are_one_commit_without_their_elements(acme):
    changes = [
        {"create": acme.element(f"T{n}", parents=[f"T{n - 1}"] if n % 50 else [])}
        for n in range(2500)
    ]
    applied = await acme.apply(*changes)
    assert len(applied.elements) == 0
    assert (await acme.list(page_size=1)).total_size == 2500
    assert list((await acme.get("T77")).parents) == ["T76"]


async def test_repeated_change_set_is_done_once(acme):
    request = acme.change_set({"create": acme.element("A")}, request_id="r1")
    first = await acme.call(request)
    await acme.delete("A")
    again = await acme.call(request)
    assert again == first
    assert ids((await acme.list()).object_types) == []


async def test_empty_change_set_is_refused(acme):
    with pytest.raises(ApiError) as caught:
        await acme.apply()
    assert caught.value.fields == ["changes"]
