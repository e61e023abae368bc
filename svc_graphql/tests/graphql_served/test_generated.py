"""The schema of an ontology, against the services that keep it."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import secrets
from typing import Any

import pytest
from svc_graphql.generated.endpoint import PERMISSIONS
from svc_graphql.generated.schemas import Schemas

from graphql_served.conftest import Shop

pytestmark = pytest.mark.asyncio(loop_scope="package")

_ANN = {
    "name": "Ann",
    "age": 3,
    "big": "123456789012345678901234567890",
    "price": "1.50",
    "score": 1.5,
    "ok": False,
    "born": "2020-01-31",
    "year": 2020,
    "extra": "x",
    "tags": ["x", "y"],
    "bio": [{"language": "en", "text": "hi"}],
}
_FILL = """mutation ($ann: PersonInput!) { commit(changes: [
    {createCompany: {key: "acme", values: {name: "Acme"}}},
    {createPerson: {key: "ann", values: $ann}},
    {createEmployee: {key: "bob", values: {name: "Bob", boss: "Person/ann"}}},
    {createEmployee: {key: "cat", values: {name: "Cat", age: 4}}},
    {linkWorksFor: {source: "Person/ann", target: "Company/acme"}},
    {linkKnows: {source: "Person/ann", target: "Employee/bob"}},
    {linkKnows: {source: "Employee/bob", target: "Employee/cat"}}
]) { commitId objects { id } } }"""


async def test_objects_are_written_read_followed_counted_and_deleted(shop: Shop) -> None:
    made = (await shop.data(_FILL, ann=_ANN))["commit"]
    assert [one and one["id"] for one in made["objects"]] == [
        "Company/acme",
        "Person/ann",
        "Employee/bob",
        "Employee/cat",
        None,
        None,
        None,
    ]
    fields = " ".join(name for name in _ANN if name != "bio")
    person = f'person(id: "Person/ann") {{ {fields} bio {{ language text }} }}'
    assert await shop.data(f"{{ {person} _ontology {{ commitId }} }}") == {
        "person": _ANN,
        "_ontology": {"commitId": made["commitId"]},
    }
    people = await shop.data(
        """{ personList(orderBy: [{name: DESC}]) { totalCount nodes {
            id worksFor { name worksForInverse { nodes { id } } }
            knows { totalCount nodes { id knows { nodes { id } } } }
            ... on Employee { boss { name } }
        } } }"""
    )
    assert people["personList"] == {
        "totalCount": 3,
        "nodes": [
            _node("Employee/cat", boss=None),
            _node("Employee/bob", ["Employee/cat"], boss={"name": "Ann"}),
            _node(
                "Person/ann",
                ["Employee/bob"],
                ["Employee/cat"],
                worksFor={"name": "Acme", "worksForInverse": {"nodes": [{"id": "Person/ann"}]}},
            ),
        ],
    }
    groups = await shop.data(
        """{ personAggregate(groupBy: [ok]) { objectCount key { ok } sum { age price score }
            avg { age } min { name born } max { age } count { tags } distinct { name } }
            none: personAggregate(filter: {or: []}) { objectCount sum { age } } }"""
    )
    assert groups["personAggregate"] == [
        _group(2, None, total={"age": "4"}, avg="4", least={"name": "Bob"}, most=4),
        _group(
            1,
            False,
            total={"age": "3", "price": "1.50", "score": 1.5},
            avg="3",
            least={"name": "Ann", "born": "2020-01-31"},
            most=3,
            tags=2,
            names=1,
        ),
    ]
    assert groups["none"] == [{"objectCount": 0, "sum": {"age": None}}]


def _node(id_: str, knows: list[str] = [], beyond: list[str] = [], **more: Any) -> Any:  # noqa: B006
    nodes = [{"id": one, "knows": {"nodes": [{"id": b} for b in beyond]}} for one in knows]
    return {
        "id": id_,
        "worksFor": None,
        "knows": {"totalCount": len(knows), "nodes": nodes},
        **more,
    }


def _group(
    count: int,
    ok: Any,
    *,
    total: Any,
    avg: str,
    least: Any,
    most: int,
    tags: int = 0,
    names: int = 2,
) -> Any:
    return {
        "objectCount": count,
        "key": {"ok": ok},
        "sum": {"age": None, "price": None, "score": None, **total},
        "avg": {"age": avg},
        "min": {"name": None, "born": None, **least},
        "max": {"age": most},
        "count": {"tags": tags},
        "distinct": {"name": names},
    }


_FILTERS = {
    '{name: {startsWith: "a", ignoreCase: true}}': ["ann"],
    '{big: {gt: "5"}, price: {eq: 1.50}, score: {lt: 2}, ok: {eq: false}}': ["ann"],
    '{born: {lt: "2021-01-01"}, tags: {eq: "x"}, extra: {eq: "x"}, year: {eq: 2020}}': ["ann"],
    "{bio: {isNull: true}, age: {in: [4, null]}}": ["bob", "cat"],
    '{knows: {some: {knows: {some: {name: {eq: "Cat"}}}}}}': ["ann"],
    '{knows: {every: {name: {eq: "Bob"}}}, not: {_key: ["cat"]}}': ["ann"],
    '{worksFor: {name: {matches: "^Ac"}}}': ["ann"],
    '{or: [{_search: "bob"}, {knowsInverse: {some: {_key: ["bob"]}}}]}': ["bob", "cat"],
}


async def test_filters_are_what_the_service_understands(shop: Shop) -> None:
    await shop.data(_FILL, ann=_ANN)
    lists = [
        f"f{n}: personList(filter: {condition}, orderBy: [{{_key: ASC}}]) {{ nodes {{ _key }} }}"
        for n, condition in enumerate(_FILTERS)
    ]
    found = await shop.data(f"{{ {' '.join(lists)} }}")
    assert [[one["_key"] for one in page["nodes"]] for page in found.values()] == [
        *_FILTERS.values()
    ]


async def test_pages_follow_each_other_without_gaps(shop: Shop) -> None:
    changes = [
        {"createCompany": {"key": f"c{n:02}", "values": {"name": str(n % 3)}}} for n in range(11)
    ] + [{"createPerson": {"key": "p", "values": {"name": "P"}}}]
    text = "mutation ($changes: [Change!]!) { commit(changes: $changes) { commitId } }"
    await shop.data(text, changes=changes)
    page = """query ($after: String) {
        companyList(first: 4, after: $after, orderBy: [{name: ASC}]) {
            edges { cursor node { _key } } pageInfo { hasNextPage hasPreviousPage endCursor }
        }
    }"""
    seen: list[str] = []
    after: str | None = None
    while True:
        found = (await shop.data(page, after=after))["companyList"]
        seen += [one["node"]["_key"] for one in found["edges"]]
        assert found["pageInfo"]["hasPreviousPage"] == (after is not None)
        if not found["pageInfo"]["hasNextPage"]:
            break
        # Also from the middle of a page.
        after = found["edges"][-2 if after is None else -1]["cursor"]
        seen = seen[: -1 if len(seen) == 4 else None]
    assert seen == sorted((f"c{n:02}" for n in range(11)), key=lambda key: (int(key[1:]) % 3, key))
    refused = await shop.ask("{ companyList(first: 1001) { totalCount } }")
    assert refused["errors"][0]["extensions"]["reason"] == "INVALID_FIELD"
    assert refused["data"] == {"companyList": None}


async def test_a_change_that_is_refused_is_the_error_of_its_mutation(shop: Shop) -> None:
    await shop.data(_FILL, ann=_ANN)
    answer = await shop.ask(
        """mutation {
            a: createPerson(input: {key: "ann", values: {name: "x"}}) { commitId }
            b: deleteCompany(input: {id: "Company/acme"}) { commitId }
            c: deleteCompany(input: {id: "Person/ann"}) { commitId }
            d: updatePerson(input: {id: "Person/ann", set: {age: null}}) { object { age name } }
            e: upsertCompany(input: {key: "new", values: {}}) { object { id name } }
            f: deleteCompany(input: {id: "Company/acme", withLinks: true}) { commitId }
        }"""
    )
    reasons = {one["path"][0]: one["extensions"]["reason"] for one in answer["errors"]}
    assert reasons == {"a": "RESOURCE_ALREADY_EXISTS", "b": "RESOURCE_IN_USE", "c": "INVALID_FIELD"}
    assert answer["data"]["d"] == {"object": {"age": None, "name": "Ann"}}
    assert answer["data"]["e"] == {"object": {"id": "Company/new", "name": None}}
    assert answer["data"]["f"]["commitId"]


async def test_every_revision_has_the_schema_of_its_types(shop: Shop) -> None:
    read = "{ _ontology { commitId } companyList { totalCount } }"
    before = (await shop.data(read))["_ontology"]["commitId"]
    await shop.branch("dev")
    await shop.add_property("city", "dev")
    city = "{ companyList { nodes { city } } }"
    assert await shop.data(city, "@dev") == {"companyList": {"nodes": []}}
    assert "city" in (await shop.ask(city))["errors"][0]["message"]
    after = await shop.add_property("street")
    assert (await shop.data(read))["_ontology"]["commitId"] == after
    assert (
        "street"
        in (await shop.ask("{ companyList { nodes { street } } }", f"@{before}"))["errors"][0][
            "message"
        ]
    )
    written = await shop.ask(
        'mutation { createCompany(input: {values: {name: "x"}}) { commitId } }', f"@{before}"
    )
    assert written["errors"][0]["extensions"]["reason"] == "UNSUPPORTED_OPERATION"
    await shop.data('mutation { createCompany(input: {values: {city: "x"}}) { commitId } }', "@dev")
    assert (await shop.data(read, "@dev"))["companyList"] == {"totalCount": 1}
    assert (await shop.data(read))["companyList"] == {"totalCount": 0}


async def test_a_schema_is_made_when_types_change_and_not_when_objects_do(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[str] = []
    has_made = asyncio.Event()
    loop = asyncio.get_running_loop()
    compiled = Schemas._compiled

    def counted(self: Schemas, ontology: Any) -> Any:
        if ontology.id == shop.ontology:
            made.append(ontology.commit_id)
            loop.call_soon_threadsafe(has_made.set)
        return compiled(self, ontology)

    monkeypatch.setattr(Schemas, "_compiled", counted)
    await shop.data("{ companyList { totalCount } }")
    for n in range(3):
        text = f'mutation {{ createCompany(input: {{key: "c{n}"}}) {{ commitId }} }}'
        await shop.data(text)
    assert (await shop.data("{ companyList { totalCount } }"))["companyList"]["totalCount"] == 3
    assert len(made) == 1
    # The branch is in use, so its next schema is made before anybody asks for it.
    async with asyncio.timeout(90):
        while len(made) == 1:
            # What moves before the feed is followed goes unseen: move it again.
            has_made.clear()
            await shop.add_property(f"p{secrets.token_hex(4)}")
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(3):
                    await has_made.wait()


async def test_who_may_not_see_types_or_objects_is_told_so(shop: Shop) -> None:
    anonymous = await shop.http.post(
        f"http://127.0.0.1:{shop.suite.server.http_ports['graphql']}/graphql/{shop.ontology}",
        json={"query": "{ _ontology { id } }"},
    )
    assert anonymous.status_code == 401
    viewer = shop.suite.token("viewer")
    read = await shop.ask("{ companyList { totalCount } }", token=viewer)
    assert read["data"] == {"companyList": {"totalCount": 0}}
    written = await shop.ask(
        'mutation { createCompany(input: {values: {name: "x"}}) { commitId } }', token=viewer
    )
    assert written["errors"][0]["extensions"]["reason"] == "PERMISSION_DENIED"
    narrowed = {
        permissions: shop.suite.issuer.issue_narrowed(
            "bot", roles=["viewer"], permissions=permissions, actor="test"
        ).token
        for permissions in (("ontology.ontologies.read",), (*PERMISSIONS, "ontology.*"))
    }
    unseen, without_schema = [
        await shop.ask("{ __schema { queryType { name } } }", token=token)
        for token in narrowed.values()
    ]
    assert "ontology.interfaces.read" in unseen["errors"][0]["message"]
    assert "graphql.schema.read" in without_schema["errors"][0]["message"]
    for at in ("@nothing", "@", "@@none", "@" + "0" * 64, "@main@2026"):
        assert "data" not in await shop.ask("{ _ontology { id } }", at)


_BACK = """query($last: Int, $before: String, $first: Int, $after: String) {
    companyList(last: $last, before: $before, first: $first, after: $after) {
        edges { cursor node { _key } } totalCount
        pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }"""


async def test_lists_are_paged_backward(shop: Shop) -> None:
    keys = [f"c{n}" for n in range(7)]
    filled = " ".join(
        f'{{createCompany: {{key: "{key}", values: {{name: "{key}"}}}}}}' for key in keys
    )
    await shop.data(f"mutation {{ commit(changes: [{filled}]) {{ commitId }} }}")

    async def page(**asked: Any) -> tuple[list[str], bool, bool, Any]:
        found = (await shop.data(_BACK, **asked))["companyList"]
        assert found["totalCount"] == 7
        info = found["pageInfo"]
        seen = [edge["node"]["_key"] for edge in found["edges"]]
        return seen, info["hasPreviousPage"], info["hasNextPage"], info

    seen, *ends, info = await page(last=3)
    assert (seen, ends) == (keys[4:], [True, False])
    await shop.data('mutation { deleteCompany(input: {id: "Company/c0"}) { commitId } }')
    seen, *ends, info = await page(last=3, before=info["startCursor"])
    assert (seen, ends) == (keys[1:4], [True, True])
    seen, *ends, _ = await page(last=3, before=info["startCursor"])
    assert (seen, ends) == (keys[:1], [False, True])
    seen, *ends, _ = await page(first=9, after=info["startCursor"], before=info["endCursor"])
    assert (seen, ends) == (keys[2:3], [True, True])
    seen, *ends, _ = await page(last=9, after=info["endCursor"])
    assert (seen, ends) == (keys[4:], [True, False])
    assert (await page(last=0, before=info["startCursor"]))[0] == []
    far = base64.urlsafe_b64encode(b"50:").decode().rstrip("=")
    gone = (await shop.data(_BACK, last=3, after=far))["companyList"]
    assert (gone["edges"], gone["pageInfo"]["hasNextPage"]) == ([], False)
    for wrong in ({"first": 1, "last": 1}, {"last": 1001}, {"last": -1}, {"before": "nonsense"}):
        answer = await shop.ask(_BACK, **wrong)
        assert answer["errors"][0]["extensions"]["reason"] == "INVALID_FIELD"


async def test_links_are_paged_backward(shop: Shop) -> None:
    await shop.data(_FILL, ann=_ANN)
    await shop.data(
        """mutation { linkKnows(input: {source: "Person/ann", target: "Employee/cat"}) {
            commitId } }"""
    )
    query = """query($last: Int, $before: String, $after: String) { personList { nodes { knows(
        last: $last, before: $before, after: $after
    ) { edges { cursor node { _key } } pageInfo { hasNextPage hasPreviousPage } } } } }"""

    async def page(**asked: Any) -> list[Any]:
        people = (await shop.data(query, **asked))["personList"]["nodes"]
        pages = [one["knows"] for one in people]
        return [([e["node"]["_key"] for e in p["edges"]], *p["pageInfo"].values()) for p in pages]

    # Ann knows both, Bob knows Cat, Cat nobody.
    assert await page(last=1) == [
        (["cat"], False, True),
        (["cat"], False, False),
        ([], False, False),
    ]
    first = await shop.data('{ person(id: "Person/ann") { knows { edges { cursor } } } }')
    one, two = (edge["cursor"] for edge in first["person"]["knows"]["edges"])
    assert (await page(last=5, before=two))[0] == (["bob"], True, False)
    assert (await page(last=5, after=one))[0] == (["cat"], False, True)
