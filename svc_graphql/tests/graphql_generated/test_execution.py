"""What an operation costs in calls, and what becomes of failures, limits and mutations."""

from __future__ import annotations

import json
from typing import Any

import orjson
import pytest
from graphql import parse, validate
from oms_core.errors import LimitExceeded
from svc_graphql.domain.execution import executor
from svc_graphql.domain.execution.folding import folded
from svc_graphql.domain.execution.requests import (
    All,
    Compare,
    Keys,
    Layout,
    Linked,
    Not,
    Operator,
    Page,
    Row,
    Some,
)
from svc_graphql.domain.generated.compiler import generate

from graphql_generated.memory import MemoryObjects
from graphql_generated.shop import shop

GENERATED = generate(shop())


def _objects(people: int = 20, **options: Any) -> MemoryObjects:
    rows = {"Company/acme": Row("Company/acme", "Company", {"name": "Acme"}, {})}
    links: list[tuple[str, str, str]] = []
    for n in range(people):
        type_ = "Employee" if n % 3 == 0 else "Person"
        values = {"name": f"p{n:02}", "age": n, "salary": "1.5", "boss": "Person/p01"}
        rows[f"{type_}/p{n:02}"] = Row(f"{type_}/p{n:02}", type_, values, {})
    ids = [id_ for id_ in rows if not id_.startswith("Company")]
    for n, id_ in enumerate(ids):
        links.append(("works-for", id_, "Company/acme"))
        links.append(("knows", id_, ids[(n + 1) % len(ids)]))
    return MemoryObjects(shop(), rows, links, **options)


async def _run(objects: Any, text: str, max_rows: int = 10_000, **variables: Any) -> Any:
    document = parse(text)
    assert validate(GENERATED.schema, document) == []
    prepared = executor.prepare(document, None)
    written = await executor.execute(
        GENERATED, prepared, variables, objects=objects, max_rows=max_rows
    )
    return json.loads(written.body)


_DEEP = """{ personList { nodes {
    name
    works_for { name worksForInverse: works_forInverse { totalCount } }
    knows { nodes { name knows { nodes { name } } } }
    boss { name }
} } }"""


@pytest.mark.parametrize("people", [3, 60])
async def test_a_query_costs_a_call_for_each_link_and_level_however_many_objects_there_are(
    people: int,
) -> None:
    objects = _objects(people)
    answer = await _run(objects, _DEEP)
    assert len(answer["data"]["personList"]["nodes"]) == people
    # works-for and knows of the list, then works-for backwards and knows again.
    assert objects.calls == {"find": 1, "follow": 4, "get": 1}


async def test_fields_that_ask_the_same_share_a_call() -> None:
    objects = _objects()
    text = """{ personList { nodes {
        ... on Person { knows { nodes { name } } }
        ... on Employee { knows { nodes { name } } boss { name } }
        one: boss { name }
    } } }"""
    await _run(objects, text)
    assert objects.calls == {"find": 1, "follow": 1, "get": 1}


async def test_only_what_is_selected_is_fetched() -> None:
    objects = _objects()
    await _run(objects, "{ personList { totalCount nodes { name age } } }")
    assert objects.calls == {"find": 1}
    await _run(
        objects, "query ($no: Boolean!) { personList @include(if: $no) { totalCount } }", no=False
    )
    assert objects.calls == {"find": 1}


async def test_a_link_that_fails_is_an_error_at_each_place_and_the_rest_is_there() -> None:
    answer = await _run(
        _objects(3, failing=frozenset({"knows"})),
        "{ personList(first: 2) { nodes { name knows { totalCount } } } }",
    )
    assert [one["name"] for one in answer["data"]["personList"]["nodes"]] == ["p00", "p01"]
    assert [one["knows"] for one in answer["data"]["personList"]["nodes"]] == [None, None]
    assert [one["path"] for one in answer["errors"]] == [
        ["personList", "nodes", 0, "knows"],
        ["personList", "nodes", 1, "knows"],
    ]


async def test_a_null_where_none_may_be_takes_its_object_alone() -> None:
    objects = _objects(3)
    objects.rows["Person/p01"] = Row("Person/p01", "Person", {}, {})
    answer = await _run(objects, "{ personList { nodes { name } } }")
    assert answer["data"]["personList"]["nodes"] == [{"name": "p00"}, None, {"name": "p02"}] or (
        answer["data"]["personList"]["nodes"].count(None) == 1
    )
    assert len(answer["errors"]) == 1


async def test_a_response_holds_a_bounded_number_of_objects() -> None:
    text = "{ personList { nodes { knows { nodes { knows { nodes { name } } } } } } }"
    with pytest.raises(LimitExceeded, match="more than 50 objects"):
        await _run(_objects(20), text, max_rows=50)
    await _run(_objects(20), text, max_rows=60)


