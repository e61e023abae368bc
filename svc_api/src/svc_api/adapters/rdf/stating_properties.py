"""Properties as RDF statements."""

from __future__ import annotations

from collections.abc import Iterator

from svc_api.adapters.rdf import vocabulary as v
from svc_api.adapters.rdf.naming import Names, PropertyGroup
from svc_api.adapters.rdf.phrases import Stated, UnionWriter, describe, stated_types
from svc_api.adapters.rdf.terms import Literal, Triple, is_iri


def property_statements(names: Names, unions: UnionWriter) -> Iterator[Triple]:
    """What an ontology says about its properties, those of interfaces included."""
    for group in names.properties:
        for pair in _property(group, names):
            yield (group.iri, *pair)
        # A property of everything has no domain.
        domain = {names.iri(*holder) for holder in group.holders}
        if domain != {v.OWL_THING}:
            yield from unions.state(group.iri, v.DOMAIN, domain)


def _property(group: PropertyGroup, names: Names) -> Stated:
    body, kind = group.body, group.body["type"]
    if body.get("iri") and body["iri"] != group.iri:
        yield v.OMS_IRI, Literal(body["iri"])
    if names.has_unexpected_property_id(group):
        yield v.OMS_ID, Literal(body["property_id"])
    if not stated_types(body) & v.PROPERTY_TYPES:
        is_reference = "object_type" in kind
        yield v.TYPE, v.OBJECT_PROPERTY if is_reference else v.DATATYPE_PROPERTY
    if not body.get("is_list"):
        yield v.TYPE, v.FUNCTIONAL_PROPERTY
    if body.get("is_required"):
        yield v.OMS_IS_REQUIRED, v.TRUE
    yield from _range(kind, names)
    yield from describe(body)


def _range(kind: dict[str, str], names: Names) -> Stated:
    if "object_type" in kind:
        yield v.OMS_IS_PROPERTY, v.TRUE
        yield v.RANGE, names.iri("objectTypes", kind["object_type"])
    elif "custom_datatype" in kind:
        datatype = kind["custom_datatype"]
        yield (v.RANGE, datatype) if is_iri(datatype) else (v.OMS_DATATYPE, Literal(datatype))
    elif kind["data_type"] != v.ANY:
        # Any literal is what a property without a range takes.
        yield v.RANGE, v.DATATYPE_IRIS[kind["data_type"]]
