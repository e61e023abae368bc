"""Links join what their types allow, as many as they allow, and are followed both ways."""

from __future__ import annotations

from typing import Any

import pytest
from oms.object.v1 import link_service_pb2 as link_pb2
from oms.object.v1 import object_pb2

from .helpers import World, compare, ids, refused

pytestmark = pytest.mark.asyncio(loop_scope="package")

OUT, IN = object_pb2.LINK_DIRECTION_OUTGOING, object_pb2.LINK_DIRECTION_INCOMING


async def _fill(world: World) -> None:
    await world.fill(
        {f"Airport/{code}": {"iata": code} for code in ("GMP", "ICN", "NRT", "PUS")}
        | {"Country/KR": {}, "Country/JP": {}, "Airline/KE": {}, "Airline/OZ": {}},
        "serves Airline/KE Airport/ICN",
        "serves Airline/KE Airport/GMP",
        "serves Airline/OZ Airport/ICN",
        "flag_carrier_of Airline/KE Country/KR",
    )


async def _follow(world: World, *sources: str, steps: Any, **options: Any) -> dict[str, list[str]]:
    response = await world.call(
        link_pb2.TraverseLinksRequest(
            parent=world.name,
            sources=sources,
            steps=[link_pb2.LinkStep(link_type=name, direction=way) for name, way in steps],
            **options,
        )
    )
    reached = {t.source: list(t.targets) for t in response.traversals}
    found = {f"{o.name.split('/')[3]}/{o.name.split('/')[5]}" for o in response.objects}
    assert found == {target for targets in reached.values() for target in targets}
    return reached


async def test_links_are_followed_both_ways_and_over_several_steps(world: World) -> None:
    await _fill(world)
    out = await _follow(world, "Airline/KE", "Airline/XX", steps=[("serves", OUT)])
    assert out == {"Airline/KE": ["Airport/GMP", "Airport/ICN"], "Airline/XX": []}
    back = await _follow(world, "Airport/ICN", "Airport/NRT", steps=[("serves", IN)])
    assert back == {"Airport/ICN": ["Airline/KE", "Airline/OZ"], "Airport/NRT": []}
    far = await _follow(
        world, "Country/KR", steps=[("flag_carrier_of", IN), ("serves", OUT), ("serves", IN)]
    )
    assert far == {"Country/KR": ["Airline/KE", "Airline/OZ"]}
    chosen = await _follow(
        world, "Airline/KE", steps=[("serves", OUT)], filter=compare("iata", ">", "H")
    )
    assert chosen == {"Airline/KE": ["Airport/ICN"]}
    descending = await _follow(
        world,
        "Airline/KE",
        steps=[("serves", OUT)],
        order_by=[{"property": "iata", "descending": True}],
        max_per_source=1,
    )
    assert descending == {"Airline/KE": ["Airport/ICN"]}


async def test_a_link_is_made_once_and_taken_away_once(world: World) -> None:
    await _fill(world)
    made = await world.link("serves Airline/OZ Airport/PUS")
    with refused("RESOURCE_ALREADY_EXISTS", "ALREADY_EXISTS"):
        await world.link("serves Airline/OZ Airport/PUS")
    assert (await world.apply({"link": made.link})).unchanged
    await world.unlink("serves Airline/OZ Airport/PUS")
    with refused("RESOURCE_NOT_FOUND", "NOT_FOUND"):
        await world.unlink("serves Airline/OZ Airport/PUS")
    request = link_pb2.ListLinksRequest(parent=world.name, target="Airport/ICN", page_size=1)
    page = await world.call(request)
    request.page_token = page.next_page_token
    last = await world.call(request)
    assert [link.source for link in (*page.links, *last.links)] == ["Airline/KE", "Airline/OZ"]
    assert (page.total_size, last.next_page_token) == (2, "")
    request = link_pb2.ListLinksRequest(parent=world.name, revision={"commit": made.commit_id})
    assert made.link in (await world.call(request)).links


