"""Filters, orders, pages and figures; what makes no sense is refused by its place."""

from __future__ import annotations

import base64
from typing import Any

import orjson
import pytest
from oms.object.v1 import filter_pb2, object_pb2
from oms.object.v1 import object_service_pb2 as pb

from .helpers import (
    World,
    compare,
    either,
    every,
    ids,
    negated,
    plain,
    refused,
    text,
)

pytestmark = pytest.mark.asyncio(loop_scope="package")

AIRPORTS: dict[str, dict[str, Any]] = {
    "Country/KR": {"label": "Korea", "population": 51, "founded": "1948-08-15", "tags": ["asia"]},
    "Country/JP": {"label": "Japan", "population": 125, "motto": ("ja", "和を以て")},
    "Country/VA": {"label": "Vatican City", "tags": ["europe", "small"]},
    "Airport/ICN": {
        "iata": "ICN",
        "elevation": "7.0",
        "country": "Country/KR",
        "is_open": True,
        "opened": "2001-03-29T00:00:00+09:00",
    },
    "Airport/GMP": {"iata": "GMP", "elevation": 18, "country": "Country/KR", "is_open": True},
    "Airport/HND": {"iata": "HND", "elevation": "6.4", "country": "Country/JP", "lat": "35.5"},
    "Heliport/H1": {"iata": "H1", "is_open": False},
}


async def _world(world: World) -> World:
    numbers = {"elevation", "lat"}
    await world.fill(
        {
            ref: {
                key: object_pb2.Value(number=str(given)) if key in numbers else given
                for key, given in values.items()
            }
            for ref, values in AIRPORTS.items()
        }
    )
    return world


async def test_filters_choose(world: World) -> None:
    world = await _world(world)
    number = object_pb2.Value(number="7")
    moment = "2001-03-28T15:00:00Z"
    referenced = filter_pb2.ReferencedFilter(
        property="country", filter=compare("population", ">", 100)
    )
    one_of = filter_pb2.Membership(property="iata", values=[{"text": "HND"}, {"text": "H1"}])
    for asked, expected in (
        (compare("elevation", "=", number), ["ICN"]),
        (compare("elevation", "!=", number), ["GMP", "HND"]),
        (compare("elevation", "<", number), ["HND"]),
        (compare("elevation", ">=", number), ["GMP", "ICN"]),
        (compare("opened", "=", moment), ["ICN"]),
        (compare("is_open", "=", False), ["H1"]),
        (compare("country", "=", object_pb2.Value(reference="Country/KR")), ["GMP", "ICN"]),
        (filter_pb2.Filter(one_of=one_of), ["H1", "HND"]),
        (filter_pb2.Filter(is_null="country"), ["H1"]),
        (filter_pb2.Filter(is_not_null="lat"), ["HND"]),
        (filter_pb2.Filter(referenced=referenced), ["HND"]),
        (text("iata", "contains", "n", ignore_case=True), ["HND", "ICN"]),
        (text("iata", "prefix", "H"), ["H1", "HND"]),
        (text("iata", "suffix", "P"), ["GMP"]),
        (text("iata", "regex", "^[A-H]..$"), ["GMP", "HND"]),
        (every(text("iata", "prefix", "H"), compare("is_open", "=", False)), ["H1"]),
        (either(compare("iata", "=", "GMP"), compare("iata", "=", "H1")), ["GMP", "H1"]),
        (negated(filter_pb2.Filter(is_not_null="elevation")), ["H1"]),
        (filter_pb2.Filter(search="gmp"), ["GMP"]),
        (filter_pb2.Filter(ids=filter_pb2.IdList(ids=["ICN", "XXX"])), ["ICN"]),
    ):
        assert await world.found("Airport", asked) == expected, asked
    for asked, expected in (
        (compare("tags", "=", "small"), ["VA"]),
        (compare("founded", "<", "2000-01-01"), ["KR"]),
        (compare("motto", "=", "和を以て"), ["JP"]),
        (filter_pb2.Filter(search="city vatican"), ["VA"]),
    ):
        assert await world.found("Country", asked) == expected, asked


