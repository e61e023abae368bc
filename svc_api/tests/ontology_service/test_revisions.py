"""The history of an ontology."""

from __future__ import annotations

import pytest
from oms.ontology.v1 import ontology_service_pb2 as ontology_pb2
from oms.ontology.v1 import revision_service_pb2 as revision_pb2
from oms_testing.e2e import ApiError

from .helpers import typed

CREATED = revision_pb2.CHANGE_TYPE_CREATED
UPDATED = revision_pb2.CHANGE_TYPE_UPDATED
DELETED = revision_pb2.CHANGE_TYPE_DELETED


@pytest.fixture
async def changed(acme, call):
    """An ontology before and after a change of every sort."""
    await acme.apply(
        {"create": acme.element("Area")},
        {"create": acme.element("Zone", properties=[typed("height"), typed("size")])},
    )
    base = await acme.head()
    await call(ontology_pb2.UpdateOntologyRequest(ontology={"name": acme.name, "version": "2"}))
    await acme.apply(
        {"delete": {"name": acme.element_name("Area")}},
        {
            "upsert": acme.element(
                "Zone",
                labels=[{"text": "Zone"}],
                properties=[typed("height", data_type="DATA_TYPE_DOUBLE")],
            )
        },
        {"create": acme.element("feeds", "link_type")},
        {"create": acme.element("Located", "interface")},
    )
    return base, await acme.head()


async def test_diff_lists_every_element_by_name_with_the_fields_that_differ(acme, changed):
    page = await acme.diff(*changed)
    assert [(d.name, d.change_type, list(d.changed_paths)) for d in page.diffs] == [
        ("ontologies/acme", UPDATED, ["version"]),
        ("ontologies/acme/interfaces/Located", CREATED, []),
        ("ontologies/acme/linkTypes/feeds", CREATED, []),
        ("ontologies/acme/objectTypes/Area", DELETED, []),
        (
            "ontologies/acme/objectTypes/Zone",
            UPDATED,
            ["labels", "properties.height.type", "properties.size"],
        ),
    ]
    assert [d.collection for d in page.diffs][:2] == ["ontologies", "interfaces"]
    assert (page.base_commit, page.target_commit) == changed
    assert not any(d.HasField("before") or d.HasField("after") for d in page.diffs)
    counts = {
        c.collection: (c.created_count, c.updated_count, c.deleted_count) for c in page.counts
    }
    assert counts == {
        "ontologies": (0, 1, 0),
        "interfaces": (1, 0, 0),
        "linkTypes": (1, 0, 0),
        "objectTypes": (0, 1, 1),
    }


async def test_diff_sends_the_elements_before_and_after_when_asked(acme, changed):
    page = await acme.diff(*changed, include_elements=True, collections=["objectTypes"])
    area, zone = page.diffs
    assert area.before.object_type.name == area.name
    assert not area.HasField("after")
    assert zone.after.object_type.labels[0].text == "Zone"
    assert len(zone.before.object_type.properties) == 2
    assert zone.after.object_type.etag == (await acme.get("Zone")).etag


@pytest.mark.parametrize("page_size", [1, 2, 3])
async def test_diff_pages_hold_everything_once(acme, changed, page_size):
    whole = await acme.diff(*changed)
    found, token, pages = [], "", 0
    while pages == 0 or token:
        page = await acme.diff(*changed, page_size=page_size, page_token=token)
        assert len(page.diffs) <= page_size
        assert bool(page.counts) == (pages == 0)
        found += page.diffs
        token, pages = page.next_page_token, pages + 1
    assert found == list(whole.diffs)


async def test_diff_of_a_commit_with_itself_is_empty(acme, changed):
    page = await acme.diff(changed[1], changed[1])
    assert (len(page.diffs), page.next_page_token, len(page.counts)) == (0, "", 0)


async def test_diff_backwards_turns_every_change_around(acme, changed):
    page = await acme.diff(changed[1], changed[0], collections=["linkTypes", "objectTypes"])
    assert [(d.name.rpartition("/")[2], d.change_type) for d in page.diffs] == [
        ("feeds", DELETED),
        ("Area", CREATED),
        ("Zone", UPDATED),
    ]


async def test_unknown_collection_is_refused(acme, changed):
    async with acme.refused("INVALID_FIELD") as refusal:
        await acme.diff(*changed, collections=["objectTypes", "nope"])
    assert refusal.error.fields == ["collections[1]"]


async def test_page_token_of_another_diff_is_refused(acme, changed):
    token = (await acme.diff(*changed, page_size=1)).next_page_token
    async with acme.refused("INVALID_PAGE_TOKEN"):
        await acme.diff(*changed, page_token=token, include_elements=True)


async def test_commits_are_listed_newest_first_from_any_revision(acme, call, changed):
    listed = await call(revision_pb2.ListCommitsRequest(parent=acme.name))
    assert listed.commits[0].commit_id == changed[1]
    assert listed.commits[0].name == f"ontologies/acme/commits/{changed[1]}"
    assert list(listed.commits[0].parents) == [listed.commits[1].commit_id]
    assert listed.commits[-2].message == "Create ontology acme"
    older = await call(
        revision_pb2.ListCommitsRequest(
            parent=acme.name, revision={"commit": changed[0]}, page_size=1
        )
    )
    assert older.commits[0].commit_id == changed[0]
    assert older.next_page_token


async def test_commit_that_does_not_exist_is_not_found(acme, call):
    with pytest.raises(ApiError) as caught:
        await call(revision_pb2.GetCommitRequest(name=f"{acme.name}/commits/{'0' * 64}"))
    assert caught.value.reason == "RESOURCE_NOT_FOUND"
    assert "databases/" not in caught.value.text
