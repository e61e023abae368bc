"""What each construct of OWL and RDFS becomes."""

from __future__ import annotations

import pytest
from svc_api.adapters.rdf.ids import KnownIds
from svc_api.adapters.rdf.report import report

ZOO = "http://example.org/zoo#"


def test_class_becomes_object_type_with_texts_in_every_language(read, element) -> None:
    mapped = read(
        """:Lion a owl:Class ; rdfs:label "Lion"@en, "Löwe"@de, "simba" ;
        rdfs:comment "A big cat."@en ; rdfs:subClassOf :Cat . :Cat a owl:Class ."""
    )
    assert element(mapped, "objectTypes", "Lion").body == {
        "iri": ZOO + "Lion",
        "parents": ["Cat"],
        "labels": [
            {"text": "simba"},
            {"language": "de", "text": "Löwe"},
            {"language": "en", "text": "Lion"},
        ],
        "descriptions": [{"language": "en", "text": "A big cat."}],
    }


def test_other_statements_of_a_class_become_annotations(read, element) -> None:
    mapped = read(
        """:Lion a owl:Class, skos:Concept ; skos:definition "big"@en ; rdfs:seeAlso <http://x/> ;
        owl:disjointWith other:Tiger ; rdfs:subClassOf other:Cat ; :weight 1.50 ."""
    )
    body = element(mapped, "objectTypes", "Lion").body
    assert "parents" not in body
    found = [
        (one["predicate"].rpartition("#")[2], one.get("iri") or one["literal"])
        for one in body["annotations"]
    ]
    assert found == [
        ("weight", {"text": "1.50", "datatype": "http://www.w3.org/2001/XMLSchema#decimal"}),
        ("type", "http://www.w3.org/2004/02/skos/core#Concept"),
        ("seeAlso", "http://x/"),
        ("subClassOf", "http://example.org/other/Cat"),
        ("disjointWith", "http://example.org/other/Tiger"),
        ("definition", {"text": "big", "language": "en"}),
    ]


def test_deprecated_class_has_the_status(read, element) -> None:
    mapped = read(":Lion a owl:Class ; owl:deprecated true .")
    body = element(mapped, "objectTypes", "Lion").body
    assert body == {"iri": ZOO + "Lion", "status": "LIFECYCLE_STATUS_DEPRECATED"}


def test_rdfs_class_stays_an_rdfs_class(read, element) -> None:
    body = element(read(":Lion a rdfs:Class ."), "objectTypes", "Lion").body
    assert [one["iri"].rpartition("#")[2] for one in body["annotations"]] == ["Class"]


def test_names_of_other_namespaces_carry_their_prefix(read) -> None:
    mapped = read(
        """:Lion a owl:Class . :Cat a owl:Class . other:Lion a owl:Class .
        <http://nowhere/Lion> a owl:Class . <urn:x:9%20Lives> a owl:Class ."""
    )
    ids = [one.id for one in mapped.elements]
    assert [one for one in ids if not one.startswith("n")] == ["Cat", "Lion", "other_Lion"]
    # A namespace without a prefix appears as the start of its hash.
    assert [one[7:] for one in ids if one.startswith("n")] == ["_Lion", "_9_20Lives"]


def test_equal_names_get_distinct_ids_whatever_the_order(read) -> None:
    mapped = read("<http://a/x%20y> a owl:Class . <http://a/x!y> a owl:Class .")
    ids = {one.body["iri"]: one.id for one in mapped.elements}
    assert ids["http://a/x!y"] == "x_y"
    assert ids["http://a/x%20y"].startswith("x_20y")


def test_known_ids_are_kept_and_not_given_to_others(read, element) -> None:
    known = KnownIds(classes={ZOO + "Lion": "King", "http://gone/": "Cat"})
    mapped = read(":Lion a owl:Class ; rdfs:subClassOf :Cat . :Cat a owl:Class .", known)
    assert element(mapped, "objectTypes", "King").body["parents"][0].startswith("Cat-")


def test_object_property_becomes_link_type(read, element) -> None:
    mapped = read(
        """:Cat a owl:Class . :Prey a owl:Class . :Food a owl:Class .
        :hunts a owl:ObjectProperty, owl:TransitiveProperty, owl:FunctionalProperty ;
          rdfs:subPropertyOf :eats ; rdfs:domain :Cat ; owl:inverseOf :huntedBy ;
          rdfs:range [ a owl:Class ; owl:unionOf ( :Prey :Food ) ] .
        :eats a owl:ObjectProperty . :huntedBy a owl:ObjectProperty ."""
    )
    assert element(mapped, "linkTypes", "hunts").body == {
        "iri": ZOO + "hunts",
        "parents": ["eats"],
        "source_types": ["Cat"],
        "target_types": ["Food", "Prey"],
        "inverse": "huntedBy",
        "characteristics": ["LINK_CHARACTERISTIC_FUNCTIONAL", "LINK_CHARACTERISTIC_TRANSITIVE"],
    }
    assert report(mapped).skipped == ()


