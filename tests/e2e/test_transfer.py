"""Import and export of RDF in every format."""

from __future__ import annotations

import pytest
import rdflib
from oms.common.v1.revision_pb2 import Revision
from oms.ontology.v1 import object_type_service_pb2 as object_types
from oms.ontology.v1 import revision_service_pb2 as revisions
from oms.ontology.v1 import transfer_service_pb2 as transfer
from oms_testing.e2e import Api
from rdflib.compare import isomorphic

_TURTLE = """
@prefix : <https://example.org/zoo#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .

<https://example.org/zoo> a owl:Ontology ; owl:versionInfo "3" .
:Animal a owl:Class ; rdfs:label "Animal"@en, "Tier"@de, "動物"@ja ;
    rdfs:comment "A living thing" ; skos:definition "Kept exactly \\" é"@fr .
:Lion a owl:Class ; rdfs:subClassOf :Animal .
:Cage a owl:Class .
:livesIn a owl:ObjectProperty ; rdfs:domain :Animal ; rdfs:range :Cage ;
    owl:inverseOf :houses .
:houses a owl:ObjectProperty .
:weight a owl:DatatypeProperty ; rdfs:domain :Animal ; rdfs:range xsd:decimal .
"""

_FORMATS = {
    "turtle": (transfer.RDF_FORMAT_TURTLE, "text/turtle", "turtle"),
    "rdf-xml": (transfer.RDF_FORMAT_RDF_XML, "application/rdf+xml", "xml"),
    "json-ld": (transfer.RDF_FORMAT_JSON_LD, "application/ld+json", "json-ld"),
    "n-triples": (transfer.RDF_FORMAT_N_TRIPLES, "application/n-triples", "nt"),
}


# What rdflib itself uses to read and write JSON-LD.
@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")
@pytest.mark.parametrize("format_name", _FORMATS)
@pytest.mark.parametrize("is_named", [True, False], ids=["format named", "by content type"])
async def test_a_file_comes_back_as_it_went_in(
    api: Api, ontology: str, format_name: str, is_named: bool
) -> None:
    number, content_type, rdflib_name = _FORMATS[format_name]
    graph = rdflib.Graph().parse(data=_TURTLE, format="turtle")
    data = graph.serialize(format=rdflib_name, encoding="utf-8")
    imported = await api.upload(
        transfer.ImportOntologyRequest(name=ontology, format=number if is_named else 0),
        data,
        content_type="" if is_named else content_type,
    )
    assert imported.statement_count == len(graph)
    assert imported.carried_statement_count == len(graph)
    counts = {entry.collection: entry.created_count for entry in imported.counts}
    assert (counts["objectTypes"], counts["linkTypes"], counts["properties"]) == (3, 2, 1)

    exported = await api.download(transfer.ExportOntologyRequest(name=ontology, format=number))
    back = rdflib.Graph().parse(data=exported, format=rdflib_name)
    assert isomorphic(back, graph)

    again = await api.upload(transfer.ImportOntologyRequest(name=ontology, format=number), exported)
    assert again.unchanged
    assert again.commit_id == imported.commit_id


async def test_an_import_tells_what_it_left_out_and_changes_nothing_when_only_validated(
    api: Api, ontology: str
) -> None:
    extra = """
    @prefix sh: <http://www.w3.org/ns/shacl#> .
    :LionShape a sh:NodeShape ; sh:targetClass :Lion .
    """
    before = await api(revisions.ListCommitsRequest(parent=ontology))
    report = await api.upload(
        transfer.ImportOntologyRequest(name=ontology, validate_only=True),
        (_TURTLE + extra).encode(),
    )
    assert sum(entry.statement_count for entry in report.skipped) == 2
    assert report.carried_statement_count + 2 == report.statement_count
    assert any(
        "https://example.org/zoo#LionShape" in example
        for entry in report.skipped
        for example in entry.examples
    )
    assert await api(revisions.ListCommitsRequest(parent=ontology)) == before


async def test_replace_deletes_what_the_file_lacks_and_upsert_keeps_it(
    api: Api, ontology: str
) -> None:
    only_cage = _TURTLE[: _TURTLE.index(":Animal a")] + ":Cage a owl:Class .\n"
    full = await api.upload(transfer.ImportOntologyRequest(name=ontology), _TURTLE.encode())
    kept = await api.upload(
        transfer.ImportOntologyRequest(name=ontology, mode=transfer.IMPORT_MODE_UPSERT),
        only_cage.encode(),
    )
    assert not any(entry.deleted_count for entry in kept.counts)
    replaced = await api.upload(
        transfer.ImportOntologyRequest(name=ontology, mode=transfer.IMPORT_MODE_REPLACE),
        only_cage.encode(),
    )
    deleted = {entry.collection: entry.deleted_count for entry in replaced.counts}
    assert (deleted["objectTypes"], deleted["linkTypes"]) == (2, 2)
    listed = await api(object_types.ListObjectTypesRequest(parent=ontology))
    assert [entry.name for entry in listed.object_types] == [f"{ontology}/objectTypes/Cage"]

    earlier = await api.download(
        transfer.ExportOntologyRequest(name=ontology, revision=Revision(commit=full.commit_id))
    )
    assert b"Lion" in earlier
