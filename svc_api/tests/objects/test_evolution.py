"""Types change with the objects there are: what these contradict is refused with examples."""

from __future__ import annotations

from typing import Any

import pytest
from oms.object.v1 import migration_service_pb2 as migration_pb2
from oms.ontology.v1 import object_type_service_pb2 as types_pb2

from .helpers import World, prop, refused, transport_types, values

pytestmark = pytest.mark.asyncio(loop_scope="package")


def _country(*properties: dict[str, Any], **options: Any) -> dict[str, Any]:
    return {"object_type": {"name": "Country", "properties": properties, **options}}


async def test_a_type_that_objects_contradict_is_refused_with_examples(world: World) -> None:
    await world.fill(
        {
            "Country/KR": {"label": "Korea", "population": 51},
            "Country/JP": {"label": "Japan"},
            "Airport/ICN": {"iata": "ICN", "country": "Country/KR"},
        }
    )
    for change, subject, told in (
        (
            _country(prop("population", "LONG"), prop("label", "INT")),
            "Country/JP",
            "values[label]: expected an integer of 32 bits (DATA_TYPE_INT), found the text 'Japan'",
        ),
        (
            _country(prop("population", "LONG", is_required=True), interfaces=["Named"]),
            "Country/JP",
            "values[population]: expected a value (DATA_TYPE_LONG), found none",
        ),
        (_country(is_abstract=True, interfaces=["Named"]), "Country/JP", "would be abstract"),
    ):
        with refused("SCHEMA_VIOLATION", "FAILED_PRECONDITION") as caught:
            await world.types(change)
        assert told in str(caught.value)
        assert caught.value.subjects[0] == world.object_name(subject)
        assert int(caught.value.metadata["count"]) >= 1


async def test_a_type_with_objects_is_not_deleted_nor_narrowed_away(world: World) -> None:
    await world.fill(
        {"Heliport/H": {"iata": "H"}, "Airline/KE": {}}, "serves Airline/KE Heliport/H"
    )
    with refused("SCHEMA_VIOLATION", "FAILED_PRECONDITION"):
        await world.call(types_pb2.DeleteObjectTypeRequest(name=world.type_name("Heliport")))
    with refused("SCHEMA_VIOLATION", "FAILED_PRECONDITION") as caught:
        await world.types({"object_type": {"name": "Heliport", "properties": [prop("iata")]}})
    assert "expected a target of Airport by serves" in str(caught.value)
    serves = next(
        kind["link_type"]
        for kind in transport_types()
        if kind.get("link_type", {}).get("name") == "serves"
    )
    await world.types({"link_type": {**serves, "labels": [{"text": "serves"}]}})
    await world.delete("Heliport/H", delete_links=True)
    await world.call(types_pb2.DeleteObjectTypeRequest(name=world.type_name("Heliport")))


async def test_what_fits_changes_without_a_word(world: World) -> None:
    await world.fill({"Country/KR": {"population": 51}})
    await world.types(_country(prop("population", "INTEGER"), prop("area", "DECIMAL")))
    updated = await world.update("Country/KR", {"area": 100})
    assert set(values(updated.object)) == {"population", "area"}


async def test_a_merge_that_objects_contradict_is_refused(world: World) -> None:
    await world.fill({"Country/KR": {"population": 51}})
    await world.branch("draft")
    await world.create("Country/JP", {"population": 125}, branch="draft")
    await world.types({"object_type": {"name": "Planet", "properties": [prop("home", "Country")]}})
    await world.create("Planet/earth", {"home": "Country/KR"}, branch="main")
    await world.delete("Country/KR", branch="draft")
    with refused("RESOURCE_IN_USE", "FAILED_PRECONDITION"):
        await world.merge("draft")
    await world.delete("Planet/earth")
    await world.merge("draft")
    assert await world.found("Country") == ["JP"]


async def test_types_and_objects_of_two_branches_have_to_fit_together(world: World) -> None:
    await world.branch("draft")
    await world.create("Country/JP", {"population": 5_000_000_000}, branch="draft")
    await world.types(_country(prop("population", "INT")))
    with refused("INVALID_FIELD") as caught:
        await world.merge("draft")
    assert "Country/JP.values[population]" in caught.value.fields


async def test_both_sides_of_a_conflict_can_be_chosen(world: World) -> None:
    await world.fill({"Country/KR": {"label": "Korea"}})
    await world.branch("draft")
    await world.update("Country/KR", {"label": "ROK"}, branch="draft")
    await world.update("Country/KR", {"label": "South Korea"})
    with refused("MERGE_CONFLICT", "FAILED_PRECONDITION") as caught:
        await world.merge("draft")
    name = world.object_name("Country/KR")
    assert caught.value.subjects == [name]
    await world.merge("draft", resolutions=[{"name": name, "side": "MERGE_SIDE_SOURCE"}])
    assert values(await world.get("Country/KR")) == {"label": "ROK"}


async def test_a_migration_changes_types_and_objects_in_one_commit(world: World) -> None:
    await world.fill(
        {
            "Country/KR": {"label": "Korea", "population": 51, "tags": ["asia"]},
            "Country/JP": {"label": "Japan"},
        }
    )
    change = {
        "upsert": {
            "object_type": {
                "name": world.type_name("Country"),
                "properties": [
                    prop("title", is_required=True),
                    prop("population", is_required=True),
                    prop("region"),
                ],
            }
        }
    }
    steps: list[dict[str, Any]] = [
        {"property": "label", "rename": {"to": "title"}},
        {"property": "tags", "rename": {"to": "region"}},
        {"property": "region", "convert": {}},
        {"property": "population", "fill": {"value": {"number": "0"}}},
        {"property": "population", "convert": {"otherwise": {"text": "?"}}},
    ]
    request = migration_pb2.MigrateObjectsRequest(
        parent=world.name,
        changes=[change],
        steps=[{"object_type": "Country", **step} for step in steps],
        validate_only=True,
    )
    assert (await world.call(request)).migrated_count == 2
    request.validate_only = False
    migrated = await world.call(request)
    assert migrated.migrated_count == 2
    korea, japan = await world.get("Country/KR"), await world.get("Country/JP")
    assert values(korea) == {"title": "Korea", "population": "51", "region": "asia"}
    assert values(japan) == {"title": "Japan", "population": "0"}
    del request.steps[0]
    request.changes[0].upsert.object_type.properties[0].property_id = "name"
    with refused("SCHEMA_VIOLATION", "FAILED_PRECONDITION"):
        await world.call(request)
    request.steps[0].object_type = "Nothing"
    with refused("INVALID_FIELD") as caught:
        await world.call(request)
    assert caught.value.fields == ["steps[0].object_type"]
