"""Documents that are too deep, too large, in circles, or named to do harm."""

from __future__ import annotations

import json

import pytest

from datakernel_tests.faults.conftest import GraphApi, refused

PERSON = {
    "@type": "Class",
    "@id": "Person",
    "@key": {"@type": "Lexical", "@fields": ["name"]},
    "name": "xsd:string",
    "tags": {"@type": "Set", "@class": "xsd:string"},
    "boss": {"@type": "Optional", "@class": "Person"},
    "data": {"@type": "Optional", "@class": "sys:JSON"},
    "home": {"@type": "Optional", "@class": "Place"},
}
PLACE = {
    "@type": "Class",
    "@id": "Place",
    "@subdocument": [],
    "@key": {"@type": "Random"},
    "city": {"@type": "Optional", "@class": "xsd:string"},
    "inside": {"@type": "Optional", "@class": "Place"},
}

HOSTILE_NAMES = [
    "'; DROP TABLE documents; --",
    '" OR ""="',
    "../../../etc/passwd",
    "a/b/c",
    "%2e%2e%2f",
    "@context",
    "@schema/Person",
    "_deleted",
    "terminusdb:///schema#Person",
    "http://example.org/x",
    "rdf:type",
    "a\u202eb",
    "\u0000",
    "a\nb\r\nc\td",
    "\ud55c\ube5b",
    "\U0001f600",
    "%",
    "%%%d%s{0}",
    "?v=1#frag",
    "a" * 300,
    " ",
    "",
    "+none+",
    "null",
]


@pytest.fixture
async def people(api: GraphApi) -> GraphApi:
    await api.create([PERSON, PLACE])
    return api


@pytest.mark.parametrize("name", HOSTILE_NAMES)
async def test_hostile_name_makes_an_id_that_leads_back_to_it(people, name: str):
    (document_id,) = (await people.insert({"@type": "Person", "name": name})).document_ids
    found = await people.get(document_id)
    assert found["name"] == name
    assert await people.match({"@type": "Person", "name": name}) == [found]
    assert await people.list("Person") == [found]


@pytest.mark.parametrize(
    "document_id",
    [
        "@schema/Person",
        "@context",
        "Person/\u0000",
        "Person/a\nb",
        "",
        "\u0000",
        "Person/" + "x" * 100_000,
        "javascript:alert(1)",
        "Person/a b",
        "Person/%zz",
        "Person/<script>",
        'Person/"quoted"',
        "Person/'quoted'",
    ],
)
async def test_given_id_is_kept_as_one_document_or_refused_by_name(people, document_id: str):
    await people.insert({"@type": "Person", "@id": "Person/ann", "name": "ann"})
    document = {"@type": "Person", "@id": document_id, "name": "given"}
    try:
        (made,) = (await people.insert(document)).document_ids
    except Exception:
        error = await refused(people.insert(document))
        assert error.fields or error.metadata, error
        assert [person["name"] for person in await people.list("Person")] == ["ann"]
        return
    assert (await people.get(made))["name"] == "given"
    assert {person["name"] for person in await people.list("Person")} == {"ann", "given"}


@pytest.mark.parametrize("depth", [1_000, 100_000])
@pytest.mark.parametrize(("opening", "closing"), [('{"a":', "}"), ("[", "]")])
async def test_deep_json_is_refused_with_the_limit(people, depth: int, opening: str, closing: str):
    nested = opening * depth + "1" + closing * depth
    raw = '{"@type":"Person","name":"deep","data":' + nested + "}"
    error = await refused(people.insert_raw(raw.encode()))
    assert "deep" in error.message.lower() or "level" in error.message
    assert await people.list("Person") == []


