"""How objects are answered: values as JSON, pages from both ends."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from oms.object.v1 import link_service_pb2 as link_pb
from oms.object.v1 import object_pb2
from oms.object.v1 import object_service_pb2 as pb

from .helpers import World, prop, refused

pytestmark = pytest.mark.asyncio(loop_scope="package")

JSON = object_pb2.VALUE_FORMAT_JSON
_KINDS = ("INTEGER", "LONG", "INT", "DECIMAL", "DOUBLE", "YEAR", "ANY", "BOOLEAN", "LANG_STRING")


async def test_values_are_json_as_the_contract_says(empty: World) -> None:
    properties = [prop(f"p_{kind.lower()}", kind) for kind in _KINDS]
    lists = [prop("decimals", "DECIMAL", is_list=True), prop("other", "Part"), prop("text")]
    await empty.types({"object_type": {"name": "Part", "properties": [*properties, *lists]}})
    await empty.fill(
        {
            "Part/a": {
                "p_integer": 10**40,
                "p_long": 9007199254740993,
                "p_int": Decimal("3.0"),
                "p_decimal": Decimal("1.10"),
                "p_double": Decimal("1e22"),
                "p_year": 1999,
                "p_any": Decimal("0.10"),
                "p_boolean": False,
                "p_lang_string": ("ko", "뜻"),
                "decimals": [Decimal("1.50"), 2],
                "other": "Part/a",
                "text": 'a "quoted"\u2028 line',
            },
            "Part/b": {"p_any": 10**30},
        }
    )
    search = pb.SearchObjectsRequest(parent=empty.type_name("Part"), value_format=JSON)
    first, second = (await empty.call(search)).objects
    assert not first.values
    assert json.loads(first.values_json, parse_float=Decimal) == {
        "p_integer": "1" + "0" * 40,
        "p_long": "9007199254740993",
        "p_int": 3,
        "p_decimal": "1.10",
        "p_double": Decimal("1e22"),
        "p_year": 1999,
        "p_any": Decimal("0.10"),
        "p_boolean": False,
        "p_lang_string": {"language": "ko", "text": "뜻"},
        "decimals": ["1.50", "2"],
        "other": "Part/a",
        "text": 'a "quoted"\u2028 line',
    }
    assert second.values_json == b'{"p_any":1' + b"0" * 30 + b"}"
    chosen = {"properties": ["text", "p_any", "none", "p_int"], "value_format": JSON}
    expected = b'{"text":null,"p_any":1' + b"0" * 30 + b',"p_int":null}'
    got = await empty.call(pb.GetObjectRequest(name=second.name, **chosen))
    batch = pb.BatchGetObjectsRequest(parent=empty.name, names=[second.name], **chosen)
    listed = pb.ListObjectsRequest(parent=empty.type_name("Part"), skip=1, **chosen)
    assert got.object.values_json == expected
    assert [one.values_json for one in (await empty.call(batch)).objects] == [expected]
    assert [one.values_json for one in (await empty.call(listed)).objects] == [expected]
    with refused("INVALID_FIELD"):
        await empty.call(pb.UpdateObjectRequest(object=first))


async def test_pages_are_read_from_both_ends(world: World) -> None:
    await world.fill({f"Country/{letter}": {"label": letter} for letter in "ABCDE"})

    async def page(**options: object) -> tuple[str, int, bool]:
        request = pb.SearchObjectsRequest(parent=world.type_name("Country"), **options)
        answer = await world.call(request)
        assert answer.total_size == 5
        letters = "".join(one.name[-1] for one in answer.objects)
        return letters, answer.start_index, bool(answer.next_page_token)

    assert await page(page_size=2, skip=1) == ("BC", 1, True)
    assert await page(page_size=2, skip=4) == ("E", 4, False)
    assert await page(page_size=2, skip=9) == ("", 5, False)
    assert await page(page_size=2, from_end=True) == ("DE", 3, False)
    assert await page(page_size=2, skip=2, from_end=True) == ("BC", 1, False)
    assert await page(page_size=9, skip=4, from_end=True) == ("A", 0, False)
    assert await page(skip=7, from_end=True) == ("", 0, False)
    first = await world.call(pb.ListObjectsRequest(parent=world.type_name("Country"), page_size=1))
    following = pb.ListObjectsRequest(
        parent=world.type_name("Country"), page_token=first.next_page_token, skip=1, page_size=2
    )
    assert [one.name[-1] for one in (await world.call(following)).objects] == ["C", "D"]
    following.from_end = True
    with refused("INVALID_FIELD"):
        await world.call(following)


async def test_an_answer_from_the_end_holds_the_last_that_fit(world: World) -> None:
    large = "x" * 500_000
    await world.fill({f"Country/{letter}": {"label": large} for letter in "ABCD"})
    request = pb.SearchObjectsRequest(parent=world.type_name("Country"), from_end=True)
    answer = await world.call(request)
    assert [one.name[-1] for one in answer.objects] == ["C", "D"]
    assert answer.start_index == 2


async def test_links_are_followed_from_the_end(world: World) -> None:
    await world.fill(
        {"Airline/KE": {}} | {f"Airport/{letter}": {"iata": letter} for letter in "ABC"},
        *(f"serves Airline/KE Airport/{letter}" for letter in "ABC"),
    )
    request = link_pb.TraverseLinksRequest(
        parent=world.name,
        sources=["Airline/KE", "Airline/none"],
        steps=[link_pb.LinkStep(link_type="serves")],
        max_per_source=1,
        skip_per_source=1,
        from_end=True,
        value_format=JSON,
        properties=["iata"],
    )
    answer = await world.call(request)
    assert [(list(one.targets), one.total_size) for one in answer.traversals] == [
        (["Airport/B"], 3),
        ([], 0),
    ]
    assert [one.values_json for one in answer.objects] == [b'{"iata":"B"}']
