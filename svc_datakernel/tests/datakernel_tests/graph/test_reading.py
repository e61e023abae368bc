"""Documents as they are shown: by id, by class, unfolded, exact."""

from __future__ import annotations

import json
from typing import Any

import pytest
from oms_core.errors import InvalidField, InvalidQuery, LimitExceeded, ResourceNotFound
from svc_datakernel.domain.graph import reading
from svc_datakernel.domain.graph.reading import showing
from svc_datakernel.domain.graph.requests import Form, Graph, Selection
from svc_datakernel.domain.graph.view import DocumentChange

from datakernel_tests.graph.building import view_of
from datakernel_tests.graph.memory_view import MemoryView

SCHEMA = [
    {"@type": "Enum", "@id": "Color", "@value": ["red", "light blue"]},
    {"@type": "Class", "@id": "Thing", "@abstract": [], "name": "xsd:string"},
    {
        "@type": "Class",
        "@id": "Box",
        "@inherits": "Thing",
        "size": {"@type": "Optional", "@class": "xsd:decimal"},
        "tags": {"@type": "Set", "@class": "xsd:string"},
        "colors": {"@type": "Set", "@class": "Color"},
        "inside": {"@type": "Optional", "@class": "Inside"},
        "near": {"@type": "Optional", "@class": "Box"},
        "friend": {"@type": "Optional", "@class": "Friend"},
        "shown": {"@type": "Optional", "@class": "Box", "@unfold": True},
        "any": {"@type": "Optional", "@class": "sys:JSON"},
        "when": {"@type": "Optional", "@class": "xsd:date"},
        "ratio": {"@type": "Optional", "@class": "xsd:double"},
        "grid": {"@type": "Array", "@class": "xsd:integer", "@dimensions": 2},
    },
    {
        "@type": "Class",
        "@id": "Inside",
        "@subdocument": [],
        "@key": {"@type": "Random"},
        "deep": {"@type": "Optional", "@class": "Inside"},
        "n": "xsd:integer",
    },
    {
        "@type": "Class",
        "@id": "Friend",
        "@unfoldable": [],
        "friend": {"@type": "Set", "@class": "Friend"},
    },
]


def box(name: str, **members: Any) -> dict[str, Any]:
    return {"@id": f"Box/{name}", "@type": "Box", "name": name, **members}


def shown(view: MemoryView, selection: Selection, form: Form | None = None) -> list[Any]:
    return [json.loads(each) for each in reading.read(view, selection, form or Form())]


def text_of(view: MemoryView, document_id: str, form: Form | None = None) -> str:
    [found] = reading.read(view, Selection(ids=(document_id,)), form or Form())
    return found.decode()


def test_numbers_keep_every_digit() -> None:
    view = view_of(SCHEMA)
    stored = b'{"name":"a","size":12345678901234567890.12345678901234567890}'
    view = view.changed([DocumentChange("Box/a", "Box", stored)], "3" * 64)
    assert '"size":12345678901234567890.12345678901234567890' in text_of(view, "Box/a")


def test_numbers_of_other_datatypes_are_shown_as_numbers() -> None:
    ratio = {"@type": "xsd:double", "@value": "3"}
    size = {"@type": "xsd:long", "@value": "9007199254740993"}
    view = view_of(SCHEMA, [box("a", ratio=ratio, size=size)])
    assert text_of(view, "Box/a").endswith('"ratio":3.0,"size":9007199254740993}')


