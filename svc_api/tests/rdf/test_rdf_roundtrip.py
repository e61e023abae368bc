"""What an import carries, an export states again; what an export writes, an import reads back."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from oms_testing.effort import examples
from svc_api.adapters.rdf.formats import RdfFormat
from svc_api.adapters.rdf.ids import KnownIds
from svc_api.adapters.rdf.mapping import map_statements
from svc_api.adapters.rdf.parsing import parse
from svc_api.adapters.rdf.report import report
from svc_api.adapters.rdf.statements import Statements
from svc_api.adapters.rdf.stating import state_ontology
from svc_api.adapters.rdf.terms import Literal, Triple
from svc_api.adapters.rdf.vocabulary import (
    CHARACTERISTICS,
    DATA_TYPES,
    OMS,
    OWL,
    RDF,
    RDFS,
    SKOS,
    XSD,
)
from svc_api.adapters.rdf.writing import write_statements
from svc_api.domain.elements import Element

from .conftest import normal_form

EVERY_FEATURE = r"""
<http://example.org/zoo> a owl:Ontology ; rdfs:label "Zoo"@en, "Zoo"@de ;
  owl:versionInfo "1", "2"@en ; owl:imports <http://a/> ; rdfs:comment "Line 1\nline \"2\"\\" ;
  owl:priorVersion <http://old/> .
<http://second/> a owl:Ontology .
:Cat a owl:Class, rdfs:Class ; rdfs:label "Cat"@en-GB, "猫"@ja, "two\nlines\\\"" ;
  rdfs:comment "c" ;
  rdfs:subClassOf :Animal, owl:Thing, other:Missing, [ a owl:Restriction ; owl:onProperty :eats ] ;
  owl:equivalentClass :Feline, [ a owl:Class ; owl:unionOf ( :Lion :Tiger ) ] ;
  owl:deprecated true ; skos:definition "d"^^rdf:HTML ;
  :num 1, 01, 1.50, 1e3, 1.0E-7, "01"^^xsd:integer ;
  :list () ; :flag false ; rdfs:label "typed"^^:mine .
:Animal a rdfs:Class ; owl:deprecated "1"^^xsd:boolean, true ; rdfs:subClassOf :Animal .
:Feline a owl:Class ; rdfs:subClassOf :Cat . :Lion a owl:Class . :Tiger a owl:Class .
:Cat rdfs:subClassOf :Feline .
:eats a owl:ObjectProperty, owl:TransitiveProperty, owl:AsymmetricProperty ; rdfs:domain :Animal ;
  rdfs:range [ a owl:Class ; owl:unionOf ( :Tiger :Cat :Lion ) ] ;
  owl:inverseOf :eaten, :fed, :eats .
:eaten a owl:ObjectProperty, owl:FunctionalProperty ; owl:inverseOf :eats ;
  rdfs:subPropertyOf :linked, :unknown .
:fed a rdf:Property, owl:ObjectProperty ; rdfs:domain :Cat, :Lion ; rdfs:range owl:Thing ;
  owl:inverseOf :eaten .
:linked a owl:SymmetricProperty ; rdfs:domain [ a owl:Class ; owl:unionOf ( :Cat :Missing ) ] .
:chained a rdf:Property ; owl:propertyChainAxiom ( :eats :fed ) ; rdfs:domain xsd:string .
:age a owl:DatatypeProperty, owl:FunctionalProperty ; rdfs:range xsd:nonNegativeInteger ;
  rdfs:label "age" ;
  rdfs:domain [ a owl:Class ; owl:unionOf ( :Lion :Cat ) ] ; rdfs:subPropertyOf :measure .
:measure a owl:DatatypeProperty ; rdfs:domain owl:Thing ; rdfs:range rdfs:Literal .
:code a rdf:Property ; rdfs:range xsd:hexBinary ; rdfs:domain :Cat .
:both a owl:DatatypeProperty, rdf:Property ; rdfs:domain :Cat, :Lion ;
  rdfs:range xsd:int, xsd:long .
