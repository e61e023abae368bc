"""The Brick ontology, a real one of 60,000 statements, goes in and comes out exactly."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from functools import cache
from typing import TypeAlias

import pytest
import rdflib
from oms_testing.effort import thorough
from rdflib.namespace import OWL, RDF, RDFS
from svc_api.adapters.rdf.formats import RdfFormat
from svc_api.adapters.rdf.ids import KnownIds
from svc_api.adapters.rdf.mapping import Mapped, map_statements
from svc_api.adapters.rdf.parsing import parse
from svc_api.adapters.rdf.report import report

pytestmark = pytest.mark.slow
VERSIONS = {"1.3": (53_959, 17_153), "1.4": (60_604, 17_639)}
Brick: TypeAlias = Callable[[str], Mapped]


@pytest.fixture(scope="module")
def brick(brick_file: Callable[[str], bytes]) -> Brick:
    """The elements of a version, read once."""

    @cache
    def load(version: str) -> Mapped:
        return map_statements(parse(brick_file(version), RdfFormat.TURTLE), KnownIds())

    return load


@pytest.fixture(scope="module")
def carried_1_4(brick: Brick, carried: Callable[[Mapped], Counter[object]]) -> Counter[object]:
    """What an export of the newer version has to state."""
    return carried(brick("1.4"))


@pytest.mark.parametrize("version", thorough(list(VERSIONS), 1))
def test_brick_is_carried_or_reported(brick: Brick, version: str) -> None:
    found = report(brick(version))
    assert (found.statement_count, found.carried_count) == VERSIONS[version]
    assert found.carried_count + sum(one.statement_count for one in found.skipped) == (
        found.statement_count
    )
    assert {"sh:TripleRule", "sh:PropertyShape", "brick:Tag"} <= {
        one.construct for one in found.skipped
    }


def test_elements_of_brick_are_those_that_rdflib_finds(brick_file, brick: Brick) -> None:
    graph = rdflib.Graph().parse(data=brick_file("1.4"), format="turtle")
    mapped = brick("1.4")
    classes = {*graph.subjects(RDF.type, OWL.Class), *graph.subjects(RDF.type, RDFS.Class)}
    links = {*graph.subjects(RDF.type, OWL.ObjectProperty)}
    datatype = {*graph.subjects(RDF.type, OWL.DatatypeProperty)}
    bare = {*graph.subjects(RDF.type, RDF.Property)} - links - datatype
    by_collection = Counter(one.collection for one in mapped.elements)
    # The datatype properties of Brick name no domain, so they hang on owl:Thing.
    assert by_collection == {
        "objectTypes": len(classes) + 1,
        "linkTypes": len(links) + len(bare - classes),
    }
    thing = next(one for one in mapped.elements if one.id == "Thing")
    assert {one["iri"] for one in thing.body["properties"]} == {str(one) for one in datatype}
    parents = sum(len(one.body.get("parents", ())) for one in mapped.elements)
    stated = [
        (child, parent)
        for relation, kind in ((RDFS.subClassOf, classes), (RDFS.subPropertyOf, links | bare))
        for child, parent in graph.subject_objects(relation)
        if child in kind and parent in kind and child != parent
    ]
    assert parents == len(stated)


@pytest.mark.parametrize("rdf_format", thorough(list(RdfFormat), 2))
def test_brick_is_exported_as_it_was_carried(
    brick: Brick, exported, rdf_format, carried_1_4: Counter[object]
) -> None:
    assert exported(brick("1.4"), rdf_format) == carried_1_4


def test_ids_of_brick_stay_the_same_from_version_to_version(brick: Brick) -> None:
    ids = {
        version: {one.body["iri"]: one.key for one in brick(version).elements}
        for version in VERSIONS
    }
    shared = ids["1.3"].keys() & ids["1.4"].keys()
    assert len(shared) > 1700
    assert all(ids["1.3"][iri] == ids["1.4"][iri] for iri in shared)
