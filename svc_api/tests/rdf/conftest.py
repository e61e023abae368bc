"""What the RDF tests share."""

from __future__ import annotations

import importlib.util
import logging
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from svc_api.adapters.rdf.formats import RdfFormat
from svc_api.adapters.rdf.ids import KnownIds
from svc_api.adapters.rdf.mapping import Mapped, map_statements
from svc_api.adapters.rdf.parsing import parse
from svc_api.adapters.rdf.statements import Statements
from svc_api.adapters.rdf.stating import state_ontology
from svc_api.adapters.rdf.terms import Triple
from svc_api.adapters.rdf.writing import write_statements
from svc_api.domain.elements import Element

PREFIXES = """
@prefix : <http://example.org/zoo#> .
@prefix other: <http://example.org/other/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix oms: <urn:oms:vocab:> .
"""

Read = Callable[..., Mapped]


# The child process switches logging off too: rdflib warns of every odd literal.
logging.getLogger("rdflib").setLevel(logging.CRITICAL)


@pytest.fixture
def read() -> Read:
    """Maps Turtle written with the test prefixes."""

    def read_turtle(text: str, known: KnownIds | None = None) -> Mapped:
        return map_statements(
            parse((PREFIXES + text).encode(), RdfFormat.TURTLE), known or KnownIds()
        )

    return read_turtle


@pytest.fixture
def element() -> Callable[[Mapped, str, str], Element]:
    """Finds an element of a mapped file."""

    def find(mapped: Mapped, collection: str, element_id: str) -> Element:
        return next(one for one in mapped.elements if one.key == (collection, element_id))

    return find


@pytest.fixture(scope="session")
def brick_file() -> Callable[[str], bytes]:
    """The Brick ontology of a version, from the `brickschema` wheel, which is not imported."""

    def load(version: str) -> bytes:
        spec = importlib.util.find_spec("brickschema")
        assert spec is not None
        assert spec.origin is not None
        return (Path(spec.origin).parent / "ontologies" / version / "Brick.ttl").read_bytes()

    return load


@pytest.fixture(scope="session")
def carried() -> Callable[[Mapped], Counter[object]]:
    """The statements of a file that an export has to state again."""

    def of(mapped: Mapped) -> Counter[object]:
        statements: Statements = mapped.context.statements
        stated = state_ontology(mapped.header, mapped.elements)
        return normal_form(statements.triples & stated | mapped.context.unions)

    return of


@pytest.fixture
def exported() -> Callable[[Mapped, RdfFormat], Counter[object]]:
    """What an export states, after it was written and parsed again."""

    def of(mapped: Mapped, rdf_format: RdfFormat) -> Counter[object]:
        stated = state_ontology(mapped.header, mapped.elements)
        data = write_statements(stated, mapped.header.get("prefixes", {}), rdf_format)
        return normal_form(parse(data, rdf_format).triples)

    return of


def normal_form(triples: set[Triple]) -> Counter[object]:
    """Triples with each union of classes as the set of its members.

    Two graphs whose blank nodes are unions only are isomorphic, up to the order of
    the members, exactly when this is equal.
    """
    about = {(s, p): o for s, p, o in triples if isinstance(s, int)}
    first, rest = (
        "http://www.w3.org/1999/02/22-rdf-syntax-ns#first",
        "http://www.w3.org/1999/02/22-rdf-syntax-ns#rest",
    )

    def members(node: object) -> frozenset[object]:
        found: set[object] = set()
        cell = about.get((node, "http://www.w3.org/2002/07/owl#unionOf"))
        while isinstance(cell, int):
            found.add(about[cell, first])
            cell = about[cell, rest]
        return frozenset(found)

    form: Counter[object] = Counter()
    for subject, predicate, value in triples:
        if isinstance(subject, int):
            form[predicate, value if isinstance(value, str) else "node"] += 1
        else:
            form[subject, predicate, members(value) if isinstance(value, int) else value] += 1
    return form
