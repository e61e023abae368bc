"""Queries and mutations, through to the ontologies and the kernel."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from oms.object.v1 import object_service_pb2 as object_pb
from oms.object.v1.object_pb2 import Object
from svc_graphql.schema.contract import Rpc

from .world import World

pytestmark = pytest.mark.asyncio(loop_scope="package")

CREATE = """mutation($input: CreateObjectTypeInput!) { createObjectType(input: $input) {
  __typename
  ... on CreateObjectTypeResponse { commitId objectType { id name labels { language text } } }
  ... on Error { code reason message fields { field } } } }"""
TYPES = """query($parent: String!, $first: Int!, $after: String, $branch: String, $asOf: String) {
  listObjectTypes(input: {parent: $parent}, first: $first, after: $after,
                  branch: $branch, asOf: $asOf) {
    totalSize commitId pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    edges { cursor node { name } } nodes { name parentTypes { name } } } }"""


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often each method is called from now on."""
    calls = Counter[str]()
    original = Rpc.call

    async def call(self: Rpc, *arguments: Any) -> Any:
        calls[self.method.name] += 1
        return await original(self, *arguments)

    monkeypatch.setattr(Rpc, "call", call)
    return calls


async def test_a_type_is_created_read_changed_and_deleted(world: World, acme: str):
    parent = f"ontologies/{acme}"
    given = {
        "parent": parent,
        "objectTypeId": "Animal",
        "objectType": {
            "labels": [{"language": "en", "text": "Animal"}],
            "properties": [{"propertyId": "age", "type": {"dataType": "INTEGER"}}],
            "status": "EXPERIMENTAL",
        },
    }
    created = (await world.data(CREATE, input=given))["createObjectType"]
    assert created["objectType"]["labels"] == [{"language": "en", "text": "Animal"}]
    node_id = created["objectType"]["id"]
    read = "query($id: ID!, $asOf: String) { node(id: $id, asOf: $asOf) { id ... on ObjectType {"
    read += " name status createTime isAbstract properties { propertyId type { dataType } } } } }"
    node = (await world.data(read, id=node_id))["node"]
    assert node["name"] == f"{parent}/objectTypes/Animal"
    assert node["status"] == "EXPERIMENTAL"
    assert node["properties"] == [{"propertyId": "age", "type": {"dataType": "INTEGER"}}]
    assert node["createTime"].endswith("Z")
    update = """mutation($name: String!) { updateObjectType(input: {
      objectType: {name: $name, isAbstract: true}, updateMask: "isAbstract"}) {
      ... on UpdateObjectTypeResponse { objectType { isAbstract } } ... on Error { message } } }"""
    updated = await world.data(update, name=node["name"])
    assert updated["updateObjectType"] == {"objectType": {"isAbstract": True}}
    delete = "mutation($name: String!) { deleteObjectType(input: {name: $name}) {"
    delete += " ... on DeleteObjectTypeResponse { commitId } ... on Error { message } } }"
    assert "commitId" in (await world.data(delete, name=node["name"]))["deleteObjectType"]
    assert await world.data(read, id=node_id) == {"node": None}
    before = await world.data(read, id=node_id, asOf=created["commitId"])
    assert before["node"]["isAbstract"] is False


async def test_errors_are_typed(world: World, acme: str):
    given: dict[str, Any] = {"parent": f"ontologies/{acme}", "objectTypeId": "A", "objectType": {}}
    await world.data(CREATE, input=given)
    taken = (await world.data(CREATE, input=given))["createObjectType"]
    assert taken["__typename"] == "AlreadyExistsError"
    assert (taken["code"], taken["reason"]) == ("ALREADY_EXISTS", "RESOURCE_ALREADY_EXISTS")
    wrong = (await world.data(CREATE, input=given | {"objectTypeId": "1 2"}))["createObjectType"]
    assert wrong["__typename"] == "InvalidInputError"
    assert wrong["fields"] == [{"field": "object_type_id"}]
    denied = (await world.data(CREATE, role="viewer", input=given))["createObjectType"]
    assert denied["__typename"] == "PermissionDeniedError"
    nobody = (await world.data(CREATE, role=None, input=given))["createObjectType"]
    assert nobody["__typename"] == "AuthenticationError"
    query = 'query { getOntology(input: {name: "ontologies/none"}) { ontology { name } } }'
    [error] = (await world.ask(query))["errors"]
    assert error["path"] == ["getOntology"]
    assert error["extensions"]["code"] == "NOT_FOUND"
    assert error["extensions"]["reason"] == "RESOURCE_NOT_FOUND"


async def test_wrong_variables_and_absent_services_are_told(world: World):
    wrong = await world.ask(CREATE, input={"parent": 5})
    assert "data" not in wrong
    assert wrong["errors"][0]["extensions"]["reason"] == "INVALID_QUERY"
    # No scheduler runs beside this one.
    [error] = (await world.ask("{ listJobs { nodes { name } } __typename }"))["errors"]
    assert error["extensions"]["code"] == "UNAVAILABLE"
    assert error["extensions"]["metadata"] == {"service": "scheduler"}
    assert await world.data("{ __typename }") == {"__typename": "Query"}


@pytest.mark.parametrize("count", [3, 30])
async def test_references_of_many_cost_as_many_calls_as_of_one(
    world: World, acme: str, counted: Counter[str], count: int
):
    roots = {f"R{n}": [] for n in range(3)}
    await world.add_types(acme, {**roots, **{f"T{n}": [f"R{n % 3}"] for n in range(count)}})
    answer = await world.data(TYPES, parent=f"ontologies/{acme}", first=100)
    nodes = answer["listObjectTypes"]["nodes"]
    assert len(nodes) == count + 3
    assert sum(len(node["parentTypes"]) for node in nodes) == count
    assert counted == {"ListObjectTypes": 1, "BatchGetObjectTypes": 1}


