"""Files become objects and links, with a report on every row."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import airportsdata
import pytest
from oms.object.v1 import load_service_pb2 as pb
from oms.object.v1 import object_service_pb2 as object_pb2
from oms_core.errors import ServiceUnavailable
from svc_api.adapters.objects import loading
from svc_api.adapters.objects.store import ObjectStore

from .conftest import SCAN_LIMIT
from .helpers import World, compare, every, prop, refused, text, values

pytestmark = pytest.mark.asyncio(loop_scope="package")


async def _load(world: World, parent: str, data: str | bytes, **options: Any) -> Any:
    request = pb.LoadObjectsRequest(parent=f"{world.name}/{parent}", **options)
    raw = data.encode() if isinstance(data, str) else data
    return await world.call.upload(request, raw)


COUNTRIES = "id,label,population,founded,tags,motto\n" + (
    'KR,"Korea, Republic of",51700000,1948-08-15,asia; peninsula,뜻@ko\nJP,Japan,,,,\n'
)


async def test_a_csv_is_read_as_the_properties_say(world: World) -> None:
    loaded = await _load(world, "objectTypes/Country", COUNTRIES, format="LOAD_FORMAT_CSV")
    assert (loaded.stored, loaded.row_count, loaded.created_count) == (True, 2, 2)
    assert values(await world.get("Country/KR")) == {
        "label": "Korea, Republic of",
        "population": 51_700_000,
        "founded": "1948-08-15",
        "tags": ["asia", "peninsula"],
        "motto": ("ko", "뜻"),
    }
    assert values(await world.get("Country/JP")) == {"label": "Japan"}
    again = await _load(
        world,
        "objectTypes/Country",
        COUNTRIES.replace("Japan", "Nippon"),
        format="LOAD_FORMAT_CSV",
        existing="EXISTING_RULE_UPDATE",
        report_all=True,
    )
    assert [row.outcome for row in again.rows] == [pb.ROW_OUTCOME_UNCHANGED, pb.ROW_OUTCOME_UPDATED]
    assert (again.unchanged_count, again.updated_count) == (1, 1)


ROWS = [
    '{"id": "ICN", "iata": "ICN", "country": "KR", "elevation": 7.10}',
    '{"id": "GMP", "iata": "GMP", "country": "Country/KR", "elevation": "high"}',
    '{"id": "HND", "iata": "HND", "country": "JP"}',
    '{"id": "!", "iata": "X"}',
    '{"id": "NRT", "iata": "NRT", "wings": 2}',
    "nonsense",
    '{"id": "ICN", "iata": "again"}',
    '{"id": "PUS"}',
]


async def test_all_or_nothing_stores_nothing_and_says_why(world: World) -> None:
    await world.fill({"Country/KR": {}})
    before = await world.apply({"upsert": world.object("Country/KR")})
    loaded = await _load(world, "objectTypes/Airport", "\n".join(ROWS))
    assert (loaded.stored, loaded.commit_id) == (False, before.commit_id)
    assert (loaded.row_count, loaded.created_count, loaded.failed_count) == (8, 1, 7)
    told = {row.line: [(e.field, e.description) for e in row.errors] for row in loaded.rows}
    assert told == {
        2: [
            (
                "values[elevation]",
                "expected a number of at most 1,000 digits (DATA_TYPE_DECIMAL), "
                "found the text 'high'",
            )
        ],
        3: [("values[country]", "there is no object Country/JP")],
        4: [("id", "expected an id of letters and digits, found '!'")],
        5: [("wings", "Airport has no property 'wings'")],
        6: [("", "is no JSON: Expecting value: line 1 column 1 (char 0)")],
        7: [("", "'ICN' is on line 1 too")],
        8: [("values[iata]", "expected a value (DATA_TYPE_STRING), found none")],
    }
    assert await world.found("Airport") == []


async def test_best_effort_stores_what_fits(world: World) -> None:
    await world.fill({"Country/KR": {}})
    loaded = await _load(
        world,
        "objectTypes/Airport",
        "\n".join(ROWS),
        mode="LOAD_MODE_BEST_EFFORT",
        ignore_unknown=True,
    )
    assert (loaded.stored, loaded.created_count, loaded.failed_count) == (True, 2, 6)
    assert await world.found("Airport") == ["ICN", "NRT"]
    assert (await world.get("Airport/ICN")).values["elevation"].number == "7.10"
    skipped = await _load(
        world, "objectTypes/Airport", ROWS[0], existing="EXISTING_RULE_SKIP", validate_only=True
    )
    assert (skipped.stored, skipped.skipped_count) == (False, 1)


async def test_links_are_loaded_as_far_as_they_may_be(world: World) -> None:
    await world.fill(
        {f"Airport/A{n}": {"iata": f"A{n}"} for n in range(5)}
        | {"Airline/KE": {}, "Airline/OZ": {}}
    )
    rows = [("KE", f"Airport/A{n}") for n in range(4)] + [("OZ", "Airport/A0"), ("OZ", "Airport/X")]
    data = "\n".join(json.dumps({"source": s, "target": t}) for s, t in rows)
    loaded = await _load(world, "linkTypes/serves", data, mode="LOAD_MODE_BEST_EFFORT")
    assert (loaded.stored, loaded.created_count, loaded.failed_count) == (True, 1, 5)
    assert "at most 3 targets" in loaded.rows[0].errors[0].description
    served = {"linked": {"link_type": "serves"}}
    assert await world.found("Airline", served) == ["OZ"]


async def test_a_file_that_cannot_be_read_is_refused(world: World) -> None:
    for data in ("a,a\n1,2", b"id,label\nx,\xff", 'id,label\n"x'):
        with refused("PARSE_ERROR"):
            await _load(world, "objectTypes/Country", data, format="LOAD_FORMAT_CSV")
    with refused("RESOURCE_NOT_FOUND", "NOT_FOUND"):
        await _load(world, "objectTypes/Nothing", "{}")
    with refused("INVALID_FIELD"):
        await _load(world, "objectTypes/Place", "{}")
    with refused("STALE_HEAD", "ABORTED"):
        await _load(world, "objectTypes/Country", "{}", expected_head="0" * 64)


def _airports(country: set[str]) -> list[dict[str, Any]]:
    return [
        airport for airport in airportsdata.load("IATA").values() if airport["country"] in country
    ]


async def test_the_airports_of_a_real_data_set(world: World) -> None:
    codes = {"KR", "JP", "PE", "NP", "CH"}
    airports = _airports(codes)
    countries = "id\n" + "\n".join(sorted(codes))
    await _load(world, "objectTypes/Country", countries, format="LOAD_FORMAT_CSV")
    await world.types(
        {
            "object_type": {
                "name": "Airfield",
                "parents": ["Airport"],
                "properties": [prop("name"), prop("tz"), prop("city")],
            }
        }
    )
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, list(airports[0]))
    writer.writeheader()
    writer.writerows(airports)
    loaded = await _load(
        world,
        "objectTypes/Airfield",
        buffer.getvalue(),
        format="LOAD_FORMAT_CSV",
        id_column="iata",
        columns=["iata=iata"],
        ignore_unknown=True,
    )
    assert (loaded.stored, loaded.created_count) == (True, len(airports)), loaded.rows[:3]
    high = every(
        text("name", "regex", "(?i)international"),
        compare("lat", ">", 0),
        {"referenced": {"property": "country", "filter": {"ids": {"ids": ["KR", "JP"]}}}},
    )
    expected = sorted(
        a["iata"]
        for a in airports
        if "international" in a["name"].lower() and a["lat"] > 0 and a["country"] in {"KR", "JP"}
    )
    assert await world.found("Airport", high, page_size=1000) == expected
    assert len(expected) > 5
    response = await world.call(
        object_pb2.AggregateObjectsRequest(
            parent=world.type_name("Airfield"),
            group_by=["country"],
            aggregates=[{"function": "AGGREGATE_FUNCTION_COUNT_DISTINCT", "property": "tz"}],
        )
    )
    counted = {g.keys[0].value.reference.removeprefix("Country/"): g for g in response.groups}
    for code in codes:
        of_country = [a for a in airports if a["country"] == code]
        zones = {a["tz"] for a in of_country if a["tz"]}
        assert counted[code].object_count == len(of_country)
        assert counted[code].results[0].value.number == str(len(zones))


async def test_a_question_about_more_than_the_limit_is_refused(world: World) -> None:
    rows = "\n".join(f'{{"id": "C{number}"}}' for number in range(SCAN_LIMIT + 1))
    loaded = await _load(world, "objectTypes/Country", rows)
    assert loaded.created_count == SCAN_LIMIT + 1
    with refused("LIMIT_EXCEEDED", "RESOURCE_EXHAUSTED") as caught:
        await world.search("Country", compare("label", "=", "x"))
    assert caught.value.metadata["limit_objects"] == str(SCAN_LIMIT)
    assert values(await world.get("Country/C7")) == {}
    await world.update("Country/C7", {"label": "x"})


PARTS = "".join(f'{{"id": "C{n}", "label": "country {n}"}}\n' for n in range(5)) + "nonsense\n"


async def test_a_repeated_load_answers_with_the_first_ones_report(world: World) -> None:
    options = {"request_id": "load-1", "report_all": True}
    first = await _load(
        world, "objectTypes/Country", COUNTRIES, format="LOAD_FORMAT_CSV", **options
    )
    assert first.created_count == 2
    await world.delete("Country/JP")
    again = await _load(
        world, "objectTypes/Country", COUNTRIES, format="LOAD_FORMAT_CSV", **options
    )
    assert again == first
    assert await world.found("Country") == ["KR"]
    with refused("REQUEST_ID_REUSED"):
        await _load(world, "objectTypes/Country", '{"id": "FR"}', **options)
    await world.fill({"Airline/KE": {}, "Airport/ICN": {"iata": "ICN"}})
    row = '{"source": "KE", "target": "Airport/ICN"}'
    linked = await _load(world, "linkTypes/serves", row, request_id="load-2")
    await world.unlink("serves Airline/KE Airport/ICN")
    assert await _load(world, "linkTypes/serves", row, request_id="load-2") == linked
    assert linked.created_count == 1


async def test_a_load_that_broke_off_is_finished_by_repeating_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loading, "_ROWS_A_COMMIT", 2)
    original, applied = ObjectStore.apply, list[Any]()

    async def apply(self: ObjectStore, draft: Any) -> Any:
        if len(applied) == 1:
            raise ServiceUnavailable("the process is gone")
        applied.append(draft)
        return await original(self, draft)

    options = {"mode": "LOAD_MODE_BEST_EFFORT", "request_id": "load", "report_all": True}
    with monkeypatch.context() as broken, refused("SERVICE_UNAVAILABLE", "UNAVAILABLE"):
        broken.setattr(ObjectStore, "apply", apply)
        await _load(world, "objectTypes/Country", PARTS, **options)
    assert await world.found("Country") == ["C0", "C1"]
    await world.update("Country/C0", {"label": "changed since"})
    finished = await _load(world, "objectTypes/Country", PARTS, **options)
    assert (finished.created_count, finished.failed_count) == (5, 1)
    assert await world.found("Country") == [f"C{n}" for n in range(5)]
    assert (await world.get("Country/C0")).values["label"].text == "changed since"
    assert await _load(world, "objectTypes/Country", PARTS, **options) == finished