async def test_a_link_joins_objects_that_are_there_and_of_its_types(world: World) -> None:
    await _fill(world)
    with refused("INVALID_FIELD") as caught:
        await world.link("serves Airport/ICN Airport/GMP")
    assert caught.value.fields == ["link.source"]
    with refused("UNKNOWN_REFERENCE") as caught:
        await world.link("serves Airline/KE Airport/XXX")
    assert caught.value.fields == ["link.target"]
    with refused("UNKNOWN_REFERENCE") as caught:
        await world.link("knows Airline/KE Airport/ICN")
    assert caught.value.fields == ["link.link_type"]


async def test_there_are_at_most_as_many_links_as_their_types_say(world: World) -> None:
    await _fill(world)
    await world.link("serves Airline/KE Airport/NRT")
    with refused("SCHEMA_VIOLATION", "FAILED_PRECONDITION") as caught:
        await world.link("serves Airline/KE Airport/PUS")
    assert "at most 3 targets by serves, found 4" in str(caught.value)
    assert caught.value.subjects == [world.object_name("Airline/KE")]
    with refused("SCHEMA_VIOLATION", "FAILED_PRECONDITION"):
        await world.link("flag_carrier_of Airline/KE Country/JP")  # functional
    with refused("SCHEMA_VIOLATION", "FAILED_PRECONDITION"):
        await world.link("flag_carrier_of Airline/OZ Country/KR")  # at most one source
    swapped = await world.apply(
        {"unlink": _link("serves Airline/KE Airport/NRT")},
        {"link": _link("serves Airline/KE Airport/PUS")},
    )
    assert not swapped.unchanged


async def test_inverse_narrower_and_symmetric_links_are_followed_too(world: World) -> None:
    await world.types(
        {"link_type": {"name": "served_by", "inverse": "serves"}},
        {"link_type": {"name": "hub", "parents": ["serves"]}},
        {
            "link_type": {
                "name": "allied",
                "source_types": ["Airline"],
                "target_types": ["Airline"],
                "characteristics": [
                    "LINK_CHARACTERISTIC_SYMMETRIC",
                    "LINK_CHARACTERISTIC_IRREFLEXIVE",
                ],
            }
        },
    )
    await _fill(world)
    await world.link("hub Airline/OZ Airport/GMP")
    await world.link("allied Airline/OZ Airline/KE")
    with refused("SCHEMA_VIOLATION", "FAILED_PRECONDITION"):
        await world.link("allied Airline/KE Airline/KE")
    assert await _follow(world, "Airport/GMP", steps=[("served_by", OUT)]) == {
        "Airport/GMP": ["Airline/KE", "Airline/OZ"]
    }
    assert await _follow(world, "Airline/OZ", steps=[("serves", OUT)]) == {
        "Airline/OZ": ["Airport/GMP", "Airport/ICN"]
    }
    assert await _follow(world, "Airline/KE", steps=[("allied", OUT)]) == {
        "Airline/KE": ["Airline/OZ"]
    }
    with refused("INVALID_FIELD") as caught:
        await _follow(world, "Airline/KE", steps=[("allied", OUT), ("likes", OUT)])
    assert caught.value.fields == ["steps[1].link_type"]


async def test_a_link_of_a_branch_reaches_main_with_the_merge(world: World) -> None:
    await _fill(world)
    await world.branch("draft")
    await world.link("serves Airline/OZ Airport/NRT", branch="draft")
    assert await world.found("Airline", _serving("NRT")) == []
    await world.merge("draft")
    assert await world.found("Airline", _serving("NRT")) == ["OZ"]
    response = await world.search("Airport", _served_by("KE"), ["-iata"])
    assert ids(response.objects) == ["ICN", "GMP"]


def _serving(code: str) -> Any:
    return {"linked": {"link_type": "serves", "filter": {"ids": {"ids": [code]}}}}


def _served_by(airline: str) -> Any:
    return {
        "linked": {
            "link_type": "serves",
            "direction": IN,
            "filter": {"ids": {"ids": [airline]}},
        }
    }


def _link(text: str) -> object_pb2.Link:
    link_type, source, target = text.split()
    return object_pb2.Link(link_type=link_type, source=source, target=target)
