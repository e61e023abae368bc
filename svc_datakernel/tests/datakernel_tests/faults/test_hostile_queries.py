"""Queries that try to break out, or to run for ever."""

from __future__ import annotations

import asyncio
from time import perf_counter
from typing import Any

import pytest
from google.protobuf.duration_pb2 import Duration

from datakernel_tests.faults.conftest import GraphApi, refused

PERSON = {
    "@type": "Class",
    "@id": "Person",
    "@key": {"@type": "Lexical", "@fields": ["name"]},
    "name": "xsd:string",
    "age": "xsd:integer",
}

INJECTIONS = [
    "' OR 1=1 --",
    '" OR ""="',
    "'; DROP TABLE triples; --",
    "\\'; SELECT 1; --",
    "x' UNION SELECT json FROM contents --",
    "%",
    "_",
    "*",
    "\u0000",
    ":p_1",
    "?1",
    "{0}",
    "$1",
]


@pytest.fixture
async def people(api: GraphApi) -> GraphApi:
    await api.create([PERSON])
    await api.insert([{"@type": "Person", "name": f"p{n}", "age": n} for n in range(300)])
    return api


def node(name: str) -> dict[str, str]:
    return {"@type": "NodeValue", "node": name}


def var(name: str, kind: str = "NodeValue") -> dict[str, str]:
    return {"@type": kind, "variable": name}


def triple(subject: Any, predicate: Any, object_: Any) -> dict[str, Any]:
    return {"@type": "Triple", "subject": subject, "predicate": predicate, "object": object_}


def text(value: str) -> dict[str, Any]:
    return {"@type": "Value", "data": {"@type": "xsd:string", "@value": value}}


def everybody(*names: str) -> list[dict[str, Any]]:
    return [triple(var(name), node("name"), var(f"{name} name", "Value")) for name in names]


def all_of(*queries: Any) -> dict[str, Any]:
    return {"@type": "And", "and": list(queries)}


@pytest.mark.parametrize("hostile", INJECTIONS)
async def test_hostile_value_finds_nobody(people, hostile: str):
    found = await people.query(triple(var("p"), node("name"), text(hostile)))
    assert found["bindings"] == []
    assert await people.match({"@type": "Person", "name": hostile}) == []
    assert len(await people.list("Person")) == 300


@pytest.mark.parametrize("hostile", INJECTIONS)
async def test_hostile_name_of_a_property_or_node_finds_nobody(people, hostile: str):
    for query in (
        triple(var("p"), node(hostile), var("o", "Value")),
        triple(node(hostile), var("p"), var("o", "Value")),
        triple(var("s"), node("name"), {"@type": "Value", "node": hostile}),
    ):
        assert (await people.query(query))["bindings"] == []


@pytest.mark.parametrize("hostile", INJECTIONS)
async def test_hostile_name_of_a_variable_is_a_name(people, hostile: str):
    query = triple(node("Person/p7"), node("name"), var(hostile, "Value"))
    (row,) = (await people.query(query))["bindings"]
    assert row == {hostile: {"@type": "xsd:string", "@value": "p7"}}


async def test_query_that_would_run_for_hours_ends_in_time_and_holds_nobody_up(people):
    product = all_of(
        *everybody("a", "b", "c", "d", "e"),
        triple(var("a"), node("name"), text("nobody has this name")),
    )
    # Counted, so that no limit of rows ends it before its time.
    query = {
        "@type": "Count",
        "query": all_of(*everybody("a", "b", "c", "d", "e")),
        "count": var("n", "DataValue"),
    }
    started = perf_counter()
    endless = asyncio.create_task(refused(people.query(query, timeout=Duration(seconds=2))))
    waits: list[float] = []
    while not endless.done():
        begun = perf_counter()
        await people.get("Person/p1")
        waits.append(perf_counter() - begun)
    error = await endless
    assert error.reason in {"DEADLINE_EXCEEDED", "LIMIT_EXCEEDED"}
    assert perf_counter() - started < 60
    assert len(waits) > 3, "other callers have to be served in between"
    assert (await people.query(product, timeout=Duration(seconds=60)))["bindings"] == []


async def test_query_for_too_many_rows_is_cut_into_pages(people):
    pairs = all_of(*everybody("a", "b"))
    first = await people.query(pairs, page_size=1000)
    second = await people.query(pairs, page_size=1000, page_token=first["next_page_token"])
    assert len(first["bindings"]) == len(second["bindings"]) == 1000
    assert not [row for row in first["bindings"] if row in second["bindings"]]


async def test_catastrophic_regular_expression_ends_in_time(people):
    query = {
        "@type": "Regexp",
        "pattern": {"@type": "DataValue", "data": {"@type": "xsd:string", "@value": "(a+)+$"}},
        "string": {
            "@type": "DataValue",
            "data": {"@type": "xsd:string", "@value": "a" * 40 + "!"},
        },
        "result": var("r", "DataValue"),
    }
    started = perf_counter()
    try:
        answer = await people.query(query, timeout=Duration(seconds=2))
        assert answer["bindings"] == []
    except Exception:
        await refused(people.query(query, timeout=Duration(seconds=2)))
    assert perf_counter() - started < 60


async def test_deeply_nested_query_is_refused_with_the_limit(people):
    raw = '{"@type":"Not","query":' * 5_000 + '{"@type":"True"}' + "}" * 5_000
    await refused(people.query_raw(raw.encode()))
