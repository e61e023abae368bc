"""Graphs as Turtle: what is exported can be put in place of a graph, or added to one."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from oms_core.errors import InvalidSchema, ParseError, SchemaViolation
from svc_datakernel.domain.graph import turtle
from svc_datakernel.domain.graph.requests import Graph
from svc_datakernel.domain.graph.schema_classes import classes_of
from svc_datakernel.domain.graph.schema_triples import schema_of_triples, triples_of_schema

from datakernel_tests.graph.building import view_of
from datakernel_tests.graph.memory_view import MemoryView

SCHEMA: list[dict[str, Any]] = [
    {"@type": "Enum", "@id": "Color", "@value": ["red", "light blue"]},
    {
        "@type": "Class",
        "@id": "Box",
        "@key": {"@type": "Random"},
        "name": {"@type": "Optional", "@class": "xsd:string"},
        "size": {"@type": "Optional", "@class": "xsd:decimal"},
        "when": {"@type": "Optional", "@class": "xsd:dateTime"},
        "tags": {"@type": "Set", "@class": "xsd:string"},
        "path": {"@type": "List", "@class": "xsd:integer"},
        "grid": {"@type": "Array", "@class": "xsd:integer"},
        "color": {"@type": "Optional", "@class": "Color"},
        "inside": {"@type": "Set", "@class": "Part"},
        "near": {"@type": "Optional", "@class": "Box"},
        "any": {"@type": "Optional", "@class": "sys:JSON"},
        "none": {"@type": "Optional", "@class": "sys:Unit"},
    },
    {
        "@type": "Class",
        "@id": "Part",
        "@subdocument": [],
        "@key": {"@type": "Random"},
        "n": "xsd:integer",
    },
]
XSD = "http://www.w3.org/2001/XMLSchema#"


def exported(view: MemoryView, graph: Graph = Graph.INSTANCE) -> bytes:
    return b"".join(turtle.export(view, graph))


def written(
    view: MemoryView, text: str | bytes, graph: Graph = Graph.INSTANCE, *, is_replace: bool = False
) -> MemoryView:
    data = text.encode() if isinstance(text, str) else text
    return view.changed(turtle.write(view, data, graph, is_replace).changes, "3" * 64)


def stored(view: MemoryView) -> dict[str, tuple[str, bytes]]:
    return {each.id: (each.type, each.json) for each in view.list_documents(None)}


_texts = st.text(st.characters(exclude_categories=("Cs",)), max_size=6)
_integers = st.integers(-(10**20), 10**20)
_box = st.fixed_dictionaries(
    {"path": st.lists(_integers, max_size=3).map(lambda items: {"@list": items})},
    optional={
        "name": _texts,
        "size": st.sampled_from([1, 1.5, {"@type": "xsd:decimal", "@value": "3"}]),
        "when": st.just({"@type": "xsd:dateTime", "@value": "2024-02-29T12:30:00.500Z"}),
        "tags": _texts,
        "grid": st.lists(_integers, min_size=1, max_size=3).map(lambda items: {"@array": items}),
        "color": st.sampled_from(["red", "light%20blue"]).map(
            lambda value: {"@id": f"@schema:Color/{value}"}
        ),
        "near": st.sampled_from(["Box/0", "Box/1"]).map(lambda iri: {"@id": iri}),
        "any": st.dictionaries(
            _texts, st.one_of(_texts, _integers, st.booleans(), st.none()), max_size=3
        ).map(lambda value: {"@json": value}),
        "none": st.just({"@unit": []}),
    },
)


@settings(max_examples=60, deadline=None)
@given(st.lists(_box, min_size=2, max_size=4))
def test_what_is_exported_makes_the_same_documents(boxes: list[dict[str, Any]]) -> None:
    part = {"@type": "Part", "n": 1}
    documents = [
        {
            "@id": f"Box/{at}",
            "@type": "Box",
            **box,
            "inside": {"@id": f"Box/{at}/inside/Part/x", **part},
        }
        for at, box in enumerate(boxes)
    ]
    view = view_of(SCHEMA, documents)
    assert stored(written(view_of(SCHEMA), exported(view), is_replace=True)) == stored(view)
    assert turtle.write(view, exported(view), Graph.INSTANCE, True).changes == []
    assert turtle.write(view, exported(view), Graph.INSTANCE, False).changes == []


def test_triples_are_added_to_documents_or_put_in_their_place() -> None:
    view = view_of(
        SCHEMA,
        [
            {"@id": "Box/a", "@type": "Box", "name": "a", "tags": "x", "path": {"@list": []}},
            {"@id": "Box/b", "@type": "Box", "path": {"@list": []}},
        ],
    )
    text = """
        @prefix : <terminusdb:///schema#> .
        <Box/a> :tags "y" .
        <Box/c> a :Box ; :path ( 2 1 ) ; :near <Box/a> .
    """
    added = stored(written(view, text))
    assert added["Box/a"][1] == b'{"name":"a","path":{"@list":[]},"tags":["x","y"]}'
    assert added["Box/c"][1] == b'{"near":{"@id":"Box/a"},"path":{"@list":[2,1]}}'
    assert "Box/b" in added
    alone = stored(
        written(
            view,
            text.replace("<Box/a> :tags", "<Box/a> a :Box ; :path () ; :tags"),
            is_replace=True,
        )
    )
    assert alone.keys() == {"Box/a", "Box/c"}
    assert alone["Box/a"][1] == b'{"path":{"@list":[]},"tags":"y"}'


def test_literals_are_checked_and_made_canonical() -> None:
    view = view_of(SCHEMA)
    size = f'<../schema#size> "01.50"^^<{XSD}decimal>'
    text = f"<Box/a> a <../schema#Box> ; <../schema#path> () ; {size} ."
    assert stored(written(view, text))["Box/a"][1] == b'{"path":{"@list":[]},"size":1.5}'
    with pytest.raises(ParseError) as caught:
        written(view, text.replace("01.50", "much"))
    assert caught.value.metadata["api_error"] == "api:BadCast"
    with pytest.raises(ParseError):
        written(view, "this is not turtle")
    with pytest.raises(ParseError):
        written(view, b"\xff")


def test_what_breaks_the_schema_is_refused() -> None:
    view = view_of(SCHEMA)
    for text in (
        "<Box/a> a <../schema#Box> .",
        "<Box/a> a <../schema#Ghost> .",
        "<Box/a> <../schema#path> () .",
        "<Box/a> a <../schema#Box> ; <../schema#path> () ; <../schema#near> <Box/none> .",
        '<Box/a> a <../schema#Box> ; <../schema#path> () ; <../schema#size> "x" .',
    ):
        with pytest.raises(SchemaViolation):
            written(view, text)


def test_blank_nodes_have_the_same_ids_for_the_same_turtle() -> None:
    box = "a <../schema#Box> ; <../schema#path> ()"
    text = f"[] {box} ; <../schema#near> _:b . _:b {box} ."
    first, second = (stored(written(view_of(SCHEMA), text)) for _ in range(2))
    assert first == second
    assert len(first) == 2
    assert all(each.startswith("Blank_Node/") for each in first)


def test_a_schema_is_exported_and_put_in_place() -> None:
    view = view_of(SCHEMA, [], geo="http://geo/")
    text = exported(view, Graph.SCHEMA)
    assert b"@prefix geo: <http://geo/> ." in text
    assert classes_of(written(view, text, Graph.SCHEMA, is_replace=True)) == classes_of(view)
    assert turtle.write(view, text, Graph.SCHEMA, False).changes == []
    sys = "http://terminusdb.com/schema/sys#"
    more = f"<schema#New> a <{sys}Class> ; <schema#b> <schema#Box> ."
    assert classes_of(written(view, more, Graph.SCHEMA))["New"]["b"] == "Box"
    with pytest.raises(InvalidSchema):
        written(view, "<schema#New> a <schema#Odd> .", Graph.SCHEMA)


def test_schema_documents_of_every_kind_survive_as_triples() -> None:
    remarks = {
        "@comment": "c",
        "@label": "l",
        "@language": "en",
        "@properties": {"n": "the n", "m": {"@label": "the m", "@comment": "more"}},
    }
    documents: list[dict[str, Any]] = [
        {
            "@type": "Class",
            "@id": "A",
            "@inherits": ["B", "C"],
            "@key": {"@type": "Lexical", "@fields": ["n", "m"]},
            "@documentation": [remarks, {"@language": "ko", "@comment": "설명"}],
            "@metadata": {"a": [1, None, {"b": "c"}]},
            "@oneOf": [{"x": "xsd:string", "y": "A"}],
            "@unfoldable": [],
            "n": "xsd:string",
            "m": {"@type": "Optional", "@class": "B"},
            "o": {"@type": "Array", "@class": "xsd:integer", "@dimensions": 2},
            "p": {
                "@type": "Cardinality",
                "@class": "xsd:integer",
                "@min_cardinality": 1,
                "@max_cardinality": 2,
            },
            "q": {"@class": "B", "@unfold": True},
        },
        {"@type": "Class", "@id": "B", "@abstract": []},
        {
            "@type": "Class",
            "@id": "C",
            "@subdocument": [],
            "@key": {"@type": "ValueHash"},
            "@base": "c/",
        },
        {
            "@type": "Enum",
            "@id": "E",
            "@value": ["a", "b c", "가/나"],
            "@documentation": {"@values": {"b c": "x"}},
        },
        {"@type": "TaggedUnion", "@id": "T", "a": "xsd:string", "b": "sys:JSON"},
        {"@type": "Foreign", "@id": "F"},
    ]
    classes = classes_of(view_of(documents))
    assert schema_of_triples(triples_of_schema(classes)) == classes
