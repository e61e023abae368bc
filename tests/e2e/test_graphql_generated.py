"""The GraphQL schema of an ontology through the gateway, in both topologies."""

from __future__ import annotations

from typing import Any

import httpx
from oms.ontology.v1 import change_set_service_pb2 as change_sets
from oms.ontology.v1 import element_pb2 as elements
from oms.ontology.v1 import link_type_service_pb2 as link_types
from oms.ontology.v1 import object_type_service_pb2 as object_types
from oms_testing.e2e import GrpcApi

from tests.e2e.conftest import Suite

_FILL = """mutation { commit(changes: [
    {createCity: {key: "seoul", values: {name: "Seoul"}}},
    {createCity: {key: "busan", values: {name: "Busan"}}},
    {linkRoad: {source: "City/seoul", target: "City/busan"}}
]) { commitId } }"""
_READ = "{ cityList { nodes { name road { nodes { name } } } } }"
_ROADS = [
    {"name": "Busan", "road": {"nodes": []}},
    {"name": "Seoul", "road": {"nodes": [{"name": "Busan"}]}},
]


def _types(ontology: str) -> list[change_sets.Change]:
    name = elements.Property(
        property_id="name",
        type=elements.PropertyType(data_type=elements.DATA_TYPE_STRING),
        is_required=True,
    )
    city = object_types.ObjectType(name=f"{ontology}/objectTypes/City", properties=[name])
    road = link_types.LinkType(
        name=f"{ontology}/linkTypes/road", source_types=["City"], target_types=["City"]
    )
    return [
        change_sets.Change(create=change_sets.Element(object_type=city)),
        change_sets.Change(create=change_sets.Element(link_type=road)),
    ]


async def test_a_type_is_at_once_a_part_of_the_schema_and_its_objects_are_there(
    suite: Suite, ontology: str
) -> None:
    async with GrpcApi(suite.endpoint) as call, httpx.AsyncClient(trust_env=False) as http:

        async def ask(text: str, at: str = "") -> Any:
            response = await http.post(
                f"{suite.listeners['graphql']}/graphql/{ontology.partition('/')[2]}{at}",
                json={"query": text},
                headers={"authorization": f"Bearer {suite.endpoint.token}"},
                timeout=90,
            )
            return response.json()

        assert "cityList" in (await ask(_READ))["errors"][0]["message"]
        await call(change_sets.ApplyChangeSetRequest(parent=ontology, changes=_types(ontology)))
        empty = await ask("{ cityList { totalCount } _ontology { commitId } }")
        assert empty["data"]["cityList"] == {"totalCount": 0}
        await ask(_FILL)
        assert await ask(_READ) == {"data": {"cityList": {"nodes": _ROADS}}}
        before = f"@{empty['data']['_ontology']['commitId']}"
        assert await ask(_READ, before) == {"data": {"cityList": {"nodes": []}}}
