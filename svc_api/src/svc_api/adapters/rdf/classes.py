"""Classes of a file as object types and interfaces."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from svc_api.adapters.rdf import vocabulary as v
from svc_api.adapters.rdf.drafting import Context, Pair, describe, element_iri
from svc_api.adapters.rdf.hierarchy import cycle_edges
from svc_api.domain.elements import Element

CYCLE_REASON = "Inheritance never runs in a circle here; this statement would close one."
SELF_REASON = "Everything specialises itself; saying so adds nothing."


def class_elements(
    context: Context, properties: Mapping[str, list[dict[str, Any]]]
) -> list[Element]:
    """Object types and interfaces, each with the properties that name it as a domain.

    Args:
        context: The import under way.
        properties: Bodies of properties by the IRI of the class they belong to.
    """
    catalogue = context.catalogue
    elements: list[Element] = []
    for collection, ids in (
        ("objectTypes", catalogue.classes),
        ("interfaces", catalogue.interfaces),
    ):
        parents = parent_ids(context, v.SUB_CLASS_OF, ids)
        for iri, element_id in ids.items():
            body = _body(context, iri, parents.get(iri, []))
            if properties.get(iri):
                body["properties"] = properties[iri]
            elements.append(Element(collection, element_id, body))
    if v.OWL_THING in properties and v.OWL_THING not in catalogue.classes:
        body = {"iri": v.OWL_THING, "properties": properties[v.OWL_THING]}
        elements.append(Element("objectTypes", catalogue.thing, body))
    return elements


def parent_ids(context: Context, predicate: str, ids: Mapping[str, str]) -> dict[str, list[str]]:
    """Parents of each element of one kind, sorted and without cycles.

    A self-reference and a statement that closes a cycle are left out, with a note.
    """
    stated: dict[str, set[str]] = {}
    for iri in ids:
        objects = context.statements.objects(iri, predicate)
        parents = {one for one in objects if isinstance(one, str) and one in ids}
        if iri in parents:
            parents.discard(iri)
            context.note((iri, predicate, iri), SELF_REASON)
        if parents:
            stated[iri] = parents
    for child, parent in cycle_edges(stated):
        stated[child].discard(parent)
        context.note((child, predicate, parent), CYCLE_REASON)
    return {
        iri: context.references(iri, predicate, (ids[parent] for parent in parents))
        for iri, parents in stated.items()
    }


def _body(context: Context, iri: str, parents: list[str]) -> dict[str, Any]:
    catalogue = context.catalogue
    ids = catalogue.classes if iri in catalogue.classes else catalogue.interfaces
    body: dict[str, Any] = {}
    interfaces: list[str] = []
    rest: list[Pair] = []
    for predicate, value in context.pairs(iri):
        if predicate == v.TYPE and isinstance(value, str):
            if not _is_implied_type(context, iri, value):
                rest.append((predicate, value))
        elif predicate == v.OMS_IMPLEMENTS and value in catalogue.interfaces:
            interfaces.append(catalogue.interfaces[str(value)])
        elif predicate == v.OMS_IS_ABSTRACT and value == v.TRUE and iri in catalogue.classes:
            body["is_abstract"] = True
        elif not (predicate == v.SUB_CLASS_OF and value in ids):
            rest.append((predicate, value))
    if element_iri(context.statements, iri):
        body["iri"] = element_iri(context.statements, iri)
    if parents:
        body["parents"] = parents
    if interfaces:
        body["interfaces"] = context.references(iri, v.OMS_IMPLEMENTS, interfaces)
    return body | describe(context, iri, rest)


def _is_implied_type(context: Context, iri: str, kind: str) -> bool:
    # An export states owl:Class by itself, unless the file declared the class otherwise.
    if kind in (v.OMS_OBJECT_TYPE, v.OMS_INTERFACE):
        return True
    declared = set(context.statements.objects(iri, v.TYPE)) & v.CLASS_TYPES
    return kind == v.OWL_CLASS and declared == {v.OWL_CLASS} and iri != v.OWL_THING
