"""What the steps of the demo have to find, counted from Brick's files without OMS."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path

from rdflib import OWL, RDF, RDFS, XSD, Graph, Literal, URIRef
from rdflib.term import Node


def brick_file(version: str) -> Path:
    """The Turtle file of a Brick version, out of the `brickschema` wheel."""
    spec = find_spec("brickschema")
    if spec is None or spec.origin is None:
        raise SystemExit("the package brickschema is not installed; run `make setup`")
    return Path(spec.origin).parent / "ontologies" / version / "Brick.ttl"


@dataclass(frozen=True)
class Brick:
    """A version of Brick, read with rdflib alone."""

    version: str

    @cached_property
    def graph(self) -> Graph:
        """Every statement of the file."""
        return Graph().parse(brick_file(self.version), format="turtle")

    @cached_property
    def object_types(self) -> frozenset[str]:
        """IRIs that have to become object types.

        The named classes, and `owl:Thing`, which holds the datatype properties without a domain.
        """
        thing = {str(OWL.Thing)} if self._named(OWL.DatatypeProperty) else set[str]()
        return self._named(OWL.Class) | self._named(RDFS.Class) | thing

    @cached_property
    def link_types(self) -> frozenset[str]:
        """IRIs that have to become link types: the object properties, and the plain ones
        that are no datatype properties."""
        plain = self._named(RDF.Property) - self._named(OWL.DatatypeProperty)
        return self._named(OWL.ObjectProperty) | plain

    @cached_property
    def properties(self) -> frozenset[str]:
        """IRIs that have to become properties: the datatype properties."""
        return self._named(OWL.DatatypeProperty)

    @cached_property
    def statement_count(self) -> int:
        """How many statements the file holds.

        RDF 1.1 has `"a"` and `"a"^^xsd:string` be one literal; rdflib tells them apart.
        """
        return len({(s, p, _plain(o)) for s, p, o in self.graph})

    def _named(self, type_: Node) -> frozenset[str]:
        found = self.graph.subjects(RDF.type, type_)
        return frozenset(str(subject) for subject in found if isinstance(subject, URIRef))


def _plain(term: Node) -> Node:
    is_text = isinstance(term, Literal) and term.datatype == XSD.string
    return Literal(str(term)) if is_text else term
