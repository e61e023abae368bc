"""Datatype properties of a file as properties of object types and interfaces."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from svc_api.adapters.rdf import vocabulary as v
from svc_api.adapters.rdf.drafting import Context, Ends, Pair, describe, element_iri
from svc_api.adapters.rdf.ids import distinct
from svc_api.adapters.rdf.statements import first_text
from svc_api.adapters.rdf.terms import Literal

MAX_PROPERTIES = 5000


def properties_by_class(context: Context) -> dict[str, list[dict[str, Any]]]:
    """Bodies of the properties, by the IRI of each class they belong to, ordered by id.

    A property without a domain applies to anything, so it belongs to `owl:Thing`.
    """
    by_class: defaultdict[str, dict[str, dict[str, Any]]] = defaultdict(dict)
    properties = context.catalogue.properties
    for iri, wanted in sorted(properties.items(), key=lambda item: (item[1], item[0])):
        ends = context.ends(iri, v.DOMAIN, thing=v.OWL_THING)
        # `rdfs:domain owl:Thing` says no more than no domain; it stays as an annotation.
        if ends.classes in ((), (v.OWL_THING,)):
            ends = Ends((v.OWL_THING,))
        bodies = [by_class[one] for one in ends.classes]
        if any(len(one) >= MAX_PROPERTIES for one in bodies):
            _note_surplus(context, iri)
            continue
        # Ids that a file states, or that the branch has, are unique in a class only.
        taken = {key for one in bodies for key in one}
        property_id = distinct(wanted, iri, taken) if wanted in taken else wanted
        context.unions |= ends.triples
        body = _property(context, iri, property_id, ends)
        for one in bodies:
            one[property_id] = body
    return {
        iri: sorted(found.values(), key=lambda body: body["property_id"])
        for iri, found in by_class.items()
        if found
    }


def _note_surplus(context: Context, iri: str) -> None:
    for predicate, value in context.statements.about[iri]:
        context.note(
            (iri, predicate, value), f"An element holds at most {MAX_PROPERTIES:,} properties."
        )


def _property(context: Context, iri: str, property_id: str, ends: Ends) -> dict[str, Any]:
    pairs = ends.without(iri, context.pairs(iri))
    body: dict[str, Any] = {"property_id": property_id}
    own_iri = element_iri(context.statements, iri)
    if own_iri:
        body["iri"] = own_iri
    body["type"] = _take_type(context, pairs)
    if (v.OMS_IS_REQUIRED, v.TRUE) in pairs:
        pairs.remove((v.OMS_IS_REQUIRED, v.TRUE))
        body["is_required"] = True
    # A property of RDF may have several values unless it is said to have one.
    if (v.TYPE, v.FUNCTIONAL_PROPERTY) not in pairs:
        body["is_list"] = True
    _take_types(pairs, is_reference="object_type" in body["type"])
    return body | describe(context, iri, pairs)


def _take_type(context: Context, pairs: list[Pair]) -> dict[str, str]:
    ranges = [pair for pair in pairs if pair[0] == v.RANGE]
    if (v.OMS_IS_PROPERTY, v.TRUE) in pairs:
        object_type = context.catalogue.classes.get(str(ranges[0][1])) if ranges else None
        if object_type and len(ranges) == 1:
            pairs.remove(ranges[0])
            pairs.remove((v.OMS_IS_PROPERTY, v.TRUE))
            return {"object_type": object_type}
    custom = first_text(value for predicate, value in pairs if predicate == v.OMS_DATATYPE)
    if custom and not ranges:
        pairs.remove((v.OMS_DATATYPE, Literal(custom)))
        return {"custom_datatype": custom}
    # No range, or one the model can't say, means any literal; what is stated stays stated.
    if len(ranges) != 1 or not isinstance(ranges[0][1], str) or ranges[0][1] == v.RDFS_LITERAL:
        return {"data_type": v.ANY}
    pairs.remove(ranges[0])
    datatype = ranges[0][1]
    if datatype in v.DATA_TYPES:
        return {"data_type": v.DATA_TYPES[datatype]}
    return {"custom_datatype": datatype}


def _take_types(pairs: list[Pair], *, is_reference: bool) -> None:
    stated = {value for predicate, value in pairs if predicate == v.TYPE and isinstance(value, str)}
    default = v.OBJECT_PROPERTY if is_reference else v.DATATYPE_PROPERTY
    implied: set[str] = set()
    if stated & v.PROPERTY_TYPES <= {default, v.FUNCTIONAL_PROPERTY} and default in stated:
        implied = {default, v.FUNCTIONAL_PROPERTY}
    elif stated & v.BASE_PROPERTY_TYPES:
        # Declared in another way too; what declares it stays, so that an export adds nothing.
        implied = {v.FUNCTIONAL_PROPERTY}
    pairs[:] = [pair for pair in pairs if not (pair[0] == v.TYPE and pair[1] in implied)]