async def test_a_list_is_read_in_pages_from_any_entry(world: World, acme: str):
    await world.add_types(acme, {f"T{n}": [] for n in range(7)})
    parent = f"ontologies/{acme}"
    expected = [f"{parent}/objectTypes/T{n}" for n in range(7)]
    whole = (await world.data(TYPES, parent=parent, first=100))["listObjectTypes"]
    assert [edge["node"]["name"] for edge in whole["edges"]] == expected
    assert whole["totalSize"] == 7
    assert not whole["pageInfo"]["hasNextPage"]
    for index, edge in enumerate(whole["edges"]):
        rest = (await world.data(TYPES, parent=parent, first=2, after=edge["cursor"]))[
            "listObjectTypes"
        ]
        assert [node["name"] for node in rest["nodes"]] == expected[index + 1 : index + 3]
        assert rest["pageInfo"]["hasNextPage"] == (index + 3 < 7)
    names, after = [], None
    while True:
        page = (await world.data(TYPES, parent=parent, first=3, after=after))["listObjectTypes"]
        names += [node["name"] for node in page["nodes"]]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert names == expected
    for wrong in ({"first": -1}, {"first": 2000}, {"first": 1, "after": "nonsense"}):
        [error] = (await world.ask(TYPES, **{"parent": parent, "first": 1, **wrong}))["errors"]
        assert error["extensions"]["code"] == "INVALID_ARGUMENT"


async def test_what_is_below_an_ontology_is_read_with_it_and_as_of_a_commit(
    world: World, acme: str
):
    first = await world.add_types(acme, {"A": []})
    await world.add_types(acme, {"B": ["A"]})
    query = """query($name: String!, $asOf: String) { resource(name: $name) { ... on Ontology {
      name branches { nodes { name } } commits(first: 1) { nodes { commitId } }
      objectTypes(asOf: $asOf) { commitId nodes { name parentTypes { name } } }
      linkTypes { nodes { name } } } } }"""
    name = f"ontologies/{acme}"
    head = (await world.data(query, name=name))["resource"]
    assert [node["name"] for node in head["branches"]["nodes"]] == [f"{name}/branches/main"]
    assert head["objectTypes"]["nodes"][1]["parentTypes"] == [{"name": f"{name}/objectTypes/A"}]
    before = (await world.data(query, name=name, asOf=first))["resource"]["objectTypes"]
    assert before["commitId"] == first
    assert [node["name"] for node in before["nodes"]] == [f"{name}/objectTypes/A"]
    [error] = (await world.ask(query, name=name, asOf="yesterday"))["errors"]
    assert "asOf" in error["message"]


async def test_nodes_that_are_missing_are_null(world: World, acme: str, counted: Counter[str]):
    await world.add_types(acme, {"A": [], "B": []})
    query = "query($parent: String!) { listObjectTypes(input: {parent: $parent}) { nodes { id } } }"
    listed = await world.data(query, parent=f"ontologies/{acme}")
    ids = [node["id"] for node in listed["listObjectTypes"]["nodes"]]
    counted.clear()
    nodes = "query($ids: [ID!]!) { nodes(ids: $ids) { ... on ObjectType { name } } }"
    found = (await world.data(nodes, ids=[ids[0], "eA", ids[1]]))["nodes"]
    assert [node and node["name"][-1] for node in found] == ["A", None, "B"]
    assert counted == {"BatchGetObjectTypes": 1}
    [error] = (await world.ask(nodes, ids=["§"]))["errors"]
    assert error["extensions"]["code"] == "INVALID_ARGUMENT"


OBJECTS = """query($parent: String!, $first: Int, $after: String, $last: Int, $before: String) {
  listObjects(input: {parent: $parent, valueFormat: JSON}, first: $first, after: $after,
              last: $last, before: $before) {
    totalSize edges { cursor node { name valuesJson } }
    pageInfo { hasNextPage hasPreviousPage startCursor } } }"""


async def test_objects_are_paged_from_both_ends_and_other_lists_say_that_they_are_not(
    world: World, acme: str
):
    await world.add_types(acme, {"A": []})
    parent = f"ontologies/{acme}/objectTypes/A"
    changes = [
        object_pb.ObjectChange(create=Object(name=f"{parent}/objects/o{n}")) for n in range(5)
    ]
    await world.call(
        object_pb.ApplyObjectChangesRequest(parent=f"ontologies/{acme}", changes=changes)
    )

    async def page(**given: Any) -> tuple[str, bool, bool, str]:
        found = (await world.data(OBJECTS, parent=parent, **given))["listObjects"]
        assert found["totalSize"] == "5"
        info = found["pageInfo"]
        keys = "".join(edge["node"]["name"][-1] for edge in found["edges"])
        return keys, info["hasPreviousPage"], info["hasNextPage"], info["startCursor"]

    keys, *ends, start = await page(last=2)
    assert (keys, ends) == ("34", [True, False])
    assert (await page(last=2, before=start))[:3] == ("12", True, True)
    assert (await page(first=3, after=start))[:3] == ("4", True, False)
    assert (await page())[:3] == ("01234", False, False)
    backward = """query($parent: String!) {
        listObjectTypes(input: {parent: $parent}, last: 1) { nodes { name } } }"""
    [error] = (await world.ask(backward, parent=f"ontologies/{acme}"))["errors"]
    assert error["extensions"]["reason"] == "UNSUPPORTED_OPERATION"
    assert "ListObjectTypes" in error["message"]
