"""GraphQL over HTTP, point by point. Each point is one of the audits of the npm package
`graphql-http`, or a limit of ours."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import httpx
import pytest

from .conftest import Served

pytestmark = pytest.mark.asyncio(loop_scope="package")
RESPONSE = "application/graphql-response+json"
JSON = "application/json"
PLAIN = {"query": "{ __typename }"}


async def post(
    http: httpx.AsyncClient, served: Served, body: Any, accept: str | None = None, **headers: str
) -> httpx.Response:
    content = body if isinstance(body, bytes | str) else json.dumps(body)
    sent = {"content-type": JSON, **{k.replace("_", "-"): v for k, v in headers.items()}}
    # httpx would say */* by itself
    request = http.build_request("POST", served.url, content=content, headers=sent)
    del request.headers["accept"]
    if accept is not None:
        request.headers["accept"] = accept
    return await http.send(request)


@pytest.mark.parametrize(
    ("accept", "media"),
    [
        (RESPONSE, RESPONSE),
        (JSON, JSON),
        ("*/*", JSON),
        (None, JSON),
        (f"{JSON};q=0.9, {RESPONSE}", RESPONSE),
        (f"{JSON}, {RESPONSE};q=0.5", JSON),
        ("application/*", JSON),
    ],
)
async def test_the_response_has_the_type_that_was_asked_for(
    http: httpx.AsyncClient, served: Served, accept: str | None, media: str
):
    answer = await post(http, served, PLAIN, accept)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == f"{media}; charset=utf-8"
    assert answer.json() == {"data": {"__typename": "Query"}}


async def test_a_client_that_takes_nothing_of_ours_is_told(http: httpx.AsyncClient, served: Served):
    assert (await post(http, served, PLAIN, "image/png")).status_code == 406


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("", "body"),
        ('{ "not a JSON', "body"),
        ('"text"', "body"),
        ("[" * 5000, "body"),
        ({"qeury": "{ __typename }"}, "query"),
        *(({"query": wrong}, "query") for wrong in ({"obj": 1}, 0, False, ["a"])),
        *(({**PLAIN, "operationName": wrong}, "operationName") for wrong in ({}, 0, False, ["a"])),
        *(({**PLAIN, "variables": wrong}, "variables") for wrong in ("s", 0, False, ["a"])),
        *(({**PLAIN, "extensions": wrong}, "extensions") for wrong in ("s", 0, False, ["a"])),
    ],
)
@pytest.mark.parametrize("accept", [RESPONSE, JSON])
async def test_malformed_parameters_are_answered_400(
    http: httpx.AsyncClient, served: Served, body: Any, why: str, accept: str
):
    answer = await post(http, served, body, accept)
    assert answer.status_code == 400
    [error] = answer.json()["errors"]
    assert error["extensions"]["code"] == "INVALID_ARGUMENT"
    assert why in error["message"]
    assert "data" not in answer.json()


@pytest.mark.parametrize("name", ["variables", "operationName", "extensions"])
async def test_a_parameter_may_be_null(http: httpx.AsyncClient, served: Served, name: str):
    answer = await post(http, served, {**PLAIN, name: None}, RESPONSE)
    assert (answer.status_code, answer.json()) == (200, {"data": {"__typename": "Query"}})


REFUSED = [
    ({"query": "{"}, "Syntax Error"),
    ({"query": "{ nothingLikeThat }"}, "Cannot query field"),
    ({"query": "query Q($id: ID!) { __typename }", "variables": {"id": None}}, "$id"),
    ({"query": "query A { __typename }", "operationName": "B"}, "no operation 'B'"),
    ({"query": "query A { __typename } query B { __typename }"}, "operationName"),
    ({"query": "fragment F on Query { __typename }"}, "no operation"),
    ({"query": "{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }"}, "itself"),
    (
        {
            "query": "{ a: __typename b: __typename c: __typename d: __typename e: __typename "
            "f: __typename }"
        },
        "aliases 6",
    ),
    ({"query": "{" + " __typename" * 60 + "}"}, "'__typename' stands more than 50 times"),
    ({"query": "{" + "a{" * 9 + "b" + "}" * 9 + "}"}, "depth 10"),
    ({"query": "{" + "a{" * 250 + "b" + "}" * 250 + "}"}, "nested too deeply"),
    ({"query": "{" + " __typename" * 700 + "}"}, "more than 600 tokens"),
]


@pytest.mark.parametrize(("body", "why"), REFUSED, ids=[why for _, why in REFUSED])
async def test_a_bad_document_is_400_or_by_the_older_convention_200(
    http: httpx.AsyncClient, served: Served, body: Any, why: str
):
    answer = await post(http, served, body, RESPONSE)
    assert answer.status_code == 400
    assert "data" not in answer.json()
    assert why in answer.text
    assert all(error["extensions"]["code"] for error in answer.json()["errors"])
    assert (await post(http, served, body, JSON)).status_code == 200


async def test_an_exponential_document_costs_nothing(http: httpx.AsyncClient, served: Served):
    spreads = [f"fragment F{n} on Query {{ ...F{n + 1} ...F{n + 1} }}" for n in range(40)]
    query = "{ ...F0 } " + " ".join(spreads) + " fragment F40 on Query { __typename }"
    answer = await post(http, served, {"query": query}, RESPONSE)
    assert answer.status_code == 400
    assert "cost " in answer.text


async def test_the_body_has_to_be_json_and_small(http: httpx.AsyncClient, served: Served):
    answer = await http.post(served.url, content=json.dumps(PLAIN))
    assert answer.status_code == 415
    assert (await post(http, served, PLAIN, content_encoding="gzip")).status_code == 415
    assert (await post(http, served, PLAIN, content_type="text/plain")).status_code == 415
    latin = await post(http, served, PLAIN, content_type="application/json; charset=latin-1")
    assert latin.status_code == 415
    emoji = {"query": '{ __type(name: "Run🏃Swim🏊") { name } }'}
    utf8 = await post(http, served, emoji, content_type="application/json; charset=utf-8")
    assert utf8.json() == {"data": {"__type": None}}
    large = await post(http, served, {"query": "#" + "x" * 20_000})
    assert large.status_code == 413


async def test_a_get_reads_and_never_changes(http: httpx.AsyncClient, served: Served):
    query = "query T($name: String!) { __type(name: $name) { name } }"
    parameters = {"query": query, "variables": '{"name": "Query"}', "operationName": "T"}
    answer = await http.get(served.url, params=parameters, headers={"accept": RESPONSE})
    assert answer.json() == {"data": {"__type": {"name": "Query"}}}
    mutation = await http.get(
        served.url, params={"query": "mutation { __typename }"}, headers={"accept": RESPONSE}
    )
    assert 400 <= mutation.status_code <= 499
    for wrong in ({"query": "{a}", "variables": "{"}, {"variables": "{}"}):
        assert (await http.get(served.url, params=wrong)).status_code == 400
    twice = await http.get(served.url + "?query={a}&query={b}")
    assert twice.status_code == 400
    assert (await http.put(served.url)).status_code == 405


async def test_batches_are_refused_by_default(http: httpx.AsyncClient, served: Served):
    answer = await post(http, served, [PLAIN, PLAIN])
    assert answer.status_code == 429
    assert answer.json()["errors"][0]["extensions"]["metadata"] == {"limit": "batch"}


async def test_a_document_is_registered_by_its_hash(http: httpx.AsyncClient, served: Served):
    query = "{ __typename } # persisted"
    digest = hashlib.sha256(query.encode()).hexdigest()
    known = {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": digest}}}
    first = await post(http, served, known)
    assert first.json()["errors"][0]["message"] == "PersistedQueryNotFound"
    wrong = await post(http, served, {**known, "query": "{ __typename }"})
    assert wrong.status_code == 400
    assert (await post(http, served, {**known, "query": query})).status_code == 200
    assert (await post(http, served, known)).json() == {"data": {"__typename": "Query"}}
    unknown = await post(http, served, {"documentId": "sha256:nothing"}, RESPONSE)
    assert unknown.status_code == 400


async def test_a_bad_token_is_401_and_none_is_nobody(http: httpx.AsyncClient, served: Served):
    assert (await post(http, served, PLAIN)).status_code == 200
    bad = await post(http, served, PLAIN, authorization="Bearer nonsense")
    assert bad.status_code == 401
    assert bad.headers["www-authenticate"] == "Bearer"
    assert bad.json()["errors"][0]["extensions"]["reason"] == "TOKEN_INVALID"


async def test_a_query_may_be_answered_as_events(http: httpx.AsyncClient, served: Served):
    answer = await post(http, served, PLAIN, "text/event-stream")
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert answer.text == (
        ':\n\nevent: next\ndata: {"data":{"__typename":"Query"}}\n\nevent: complete\ndata:\n\n'
    )


async def test_a_browser_gets_a_page_that_needs_nothing_from_elsewhere(
    http: httpx.AsyncClient, served: Served
):
    answer = await http.get(served.url, headers={"accept": "text/html,*/*;q=0.8"})
    assert answer.status_code == 200
    assert "http://" not in answer.text
    assert "https://" not in answer.text
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


@pytest.mark.parametrize(
    "path", ["", "/graphqlx", "/graphql/a/b", "/graphql/none@", "/graphql/%00"]
)
async def test_other_paths_are_not_found(http: httpx.AsyncClient, served: Served, path: str):
    answer = await http.get(f"http://127.0.0.1:{served.port}{path}", params=PLAIN)
    assert answer.status_code == 404
