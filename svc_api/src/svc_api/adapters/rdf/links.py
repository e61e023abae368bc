"""Object properties of a file as link types."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from svc_api.adapters.rdf import vocabulary as v
from svc_api.adapters.rdf.classes import parent_ids
from svc_api.adapters.rdf.drafting import Context, Pair, describe, element_iri
from svc_api.adapters.rdf.terms import Literal
from svc_api.domain.elements import Element

_MAX_COUNT = 2**31 - 1


def link_elements(context: Context) -> list[Element]:
    """The link types, one for each object property."""
    links = context.catalogue.links
    parents = parent_ids(context, v.SUB_PROPERTY_OF, links)
    inverses = _inverses(context)
    return [
        Element(
            "linkTypes",
            element_id,
            _body(context, iri, parents=parents.get(iri, []), inverse=inverses.get(iri, "")),
        )
        for iri, element_id in links.items()
    ]


def _body(context: Context, iri: str, *, parents: list[str], inverse: str) -> dict[str, Any]:
    links = context.catalogue.links
    pairs = [
        pair
        for pair in context.pairs(iri)
        if not (pair[0] == v.SUB_PROPERTY_OF and pair[1] in links)
        and not (inverse and pair == (v.INVERSE_OF, inverse))
    ]
    sources = context.ends(iri, v.DOMAIN)
    targets = context.ends(iri, v.RANGE)
    context.unions |= sources.triples | targets.triples
    pairs = targets.without(iri, sources.without(iri, pairs))
    fields: dict[str, Any] = {
        "iri": element_iri(context.statements, iri),
        "parents": parents,
        "source_types": _class_ids(context, sources.classes),
        "target_types": _class_ids(context, targets.classes),
        "inverse": links.get(inverse, ""),
        **_take_cardinalities(pairs),
        "characteristics": _take_types(pairs),
    }
    body = {name: value for name, value in fields.items() if value not in ("", [])}
    return body | describe(context, iri, pairs)


def _class_ids(context: Context, iris: Iterable[str]) -> list[str]:
    return sorted(context.catalogue.class_id(iri) or "" for iri in iris)


def _inverses(context: Context) -> dict[str, str]:
    """The inverse that each link type names, so that no two disagree.

    A file may name several; the field holds one, and the one it names may name no
    other back. What is not chosen stays an annotation.
    """
    links = context.catalogue.links
    stated: dict[str, set[str]] = {}
    for iri in links:
        objects = context.statements.objects(iri, v.INVERSE_OF)
        named = {one for one in objects if isinstance(one, str) and one in links}
        if named:
            stated[iri] = named
    chosen = {
        iri: min(named, key=lambda one: (iri not in stated.get(one, ()), one))
        for iri, named in stated.items()
    }
    return {iri: inverse for iri, inverse in chosen.items() if chosen.get(inverse, iri) == iri}


def _take_cardinalities(pairs: list[Pair]) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for predicate, value in list(pairs):
        if predicate in v.CARDINALITIES and _is_count(value):
            name, bound = v.CARDINALITIES[predicate]
            count = int(value.text) if isinstance(value, Literal) else 0
            if bound in found.get(name, {}):
                continue
            found.setdefault(name, {})[bound] = count
            pairs.remove((predicate, value))
    return {
        name: {bound: count for bound, count in sorted(bounds.items()) if count}
        for name, bounds in sorted(found.items())
    }


def _is_count(value: object) -> bool:
    return (
        isinstance(value, Literal)
        and value.datatype == v.XSD + "integer"
        and value.text.isascii()
        and value.text.isdigit()
        and str(int(value.text)) == value.text
        and int(value.text) <= _MAX_COUNT
    )


def _take_types(pairs: list[Pair]) -> list[str]:
    """Takes the characteristics out; the types that declare the link stay where they matter."""
    stated = {value for predicate, value in pairs if predicate == v.TYPE and isinstance(value, str)}
    characteristics = [name for iri, name in v.CHARACTERISTICS.items() if iri in stated]
    implied = set(v.CHARACTERISTICS)
    base = stated & v.BASE_PROPERTY_TYPES
    if base == {v.OBJECT_PROPERTY}:
        implied.add(v.OBJECT_PROPERTY)
    elif not base:
        # Declared by a characteristic alone: an export must not add owl:ObjectProperty.
        implied.clear()
    pairs[:] = [pair for pair in pairs if not (pair[0] == v.TYPE and pair[1] in implied)]
    return characteristics