def test_values_of_every_kind_are_shown_plainly() -> None:
    document = box(
        "a",
        tags="one",
        colors=[{"@id": "@schema:Color/light%20blue"}, {"@id": "@schema:Color/red"}],
        any={"@json": {"@id": [1, None, {"x": "y"}]}},
        when={"@type": "xsd:date", "@value": "2024-02-29"},
        grid={"@array": [[1, None], [3, 4]]},
        near={"@id": "Box/b"},
        text={"@type": "rdf:langString", "@value": "안녕", "@language": "ko"},
    )
    [found] = shown(view_of(SCHEMA, [document]), Selection(ids=("Box/a",)))
    assert found == {
        "@id": "Box/a",
        "@type": "Box",
        "name": "a",
        "tags": ["one"],
        "colors": ["light blue", "red"],
        "any": {"@id": [1, None, {"x": "y"}]},
        "when": "2024-02-29",
        "grid": [[1, None], [3, 4]],
        "near": "Box/b",
        "text": {"@lang": "ko", "@value": "안녕"},
    }


def test_subdocuments_are_shown_in_place_or_by_id() -> None:
    deep = {"@id": "Box/a/inside/Inside/1/deep/Inside/2", "@type": "Inside", "n": 2}
    inside = {"@id": "Box/a/inside/Inside/1", "@type": "Inside", "n": 1, "deep": deep}
    view = view_of(SCHEMA, [box("a", inside=inside)])
    [unfolded] = shown(view, Selection(ids=("Box/a",)))
    assert unfolded["inside"] == inside
    [folded] = shown(view, Selection(ids=("Box/a",)), Form(unfold=False))
    assert folded["inside"] == inside["@id"]
    assert shown(view, Selection(ids=(str(deep["@id"]),))) == [deep]
    assert [each["n"] for each in shown(view, Selection(types=("Inside",)))] == [1, 2]
    assert reading.count(view, Selection(types=("Inside",))) == 2


def test_unfoldable_documents_are_shown_once_on_a_path() -> None:
    friends = [
        {"@id": "Friend/a", "@type": "Friend", "friend": {"@id": "Friend/b"}},
        {"@id": "Friend/b", "@type": "Friend", "friend": {"@id": "Friend/a"}},
    ]
    view = view_of(SCHEMA, [*friends, box("x", friend={"@id": "Friend/a"})])
    [found] = shown(view, Selection(ids=("Box/x",)))
    b = {"@id": "Friend/b", "@type": "Friend", "friend": ["Friend/a"]}
    assert found["friend"] == {"@id": "Friend/a", "@type": "Friend", "friend": [b]}


def test_a_property_may_ask_to_be_unfolded() -> None:
    view = view_of(SCHEMA, [box("a", shown={"@id": "Box/b"}, near={"@id": "Box/b"}), box("b")])
    [found] = shown(view, Selection(ids=("Box/a",)))
    assert found["shown"] == {"@id": "Box/b", "@type": "Box", "name": "b"}
    assert found["near"] == "Box/b"


def test_unfolding_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(showing, "MOST_UNFOLDED", 50)
    ids = [f"Friend/{at}" for at in range(8)]
    friends = [
        {
            "@id": each,
            "@type": "Friend",
            "friend": [{"@id": other} for other in ids if other != each],
        }
        for each in ids
    ]
    with pytest.raises(LimitExceeded, match="unfold=false"):
        shown(view_of(SCHEMA, friends), Selection(ids=("Friend/0",)))


def test_a_chain_of_unfoldable_documents_is_cut() -> None:
    chain = [
        {"@id": f"Friend/{at}", "@type": "Friend", "friend": {"@id": f"Friend/{at + 1}"}}
        for at in range(3_000)
    ]
    view = view_of(SCHEMA, chain)
    with pytest.raises(LimitExceeded, match="unfold=false"):
        shown(view, Selection(ids=("Friend/0",)))
    assert len(shown(view, Selection(ids=("Friend/2950",)))) == 1


def test_ids_are_taken_full_short_and_prefixed_and_answered_in_their_order() -> None:
    view = view_of(SCHEMA, [box("a"), box("b")], b="terminusdb:///data/Box/")
    ids = ("terminusdb:///data/Box/b", "Box/a", "@base:Box/b", "b:a")
    assert [each["@id"] for each in shown(view, Selection(ids=ids))] == ["b:b", "b:a", "b:b", "b:a"]
    with pytest.raises(InvalidField):
        shown(view, Selection(ids=("unknown:a",)))