async def test_variables_that_do_not_fit_are_refused_before_anything_is_asked() -> None:
    objects = _objects()
    with pytest.raises(executor.CoercionFailed):
        await _run(objects, "query ($n: Int!) { personList(first: $n) { totalCount } }", n="x")
    assert not objects.calls


async def test_mutations_run_one_after_another_and_read_what_they_wrote() -> None:
    objects = _objects(1)
    answer = await _run(
        objects,
        """mutation {
            a: createPerson(input: {key: "x", values: {name: "X"}}) { commitId object { id name } }
            b: updatePerson(input: {id: "Person/x", set: {name: "Y"}}) { object { name age } }
            c: deletePerson(input: {id: "Company/acme"}) { commitId }
            d: commit(changes: [
                {createCompany: {key: "c", values: {is_listed: true, name: "C"}}},
                {linkWorks_for: {source: "Person/x", target: "Company/c"}}
            ]) { commitId objects { id } }
        }""",
    )
    data = answer["data"]
    assert data["a"] == {"commitId": "d" * 64, "object": {"id": "Person/x", "name": "X"}}
    assert data["b"] == {"object": {"name": "Y", "age": None}}
    assert data["c"] is None
    assert data["d"]["objects"] == [{"id": "Company/c"}, None]
    assert [one["path"] for one in answer["errors"]] == [["c"]]
    assert objects.calls["commit"] + 0 >= 1


async def test_introspection_is_answered_beside_data() -> None:
    answer = await _run(
        _objects(1),
        '{ __type(name: "Person") { name } personList { totalCount } _ontology { id } }',
    )
    assert answer["data"] == {
        "__type": {"name": "Person"},
        "personList": {"totalCount": 1},
        "_ontology": {"id": "shop"},
    }


@pytest.mark.parametrize(
    ("condition", "names"),
    [
        ("{age: {ge: 1, lt: 3}}", ["p01", "p02"]),
        ('{name: {in: ["p00", null]}}', ["p00"]),
        ("{name: {eq: null}}", []),
        ('{not: {name: {contains: "0"}}}', []),
        ("{or: []}", []),
        ("{and: []}", ["p00", "p01", "p02"]),
        ('{_key: ["p01"], name: null}', ["p01"]),
        ('{knows: {some: {name: {eq: "p00"}}}}', ["p02"]),
        ('{knows: {every: {name: {eq: "p00"}}}}', ["p02"]),
        ("{knows: {none: {}}}", []),
        ('{works_for: {name: {startsWith: "A"}}, boss: {age: {eq: 1}}}', ["p00", "p01", "p02"]),
    ],
)
async def test_filters_say_what_they_mean(condition: str, names: list[str]) -> None:
    text = f"{{ personList(filter: {condition}, orderBy: [{{name: ASC}}]) {{ nodes {{ name }} }} }}"
    answer = await _run(_objects(3), text)
    assert [one["name"] for one in answer["data"]["personList"]["nodes"]] == names


def test_conditions_that_are_decided_fold_away() -> None:
    known = Compare("p", Operator.EQ, 1)
    linked = Linked("l", False, All())
    assert folded(None) is True
    assert folded(All((All(), Not(Some())))) is True
    assert folded(Some((known, All()))) is True
    assert folded(All((known, Some()))) is False
    assert folded(All((known, All()))) == known
    assert folded(Keys(())) is False
    assert folded(Linked("l", False, Some())) is False
    assert folded(linked) == linked
    assert folded(Not(Some((known, known)))) == Not(Some((known, known)))


def _unread(_json: bytes) -> Any:
    raise AssertionError("the values are written as they came")


@pytest.mark.parametrize(
    ("selected", "json", "is_passed"),
    [
        ("__typename id k: _key salary score", b'{"salary":"1.50","score":1.5}', True),
        ("salary score", b'{"salary":"1.50","score":null}', False),
        ("salary score", b'{"salary":":null","score":2.0}', False),
        ("e: salary", b'{"salary":"1.5"}', False),
        ("salary extra", b'{"salary":"1.5","extra":1}', False),
        ("salary id", b'{"salary":"1.5"}', False),
        ("name salary", b'{"salary":"1.5","name":"x"}', False),
    ],
)
async def test_values_that_came_as_json_are_written_as_they_are(
    selected: str, json: bytes, is_passed: bool
) -> None:
    parsed = orjson.loads(json)
    row = Row("Employee/a", "Employee", parsed, {})
    expected = await _run(MemoryObjects(shop(), {row.id: row}), _EMPLOYEES % selected)
    layout = Layout(tuple(parsed), _unread if is_passed else orjson.loads)
    row = Row("Employee/a", "Employee", None, {}, json=json, layout=layout)
    assert await _run(_Answering(Page([row])), _EMPLOYEES % selected) == expected


_EMPLOYEES = "{ employeeList { nodes { %s } } }"


class _Answering:
    """Objects that are one page."""

    commit_id = "c" * 64

    def __init__(self, page: Page) -> None:
        self._page = page

    async def find(self, _request: Any) -> Page:
        return self._page
