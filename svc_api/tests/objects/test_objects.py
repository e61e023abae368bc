"""Objects come and go, are read as of commits, and fit their types."""

from __future__ import annotations

from decimal import Decimal

import pytest
from oms.common.v1.revision_pb2 import Revision
from oms.object.v1 import object_pb2
from oms.object.v1 import object_service_pb2 as pb

from .helpers import World, ids, refused, values

pytestmark = pytest.mark.asyncio(loop_scope="package")

KOREA = {
    "label": "Korea",
    "population": 51_700_000,
    "founded": "1948-08-15",
    "tags": ["asia", "peninsula"],
    "motto": ("ko", "널리 인간을 이롭게 하라"),
}


async def test_an_object_is_created_read_changed_and_deleted(world: World) -> None:
    created = await world.create("Country/KR", KOREA)
    assert created.object.name == world.object_name("Country/KR")
    assert values(created.object) == {**KOREA, "population": Decimal(51_700_000)}
    assert created.object.created_by == "alice123"
    assert await world.get("Country/KR") == created.object

    updated = await world.update("Country/KR", {"population": 52}, etag=created.object.etag)
    assert values(updated.object)["population"] == 52
    assert values(updated.object)["label"] == "Korea"
    cleared = await world.update("Country/KR", {}, "tags")
    assert "tags" not in cleared.object.values
    replaced = await world.update("Country/KR", {"label": "ROK"}, "*")
    assert values(replaced.object) == {"label": "ROK"}

    await world.delete("Country/KR")
    with refused("RESOURCE_NOT_FOUND", "NOT_FOUND"):
        await world.get("Country/KR")
    before = Revision(commit=created.commit_id)
    assert await world.get("Country/KR", revision=before) == created.object


async def test_numbers_keep_every_digit(empty: World) -> None:
    kinds = {"big": "INTEGER", "exact": "DECIMAL", "real": "DOUBLE"}
    properties = [
        {"property_id": key, "type": {"data_type": f"DATA_TYPE_{kind}"}}
        for key, kind in kinds.items()
    ]
    await empty.types({"object_type": {"name": "N", "properties": properties}})
    given = {"big": "123456789012345678901234567890", "exact": "1.10", "real": "6.02E+23"}
    created = await empty.create("N/1", {k: object_pb2.Value(number=v) for k, v in given.items()})
    assert {k: created.object.values[k].number for k in given} == given


async def test_what_does_not_fit_is_refused_with_every_place_named(world: World) -> None:
    wrong = {
        "elevation": "high",
        "is_open": 1,
        "opened": "yesterday",
        "country": "Airline/KE",
        "wings": 2,
        "lat": "1e400",
    }
    with refused("INVALID_FIELD") as caught:
        await world.create(
            "Airport/ICN", {**wrong, "lat": object_pb2.Value(number=str(wrong["lat"]))}
        )
    assert {f"object.values[{key}]" for key in [*wrong, "iata"]} == set(caught.value.fields)
    assert "values[country]: expected an object of the type Country, found" in str(caught.value)
    with refused("INVALID_FIELD") as caught:
        await world.create("Airport/ICN", {"iata": "ICN", "elevation": "high"})
    assert "expected a number" in str(caught.value)
    assert "'high'" in str(caught.value)
    with refused("UNKNOWN_REFERENCE") as caught:
        await world.create("Airport/ICN", {"iata": "ICN", "country": "Country/KR"})
    assert "Country/KR" in str(caught.value)


async def test_a_type_has_to_be_there_and_not_abstract(world: World) -> None:
    with refused("INVALID_FIELD") as caught:
        await world.create("Place/x")
    assert "Airport" in str(caught.value)
    with refused("RESOURCE_NOT_FOUND", "NOT_FOUND"):
        await world.create("Nothing/x")


async def test_an_id_is_taken_once_and_made_up_when_left_out(world: World) -> None:
    await world.create("Country/KR")
    with refused("RESOURCE_ALREADY_EXISTS", "ALREADY_EXISTS"):
        await world.create("Country/KR")
    request = pb.CreateObjectRequest(
        parent=world.type_name("Country"), object=object_pb2.Object(), request_id="once"
    )
    first = await world.call(request)
    assert await world.call(request) == first
    other = await world.call(
        pb.CreateObjectRequest(parent=world.type_name("Country"), object=object_pb2.Object())
    )
    assert other.object.name != first.object.name


async def test_a_stale_etag_and_a_stale_head_are_refused(world: World) -> None:
    first = await world.create("Country/KR", {"label": "Korea"})
    await world.update("Country/KR", {"label": "ROK"})
    with refused("STALE_ETAG", "ABORTED"):
        await world.update("Country/KR", {"label": "x"}, etag=first.object.etag)
    with refused("STALE_ETAG", "ABORTED"):
        await world.delete("Country/KR", etag=first.object.etag)
    with refused("STALE_HEAD", "ABORTED"):
        await world.delete("Country/KR", expected_head=first.commit_id)