async def test_deep_subdocuments_are_stored_or_refused_with_the_limit(people):
    def nested(depth: int) -> dict[str, object]:
        place: dict[str, object] = {"@type": "Place", "city": "innermost"}
        for _ in range(depth):
            place = {"@type": "Place", "inside": place}
        return {"@type": "Person", "name": f"p{depth}", "home": place}

    (document_id,) = (await people.insert(nested(20))).document_ids
    place = (await people.get(document_id))["home"]
    for _ in range(20):
        place = place["inside"]
    assert place["city"] == "innermost"
    inside = '{"@type":"Place","inside":' * 5_000 + '{"@type":"Place"}' + "}" * 5_000
    raw = '{"@type":"Person","name":"deeper","home":' + inside + "}"
    await refused(people.insert_raw(raw.encode()))
    assert len(await people.list("Person")) == 1


async def test_document_of_many_megabytes_is_kept_whole(people):
    name, text = "large", "x\u00e9" * 7_000_000
    document = {"@type": "Person", "name": name, "data": {"text": text}}
    (document_id,) = (await people.insert(document)).document_ids
    assert (await people.get(document_id))["data"]["text"] == text


async def test_document_beyond_the_limit_is_refused_with_the_limit(people):
    raw = b'{"@type":"Person","name":"huge","data":{"t":"' + b"x" * 55_000_000 + b'"}}'
    error = await refused(people.insert_raw(raw))
    assert error.reason in {"INVALID_DOCUMENT", "LIMIT_EXCEEDED", "INVALID_FIELD"}
    assert await people.list("Person") == []


async def test_set_of_a_hundred_thousand_elements_is_kept_and_found(people):
    tags = [f"tag {number}" for number in range(100_000)]
    person = {"@type": "Person", "name": "many", "tags": tags}
    (document_id,) = (await people.insert(person)).document_ids
    assert sorted((await people.get(document_id))["tags"]) == sorted(tags)
    assert len(await people.match({"@type": "Person", "tags": "tag 99999"})) == 1
    await people.replace(person | {"tags": tags[1:]})
    assert await people.match({"@type": "Person", "tags": "tag 0"}) == []


async def test_subdocument_inside_itself_is_refused(people):
    circle = {
        "@type": "Person",
        "name": "round",
        "home": {"@type": "Place", "@capture": "P", "inside": {"@ref": "P"}},
    }
    await refused(people.insert(circle))
    assert await people.list("Person") == []


async def test_documents_in_a_circle_of_references_are_read_without_end(people):
    await people.insert(
        [
            {"@type": "Person", "name": "a", "@capture": "A", "boss": {"@ref": "B"}},
            {"@type": "Person", "name": "b", "@capture": "B", "boss": {"@ref": "A"}},
        ]
    )
    assert [person["boss"] for person in await people.list("Person")] == ["Person/b", "Person/a"]


@pytest.mark.parametrize(
    "raw",
    [
        b"null",
        b"1",
        b'"text"',
        b"[1]",
        b"{",
        b'{"@type":"Person","name":"x"',
        b'{"@type":"Person","name":"x"} trailing',
        b'{"@type":"Person","name":NaN}',
        b'{"@type":"Person","name":"\\ud800"}',
        b'\xff{"@type":"Person","name":"x"}',
        b'{"@type":"Person","name":"x","name":"y"}',
        b'{"@type":["Person"],"name":"x"}',
        b'{"@type":"Person","@id":7,"name":"x"}',
        b'{"@type":"","name":"x"}',
        b'{"@type":"Nobody","name":"x"}',
        b'{"@type":"Person","name":{"@value":"x","@type":"xsd:nope"}}',
        b'{"@type":"Person","name":"x","_created_by":"mallory"}',
    ],
)
async def test_what_is_no_document_is_refused_and_leaves_nothing(people, raw: bytes):
    await refused(people.insert_raw(raw))
    assert await people.list("Person") == []


async def test_one_bad_document_among_many_leaves_none_of_them(people):
    good = [{"@type": "Person", "name": f"p{number}"} for number in range(500)]
    error = await refused(people.insert([*good, {"@type": "Person", "name": 7, "age": 1}]))
    assert error.reason == "SCHEMA_VIOLATION"
    assert json.loads(error.metadata["witnesses"])
    assert await people.list("Person") == []