async def test_orders_and_pages(world: World) -> None:
    world = await _world(world)
    assert await world.found("Airport", None, ["elevation"]) == ["HND", "ICN", "GMP", "H1"]
    assert await world.found("Airport", None, ["-elevation"]) == ["GMP", "ICN", "HND", "H1"]
    assert await world.found("Airport", None, ["-is_open", "-@id"]) == ["ICN", "GMP", "H1", "HND"]
    first = await world.search("Airport", None, ["-iata"], page_size=3, properties=["iata"])
    assert [list(found.values) for found in first.objects] == [["iata"]] * 3
    rest = await world.search(
        "Airport",
        None,
        ["-iata"],
        page_size=3,
        properties=["iata"],
        page_token=first.next_page_token,
    )
    assert ids([*first.objects, *rest.objects]) == ["ICN", "HND", "H1", "GMP"]
    assert (first.total_size, rest.next_page_token) == (4, "")
    with refused("INVALID_PAGE_TOKEN"):
        await world.search("Airport", None, ["iata"], page_token=first.next_page_token)
    parts = orjson.loads(base64.urlsafe_b64decode(first.next_page_token))
    forged = base64.urlsafe_b64encode(orjson.dumps([*parts[:2], "-1"])).decode()
    with refused("INVALID_PAGE_TOKEN"):
        await world.search("Airport", None, ["-iata"], properties=["iata"], page_token=forged)


async def _figures(world: World, group_by: list[str], *aggregates: tuple[int, str]) -> Any:
    response = await world.call(
        pb.AggregateObjectsRequest(
            parent=world.type_name("Airport"),
            group_by=group_by,
            aggregates=[pb.Aggregate(function=f, property=p) for f, p in aggregates],
        )
    )

    def shown(entries: Any) -> tuple[Any, ...]:
        return tuple(str(plain(e.value)) if e.HasField("value") else None for e in entries)

    return [(shown(group.keys), shown(group.results)) for group in response.groups]


async def test_figures_are_exact_and_in_groups(world: World) -> None:
    world = await _world(world)
    whole = await _figures(
        world, [], (1, ""), (1, "elevation"), (2, "country"), (3, "elevation"), (5, "iata")
    )
    assert whole == [((), ("4", "3", "2", "31.4", "GMP"))]
    grouped = await _figures(world, ["country"], (1, ""), (4, "elevation"), (6, "iata"))
    assert grouped == [
        (("Country/KR",), ("2", "12.5", "ICN")),
        (("Country/JP",), ("1", "6.4", "HND")),
        ((None,), ("1", None, "H1")),
    ]


async def test_what_makes_no_sense_is_refused_by_its_place(world: World) -> None:
    world = await _world(world)
    deep = filter_pb2.Filter(is_null="iata")
    for _ in range(20):
        deep = negated(deep)
    wide = either(*(every(*[compare("iata", "=", "x")] * 100) for _ in range(6)))
    linked = {"linked": {"link_type": "flies", "filter": {"is_null": "iata"}}}
    for asked, field in (
        (compare("wings", "=", 1), "filter.compare.property"),
        (compare("elevation", "=", "high"), "filter.compare.value"),
        (compare("country", "<", "Country/KR"), "filter.compare.operator"),
        (text("elevation", "prefix", "1"), "filter.text.property"),
        (text("iata", "regex", "(a"), "filter.text.pattern"),
        (text("iata", "regex", "((x{1000}){1000}){1000}"), "filter.text.pattern"),
        (every(compare("iata", "=", "x"), linked), "filter.all.filters[1].linked.link_type"),
        (deep, "filter" + ".not" * 16),
        (wide, "filter.any.filters[4].all.filters[94]"),
    ):
        with refused("INVALID_FIELD") as caught:
            await world.search("Airport", asked)
        assert caught.value.fields == [field]
    with refused("INVALID_FIELD") as caught:
        await world.search("Airport", None, ["iata", "country"])
    assert caught.value.fields == ["order_by[1].property"]
    with refused("INVALID_FIELD") as caught:
        await world.search("Airport", page_size=1001)
    assert caught.value.fields == ["page_size"]
    for group_by, aggregate, field in (
        (["wings"], (1, ""), "group_by[0]"),
        ([], (3, "iata"), "aggregates[0].property"),
        ([], (5, "country"), "aggregates[0].property"),
        ([], (3, ""), "aggregates[0].property"),
    ):
        with refused("INVALID_FIELD") as caught:
            await _figures(world, group_by, aggregate)
        assert caught.value.fields == [field]


async def test_an_expression_that_others_choke_on_takes_no_time(world: World) -> None:
    await world.create("Country/aa", {"label": "a" * 100_000})
    assert await world.found("Country", text("label", "regex", "(a+)+$")) == ["aa"]
    assert await world.found("Country", text("label", "regex", "^(a|a)*b$")) == []