:any a owl:DatatypeProperty ; rdfs:domain [ a owl:Class ; owl:unionOf ( owl:Thing :Cat ) ] .
:one a owl:FunctionalProperty ; rdfs:range xsd:date .
:shared a owl:DatatypeProperty ; rdfs:domain _:u .
:shared2 a owl:DatatypeProperty ; rdfs:domain _:u .
_:u a owl:Class ; owl:unionOf ( :Lion :Tiger ) .
:Tom a :Cat ; :age 3 . :note a owl:AnnotationProperty .
[] a owl:Axiom ; owl:annotatedSource :Cat ; rdfs:comment "x" .
"""


def _check_file(statements: Statements) -> None:
    mapped = map_statements(statements, KnownIds())
    found = report(mapped)
    assert found.statement_count == statements.count
    assert found.carried_count + sum(one.statement_count for one in found.skipped) == (
        found.statement_count
    )
    stated = state_ontology(mapped.header, mapped.elements)
    carried = statements.triples & stated | mapped.context.unions
    assert len(carried) == found.carried_count
    assert normal_form(stated) == normal_form(carried)
    assert _ids_are_sound(mapped.elements)


def _ids_are_sound(elements: list[Element]) -> bool:
    keys = {one.key for one in elements}
    ids = [one.id for one in elements]
    return len(keys) == len(elements) and all(
        re.fullmatch(r"[A-Za-z_][A-Za-z0-9_.-]{0,199}", one) for one in ids
    )


@pytest.mark.parametrize("rdf_format", list(RdfFormat))
def test_every_feature_comes_out_as_it_went_in(read, carried, exported, rdf_format) -> None:
    mapped = read(EVERY_FEATURE)
    assert exported(mapped, rdf_format) == carried(mapped)


def test_every_statement_is_carried_or_reported(read) -> None:
    mapped = read(EVERY_FEATURE)
    _check_file(mapped.context.statements)
    lost = {one.construct for one in report(mapped).skipped}
    assert lost == {
        "owl:Ontology",
        "owl:Restriction",
        "owl:unionOf",
        "rdfs:subClassOf",
        "owl:propertyChainAxiom",
        ":Cat",
        "owl:AnnotationProperty",
        "owl:Axiom",
    }


@pytest.mark.parametrize("rdf_format", list(RdfFormat))
def test_same_ontology_gives_the_same_bytes(read, rdf_format) -> None:
    def written(text: str) -> bytes:
        mapped = read(text)
        stated = state_ontology(mapped.header, mapped.elements)
        return write_statements(stated, mapped.header["prefixes"], rdf_format)

    lines = EVERY_FEATURE.split(" .\n")
    backwards = " .\n".join(reversed([line for line in lines if line.strip()])) + " ."
    assert written(EVERY_FEATURE) == written(backwards)


@pytest.mark.parametrize("rdf_format", [RdfFormat.TURTLE, RdfFormat.RDF_XML, RdfFormat.JSON_LD])
def test_prefixes_are_kept(read, rdf_format) -> None:
    mapped = read(":Cat a owl:Class .")
    stated = state_ontology(mapped.header, mapped.elements)
    prefixes = mapped.header["prefixes"]
    again = parse(write_statements(stated, prefixes, rdf_format), rdf_format).prefixes
    # Neither RDF/XML as it is written here nor JSON-LD has a name for the empty prefix.
    expected = {name: iri for name, iri in prefixes.items() if name or rdf_format == "text/turtle"}
    assert again == expected | ({"oms": OMS} if "oms" in again else {})


# Small random graphs in which everything meets everything.
_NAMES = st.sampled_from([f"http://e/{name}" for name in "ABCDpqrs"])
_NODES = st.integers(0, 3)
_TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=8)
_LITERALS = st.one_of(
    _TEXTS.map(Literal),
    st.tuples(_TEXTS, st.sampled_from(["en", "de-AT", "x-a"])).map(
        lambda parts: Literal(parts[0], "", parts[1])
    ),
    st.tuples(_TEXTS, st.sampled_from([XSD + "integer", XSD + "double", "http://e/D"])).map(
        lambda parts: Literal(*parts)
    ),
    st.sampled_from([Literal("true", XSD + "boolean"), Literal("007", XSD + "integer")]),
)
_TYPES = st.sampled_from(
    [
        OWL + "Class",
        RDFS + "Class",
        OWL + "ObjectProperty",
        OWL + "DatatypeProperty",
        RDF + "Property",
        OWL + "Ontology",
        OWL + "AnnotationProperty",
        "http://e/A",
        *CHARACTERISTICS,
    ]
)
_PREDICATES = st.sampled_from(
    [
        RDFS + "label",
        RDFS + "comment",
        RDFS + "domain",
        RDFS + "range",
        RDFS + "subClassOf",
        RDFS + "subPropertyOf",
        OWL + "inverseOf",
        OWL + "unionOf",
        OWL + "deprecated",
        OWL + "versionInfo",
        OWL + "imports",
        SKOS + "note",
        RDF + "first",
        RDF + "rest",
        OMS + "isAbstract",
        OMS + "id",
    ]
)
_OBJECTS = st.one_of(
    _NAMES,
    _NODES,
    _LITERALS,
    st.sampled_from([OWL + "Thing", RDF + "nil", XSD + "int", RDFS + "Literal"]),
)
_TRIPLES = st.one_of(
    st.tuples(_NAMES, st.just(RDF + "type"), _TYPES),
    st.tuples(_NAMES, _PREDICATES, _OBJECTS),
    st.tuples(st.one_of(_NAMES, _NODES), _PREDICATES, _OBJECTS),
)


@settings(max_examples=examples(100), deadline=None)
@given(st.sets(_TRIPLES, max_size=30))
def test_any_graph_is_carried_or_reported_and_nothing_invented(triples: set[Triple]) -> None:
    _check_file(Statements(triples, {"e": "http://e/"}, []))


@settings(max_examples=examples(75), deadline=None)
@given(st.sets(st.tuples(_NAMES, _PREDICATES, st.one_of(_NAMES, _LITERALS)), max_size=8))
@pytest.mark.parametrize("rdf_format", list(RdfFormat))
def test_written_statements_are_read_back(rdf_format: RdfFormat, triples: set[Triple]) -> None:
    if rdf_format is RdfFormat.RDF_XML:
        triples = {one for one in triples if _is_xml(one)}
    if triples:
        again = parse(write_statements(triples, {"e": "http://e/"}, rdf_format), rdf_format)
        assert again.triples == triples


def _is_xml(triple: Triple) -> bool:
    value = triple[2]
    text = value.text if isinstance(value, Literal) else ""
    return re.search(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", text) is None


# Ontologies as the API makes them, with what OWL has no word for.
_IRIS = st.sampled_from(
    ["", "", "http://e/A", "http://e/B", "http://e/x#C", "no iri", "http://e/p"]
)
_LABELS = st.lists(
    st.builds(
        lambda language, text: {
            key: value for key, value in (("language", language), ("text", text)) if value
        },
        st.sampled_from(["", "en", "de"]),
        _TEXTS.filter(bool),
    ),
    max_size=2,
    unique_by=lambda one: (one.get("language"), one["text"]),
)
_ANNOTATIONS = st.lists(
    st.sampled_from(
        [
            {"predicate": SKOS + "note", "iri": "http://e/A"},
            {"predicate": SKOS + "note", "iri": "not an iri"},
            {"predicate": "not an iri", "literal": {"text": "x"}},
            {"predicate": SKOS + "note", "literal": {"text": "1.0", "datatype": XSD + "decimal"}},
            {"predicate": SKOS + "note", "literal": {"text": "x", "language": "fr"}},
        ]
    ),
    max_size=2,
    unique_by=str,
)
_STATUS = st.sampled_from(
    ["", "LIFECYCLE_STATUS_EXPERIMENTAL", "LIFECYCLE_STATUS_ACTIVE", "LIFECYCLE_STATUS_DEPRECATED"]
)
_COUNTS = st.sampled_from([None, {}, {"min_count": 1}, {"min_count": 2, "max_count": 5}])
_TYPE_IDS = ["A", "B", "Zone"]


@st.composite
def _described(draw: st.DrawFn) -> dict[str, Any]:
    body = {
        "iri": draw(_IRIS),
        "labels": _ordered(draw(_LABELS)),
        "descriptions": _ordered(draw(_LABELS)),
        "status": draw(_STATUS),
        "annotations": draw(_ANNOTATIONS),
    }
    return {key: value for key, value in body.items() if value}


def _ordered(texts: list[dict[str, str]]) -> list[dict[str, str]]:
    return sorted(texts, key=lambda one: (one.get("language", ""), one["text"]))


@st.composite
def _property(draw: st.DrawFn, property_id: str) -> dict[str, Any]:
    kind = draw(
        st.one_of(
            st.builds(lambda one: {"data_type": one}, st.sampled_from(list(DATA_TYPES.values()))),
            st.just({"data_type": "DATA_TYPE_ANY"}),
            st.just({"custom_datatype": "http://e/D"}),
            st.just({"custom_datatype": "no iri"}),
            st.builds(lambda one: {"object_type": one}, st.sampled_from(_TYPE_IDS)),
        )
    )
    body = {"property_id": property_id, "type": kind, **draw(_described())}
    for field in ("is_required", "is_list"):
        if draw(st.booleans()):
            body[field] = True
    return body


@st.composite
def _properties(draw: st.DrawFn) -> list[dict[str, Any]]:
    ids = draw(st.sets(st.sampled_from(["p", "q", "Zone"]), max_size=2))
    return [draw(_property(one)) for one in sorted(ids)]


@st.composite
def _ontology(draw: st.DrawFn) -> list[Element]:
    elements: list[Element] = []
    iris: set[str] = set()

    def add(collection: str, element_id: str, body: dict[str, Any]) -> None:
        described = draw(_described())
        if described.get("iri") in iris:
            described.pop("iri")
        iris.add(described.get("iri", ""))
        fields = {key: value for key, value in body.items() if value not in (None, [], False, "")}
        elements.append(Element(collection, element_id, described | fields))

    for index, one in enumerate(_TYPE_IDS):
        add(
            "objectTypes",
            one,
            {
                "parents": sorted(draw(st.sets(st.sampled_from(_TYPE_IDS[:index] or ["A"]))))
                if index
                else [],
                "interfaces": sorted(draw(st.sets(st.just("Named")))),
                "properties": draw(_properties()),
                "is_abstract": draw(st.booleans()),
            },
        )
    for one in ("Named", "Zone"):
        parents = ["Named"] if one == "Zone" and draw(st.booleans()) else []
        add("interfaces", one, {"parents": parents, "properties": draw(_properties())})
    add(
        "linkTypes",
        "feeds",
        {
            "source_types": sorted(draw(st.sets(st.sampled_from([*_TYPE_IDS, "Named"])))),
            "target_types": sorted(draw(st.sets(st.sampled_from(_TYPE_IDS)))),
            "inverse": draw(st.sampled_from(["", "feeds"])),
            "target_cardinality": draw(_COUNTS),
            "source_cardinality": draw(_COUNTS),
            "characteristics": sorted(
                draw(st.sets(st.sampled_from(list(CHARACTERISTICS.values())))),
                key=list(CHARACTERISTICS.values()).index,
            ),
        },
    )
    return elements


@settings(max_examples=examples(100), deadline=None)
@given(_ontology())
def test_ontology_made_by_hand_survives_export_and_import(elements: list[Element]) -> None:
    header = {
        "prefixes": {"e": "http://e/"},
        "version": "3",
        "labels": [{"text": "All"}],
        "imports": ["http://e/other", "no iri"],
    }
    stated = state_ontology(header, elements)
    data = write_statements(stated, header["prefixes"], RdfFormat.N_TRIPLES)
    statements = parse(data, RdfFormat.N_TRIPLES)
    statements.prefixes["e"] = "http://e/"  # N-Triples has no prefixes
    mapped = map_statements(statements, KnownIds())
    assert {one.key: _plain(one.body) for one in mapped.elements} == {
        one.key: _plain(one.body) for one in elements
    }
    assert mapped.header == header
    assert report(mapped).skipped == ()


def _plain(body: dict[str, Any]) -> dict[str, Any]:
    """A body without the order of its properties and annotations, which is not kept."""
    properties = {one["property_id"]: _plain(one) for one in body.get("properties", ())}
    annotations = sorted(map(str, map(_sorted, body.get("annotations", ()))))
    return {**body, "properties": properties, "annotations": annotations}


def _sorted(annotation: dict[str, Any]) -> list[Any]:
    return sorted(annotation.items())