def test_several_domains_mean_an_intersection_and_stay_annotations(read, element) -> None:
    mapped = read(
        """:Cat a owl:Class . :Pet a owl:Class .
        :purrs a owl:ObjectProperty ; rdfs:domain :Cat, :Pet ."""
    )
    body = element(mapped, "linkTypes", "purrs").body
    assert "source_types" not in body
    assert {one["iri"] for one in body["annotations"]} == {ZOO + "Cat", ZOO + "Pet"}


def test_inverses_that_disagree_are_not_both_taken(read, element) -> None:
    mapped = read(
        """:p a owl:ObjectProperty ; owl:inverseOf :q, :r . :q a owl:ObjectProperty ;
        owl:inverseOf :r . :r a owl:ObjectProperty ; owl:inverseOf :p ."""
    )
    assert element(mapped, "linkTypes", "p").body["inverse"] == "r"
    assert element(mapped, "linkTypes", "r").body["inverse"] == "p"
    assert "inverse" not in element(mapped, "linkTypes", "q").body
    assert report(mapped).skipped == ()


def test_datatype_property_belongs_to_each_class_of_its_domain(read, element) -> None:
    mapped = read(
        """:Cat a owl:Class . :Dog a owl:Class .
        :age a owl:DatatypeProperty, owl:FunctionalProperty ; rdfs:range xsd:int ;
          rdfs:domain [ a owl:Class ; owl:unionOf ( :Dog :Cat ) ] ."""
    )
    expected = {"property_id": "age", "iri": ZOO + "age", "type": {"data_type": "DATA_TYPE_INT"}}
    assert element(mapped, "objectTypes", "Cat").body["properties"] == [expected]
    assert element(mapped, "objectTypes", "Dog").body["properties"] == [expected]


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        ("", {"data_type": "DATA_TYPE_ANY"}),
        ("rdfs:range rdfs:Literal", {"data_type": "DATA_TYPE_ANY"}),
        ("rdfs:range rdf:langString", {"data_type": "DATA_TYPE_LANG_STRING"}),
        (
            "rdfs:range xsd:hexBinary",
            {"custom_datatype": "http://www.w3.org/2001/XMLSchema#hexBinary"},
        ),
        ("rdfs:range xsd:int, xsd:long", {"data_type": "DATA_TYPE_ANY"}),
        ("rdfs:range [ a rdfs:Datatype ; owl:oneOf ( 1 2 ) ]", {"data_type": "DATA_TYPE_ANY"}),
    ],
)
def test_range_becomes_the_type(read, element, stated: str, expected: dict[str, str]) -> None:
    mapped = read(f":age a owl:DatatypeProperty ; {stated} .")
    found = element(mapped, "objectTypes", "Thing").body["properties"][0]
    assert found["type"] == expected
    assert found["is_list"] is True


def test_property_without_domain_belongs_to_thing(read, element) -> None:
    mapped = read(":age a owl:DatatypeProperty . :Cat a owl:Class ; rdfs:subClassOf owl:Thing .")
    thing = element(mapped, "objectTypes", "Thing").body
    assert thing["iri"] == "http://www.w3.org/2002/07/owl#Thing"
    assert [one["property_id"] for one in thing["properties"]] == ["age"]
    assert "parents" not in element(mapped, "objectTypes", "Cat").body


def test_there_is_no_thing_without_such_a_property(read) -> None:
    mapped = read(":Cat a owl:Class ; rdfs:subClassOf owl:Thing . :p a owl:ObjectProperty .")
    assert [one.id for one in mapped.elements] == ["p", "Cat"]


@pytest.mark.parametrize(
    ("stated", "collection"),
    [
        ("rdfs:range :Cat", "linkTypes"),
        ("rdfs:range xsd:string", "properties"),
        ("rdfs:range :Kilo", "properties"),
        ("rdfs:comment 'anything'", "linkTypes"),
    ],
)
def test_bare_rdf_property_goes_by_its_range(read, stated: str, collection: str) -> None:
    mapped = read(f":Cat a owl:Class . :Kilo a rdfs:Datatype . :p a rdf:Property ; {stated} .")
    catalogue = mapped.context.catalogue
    assert (ZOO + "p" in catalogue.links) == (collection == "linkTypes")
    assert (ZOO + "p" in catalogue.properties) == (collection == "properties")


def test_properties_of_one_class_have_distinct_ids(read, element) -> None:
    known = KnownIds(properties={ZOO + "p": "name", ZOO + "q": "name"})
    mapped = read(":p a owl:DatatypeProperty . :q a owl:DatatypeProperty .", known)
    first, second = element(mapped, "objectTypes", "Thing").body["properties"]
    assert (first["property_id"], first["iri"]) == ("name", ZOO + "p")
    assert second["property_id"].startswith("name-")