async def test_an_update_may_create(world: World) -> None:
    with refused("RESOURCE_NOT_FOUND", "NOT_FOUND"):
        await world.update("Country/KR", {"label": "Korea"})
    created = await world.update("Country/KR", {"label": "Korea"}, allow_missing=True)
    assert values(created.object) == {"label": "Korea"}
    again = await world.update("Country/KR", {"label": "Korea"}, allow_missing=True)
    assert again.commit_id == created.commit_id


async def test_a_batch_is_one_commit_or_none(world: World) -> None:
    batch = [
        {"create": world.object("Airport/ICN", {"iata": "ICN", "country": "Country/KR"})},
        {"create": world.object("Country/KR", {"label": "Korea"})},
        {"upsert": world.object("Airline/KE", {"label": "Korean Air"})},
    ]
    with refused("UNKNOWN_REFERENCE") as caught:
        await world.apply(batch[0], batch[2])
    assert "changes[0].create.values[country]" in caught.value.fields
    checked = await world.apply(*batch, validate_only=True)
    assert not checked.objects
    applied = await world.apply(*batch)
    assert ids(applied.objects) == ["ICN", "KR", "KE"]
    assert applied.commit_id != checked.commit_id
    again = await world.apply(batch[2])
    assert again.unchanged
    with refused("INVALID_FIELD"):
        await world.apply(batch[2], {"delete": {"name": world.object_name("Airline/KE")}})


async def test_several_are_read_at_once(world: World) -> None:
    await world.fill({"Country/KR": {"label": "Korea"}, "Airline/KE": {}})
    names = [world.object_name(ref) for ref in ("Airline/KE", "Country/XX", "Country/KR")]
    with refused("RESOURCE_NOT_FOUND", "NOT_FOUND"):
        await world.call(pb.BatchGetObjectsRequest(parent=world.name, names=names))
    found = await world.call(
        pb.BatchGetObjectsRequest(
            parent=world.name, names=names, allow_missing=True, properties=["tags"]
        )
    )
    assert ids(found.objects) == ["KE", "KR"]
    assert list(found.missing_names) == [names[1]]
    assert not found.objects[1].values


async def test_a_list_holds_descendants_and_pages_read_one_commit(world: World) -> None:
    await world.fill(
        {f"Airport/A{n}": {"iata": f"A{n}"} for n in range(5)}
        | {"Heliport/A2h": {"iata": "H"}, "Airline/KE": {}}
    )
    request = pb.ListObjectsRequest(parent=world.type_name("Place"), page_size=2)
    seen: list[str] = []
    while True:
        page = await world.call(request)
        assert page.total_size == 6
        seen += ids(page.objects)
        if not page.next_page_token:
            break
        await world.create(f"Airport/late{len(seen)}", {"iata": "late"})
        request.page_token = page.next_page_token
    assert seen == ["A0", "A1", "A2", "A2h", "A3", "A4"]
    named = await world.call(pb.ListObjectsRequest(parent=f"{world.name}/interfaces/Named"))
    assert "KE" in ids(named.objects)
    with refused("RESOURCE_NOT_FOUND", "NOT_FOUND"):
        await world.call(pb.ListObjectsRequest(parent=world.type_name("Nothing")))


async def test_a_deleted_object_leaves_no_reference_behind(world: World) -> None:
    await world.fill(
        {
            "Country/KR": {},
            "Airport/ICN": {"iata": "ICN", "country": "Country/KR"},
            "Airline/KE": {},
        },
        "serves Airline/KE Airport/ICN",
    )
    with refused("RESOURCE_IN_USE", "FAILED_PRECONDITION") as caught:
        await world.delete("Country/KR")
    assert "values[country] of Airport/ICN" in str(caught.value)
    with refused("RESOURCE_IN_USE", "FAILED_PRECONDITION"):
        await world.delete("Airport/ICN")
    await world.delete("Airport/ICN", delete_links=True)
    await world.delete("Country/KR")
    await world.delete("Airline/KE")


async def test_branches_and_merges_are_of_objects_too(world: World) -> None:
    await world.fill({"Country/KR": {"label": "Korea"}})
    await world.branch("draft")
    await world.create("Country/JP", {"label": "Japan"}, branch="draft")
    with refused("RESOURCE_NOT_FOUND", "NOT_FOUND"):
        await world.get("Country/JP")
    await world.merge("draft")
    assert values(await world.get("Country/JP")) == {"label": "Japan"}
    assert await world.found("Country") == ["JP", "KR"]
