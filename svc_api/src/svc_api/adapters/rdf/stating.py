"""From the elements of an ontology to RDF statements: the mapping run backwards."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from svc_api.adapters.rdf import vocabulary as v
from svc_api.adapters.rdf.naming import Names
from svc_api.adapters.rdf.phrases import Body, Stated, UnionWriter, describe, stated_types
from svc_api.adapters.rdf.stating_properties import property_statements
from svc_api.adapters.rdf.terms import Literal, Triple, is_iri
from svc_api.domain.elements import Element


def state_ontology(header: Body, elements: Sequence[Element]) -> set[Triple]:
    """Everything an ontology says, as RDF statements.

    What a file said comes out as it went in. What OWL has no word for is said in
    the vocabulary `urn:oms:vocab:`, so that an import of the result gives the same
    elements again.
    """
    names = Names.of(header, elements)
    unions = UnionWriter()
    triples: set[Triple] = set()
    if any(value for field, value in header.items() if field != "prefixes"):
        triples.update((names.header, *pair) for pair in _header(header, names.header))
    for element in elements:
        subject = names.iri(element.collection, element.id)
        triples.update((subject, *pair) for pair in _named(element, subject, names))
        triples.update((subject, *pair) for pair in _STATE[element.collection](element, names))
        if element.collection == "linkTypes":
            triples.update(_ends(element, subject, names, unions))
    triples.update(property_statements(names, unions))
    return triples


def _header(header: Body, subject: str) -> Stated:
    yield v.TYPE, v.OWL_ONTOLOGY
    if header.get("iri") and header["iri"] != subject:
        yield v.OMS_IRI, Literal(header["iri"])
    if header.get("version"):
        yield v.VERSION_INFO, Literal(header["version"])
    for iri in header.get("imports", ()):
        yield (v.IMPORTS, iri) if is_iri(iri) else (v.OMS_IMPORTS, Literal(iri))
    yield from describe(header)


def _named(element: Element, subject: str, names: Names) -> Stated:
    iri = element.body.get("iri", "")
    if iri and iri != subject:
        yield v.OMS_IRI, Literal(iri)
    if names.has_unexpected_id(element.collection, element.id):
        yield v.OMS_ID, Literal(element.id)


def _object_type(element: Element, names: Names) -> Stated:
    body = element.body
    yield from _class(element, names)
    for interface in body.get("interfaces", ()):
        yield v.OMS_IMPLEMENTS, names.iri("interfaces", interface)
    if body.get("is_abstract"):
        yield v.OMS_IS_ABSTRACT, v.TRUE


def _interface(element: Element, names: Names) -> Stated:
    yield v.TYPE, v.OMS_INTERFACE
    yield from _class(element, names)


def _class(element: Element, names: Names) -> Stated:
    body = element.body
    if not stated_types(body) & v.CLASS_TYPES:
        if names.iri(element.collection, element.id) != v.OWL_THING:
            yield v.TYPE, v.OWL_CLASS
        elif names.is_thing_described:
            yield v.TYPE, v.OMS_OBJECT_TYPE
    for parent in body.get("parents", ()):
        yield v.SUB_CLASS_OF, names.iri(element.collection, parent)
    yield from describe(body)


def _link_type(element: Element, names: Names) -> Stated:
    body = element.body
    if not stated_types(body) & v.PROPERTY_TYPES:
        yield v.TYPE, v.OBJECT_PROPERTY
    for name in body.get("characteristics", ()):
        yield v.TYPE, v.CHARACTERISTIC_TYPES[name]
    for parent in body.get("parents", ()):
        yield v.SUB_PROPERTY_OF, names.iri("linkTypes", parent)
    if body.get("inverse"):
        yield v.INVERSE_OF, names.iri("linkTypes", body["inverse"])
    for predicate, (field, bound) in v.CARDINALITIES.items():
        count = body.get(field, {}).get(bound, 0)
        if count or (body.get(field) == {} and bound == "min_count"):
            yield predicate, Literal(str(count), v.XSD + "integer")
    yield from describe(body)


def _ends(element: Element, subject: str, names: Names, unions: UnionWriter) -> Iterator[Triple]:
    for predicate, field in ((v.DOMAIN, "source_types"), (v.RANGE, "target_types")):
        classes = [names.class_iri(one) for one in element.body.get(field, ())]
        yield from unions.state(subject, predicate, classes)


_STATE = {"objectTypes": _object_type, "interfaces": _interface, "linkTypes": _link_type}
