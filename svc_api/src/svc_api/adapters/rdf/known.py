"""Ids that an ontology's elements have already, by IRI."""

from __future__ import annotations

from svc_api.adapters.rdf.ids import KnownIds
from svc_api.domain.snapshot import Snapshot


def known_ids(snapshot: Snapshot) -> KnownIds:
    """The ids that an import keeps, so that an element is the same one in every version."""
    by_collection: dict[str, dict[str, str]] = {
        "objectTypes": {},
        "interfaces": {},
        "linkTypes": {},
    }
    properties: dict[str, str] = {}
    for (collection, element_id), element in sorted(snapshot.elements.items()):
        iri = element.body.get("iri")
        if iri:
            by_collection[collection][iri] = element_id
        for body in element.body.get("properties", ()):
            if body.get("iri"):
                properties.setdefault(body["iri"], body["property_id"])
    return KnownIds(
        classes=by_collection["objectTypes"],
        interfaces=by_collection["interfaces"],
        links=by_collection["linkTypes"],
        properties=properties,
    )