def test_datatype_property_stays_one_whatever_else_it_is_called(read, element) -> None:
    mapped = read(":p a owl:DatatypeProperty, owl:IrreflexiveProperty .")
    body = element(mapped, "objectTypes", "Thing").body["properties"][0]
    types = {one["iri"].rpartition("#")[2] for one in body["annotations"]}
    assert types == {"DatatypeProperty", "IrreflexiveProperty"}


def test_iri_that_is_class_and_property_is_one_element(read) -> None:
    mapped = read(":Cat a owl:Class, owl:ObjectProperty ; rdfs:domain :Cat .")
    assert [one.key for one in mapped.elements] == [("objectTypes", "Cat")]
    assert report(mapped).skipped == ()


def test_ontology_header(read) -> None:
    mapped = read(
        """<http://example.org/zoo> a owl:Ontology ; rdfs:label "Zoo"@en ; owl:versionInfo "1.2" ;
        owl:imports <http://b/>, <http://a/> ; rdfs:comment "All of it." ;
        skos:note "n" ; owl:versionIRI <http://example.org/zoo/1.2> ."""
    )
    header = dict(mapped.header)
    assert header.pop("prefixes")["skos"] == "http://www.w3.org/2004/02/skos/core#"
    annotations = header.pop("annotations")
    assert header == {
        "iri": "http://example.org/zoo",
        "labels": [{"language": "en", "text": "Zoo"}],
        "descriptions": [{"text": "All of it."}],
        "version": "1.2",
        "imports": ["http://a/", "http://b/"],
    }
    assert [one["predicate"].rpartition("#")[2] for one in annotations] == ["versionIRI", "note"]


def test_cycle_is_broken_the_same_way_every_time_and_reported(read, element) -> None:
    mapped = read(
        """:A a owl:Class ; rdfs:subClassOf :B . :B a owl:Class ; rdfs:subClassOf :C .
        :C a owl:Class ; rdfs:subClassOf :A, :D . :D a owl:Class ; rdfs:subClassOf :D ."""
    )
    assert element(mapped, "objectTypes", "A").body["parents"] == ["B"]
    assert element(mapped, "objectTypes", "C").body["parents"] == ["D"]
    skipped = {(one.construct, one.examples) for one in report(mapped).skipped}
    assert skipped == {
        ("rdfs:subClassOf", (ZOO + "C",)),
        ("rdfs:subClassOf", (ZOO + "D",)),
    }


def test_report_counts_blank_nodes_with_the_construct_they_make_up(read) -> None:
    mapped = read(
        """:Cat a owl:Class ; rdfs:subClassOf [ a owl:Restriction ; owl:onProperty :eats ;
          owl:someValuesFrom [ a owl:Class ; owl:intersectionOf ( :Prey :Small ) ] ] ;
          sh:rule [ a sh:TripleRule ; sh:subject sh:this ] .
        :Tom a :Cat ; rdfs:label "Tom" ; :address [ :street "Main" ] .
        [] a owl:AllDisjointClasses ; owl:members ( :Cat :Dog ) .
        :mood a owl:AnnotationProperty . :ghost rdfs:label "?" .
        :Kilo a rdfs:Datatype ; owl:onDatatype xsd:decimal ."""
    )
    found = report(mapped)
    skipped = {one.construct: (one.statement_count, one.examples) for one in found.skipped}
    assert skipped == {
        "owl:Restriction": (10, (ZOO + "Cat",)),
        "sh:TripleRule": (3, (ZOO + "Cat",)),
        ":Cat": (4, (ZOO + "Tom",)),
        "owl:AllDisjointClasses": (6, ()),
        "owl:AnnotationProperty": (1, (ZOO + "mood",)),
        "rdfs:label": (1, (ZOO + "ghost",)),
        "rdfs:Datatype": (2, (ZOO + "Kilo",)),
    }
    assert found.carried_count == 1
    assert found.statement_count == found.carried_count + sum(n for n, _ in skipped.values())
    assert all(one.reason.endswith(".") for one in found.skipped)


def test_statements_that_cannot_be_stored_are_reported(read) -> None:
    mapped = read(
        r""":Cat a owl:Class ; rdfs:label "a\u0000b", "fine" ; rdfs:seeAlso <http://a/{b}> ;
        skos:note "x"@abcdefghijk ."""
    )
    found = report(mapped)
    assert found.statement_count == 5
    assert found.carried_count == 2
    assert [one.statement_count for one in found.skipped] == [1, 1, 1]


def test_same_text_with_and_without_its_datatype_is_one_statement(read) -> None:
    mapped = read(':Cat a owl:Class ; rdfs:label "cat", "cat"^^xsd:string .')
    assert report(mapped).statement_count == 2
