"""Class frames and prefixes: what TerminusDB answered, and what it leaves open."""

from __future__ import annotations

import json
from typing import Any

import pytest
from oms_core.errors import InvalidField, OmsError, ResourceAlreadyExists, ResourceNotFound
from svc_datakernel.domain.graph import context, frames, reading
from svc_datakernel.domain.graph.requests import Form, Selection
from svc_datakernel.domain.graph.store import PrefixChange

from datakernel_tests.graph.building import view_of
from datakernel_tests.graph.memory_view import MemoryView

SCHEMA: list[dict[str, Any]] = [
    {"@type": "Enum", "@id": "Use", "@value": ["home", "old shop"]},
    {"@type": "Class", "@id": "Thing", "@abstract": [], "label": "xsd:string"},
    {
        "@type": "Class",
        "@id": "Building",
        "@inherits": "Thing",
        "@key": {"@type": "Lexical", "@fields": ["code"]},
        "@documentation": {"@comment": "c"},
        "@metadata": {"ui": 1},
        "@oneOf": [{"a": "xsd:string", "b": "Use"}],
        "code": "xsd:string",
        "use": {"@type": "Optional", "@class": "Use"},
        "room": {"@type": "Set", "@class": "Room"},
        "thing": {"@type": "Optional", "@class": "Thing"},
        "grid": {"@type": "Array", "@class": "xsd:integer"},
        "some": {
            "@type": "Cardinality",
            "@class": "xsd:string",
            "@min_cardinality": 1,
            "@max_cardinality": 2,
        },
    },
    {
        "@type": "Class",
        "@id": "Room",
        "@subdocument": [],
        "@unfoldable": [],
        "@key": {"@type": "Random"},
        "n": "xsd:integer",
    },
    {"@type": "TaggedUnion", "@id": "Way", "x": "xsd:string", "y": "Building"},
]
USE = {"@type": "Enum", "@id": "Use", "@values": ["home", "old shop"]}


def frame(type_: str, **options: bool) -> Any:
    asked = {"compress_ids": True, "expand_abstract": True, **options}
    return json.loads(frames.frames(view_of(SCHEMA), type_, *asked.values()))


def test_a_frame_has_everything_a_form_needs() -> None:
    assert frame("Building") == {
        "@type": "Class",
        "@inherits": ["Thing"],
        "@key": {"@type": "Lexical", "@fields": ["code"]},
        "@documentation": {"@comment": "c"},
        "@metadata": {"ui": 1},
        "@oneOf": [{"a": "xsd:string", "b": USE}],
        "label": "xsd:string",
        "code": "xsd:string",
        "use": {"@type": "Optional", "@class": USE},
        "room": {"@type": "Set", "@class": {"@class": "Room", "@subdocument": []}},
        "thing": {"@type": "Optional", "@class": ["Building"]},
        "grid": {"@type": "Array", "@class": "xsd:integer", "@dimensions": 1},
        "some": {"@type": "Cardinality", "@class": "xsd:string", "@min": 1, "@max": 2},
    }


def test_frames_of_other_kinds() -> None:
    assert frame("Use") == {"@type": "Enum", "@values": ["home", "old shop"]}
    assert frame("Ghost") == {"@type": "Class"}
    assert frame("Way") == {"@type": "Class", "@oneOf": [{"x": "xsd:string", "y": "Building"}]}
    assert frame("Room").keys() == {"@type", "@key", "@subdocument", "@unfoldable", "n"}
    assert frame("Building", expand_abstract=False)["thing"]["@class"] == "Thing"
    assert frame("").keys() == {"@context", "Use", "Thing", "Building", "Room", "Way"}


def test_frames_with_full_iris() -> None:
    found = frame("terminusdb:///schema#Building", compress_ids=False)
    assert found["@type"] == "http://terminusdb.com/schema/sys#Class"
    assert found["terminusdb:///schema#code"] == "http://www.w3.org/2001/XMLSchema#string"
    enum = found["terminusdb:///schema#use"]["@class"]
    assert enum["@values"][1] == "terminusdb:///schema#Use/old%20shop"


def changed(view: MemoryView, change: PrefixChange) -> MemoryView:
    return view.changed(context.set_prefix(view, change).changes, "3" * 64)


def test_prefixes_are_set_changed_and_removed() -> None:
    view = changed(view_of(SCHEMA), PrefixChange("geo", "http://geo/"))
    assert json.loads(context.prefixes(view))["geo"] == "http://geo/"
    view = changed(view, PrefixChange("geo", "http://geo2/", is_update_only=True))
    assert json.loads(context.prefixes(view))["geo"] == "http://geo2/"
    view = changed(view, PrefixChange("geo", ""))
    assert json.loads(context.prefixes(view)) == {
        "@type": "Context",
        "@base": "terminusdb:///data/",
        "@schema": "terminusdb:///schema#",
    }


def test_a_prefix_is_seen_at_once_and_changes_no_document() -> None:
    view = view_of(SCHEMA, [{"@id": "http://geo/1", "@type": "Building", "code": "1"}])
    after = changed(view, PrefixChange("geo", "http://geo/"))
    [found] = reading.read(after, Selection(ids=("geo:1",)), Form())
    assert json.loads(found)["@id"] == "geo:1"
    assert after.documents(["http://geo/1"]) == view.documents(["http://geo/1"])


def test_the_same_prefix_again_changes_nothing() -> None:
    view = changed(view_of(SCHEMA), PrefixChange("geo", "http://geo/"))
    assert not context.set_prefix(
        view, PrefixChange("geo", "http://geo/", is_create_only=True)
    ).changes


@pytest.mark.parametrize(
    ("change", "error", "api_error"),
    [
        (PrefixChange("@base", "http://geo/"), InvalidField, "api:ReservedPrefix"),
        (PrefixChange("a b", "http://geo/"), InvalidField, "api:ReservedPrefix"),
        (PrefixChange("geo2", "not a uri"), InvalidField, "api:InvalidIRI"),
        (
            PrefixChange("geo2", "http://x/", is_update_only=True),
            ResourceNotFound,
            "api:PrefixNotFound",
        ),
        (PrefixChange("geo2", ""), ResourceNotFound, "api:PrefixNotFound"),
        (
            PrefixChange("geo", "http://x/", is_create_only=True),
            ResourceAlreadyExists,
            "api:PrefixAlreadyExists",
        ),
        (
            PrefixChange("geo2", "http://geo/", is_create_only=True),
            ResourceAlreadyExists,
            "api:PrefixUriAlreadyInUse",
        ),
    ],
)
def test_prefixes_that_can_not_be_set(
    change: PrefixChange, error: type[OmsError], api_error: str
) -> None:
    view = changed(view_of(SCHEMA), PrefixChange("geo", "http://geo/"))
    with pytest.raises(error) as caught:
        context.set_prefix(view, change)
    assert caught.value.metadata["api_error"] == api_error
