"""Template queries: what they find, and that it is what looking at every document finds."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from oms_core.errors import InvalidQuery, LimitExceeded
from svc_datakernel.domain.graph import reading
from svc_datakernel.domain.graph.requests import Form, Selection
from svc_datakernel.domain.graph.terms import Pattern
from svc_datakernel.domain.woql import matching as matching_of_patterns

from datakernel_tests.graph.building import view_of
from datakernel_tests.graph.memory_view import MemoryView

SCHEMA: list[dict[str, Any]] = [
    {"@type": "Enum", "@id": "Status", "@value": ["open", "closed"]},
    {"@type": "Class", "@id": "Firm", "name": "xsd:string"},
    {
        "@type": "Class",
        "@id": "Place",
        "@subdocument": [],
        "@key": {"@type": "Random"},
        "city": "xsd:string",
    },
    {
        "@type": "Class",
        "@id": "Person",
        "name": "xsd:string",
        "age": {"@type": "Optional", "@class": "xsd:decimal"},
        "at": {"@type": "Optional", "@class": "Firm"},
        "home": {"@type": "Optional", "@class": "Place"},
        "tags": {"@type": "Set", "@class": "xsd:string"},
        "path": {"@type": "List", "@class": "xsd:integer"},
        "status": {"@type": "Optional", "@class": "Status"},
        "born": {"@type": "Optional", "@class": "xsd:date"},
    },
    {"@type": "Class", "@id": "Boss", "@inherits": "Person", "rank": "xsd:integer"},
]
DOCUMENTS: list[dict[str, Any]] = [
    {"@id": "Firm/x", "@type": "Firm", "name": "x"},
    {"@id": "Firm/y", "@type": "Firm", "name": "y"},
    {
        "@id": "Person/a",
        "@type": "Person",
        "name": "Anna",
        "age": 1.5,
        "at": {"@id": "Firm/x"},
        "home": {"@id": "Person/a/home/Place/1", "@type": "Place", "city": "Seoul"},
        "tags": ["one", "two"],
        "path": {"@list": [3, 1, 2]},
        "status": {"@id": "@schema:Status/open"},
        "born": {"@type": "xsd:date", "@value": "2000-01-01"},
    },
    {
        "@id": "Person/b",
        "@type": "Person",
        "name": "Bert",
        "age": 7,
        "at": {"@id": "Firm/y"},
        "tags": "two",
        "path": {"@list": []},
        "status": {"@id": "@schema:Status/closed"},
    },
    {"@id": "Boss/c", "@type": "Boss", "name": "Anna", "rank": 1, "path": {"@list": [1]}},
]


def matching(template: Any, view: MemoryView | None = None, **selection: Any) -> list[str]:
    found = reading.read(
        view or view_of(SCHEMA, DOCUMENTS),
        Selection(template=json.dumps(template).encode(), **selection),
        Form(),
    )
    return [json.loads(each)["@id"] for each in found]


@pytest.mark.parametrize(
    ("template", "ids"),
    [
        ({"@type": "Person", "name": "Anna"}, ["Boss/c", "Person/a"]),
        ({"@type": "Boss", "name": "Anna"}, ["Boss/c"]),
        ({"@type": "Person", "name": "Anna", "age": 1.50}, ["Person/a"]),
        ({"@type": "Person", "age": 7.0}, ["Person/b"]),
        ({"@type": "Person", "age": None}, ["Boss/c"]),
        ({"@type": "Person", "age": {}}, ["Person/a", "Person/b"]),
        ({"@type": "Person", "age": {"@if-exists": 7}}, ["Boss/c", "Person/b"]),
        ({"@type": "Person", "at": "Firm/x"}, ["Person/a"]),
        ({"@type": "Person", "at": "terminusdb:///data/Firm/x"}, ["Person/a"]),
        ({"@type": "Person", "at": {"name": "y"}}, ["Person/b"]),
        ({"@type": "Person", "at": {"@id": {"@one-of": ["Firm/x", "Firm/z"]}}}, ["Person/a"]),
        ({"@type": "Person", "home": {"@type": "Place", "city": "Seoul"}}, ["Person/a"]),
        ({"@type": "Place", "city": "Seoul"}, ["Person/a/home/Place/1"]),
        ({"@type": "Place"}, ["Person/a/home/Place/1"]),
        ({"@type": "Person", "tags": "two"}, ["Person/a", "Person/b"]),
        ({"@type": "Person", "tags": ["two", "one"]}, ["Person/a"]),
        ({"@type": "Person", "path": 1}, ["Boss/c", "Person/a"]),
        ({"@type": "Person", "status": "closed"}, ["Person/b"]),
        ({"@type": "Person", "born": "2000-01-01"}, ["Person/a"]),
        ({"@type": "Person", "name": {"@regex": "^A.+a$"}}, ["Boss/c", "Person/a"]),
        ({"@type": "Person", "name": {"@one-of": ["Bert", "Zoe"]}}, ["Person/b"]),
        (
            {"@type": "Person", "@one-of": [{"name": "Bert"}, {"age": 1.5}]},
            ["Person/a", "Person/b"],
        ),
        ({"@type": "Person", "@all": [{"name": "Anna"}, {"age": None}]}, ["Boss/c"]),
        ({"@type": "Person", "@id": "Person/b", "name": "Anna"}, []),
        ({"@type": "Person", "@id": "Person/b"}, ["Person/b"]),
        ({"@type": "Firm", "@id": "Person/b"}, []),
    ],
)
def test_templates_find_the_documents_that_have_what_they_ask(
    template: Any, ids: list[str]
) -> None:
    assert matching(template) == ids
    count = Selection(template=json.dumps(template).encode())
    assert reading.count(view_of(SCHEMA, DOCUMENTS), count) == len(ids)


@pytest.mark.parametrize(
    ("template", "api_error"),
    [
        ({"name": "x"}, "api:QueryMissingType"),
        ({"@type": "Ghost"}, "api:QueryTypeNotFound"),
        ({"@type": "Person", "nope": 1}, "api:QueryUnrecognizedPropertyForType"),
        ({"@type": "Person", "at": {"nope": 1}}, "api:QueryUnrecognizedPropertyForType"),
        ({"@type": "Person", "at": {"@type": "Person"}}, "api:QueryTypeNotSubsumed"),
        ({"@type": "Person", "at": 7}, "api:QueryInvalidFormat"),
        ({"@type": "Person", "age": "old"}, "api:QueryCastingError"),
        ({"@type": "Person", "status": "lost"}, "api:QueryCastingError"),
        ({"@type": "Person", "name": {"@regex": "("}}, "api:QueryRegexInvalid"),
        ({"@type": "Person", "name": {"@regex": 1}}, "api:QueryRegexNotString"),
        ({"@type": "Person", "age": {"@regex": "1"}}, "api:QueryRegexNotAString"),
        ({"@type": "Person", "@id": 1}, "api:QueryUnrecognized"),
        ({"@type": "Person", "@one-of": {}}, "api:QueryOneOfNotDocumentList"),
        ([], "api:QueryNotADict"),
    ],
)
def test_templates_that_do_not_fit_are_refused(template: Any, api_error: str) -> None:
    with pytest.raises(InvalidQuery) as caught:
        matching(template)
    assert caught.value.metadata["api_error"] == api_error


def test_templates_that_go_too_deep_are_refused() -> None:
    schema = [{"@type": "Class", "@id": "N", "next": {"@type": "Optional", "@class": "N"}}]
    for depth in (60, 2_000):
        template = b'{"next":' * depth + b"{}" + b"}" * depth
        with pytest.raises(InvalidQuery):
            list(reading.read(view_of(schema), Selection(types=("N",), template=template), Form()))


def test_a_pattern_that_would_never_end_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(matching_of_patterns, "MOST_STEPS", 1_000)
    person = {"@id": "Person/z", "@type": "Person", "name": "a" * 40 + "!"}
    with pytest.raises(LimitExceeded):
        matching({"@type": "Person", "name": {"@regex": "^(a+)+$"}}, view_of(SCHEMA, [person]))


def test_matches_are_ordered_and_cut() -> None:
    assert matching({"@type": "Person"}, skip=1, count=1) == ["Person/a"]
    assert matching({"name": "Anna"}, types=("Boss",)) == ["Boss/c"]


class CountingView(MemoryView):
    """Counts documents that are read."""

    def __init__(self, view: MemoryView) -> None:
        super().__init__(dict(view._documents))
        self.count = 0

    def documents(self, ids: Any, *, with_deleted: bool = False) -> Any:
        self.count += len(ids)
        return super().documents(ids, with_deleted=with_deleted)

    def list_documents(self, types: Any, **arguments: Any) -> Any:
        for each in super().list_documents(types, **arguments):
            self.count += 1
            yield each


def test_only_candidates_of_the_most_selective_member_are_read() -> None:
    people = [
        {"@id": f"Person/{at:04}", "@type": "Person", "name": f"n{at % 20}", "tags": "all"}
        for at in range(400)
    ]
    view = CountingView(view_of(SCHEMA, people))
    list(view.triples(Pattern()))
    view.count = 0
    assert len(matching({"@type": "Person", "tags": "all", "name": "n7"}, view)) == 20
    assert view.count == 20  # each candidate, once


_values = st.sampled_from(["p", "q", "r"])
_person = st.fixed_dictionaries(
    {"name": _values},
    optional={
        "age": st.integers(0, 2),
        "at": st.sampled_from(["Firm/p", "Firm/q"]),
        "tags": st.lists(_values, min_size=1, max_size=3, unique=True),
    },
)


@settings(max_examples=60, deadline=None)
@given(st.lists(_person, max_size=8), _person)
def test_the_index_finds_what_looking_at_every_document_finds(
    people: list[dict[str, Any]], template: dict[str, Any]
) -> None:
    stored = [
        {
            "@id": f"Person/{at}",
            "@type": "Person",
            **person,
            **({"at": {"@id": person["at"]}} if "at" in person else {}),
            **({"tags": sorted(person["tags"])} if len(person.get("tags", "")) > 1 else {}),
            **({"tags": person["tags"][0]} if len(person.get("tags", "")) == 1 else {}),
        }
        for at, person in enumerate(people)
    ]
    expected = [
        f"Person/{at}"
        for at, person in enumerate(people)
        if all(
            set(value) <= set(person.get(key, [])) if key == "tags" else person.get(key) == value
            for key, value in template.items()
        )
    ]
    firms = [{"@id": f"Firm/{name}", "@type": "Firm", "name": name} for name in "pq"]
    view = view_of(SCHEMA, [*firms, *stored])
    assert matching({"@type": "Person", **template}, view) == expected