def test_an_id_that_is_not_there_is_named_before_anything_is_answered() -> None:
    view = view_of(SCHEMA, [box("a")])
    with pytest.raises(ResourceNotFound) as caught:
        reading.read(view, Selection(ids=("Box/a", "Box/none")), Form())
    assert caught.value.metadata["api_error"] == "api:DocumentNotFound"
    assert caught.value.metadata["document_id"] == "Box/none"
    asked = ["Box/none", "terminusdb:///data/Box/a", "@schema/Box"]
    assert reading.check(view, asked, Graph.INSTANCE) == ([asked[1]], [asked[0], asked[2]])
    assert reading.check(view, ["Box", "Ghost"], Graph.SCHEMA) == (["Box"], ["Ghost"])


def test_lists_are_ordered_by_id_and_cut() -> None:
    view = view_of(SCHEMA, [box(name) for name in "dbca"])
    ids = [each["@id"] for each in shown(view, Selection(types=("Thing",), skip=1, count=2))]
    assert ids == ["Box/b", "Box/c"]
    assert len(shown(view, Selection(after="Box/b"))) == 2
    assert reading.count(view, Selection(types=("terminusdb:///schema#Thing",))) == 4


def test_class_that_is_not_there_is_named() -> None:
    view = view_of(SCHEMA, [box("a")])
    for asked in (reading.count, shown):
        with pytest.raises(ResourceNotFound) as caught:
            asked(view, Selection(types=("Box", "Ghost")))
        assert caught.value.metadata["resource_type"] == "class"
        assert caught.value.metadata["resource_name"] == "Ghost"
    # As TerminusDB lists them.
    assert shown(view, Selection(types=("Ghost",), is_by_class=True)) == []


def test_whitespace_and_full_names_on_demand() -> None:
    view = view_of(SCHEMA, [box("a", near={"@id": "Box/b"})])
    full = json.loads(text_of(view, "Box/a", Form(compress_ids=False)))
    assert full["@type"] == "terminusdb:///schema#Box"
    assert full["terminusdb:///schema#near"] == "terminusdb:///data/Box/b"
    assert text_of(view, "Box/a", Form(minimized=False)).startswith('{\n  "@id": "Box/a",\n')
    prefixed = json.loads(text_of(view, "Box/a", Form(prefixed=True)))
    assert prefixed["@schema:name"] == "a"


def test_texts_that_look_like_members_stay_texts() -> None:
    names = ['":', '"a:b":', "{[", "\\", "a:b", '\\":', '"@id":{']
    view = view_of(SCHEMA, [box(str(at)) | {"name": name} for at, name in enumerate(names)])
    assert [each["name"] for each in shown(view, Selection())] == names


def test_raw_json_documents_have_no_type() -> None:
    raw = {
        "@id": "JSONDocument/x",
        "@type": "sys:JSONDocument",
        "@json": {"any": [1, {"@type": "z"}]},
    }
    view = view_of(SCHEMA, [raw])
    assert shown(view, Selection()) == [{"@id": "JSONDocument/x", "any": [1, {"@type": "z"}]}]


def test_schema_documents_come_context_first() -> None:
    view = view_of(SCHEMA)
    found = shown(view, Selection(graph=Graph.SCHEMA))
    assert found[0]["@type"] == "@context"
    assert [each["@id"] for each in found[1:]] == sorted(str(each["@id"]) for each in SCHEMA)
    assert shown(view, Selection(graph=Graph.SCHEMA, ids=("Color",))) == [SCHEMA[0]]
    assert len(shown(view, Selection(graph=Graph.SCHEMA, types=("Enum",)))) == 1
    with pytest.raises(ResourceNotFound):
        shown(view, Selection(graph=Graph.SCHEMA, ids=("Box/a",)))
    with pytest.raises(InvalidQuery):
        shown(view, Selection(graph=Graph.SCHEMA, template=b"{}"))
