"""What each IRI of a file is in the model, and its id there."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from svc_api.adapters.rdf import vocabulary as v
from svc_api.adapters.rdf.ids import KnownIds, Naming, assign, is_id
from svc_api.adapters.rdf.statements import Statements, first_text
from svc_api.adapters.rdf.terms import Literal


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The elements of a file: their ids by IRI, one map for each kind.

    An IRI is in one map only. `thing` is the id for an object type that stands for
    `owl:Thing` where the file does not declare it but has datatype properties that
    name no domain.
    """

    classes: Mapping[str, str]
    interfaces: Mapping[str, str]
    links: Mapping[str, str]
    properties: Mapping[str, str]
    ontology: str
    thing: str

    def class_id(self, iri: str) -> str | None:
        """The id of an object type or interface."""
        return self.classes.get(iri) or self.interfaces.get(iri)

    def is_element(self, iri: str) -> bool:
        """Whether an IRI became an element, a property, or the header."""
        return (
            iri in self.classes
            or iri in self.links
            or iri in self.properties
            or iri in self.interfaces
            or (iri == self.ontology and iri != "")
        )


def catalogue(statements: Statements, known: KnownIds) -> Catalogue:
    """Finds the elements of a file and gives them ids.

    A class takes precedence over a property of the same IRI, an object property over
    a datatype property: an element's IRI is unique in an ontology.
    """
    types = _types(statements)
    interfaces = {iri for iri, kinds in types.items() if v.OMS_INTERFACE in kinds}
    classes = {
        iri
        for iri, kinds in types.items()
        if (kinds & v.CLASS_TYPES or v.OMS_OBJECT_TYPE in kinds) and iri not in interfaces
    }
    links: set[str] = set()
    properties: set[str] = set()
    for iri, kinds in types.items():
        if kinds & v.PROPERTY_TYPES and iri not in classes and iri not in interfaces:
            is_link = _is_link(statements, iri, kinds, classes)
            (links if is_link else properties).add(iri)
    kinds = Kinds(classes, interfaces, links, properties)
    asked = _asked_ids(statements, kinds.all())
    ids = assign_all(kinds, statements.prefixes, known, asked)
    return Catalogue(
        classes={iri: ids.classes[iri] for iri in sorted(classes)},
        interfaces=ids.interfaces,
        links=ids.links,
        properties=ids.properties,
        ontology=_ontology(statements, types),
        thing=ids.classes[v.OWL_THING],
    )


@dataclass(frozen=True, slots=True)
class Kinds:
    """IRIs by what they are in the model."""

    classes: Collection[str]
    interfaces: Collection[str]
    links: Collection[str]
    properties: Collection[str]

    def all(self) -> list[str]:
        """Every IRI."""
        return [*self.classes, *self.interfaces, *self.links, *self.properties]


def assign_all(
    kinds: Kinds, prefixes: Mapping[str, str], known: KnownIds, asked: Mapping[str, str]
) -> KnownIds:
    """Ids of all elements. `owl:Thing` always has one.

    A property's id is unique within its class only, so an id that the file states
    for one is taken as it is.
    """
    naming = Naming.of(kinds.all(), prefixes)
    classes = assign({*kinds.classes, v.OWL_THING}, naming, known=known.classes, asked=asked)
    # A link type names object types and interfaces alike, so no id is made up for both.
    avoid = set(classes.values())
    stated = {iri: asked[iri] for iri in kinds.properties if iri in asked}
    others = [iri for iri in kinds.properties if iri not in stated]
    return KnownIds(
        classes=classes,
        interfaces=assign(
            kinds.interfaces, naming, known=known.interfaces, asked=asked, avoid=avoid
        ),
        links=assign(kinds.links, naming, known=known.links, asked=asked),
        properties=assign(others, naming, known=known.properties, asked={}) | stated,
    )


def _types(statements: Statements) -> dict[str, set[str]]:
    types: dict[str, set[str]] = {}
    for subject, pairs in statements.about.items():
        if isinstance(subject, str):
            kinds = {o for p, o in pairs if p == v.TYPE and isinstance(o, str)}
            if kinds:
                types[subject] = kinds
    return types


def _is_link(statements: Statements, iri: str, kinds: set[str], classes: set[str]) -> bool:
    ranges = {o for o in statements.objects(iri, v.RANGE) if isinstance(o, str)}
    if v.OBJECT_PROPERTY in kinds:
        is_marked = v.TRUE in statements.objects(iri, v.OMS_IS_PROPERTY)
        return not (is_marked and len(ranges) == 1 and ranges <= classes)
    if v.DATATYPE_PROPERTY in kinds:
        return False
    if kinds & v.LINK_ONLY_TYPES:
        return True
    # A bare rdf:Property says by its range which of the two it is. Without one it may
    # point at anything, which a link type can say and a property cannot.
    return not any(_is_datatype(statements, value) for value in ranges)


def _is_datatype(statements: Statements, iri: str) -> bool:
    return (
        iri in v.DATA_TYPES
        or iri == v.RDFS_LITERAL
        or iri.startswith(v.XSD)
        or v.RDFS + "Datatype" in statements.objects(iri, v.TYPE)
    )


def _asked_ids(statements: Statements, iris: Iterable[str]) -> dict[str, str]:
    asked: dict[str, str] = {}
    for iri in sorted(iris):
        text = first_text(statements.objects(iri, v.OMS_ID))
        if not text and iri.startswith(v.OMS_ELEMENT):
            text = iri.rpartition("/")[2]
        if is_id(text):
            asked[iri] = text
    return asked


def _ontology(statements: Statements, types: Mapping[str, set[str]]) -> str:
    # Several headers: the fullest one is the ontology's own, the others belong to what
    # was merged into the file.
    found = [iri for iri, kinds in types.items() if v.OWL_ONTOLOGY in kinds]
    return min(found, key=lambda iri: (-len(statements.about[iri]), iri), default="")


def is_used_id(statements: Statements, iri: str, element_id: str) -> bool:
    """Whether the id that a file states for an element is the one it got."""
    return statements.objects(iri, v.OMS_ID) == [Literal(element_id)]
